/* SPDX-License-Identifier: Apache-2.0 */
/* Time: wall clock in milliseconds since the epoch, and its written form. */
#ifndef TESTBED_CLOCK_H
#define TESTBED_CLOCK_H

#include <stdint.h>

#define TIME_TEXT_MAX 32

int64_t clock_wall_ms(void);
int64_t clock_mono_ms(void);

/* RFC 3339 in UTC with milliseconds; returns buf, which has TIME_TEXT_MAX bytes. */
const char *clock_text(int64_t wall_ms, char *buf);
const char *clock_now_text(char *buf);

#endif
