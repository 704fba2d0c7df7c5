/* SPDX-License-Identifier: Apache-2.0 */
/* What this replica is, from its command line. */
#ifndef WORKLOAD_SELF_H
#define WORKLOAD_SELF_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct self {
    const char *version, *name; /* what answers say of it */
    bool serves;                /* false: /request is not there, only /health */
    int64_t ready_at_ms;        /* until then /health says that it is starting; of self_now_ms() */
    int64_t dies_at_ms;         /* then it ends with status 1; 0: never */
};

static inline int64_t self_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#endif
