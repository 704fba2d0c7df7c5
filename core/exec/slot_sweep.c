/* SPDX-License-Identifier: Apache-2.0 */
/* The end of everything that an attempt started, its monitor included: told, and looked at until it is true. */
#include "exec/slot_sweep.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/pids.h"
#include "contain/orphans.h"
#include "exec/slot_leaks.h"
#include "exec/slot_limits.h"
#include "exec/slot_state.h"
#include "exec/status_dump.h"

#include <errno.h>
#include <poll.h>
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

/* What the slots know of: all of theirs but those of attempts that are swept, and must end. */
struct known {
    pid_t *pids;
    size_t n;
    bool more; /* there is one whose number could not be learned */
};

static void keep_pid(struct known *k, pid_t pid)
{
    if (pid > 0)
        k->pids[k->n++] = pid;
}

static void keep_pidfd(struct known *k, int pidfd)
{
    pid_t pid = pidfd >= 0 ? pidfd_pid(pidfd) : 0;
    k->more = k->more || pid < 0;
    keep_pid(k, pid);
}

static void keep_slot(struct known *k, const struct slot *s)
{
    keep_pid(k, s->forensics.stacks.helper);
    keep_pid(k, s->forensics.live_dump.stacks.helper);
    keep_pid(k, s->forensics.debugger);
    keep_pidfd(k, s->monitor.old.fd);
    if (s->state == SLOT_SWEEPING)
        return;
    keep_pidfd(k, s->monitor.end.fd);
    keep_pidfd(k, s->attempt.pidfd);
    keep_pidfd(k, s->attempt.end.fd);
}

/* Whether or not it has been reaped. */
static bool is_dead(int pidfd)
{
    struct pollfd p = {.fd = pidfd, .events = POLLIN};
    return poll(&p, 1, 0) != 0;
}

/* A monitor that was started and has not told of itself, or an attempt of which nobody told before its monitor was
 * killed, though we may not have heard of that yet: it would look like an orphan. */
static bool has_unknown(const struct slot *s)
{
    if (s->state == SLOT_SWEEPING)
        return false;
    if (s->monitor.socket.fd >= 0 && s->monitor.end.fd < 0)
        return true;
    return slot_state_is_live(s->state) && slot_attempt_pidfd(s) < 0 &&
           (s->monitor.end.fd < 0 || is_dead(s->monitor.end.fd));
}

/* Orphans come to us, a sub-reaper, when a monitor died. All but what the slots know of is to be ended. False: there
 * may be more. */
static bool end_orphans(const struct slot_shared *shared)
{
    enum { PIDS_A_SLOT = 7, OURS = ARRAY_LEN(shared->own_children) + 2 };
    autopids struct pids children = {0};
    orphans_find(&children);
    for (unsigned i = 0; i < shared->n_slots; i++)
        if (has_unknown(shared->slots[i]))
            return false;
    autofree pid_t *pids = xcalloc(shared->n_slots * PIDS_A_SLOT + OURS, sizeof *pids);
    struct known known = {.pids = pids};
    for (size_t i = 0; i < ARRAY_LEN(shared->own_children); i++)
        keep_pid(&known, shared->own_children[i]);
    keep_pid(&known, shared->sweeper ? sweeper_pid(shared->sweeper) : 0);
    keep_pid(&known, shared->reader.pid);
    for (unsigned i = 0; i < shared->n_slots && !known.more; i++)
        keep_slot(&known, shared->slots[i]);
    /* Else the next round: an orphan may wait, another slot's process must live. */
    return !known.more && !orphans_end(&children, known.pids, known.n);
}

/* Once a turn of the loop for all slots that are swept in it: each slot costs some files of /proc to be read. */
static bool orphans_are_gone(struct slot_shared *shared)
{
    if (shared->orphans.turn != shared->loop->turns) {
        shared->orphans.turn = shared->loop->turns;
        shared->orphans.are_gone = end_orphans(shared);
    }
    return shared->orphans.are_gone;
}

static void kill_all(struct slot *s)
{
    const struct containment *c = s->monitor.containment;
    slot_signal(slot_attempt_pidfd(s), SIGKILL);
    slot_signal(s->monitor.end.fd, SIGKILL);
    if (c)
        containment_kill(c, s->number);
}

/* It is looked at when the loop comes to deadlines, as others are that begin in this turn. */
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
    kill_all(s);
    s->shared->orphans.turn = 0; /* its own were none so far */
    s->deadline_ns = clock_mono();
}

void slot_give_up_monitor(struct slot *s)
{
    leaks_take_silence(s);
    slot_begin_sweep(s);
}

void slot_sweep(struct slot *s)
{
    int64_t now = clock_mono();
    const struct containment *c = s->monitor.containment;
    kill_all(s);
    bool over = orphans_are_gone(s->shared) && has_ended(slot_attempt_pidfd(s)) && has_ended(s->monitor.end.fd) &&
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
