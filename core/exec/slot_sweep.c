/* SPDX-License-Identifier: Apache-2.0 */
/* The end of everything that an attempt started, its monitor included: told, and looked at until it is true. */
#include "exec/slot_sweep.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "contain/orphans.h"
#include "exec/slot_leaks.h"
#include "exec/slot_limits.h"
#include "exec/slot_state.h"
#include "exec/status_dump.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int64_t sweep_limit_ns = 10 * NS_PER_S;
static const int64_t sweep_first_look_ns = NS_PER_MS / 5; /* doubled each time: */
static const int64_t sweep_look_ns = 5 * NS_PER_MS;       /* cgroup v1 has no event for "empty" */

void slot_on_monitor_end(struct source *source, uint32_t events)
{
    struct slot *s = source->data;
    (void)events;
    loop_remove(s->shared->loop, source);
    if (s->state == SLOT_SWEEPING)
        slot_event(s, SLOT_TIME);
}

static bool has_ended(int pidfd)
{
    siginfo_t info = {0};
    if (pidfd < 0)
        return true;
    if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG) == 0 && info.si_pid)
        return true; /* ours to reap, and reaped */
    return syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) < 0 && errno == ESRCH;
}

static size_t keep_pid(pid_t *keep, size_t n, int pidfd, bool *ret_unknown)
{
    pid_t pid = pidfd >= 0 ? slot_pid_of(pidfd) : 0;
    if (pid < 0)
        *ret_unknown = true;
    if (pid > 0)
        keep[n++] = pid;
    return n;
}

/* Orphans come to us, a sub-reaper, when a monitor died. All but what the slots know of is to be ended. False: there
 * may be more. */
static bool end_orphans(const struct slot *except)
{
    const struct slot_shared *shared = except->shared;
    enum { PIDS_A_SLOT = 7 };
    autofree pid_t *keep = xcalloc(shared->n_slots * PIDS_A_SLOT + ARRAY_LEN(shared->own_children) + 2, sizeof *keep);
    size_t n = 0;
    bool unknown = false;
    for (size_t i = 0; i < ARRAY_LEN(shared->own_children); i++)
        keep[n++] = shared->own_children[i];
    if (shared->sweeper && sweeper_pid(shared->sweeper) > 0)
        keep[n++] = sweeper_pid(shared->sweeper);
    if (shared->reader.pid > 0)
        keep[n++] = shared->reader.pid;
    for (unsigned i = 0; i < shared->n_slots; i++) {
        const struct slot *s = shared->slots[i];
        if (s->forensics.stacks.helper > 0)
            keep[n++] = s->forensics.stacks.helper;
        if (s->forensics.live_dump.stacks.helper > 0)
            keep[n++] = s->forensics.live_dump.stacks.helper;
        if (s->forensics.debugger > 0)
            keep[n++] = s->forensics.debugger;
        n = keep_pid(keep, n, s->monitor.old.fd, &unknown);
        if (s == except)
            continue;
        n = keep_pid(keep, n, s->monitor.end.fd, &unknown);
        unknown = unknown || (s->monitor.socket.fd >= 0 && s->monitor.end.fd < 0); /* it has not told of itself */
        n = keep_pid(keep, n, s->attempt.pidfd, &unknown);
        n = keep_pid(keep, n, s->attempt.end.fd, &unknown);
    }
    /* Else the next round: an orphan may wait, another slot's process must live. */
    return !unknown && !orphans_end(keep, n);
}

void slot_begin_sweep(struct slot *s)
{
    struct loop *loop = s->shared->loop;
    s->monitor.sweep_until_ns = clock_mono() + sweep_limit_ns;
    s->monitor.sweep_look_ns = sweep_first_look_ns;
    stacks_cancel(&s->forensics.stacks);
    status_dump_cut_short(s);
    loop_remove(loop, &s->monitor.socket);
    if (s->monitor.end.fd >= 0) { /* so far only kept: now its end is an event */
        int pidfd = s->monitor.end.fd;
        loop_part(loop, &s->monitor.end);
        loop_add(loop, &s->monitor.end, pidfd, EPOLLIN, slot_on_monitor_end, s);
    }
    slot_sweep(s);
}

void slot_give_up_monitor(struct slot *s)
{
    leaks_take_silence(s);
    slot_begin_sweep(s);
}

void slot_sweep(struct slot *s)
{
    int64_t now = clock_mono();
    slot_signal(slot_attempt_pidfd(s), SIGKILL);
    slot_signal(s->monitor.end.fd, SIGKILL);
    const struct containment *c = s->monitor.containment;
    if (c)
        containment_kill(c, s->number);
    bool over = end_orphans(s) && has_ended(slot_attempt_pidfd(s)) && has_ended(s->monitor.end.fd) &&
                (!c || containment_is_empty(c, s->number));
    if (!over && now < s->monitor.sweep_until_ns) {
        s->deadline_ns = now + s->monitor.sweep_look_ns;
        s->monitor.sweep_look_ns *= s->monitor.sweep_look_ns < sweep_look_ns ? 2 : 1;
        return;
    }
    slot_see_limits(s); /* the counters go with the group */
    if (c)
        containment_renew(c, s->number);
    loop_remove(s->shared->loop, &s->monitor.end);
    loop_remove(s->shared->loop, &s->attempt.end);
    slot_event(s, SLOT_EMPTY);
}
