/* SPDX-License-Identifier: Apache-2.0 */
/* What is due when: a binary heap whose members know their places. */
#include "base/timers.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>

/* Places count from 1: the parent of n is n / 2, and 0 is nowhere. */
static struct timer **at(const struct timers *t, size_t place)
{
    return &t->heap[place - 1];
}

static bool is_before(const struct timer *a, const struct timer *b)
{
    return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->serial < b->serial;
}

static void put(const struct timers *t, size_t place, struct timer *timer)
{
    *at(t, place) = timer;
    timer->place = place;
}

static void move_up(const struct timers *t, struct timer *timer, size_t place)
{
    for (; place > 1 && is_before(timer, *at(t, place / 2)); place /= 2)
        put(t, place, *at(t, place / 2));
    put(t, place, timer);
}

static void move_down(const struct timers *t, struct timer *timer, size_t place)
{
    for (size_t child; (child = 2 * place) <= t->n; place = child) {
        if (child < t->n && is_before(*at(t, child + 1), *at(t, child)))
            child++;
        if (!is_before(*at(t, child), timer))
            break;
        put(t, place, *at(t, child));
    }
    put(t, place, timer);
}

/* To where it belongs, from a place that may be too high or too low for it. */
static void settle(const struct timers *t, struct timer *timer, size_t place)
{
    if (place > 1 && is_before(timer, *at(t, place / 2)))
        move_up(t, timer, place);
    else
        move_down(t, timer, place);
}

static void take_out(struct timers *t, struct timer *timer)
{
    size_t place = timer->place;
    struct timer *last = *at(t, t->n--);
    timer->place = 0;
    if (last != timer)
        settle(t, last, place);
}

void timers_set(struct timers *t, struct timer *timer, int64_t at_ns)
{
    bool was_set = timer->place > 0;
    if (at_ns == NEVER) {
        if (was_set)
            take_out(t, timer);
        return;
    }
    timer->at_ns = at_ns;
    timer->serial = t->serial++;
    if (!was_set) {
        GROW(t->heap, t->n, t->cap);
        t->n++;
        move_up(t, timer, t->n);
    } else {
        settle(t, timer, timer->place);
    }
}

int64_t timers_next(const struct timers *t)
{
    return t->n > 0 ? (*at(t, 1))->at_ns : NEVER;
}

struct timer *timers_take_first(struct timers *t)
{
    struct timer *first = t->n > 0 ? *at(t, 1) : NULL;
    if (first)
        take_out(t, first);
    return first;
}

struct timer *timers_take_due(struct timers *t, int64_t now_ns)
{
    return timers_next(t) <= now_ns ? timers_take_first(t) : NULL;
}

void timers_free(struct timers *t)
{
    free(t->heap);
    *t = (struct timers){0};
}
