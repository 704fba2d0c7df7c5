/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contenders measured in turn (A B C A B C ...), so that a machine that grows slower for a while does so for
 * all of them, and ratios made of pairs from the same round.
 *
 * The caller owns the contenders and everything they point to. Single-threaded.
 */
#ifndef BENCH_CONTEST_H
#define BENCH_CONTEST_H

#include "bounds.h"
#include "measure.h"

#include <stdbool.h>
#include <stddef.h>

enum { CONTEST_MAX_ROUNDS = 64 };

struct contender {
    const char *name;
    unsigned units;  /* tests, plugins: what one run's time is divided by; from 1 */
    unsigned rounds; /* at most CONTEST_MAX_ROUNDS; slow ones may take part in the first few only */
    struct command command;
    const char *scratch; /* folder that is removed before each run, untimed; or NULL */
    double (*seconds_of)(
        const struct contender *); /* what counts of a run that is over, instead of all its time; or NULL */
    unsigned n;                    /* rounds run so far */
    double seconds[CONTEST_MAX_ROUNDS];
    double cpu_seconds[CONTEST_MAX_ROUNDS]; /* of all its processes; below 0: not known */
};

/* A bound on a ratio of two contenders' times. */
struct ratio {
    const char *name;
    const struct contender *time; /* time per run of this one ... */
    const struct contender *over; /* ... divided by this one's */
    double scale;                 /* and multiplied by this */
    struct bound bound;
};

/* Runs all rounds of all contenders. */
void contest_run(struct contender *const *contenders, size_t n);

/* One line per contender: least, median and greatest time, and the median of time and CPU per unit. */
void contest_print(const char *title, struct contender *const *contenders, size_t n);

/* Prints the ratio, the median of those of each round; false when its bound is missed. */
bool ratio_print(const struct ratio *ratio);

/* The same line for a value that is no ratio. */
bool bound_print(const char *name, double value, const char *unit, const struct bound *bound);

#endif
