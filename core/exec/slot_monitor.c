/* SPDX-License-Identifier: Apache-2.0 */
/* A slot's monitor: one is made, tells of the attempts that it was asked for, and is let go, or lost. */
#include "exec/slot_monitor.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "exec/pause.h"
#include "exec/slot_begin.h"
#include "exec/slot_channel.h"
#include "exec/slot_folders.h"
#include "exec/slot_forensics.h"
#include "exec/slot_leaks.h"
#include "exec/slot_prefetch.h"
#include "exec/slot_state.h"
#include "exec/slot_sweep.h"
#include "exec/status_dump.h"
#include "ipc/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const int64_t prepare_limit_ns = 30 * NS_PER_S; /* a monitor is forked in a millisecond */

static void on_monitor(struct source *source, uint32_t events);

/* ---- made and let go -------------------------------------------------------------------------------------- */

/* Never NULL: a task that can't have its own is over before it is placed. */
static const struct containment *wanted_containment(const struct slot *s)
{
    const char *why;
    return containment_for(s->shared->containment, s->attempt.task.limits.containment, &why);
}

void slot_make_monitor(struct slot *s)
{
    autoerr struct err err = {0};
    int sock;
    s->deadline_ns = clock_mono() + prepare_limit_ns;
    s->monitor.plugin = s->attempt.task.plugin;
    s->monitor.containment = wanted_containment(s);
    int theirs[ENDS_FDS] = {-1, -1, -1, -1, -1, -1};
    int r = outputs_open(&s->outputs, s->shared->loop, s->shared->no_capture, slot_on_channel, s, theirs);
    if (r < 0)
        err_errno(&err, r, "making pipes and sockets for a monitor");
    else
        r = hosts_monitor(s->shared->hosts, s->attempt.task.plugin, s->monitor.containment, s->number, s->temp_dir,
                          s->artifacts_dir, theirs, &sock, &err);
    for (size_t i = 0; i < ARRAY_LEN(theirs); i++)
        close_fd(theirs[i]);
    if (r < 0)
        slot_fail(s, xstrdup(err_text(&err)));
    else
        loop_add(s->shared->loop, &s->monitor.socket, sock, EPOLLIN, on_monitor, s);
}

static void on_old_monitor_end(struct source *source, uint32_t events)
{
    struct slot *s = source->data;
    (void)events;
    loop_remove(s->shared->loop, source);
    if (s->state == SLOT_SWITCHING)
        slot_event(s, SLOT_MAKE);
}

/* Its socket closes, which ends it; its cgroup is ours again when it is gone. */
void slot_release_monitor(struct slot *s)
{
    loop_remove(s->shared->loop, &s->monitor.socket);
    outputs_part(&s->outputs);
    if (s->monitor.end.fd < 0)
        return;
    int pidfd = s->monitor.end.fd;
    loop_part(s->shared->loop, &s->monitor.end);
    loop_remove(s->shared->loop, &s->monitor.old);
    loop_add(s->shared->loop, &s->monitor.old, pidfd, EPOLLIN, on_old_monitor_end, s);
}

void slot_wait_for_old_monitor(struct slot *s)
{
    s->deadline_ns = clock_mono() + prepare_limit_ns;
}

/* After a monitor that was killed, or whose host was, before it had begun the attempt. False: enough have been. */
static bool try_another(struct slot *s)
{
    enum { LOST_MOST = 3 };
    if (++s->monitor.lost > LOST_MOST)
        return false;
    s->attempt.observed.lost = false; /* what ended is the monitor's side of its channel */
    slot_release_monitor(s);
    slot_place(s);
    return true;
}

static void send_attempt(struct slot *s)
{
    if (!slot_send_attempt(s) && !try_another(s))
        slot_refuse(s, xasprintf("asking the monitor for an attempt: %s", strerror(EPIPE)));
}

void slot_place(struct slot *s)
{
    if (s->monitor.socket.fd >= 0 && outputs_are_whole(&s->outputs) && s->monitor.plugin == s->attempt.task.plugin &&
        s->monitor.containment == wanted_containment(s)) {
        send_attempt(s);
        return;
    }
    slot_release_monitor(s);
    slot_event(s, s->monitor.old.fd < 0 ? SLOT_MAKE : SLOT_WAIT_FOR_OLD);
}

void slot_monitor_is_late(struct slot *s)
{
    enum slot_state before = s->state;
    slot_read_monitor(s); /* it may be we who are late */
    if (s->state != before)
        return;
    slot_signal(s->monitor.old.fd,
                SIGKILL); /* one that was told to end and does not: the next case is not to wait too */
    slot_fail(s, xasprintf("its monitor was not ready within %d s", (int)(prepare_limit_ns / NS_PER_S)));
}

/* ---- what it tells ---------------------------------------------------------------------------------------- */

static void take_started(struct slot *s, const struct msg_started *m, struct received *got)
{
    if (m->error) {
        slot_fail(s, xasprintf("its process could not be started: %s", strerror((int)m->error)));
        return;
    }
    s->attempt.pidfd = received_take(got, 0);
    s->attempt.told = true;
    slot_take_back_early(s);
    outputs_watch(&s->outputs);
    pause_tell(s);
    status_dump_started(s);
    slot_crash_is_known(s);
    if (s->state == SLOT_ENDING || s->state == SLOT_KILLED) /* decided on before there was anybody to signal */
        slot_signal(s->attempt.pidfd, s->state == SLOT_ENDING ? SIGTERM : SIGKILL);
}

