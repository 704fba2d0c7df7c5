/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts that are ended before their time: with the run, or since what they stand on is gone. */
#include "base/mem.h"
#include "exec/slot.h"

void slot_interrupt(struct slot *s, bool hurry)
{
    s->stopping = hurry ? 2 : 1;
    struct observed *o = &s->attempt.observed;
    bool under_way = slot_state_is_early(s->state) || slot_state_is_live(s->state);
    if (!under_way || (s->attempt.janitor && !hurry))
        return;
    if (s->state == SLOT_PAUSED && !hurry) {
        pause_end(s); /* what it stands still for is its verdict */
        return;
    }
    o->interrupted = !o->has_verdict && !o->timed_out && !o->crashed;
    if (o->interrupted)
        o->setup_error = s->shared->failure;
    if (slot_state_is_early(s->state))
        slot_fail(s, xstrdup(s->shared->failure ? s->shared->failure : "interrupted"));
    else if (hurry)
        slot_event(s, SLOT_KILL);
    else if (s->state == SLOT_RUNNING)
        slot_stop_softly(s);
}

void slot_lose(struct slot *s, const char *reason)
{
    const struct observed *o = &s->attempt.observed;
    if (s->attempt.janitor || o->has_verdict || o->crashed || o->setup_error)
        return;
    if (slot_state_is_early(s->state))
        slot_fail(s, xstrdup(reason));
    else if (s->state == SLOT_PAUSED) /* who looks at it may go on looking */
        slot_blame(s, xstrdup(reason));
    else if (s->state == SLOT_RUNNING) {
        slot_blame(s, xstrdup(reason));
        slot_stop_softly(s);
    }
}
