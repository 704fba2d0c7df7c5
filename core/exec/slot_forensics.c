/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at in an attempt that crashed, before it ends. */
#include "exec/slot_forensics.h"

#include "base/clock.h"
#include "base/pids.h"
#include "base/wait_status.h"
#include "exec/pause.h"
#include "exec/slot_state.h"
#include "exec/status_dump.h"

#include <signal.h>

static void on_stacks(void *data)
{
    slot_event(data, SLOT_STACKS_READ);
}

void slot_read_stacks(struct slot *s, uint32_t crashed_tid)
{
    status_dump_cut_short(s); /* two can't hold the same threads */
    pid_t pid = pidfd_pid(slot_attempt_pidfd(s));
    if (pid > 0)
        stacks_begin(&s->forensics.stacks, s->shared->loop, &s->shared->reader,
                     &(struct stacks_of){.pid = pid, .crashed_tid = crashed_tid}, on_stacks, s);
    else
        slot_event(s, SLOT_STACKS_READ);
}

void slot_crashed(struct slot *s, const struct msg_crash *m)
{
    struct observed *o = &s->attempt.observed;
    if (m->signal < 1 || m->signal > (uint32_t)SIGRTMAX) { /* no crash of ours says that */
        o->malformed = true;
        return;
    }
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
    s->deadline_ns = clock_mono() + slot_dump_limit_ns;
    if (slot_attempt_pidfd(s) >= 0) /* else once it is told of */
        slot_read_stacks(s, s->forensics.crashed_tid);
}

void slot_crash_is_known(struct slot *s)
{
    if (s->state == SLOT_CRASHED)
        slot_read_stacks(s, s->forensics.crashed_tid);
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
