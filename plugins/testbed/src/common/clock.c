/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing the time. */
#include "common/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

const char *clock_text(int64_t wall_ms, char *buf)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    char date[24];

    gmtime_r(&seconds, &tm);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(buf, TIME_TEXT_MAX, "%s.%03dZ", date, (int)(wall_ms % 1000));
    return buf;
}

const char *clock_now_text(char *buf)
{
    return clock_text(clock_wall_ms(), buf);
}
