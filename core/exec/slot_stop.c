/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts that are ended before their time: with the run, or since what they stand on is gone. */
#include "base/clock.h"
#include "base/mem.h"
#include "exec/slot.h"

#include <stdlib.h>

void slot_interrupt(struct slot *s, bool hurry)
{
    s->stopping = hurry ? 2 : 1;
    int64_t now = clock_mono();
    if (s->state == SLOT_IDLE || s->state == SLOT_SWEEPING || (s->attempt.janitor && !hurry))
        return;
    if (s->forensics.paused != PAUSE_NONE && !hurry) {
        pause_end(s); /* what it stands still for is its verdict */
        return;
    }
    s->attempt.observed.interrupted = !s->attempt.observed.has_verdict && !s->attempt.observed.timed_out;
    if (s->attempt.observed.interrupted)
        s->attempt.observed.setup_error = s->shared->failure;
    if (s->state == SLOT_SWITCHING || s->state == SLOT_PREPARING) {
        slot_fail(s, xstrdup(s->shared->failure ? s->shared->failure : "interrupted"));
    } else if (hurry) {
        slot_kill(s, now);
    } else if (s->state == SLOT_RUNNING) {
        s->attempt.kill_at_ns = now + s->shared->grace_ns;
        slot_term(s, now);
    }
}

void slot_lose(struct slot *s, const char *reason)
{
    bool over = s->state == SLOT_IDLE || s->state >= SLOT_DUMPING || s->attempt.janitor ||
                s->attempt.observed.has_verdict || s->attempt.observed.crashed || s->attempt.observed.setup_error;
    if (over)
        return;
    if (s->state == SLOT_SWITCHING || s->state == SLOT_PREPARING) {
        slot_fail(s, xstrdup(reason));
        return;
    }
    free(s->attempt.setup_error);
    s->attempt.setup_error = xstrdup(reason);
    s->attempt.observed.setup_error = s->attempt.setup_error;
    if (s->forensics.paused != PAUSE_NONE) /* who looks at it may go on looking */
        return;
    int64_t now = clock_mono();
    s->attempt.kill_at_ns = now + s->shared->grace_ns;
    slot_term(s, now);
}
