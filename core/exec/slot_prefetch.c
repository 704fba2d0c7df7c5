/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt ordered ahead. */
#include "exec/slot_prefetch.h"

#include "base/clock.h"
#include "exec/slot.h"
#include "exec/slot_begin.h"
#include "exec/slot_channel.h"
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
    const struct slot_order order = {&p->task, p->serial, s->attempt.serial, early, outputs_other(&s->outputs)};
    p->sent = slot_send_order(s, &order, NULL) == 0;
}

static void give_back(struct slot *s)
{
    s->prefetched.ordered = false;
    s->owner->returned(s->owner_data, &s->prefetched.task);
}

void slot_take_back_early(struct slot *s)
{
    if (s->prefetched.ordered && s->prefetched.early)
        give_back(s);
}

/* The monitor has come to the same answer. */
static bool has_begun(const struct slot *s)
{
    const struct slot_prefetched *p = &s->prefetched;
    return p->sent && s->attempt.quiet && !(p->early && s->attempt.told) && s->monitor.socket.fd >= 0;
}

static void begin_by_order(struct slot *s, const struct slot_task *task)
{
    int64_t at_ns = s->attempt.exited_ns;
    s->attempt.serial = s->prefetched.serial;
    s->outputs.current = outputs_other(&s->outputs);
    slot_begin_task(s, task, at_ns);
    slot_begin_to_run(s, at_ns);
    slot_listen_again(s);
}

void slot_begin_prefetched(struct slot *s)
{
    struct slot_task task = s->prefetched.task;
    bool begun = has_begun(s);
    if (!begun && s->stopping) {
        give_back(s);
        return;
    }
    s->prefetched.ordered = false;
    s->owner->begun(s->owner_data, &task);
    if (begun)
        begin_by_order(s, &task);
    else
        slot_start(s, &task);
    if (s->stopping)
        slot_interrupt(s, s->stopping > 1);
}
