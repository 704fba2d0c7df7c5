/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time. Durations and deadlines are nanoseconds of CLOCK_MONOTONIC; moments that a person or a
 * report reads are nanoseconds since 1970 of CLOCK_REALTIME, written as RFC 3339 in UTC.
 */
#ifndef MUSTER_BASE_CLOCK_H
#define MUSTER_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_S  1000000000LL
#define NS_PER_MS 1000000LL
#define NS_PER_US 1000LL
#define NEVER     INT64_MAX

int64_t clock_mono(void);
int64_t clock_real(void);
/* "2026-11-20T23:29:30.123456Z"; `size` of at least 28. */
void clock_rfc3339(int64_t real_ns, char *ret_text, size_t size);
/* Reads what clock_rfc3339() writes (fraction optional, Z only); 0, -EINVAL, or -ERANGE
 * for a moment that nanoseconds do not reach (before 1677, after 2262). */
int clock_parse_rfc3339(const char *text, int64_t *ret_real_ns);
/* Reads "250ms", "30s", "1.5s", "2m", "1h30m", or a bare number of seconds; 0 or -EINVAL. */
int clock_parse_duration(const char *text, int64_t *ret_ns);

#endif
