/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt ordered ahead. */
#include "exec/slot_prefetch.h"

#include "exec/slot_limits.h"
#include "exec/slot_order.h"
#include "exec/slot_state.h"

/* Nothing of the running one has to be done before the next one begins, as far as is known. */
static bool may_be_followed(const struct slot *s, bool early)
{
    const struct slot_attempt *a = &s->attempt;
    bool good = a->observed.outcome == OUTCOME_PASSED || a->observed.outcome == OUTCOME_SKIPPED;
    /* Its limits must be looked at before the next one has them. */
    return (early ? s->monitor.quick && !s->shared->debugger : good) && s->state == SLOT_RUNNING && !a->janitor &&
           !a->limited && s->cleanups.n == 0 && s->monitor.socket.fd >= 0 && outputs_are_whole(&s->outputs) &&
           !s->stopping && s->owner->next;
}

void slot_prefetch(struct slot *s, bool early)
{
    struct slot_prefetched *p = &s->prefetched;
    if (p->ordered || !may_be_followed(s, early) ||
        !s->owner->next(s->owner_data, s->monitor.plugin, &s->attempt.task, &p->task))
        return;
    *p = (struct slot_prefetched){.ordered = true, .task = p->task, .early = early};
    bool same_monitor = p->task.limits.containment == s->attempt.task.limits.containment;
    if (slot_is_limited(&p->task) || !same_monitor)
        return;
    p->serial = slot_next_serial(s);
    p->after = s->attempt.serial;
    const struct slot_order order = {&p->task, p->serial, p->after, early, outputs_other(&s->outputs)};
    p->sent = slot_send_order(s, &order, NULL) == 0;
}

void slot_give_back(struct slot *s)
{
    s->prefetched.ordered = false;
    s->owner->returned(s->owner_data, &s->prefetched.task);
}

void slot_take_back_early(struct slot *s)
{
    if (s->prefetched.ordered && s->prefetched.early)
        slot_give_back(s);
}

bool slot_prefetched_has_begun(const struct slot *s)
{
    const struct slot_prefetched *p = &s->prefetched;
    return p->sent && p->after == s->attempt.serial && s->attempt.quiet && !(p->early && s->attempt.told) &&
           s->monitor.socket.fd >= 0;
}
