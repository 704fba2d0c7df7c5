/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at in an attempt that crashed or is late, before it ends. */
#include "exec/slot_forensics.h"

#include "base/clock.h"
#include "base/wait_status.h"
#include "exec/slot.h"
#include "exec/status_dump.h"

#include <poll.h>

static const int64_t dump_limit_ns = 3 * NS_PER_S;

static void on_stacks(void *data)
{
    slot_event(data, SLOT_STACKS_READ);
}

static void read_stacks(struct slot *s, uint32_t crashed_tid)
{
    status_dump_cut_short(s); /* two can't hold the same threads */
    pid_t pid = slot_pid_of(slot_attempt_pidfd(s));
    if (pid > 0)
        stacks_begin(&s->forensics.stacks, s->shared->loop, &s->shared->reader,
                     &(struct stacks_of){.pid = pid, .crashed_tid = crashed_tid}, on_stacks, s);
    else
        slot_event(s, SLOT_STACKS_READ);
}

/* ---- crashed -------------------------------------------------------------------------------------------------- */

void slot_crashed(struct slot *s, const struct msg_crash *m)
{
    struct observed *o = &s->attempt.observed;
    o->crashed = true;
    o->signal = (int)m->signal;
    o->has_address = m->has_address;
    o->address = m->address;
    if (m->phase < PHASE_N)
        o->phase = (enum phase)m->phase;
    s->forensics.crashed_tid = m->tid;
    slot_event(s, SLOT_CRASH);
}

void slot_read_crash(struct slot *s)
{
    s->deadline_ns = clock_mono() + dump_limit_ns;
    if (slot_attempt_pidfd(s) >= 0) /* else once it is told of */
        read_stacks(s, s->forensics.crashed_tid);
}

void slot_crash_is_known(struct slot *s)
{
    if (s->state == SLOT_CRASHED)
        read_stacks(s, s->forensics.crashed_tid);
}

void slot_after_crash(struct slot *s)
{
    if (pause_wanted(s, PAUSE_CRASHED))
        pause_begin(s, PAUSE_CRASHED, describe_signal(s->attempt.observed.signal));
    else
        slot_send_go(s);
}

void slot_let_crash(struct slot *s)
{
    s->deadline_ns = clock_mono() + slot_exit_limit_ns;
    slot_send_go(s);
}

/* ---- soon late ------------------------------------------------------------------------------------------------ */

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

/* ---- late ----------------------------------------------------------------------------------------------------- */

/* What has come meanwhile decides: we may have been stopped ourselves, and be the one who is late. */
static bool was_heard_late(struct slot *s)
{
    int64_t before = s->deadline_ns;
    slot_read_monitor(s);
    if (s->state == SLOT_RUNNING)
        slot_read_channel(s, SLOT_MESSAGES_A_LOOK);
    return s->state != SLOT_RUNNING || s->deadline_ns != before;
}

static bool has_ended(int pidfd)
{
    return pidfd >= 0 && poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, 0) > 0;
}

void slot_settle_down(struct slot *s)
{
    s->deadline_ns = clock_mono() + s->shared->settle_ns + slot_exit_limit_ns;
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
    if (s->monitor.socket.fd >= 0 && has_ended(slot_attempt_pidfd(s)))
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
    s->deadline_ns = s->attempt.kill_at_ns < now + dump_limit_ns ? s->attempt.kill_at_ns : now + dump_limit_ns;
    read_stacks(s, 0);
}

void slot_after_late(struct slot *s)
{
    stacks_cancel(&s->forensics.stacks);
    if (pause_wanted(s, PAUSE_TIMEOUT))
        pause_begin(s, PAUSE_TIMEOUT, "it ran out of time");
    else
        slot_event(s, SLOT_STOP);
}
