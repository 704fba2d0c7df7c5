/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt whose time is over: looked at, and asked to end. */
#include "exec/slot_late.h"

#include "base/clock.h"
#include "exec/pause.h"
#include "exec/slot_channel.h"
#include "exec/slot_forensics.h"
#include "exec/slot_monitor.h"
#include "exec/slot_state.h"

int64_t slot_prepares_at(const struct slot *s)
{
    static const int64_t ahead_ns = 200 * NS_PER_MS;
    return s->state == SLOT_RUNNING && !s->forensics.prepared && s->deadline_ns != NEVER ? s->deadline_ns - ahead_ns
                                                                                         : NEVER;
}

void slot_prepare_to_read(struct slot *s)
{
    s->forensics.prepared = true;
    stack_reader_prepare(&s->shared->reader);
}

/* What has come meanwhile decides: we may have been stopped ourselves, and be the one who is late. */
static bool was_heard_late(struct slot *s)
{
    int64_t before = s->deadline_ns;
    slot_read_monitor(s);
    if (s->state == SLOT_RUNNING)
        slot_read_channel(s, SLOT_MESSAGES_A_LOOK);
    return s->state != SLOT_RUNNING || s->deadline_ns != before;
}

/* Its monitor may have a thousand processes to end and name; when it is given up, nobody names them. */
void slot_settle_down(struct slot *s)
{
    static const int64_t clear_limit_ns = 8 * NS_PER_S;
    s->deadline_ns = clock_mono() + s->shared->settle_ns + clear_limit_ns;
}

void slot_run_out(struct slot *s)
{
    if (was_heard_late(s))
        return;
    int64_t now = clock_mono();
    /* A monitor tells of an attempt after a millisecond. A deadline that is shorter waits for that. */
    if (slot_attempt_pidfd(s) < 0 && s->monitor.socket.fd >= 0 && now < s->attempt.ordered_ns + slot_exit_limit_ns) {
        s->deadline_ns = now + NS_PER_MS;
        return;
    }
    if (s->monitor.socket.fd >= 0 && slot_attempt_has_ended(s))
        slot_event(s, SLOT_SETTLE);
    else
        slot_event(s, s->attempt.ended_ns ? SLOT_KILL : SLOT_LATE); /* the former has said all, and does not go */
}

void slot_read_late(struct slot *s)
{
    int64_t now = clock_mono();
    s->attempt.observed.timed_out = true;
    if (s->attempt.late_part)
        s->attempt.observed.part = s->attempt.late_part;
    s->attempt.kill_at_ns = now + s->shared->grace_ns;
    s->deadline_ns =
        s->attempt.kill_at_ns < now + slot_dump_limit_ns ? s->attempt.kill_at_ns : now + slot_dump_limit_ns;
    slot_read_stacks(s, 0);
}

void slot_after_late(struct slot *s)
{
    stacks_cancel(&s->forensics.stacks);
    if (pause_wanted(s, PAUSE_TIMEOUT))
        pause_begin(s, PAUSE_TIMEOUT, "it ran out of time");
    else
        slot_event(s, SLOT_STOP);
}
