/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a set of attempts of known durations takes on so many slots: read from the log of a run, or computed for an
 * order that it could have had. Times are in seconds.
 */
#ifndef BENCH_MAKESPAN_H
#define BENCH_MAKESPAN_H

#include <stddef.h>

enum { MAKESPAN_MOST = 1024 };

struct durations {
    double span; /* from the start of the first attempt to the end of the last one */
    size_t n;
    double seconds[MAKESPAN_MOST]; /* of each attempt, in the order of their ends */
};

/* Of the attempts in a run's events.jsonl. Ends the bench when it can't be read. */
void makespan_read(const char *log, struct durations *ret_durations);

/* Of the longest first, each as soon as one of `slots` is free (LPT). */
double makespan_longest_first(const struct durations *durations, unsigned slots);

/* No order takes less: the mean load of a slot, or the longest one. */
double makespan_least(const struct durations *durations, unsigned slots);

#endif
