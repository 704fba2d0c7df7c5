/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is due when: a heap of times, the earliest on top. The next one costs nothing to ask for; setting, moving and
 * taking one out cost the logarithm of how many are set. Of equal times the one that was set first comes first.
 *
 * A timer is a member of what it belongs to (container_of()), and stays where it is in memory while it is set; the heap
 * holds pointers to it. Times are monotonic nanoseconds, NEVER is "not set". No clock is read here.
 */
#ifndef MUSTER_BASE_TIMERS_H
#define MUSTER_BASE_TIMERS_H

#include "base/heap.h"

struct timer {
    struct heap_node node; /* its key is the time. A zeroed timer is one that is not set */
};

struct timers {
    struct heap heap;
};

/* Sets or moves it; NEVER takes it out. */
void timers_set(struct timers *t, struct timer *timer, int64_t at_ns);
/* When the first one is due; NEVER when none is set. */
int64_t timers_next(const struct timers *t);
/* Takes out the first of those that are due; NULL when none is. */
struct timer *timers_take_due(struct timers *t, int64_t now_ns);
/* Takes out the first, due or not; NULL when none is set. */
struct timer *timers_take_first(struct timers *t);
void timers_free(struct timers *t);

#endif
