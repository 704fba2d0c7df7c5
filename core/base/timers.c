/* SPDX-License-Identifier: Apache-2.0 */
/* What is due when. */
#include "base/timers.h"

#include "base/clock.h"

void timers_set(struct timers *t, struct timer *timer, int64_t at_ns)
{
    if (at_ns == NEVER)
        heap_remove(&t->heap, &timer->node);
    else
        heap_put(&t->heap, &timer->node, at_ns);
}

int64_t timers_next(const struct timers *t)
{
    const struct heap_node *first = heap_top(&t->heap);
    return first ? first->key : NEVER;
}

struct timer *timers_take_first(struct timers *t)
{
    struct heap_node *first = heap_top(&t->heap);
    if (!first)
        return NULL;
    heap_remove(&t->heap, first);
    return container_of(first, struct timer, node);
}

struct timer *timers_take_due(struct timers *t, int64_t now_ns)
{
    return timers_next(t) <= now_ns ? timers_take_first(t) : NULL;
}

void timers_free(struct timers *t)
{
    heap_free(&t->heap);
}