static void take_exited(struct slot *s, const struct msg_exited *m)
{
    s->attempt.observed.has_status = true;
    s->attempt.observed.wait_status = m->wait_status;
    s->attempt.user_us = m->user_us;
    s->attempt.system_us = m->system_us;
    s->attempt.max_rss_kb = m->max_rss_kb;
    s->attempt.read_bytes = m->read_bytes;
    s->attempt.written_bytes = m->written_bytes;
    s->attempt.artifacts = m->artifacts;
    stacks_cancel(&s->forensics.stacks);
    status_dump_cut_short(s);
    slot_read_channel(s, UINT32_MAX); /* its last words, bounded by its socket's buffer */
    leaks_take(s, m);
    s->attempt.exited_ns = judge_sent_at(m->at_ns, s->attempt.ordered_ns, clock_mono());
    /* Whatever it is judged to be, what follows may have begun, and is none of its fault. Only where something is to be
     * undone, which an attempt that ends so has denied, must that come first. */
    s->attempt.quiet = m->quiet && s->cleanups.n == 0;
    bool lies = m->quiet && s->cleanups.n > 0;
    slot_event(s, m->dirty || lies ? SLOT_GONE : SLOT_EXITED);
}

static void on_attempt_end(struct source *source, uint32_t events)
{
    struct slot *s = source->data;
    (void)events;
    siginfo_t info = {0};
    if (waitid(P_PIDFD, (id_t)source->fd, &info, WEXITED | WNOHANG) == 0 && info.si_pid) {
        s->attempt.observed.has_status = true; /* it came to us, its sub-reaper, when its monitor died */
        s->attempt.observed.wait_status =
            info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0) : W_EXITCODE(0, info.si_status);
    }
    slot_read_channel(s, UINT32_MAX);
    loop_remove(s->shared->loop, source);
    slot_event(s, SLOT_GONE);
}

/* The monitor died without a word of the attempt's end: somebody killed it. The attempt may live on and give its
 * verdict. `unread`: with an order that it had not taken. */
static void lose_monitor(struct slot *s, bool unread)
{
    loop_remove(s->shared->loop, &s->monitor.socket);
    /* Behind one that is known to run, what was unread is an order ahead that has been taken back. */
    bool not_begun =
        unread && s->state == SLOT_RUNNING && !s->attempt.told && !s->prefetched.ordered && s->attempt.n_messages == 0;
    if ((s->state == SLOT_PREPARING || not_begun) && try_another(s))
        return;
    if (s->state == SLOT_PREPARING) {
        autofree char *end = hosts_end(s->shared->hosts, s->attempt.task.plugin);
        slot_fail(s, *end ? xasprintf("the host of its plugin %s", end)
                          : xstrdup("its monitor ended before the attempt began"));
    } else if (slot_state_is_live(s->state) && s->attempt.pidfd >= 0) {
        int pidfd = s->attempt.pidfd;
        s->attempt.pidfd = -1;
        loop_add(s->shared->loop, &s->attempt.end, pidfd, EPOLLIN, on_attempt_end, s);
    } else if (slot_state_is_live(s->state) && (slot_channel(s)->fd < 0 || s->attempt.ended_ns)) {
        slot_event(s, SLOT_GONE);
    }
}

static void take_ready(struct slot *s, const struct msg_monitor_ready *m, struct received *got)
{
    if (*m->error) {
        slot_fail(s, xasprintf("containment: %s", m->error));
        return;
    }
    int pidfd = received_take(got, 0);
    if (pidfd >= 0)
        loop_add(s->shared->loop, &s->monitor.end, pidfd, 0, slot_on_monitor_end, s);
    send_attempt(s);
}

static void take_folders(struct slot *s, const struct msg_folders *m)
{
    slot_read_channel(s, UINT32_MAX); /* whether it has given a verdict */
    slot_take_folders(s, m);
}

static void read_monitor(struct slot *s)
{
    static struct buf packet; /* the supervisor has one thread; kept, since they are large */
    static struct arena arena;
    struct received got = {0};
    ssize_t n = sock_receive(s->monitor.socket.fd, MSG_DONTWAIT, &packet, &got);
    if (n == -EAGAIN)
        return;
    struct message m;
    const char *p = packet.data;
    if (n <= 0 || message_decode(&p, packet.data + packet.len, &arena, &m) < 0)
        lose_monitor(s, n == -ECONNRESET);
    else if (m.type == MSG_MONITOR_READY && s->state == SLOT_PREPARING)
        take_ready(s, &m.monitor_ready, &got);
    else if (m.type == MSG_STARTED && slot_state_is_live(s->state))
        take_started(s, &m.started, &got);
    else if (m.type == MSG_FOLDERS && slot_state_is_live(s->state))
        take_folders(s, &m.folders);
    else if (m.type == MSG_EXITED && slot_state_is_live(s->state))
        take_exited(s, &m.exited);
    received_close(&got);
    arena_reset(&arena);
}

static void on_monitor(struct source *source, uint32_t events)
{
    (void)events;
    read_monitor(source->data);
}

void slot_read_monitor(struct slot *s)
{
    enum { TELLS_MOST = 4 }; /* of one attempt */
    for (int i = 0; i < TELLS_MOST && s->monitor.socket.fd >= 0; i++)
        read_monitor(s);
}
