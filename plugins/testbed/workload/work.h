/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a request asks a workload to do besides counting: use something up, take its time, or misbehave. So a scenario
 * brings about on purpose what happens to real workloads by accident.
 */
#ifndef WORKLOAD_WORK_H
#define WORKLOAD_WORK_H

#include <stdbool.h>
#include <stdint.h>

enum work {
    WORK_NONE,
    WORK_WAIT,      /* `amount` milliseconds pass before the answer */
    WORK_CPU,       /* `amount` milliseconds of CPU are used before the answer */
    WORK_MEMORY,    /* `amount` MiB are taken and kept */
    WORK_FILES,     /* `amount` descriptors are opened and kept */
    WORK_PROCESSES, /* `amount` children are started and kept */
    WORK_BYTES,     /* the answer has `amount` bytes more */
    WORK_SICK,      /* from now on /health says so; requests are answered */
    WORK_HANG,      /* from now on nothing is answered, though connections are taken */
    WORK_EXIT       /* ends at once with status `amount`, without an answer */
};

/* False when there is no such work. */
bool work_named(const char *name, enum work *ret_work);

/* Takes what is to be kept; 0, or the errno of what was not to be had. */
int work_take(enum work work, int64_t amount);

/* Uses CPU for `slice_us` at most; how much it was. */
int64_t work_burn(int64_t slice_us);

#endif
