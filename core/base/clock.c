/* SPDX-License-Identifier: Apache-2.0 */
/* Time, read and written. */
#include "base/clock.h"

#include "base/hot.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static HOT int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

HOT int64_t clock_mono(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_real(void)
{
    return read_clock(CLOCK_REALTIME);
}

void clock_rfc3339(int64_t real_ns, char *ret_text, size_t size)
{
    int64_t fraction = real_ns % NS_PER_S, s = real_ns / NS_PER_S;
    if (fraction < 0) { /* before 1970 */
        fraction += NS_PER_S;
        s--;
    }
    time_t whole = (time_t)s;
    struct tm tm;
    gmtime_r(&whole, &tm);
    char day[24];
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(ret_text, size, "%s.%06dZ", day, (int)(fraction / NS_PER_US));
}

int clock_parse_rfc3339(const char *text, int64_t *ret_real_ns)
{
    struct tm tm = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    if (!rest)
        return -EINVAL;
    int64_t ns = 0;
    if (*rest == '.') {
        int64_t unit = NS_PER_S;
        for (rest++; isdigit((unsigned char)*rest); rest++) {
            unit /= 10;
            ns += (*rest - '0') * unit;
        }
    }
    if (strcmp(rest, "Z") != 0)
        return -EINVAL;
    int64_t whole;
    if (__builtin_mul_overflow((int64_t)timegm(&tm), NS_PER_S, &whole) || __builtin_add_overflow(whole, ns, &whole))
        return -ERANGE;
    *ret_real_ns = whole;
    return 0;
}

static int64_t unit_ns(const char *unit, size_t len)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ms", NS_PER_MS}, {"s", NS_PER_S},         {"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S},
                 {"us", NS_PER_US}, {"d", 86400 * NS_PER_S}, {"", NS_PER_S}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i].name) == len && memcmp(units[i].name, unit, len) == 0)
            return units[i].ns;
    return -1;
}

int clock_parse_duration(const char *text, int64_t *ret_ns)
{
    if (!*text)
        return -EINVAL;
    double total = 0;
    int parts = 0;
    for (const char *p = text; *p; parts++) {
        if (!isdigit((unsigned char)*p) && *p != '.')
            return -EINVAL;
        char *end;
        double value = strtod(p, &end);
        bool plain = end == p + strspn(p, "0123456789."); /* strtod takes 1e3 and 0x10 too */
        const char *name = end + (*end == ' ');           /* "700 ms", as thresholds are written */
        size_t len = strcspn(name, "0123456789. ");
        int64_t unit = unit_ns(name, len);
        if (end == p || !plain || unit < 0 || (len == 0 && (parts > 0 || *end)))
            return -EINVAL;
        total += value * (double)unit;
        p = name + len;
        p += *p == ' ' && p[1];
    }
    if (!(total >= 0 && total < 9e18))
        return -EINVAL;
    *ret_ns = (int64_t)total;
    return 0;
}
