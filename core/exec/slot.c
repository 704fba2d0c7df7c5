/* SPDX-License-Identifier: Apache-2.0 */
/* A slot begins an attempt, and brings one that crashes or runs out of time to its end. */
#include "exec/slot.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/wait_status.h"
#include "exec/fixture_set.h"
#include "exec/status_dump.h"
#include "ipc/sock.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int64_t dump_limit_ns = 3 * NS_PER_S;
static const int64_t exit_limit_ns = 2 * NS_PER_S; /* from verdict, or SIGKILL, to the end */

void slot_init(struct slot *s, struct slot_shared *shared, uint32_t number)
{
    *s = (struct slot){.shared = shared,
                       .number = number,
                       .monitor = SLOT_MONITOR_INIT,
                       .attempt = SLOT_ATTEMPT_INIT,
                       .forensics = SLOT_FORENSICS_INIT};
    outputs_init(&s->outputs);
    slot_choose_folders(s);
}

void slot_free(struct slot *s)
{
    struct loop *loop = s->shared->loop;
    loop_remove(loop, &s->monitor.socket);
    loop_remove(loop, &s->monitor.end);
    loop_remove(loop, &s->monitor.old);
    outputs_free(&s->outputs);
    cleanups_free(&s->cleanups);
    stacks_free(&s->forensics.stacks);
    stacks_free(&s->forensics.live_dump);
    buf_free(&s->attempt.why);
    free(s->attempt.reason);
    free(s->attempt.file);
    free(s->attempt.setup_error);
    free(s->temp_dir);
    free(s->artifacts_dir);
}

void slot_emit(struct slot *s, struct event *event)
{
    if (s->attempt.task.fixture) {
        fixture_emit(s, event);
        return;
    }
    event->t_ns = clock_mono() - s->shared->epoch_ns;
    s->shared->sink.event(s->shared->sink.data, event);
}

void slot_log(struct slot *s, const char *level, const char *text)
{
    struct event e = {.type = EVENT_ATTEMPT_LOG,
                      .attempt_log = {s->attempt.task.case_id, s->attempt.task.attempt, level, "", 0, text}};
    slot_emit(s, &e);
}

pid_t slot_pid_of(int pidfd)
{
    autofree char *path = xasprintf("/proc/self/fdinfo/%d", pidfd);
    autobuf struct buf text = {0};
    if (io_read_file(AT_FDCWD, path, 4096, &text) < 0)
        return -1;
    const char *pid = strstr(buf_str(&text), "\nPid:");
    long n = pid ? strtol(pid + 5, NULL, 10) : 0;
    return n > 0 ? (pid_t)n : 0;
}

int slot_attempt_pidfd(const struct slot *s)
{
    return s->attempt.pidfd >= 0 ? s->attempt.pidfd : s->attempt.end.fd;
}

const struct scenario_info *slot_scenario(const struct slot *s)
{
    const struct catalogue *c = s->shared->catalogue;
    const struct plugin_info *p = &c->plugins[s->attempt.task.plugin];
    uint32_t i = p->first;
    while (i + 1 < p->first + p->count && c->scenarios[i].index != s->attempt.task.scenario)
        i++;
    return &c->scenarios[i];
}

void slot_news(struct slot *s, struct slot_news *news)
{
    news->task = &s->attempt.task;
    news->slot = s->number;
    news->step = s->attempt.step;
    news->phase = s->attempt.observed.part ? s->attempt.observed.part : phase_name(s->attempt.observed.phase);
    news->temp_dir = s->temp_dir;
    news->own_pids = s->monitor.containment && s->monitor.containment->rung->own_pids;
    news->elapsed_ns = clock_mono() - s->attempt.started_ns;
    s->shared->news(s->shared->news_data, news);
}

void slot_signal(int pidfd, int signo)
{
    if (pidfd >= 0)
        syscall(SYS_pidfd_send_signal, pidfd, signo, NULL, 0);
}

void slot_fail(struct slot *s, char *why)
{
    free(s->attempt.setup_error);
    s->attempt.setup_error = why;
    s->attempt.observed.setup_error = why;
    slot_sweep(s);
}

void slot_forget(struct slot *s)
{
    free(s->attempt.reason);
    free(s->attempt.file);
    free(s->attempt.setup_error);
    s->attempt.reason = s->attempt.file = s->attempt.setup_error = NULL;
    s->attempt.observed = (struct observed){.phase = PHASE_BODY};
    s->attempt.line = s->attempt.n_leaked = s->attempt.n_messages = s->attempt.step = s->cleanups.n_deferred =
        s->cleanups.n_begun = 0;
    s->cleanups.bytes = 0;
    s->monitor.lost = 0;
    s->attempt.phase_reported = false;
    s->attempt.repeats = 0;
    s->forensics.paused = PAUSE_NONE;
    s->attempt.checks = s->attempt.failed_checks = s->attempt.user_us = s->attempt.system_us = s->attempt.max_rss_kb =
        0;
    s->attempt.read_bytes = s->attempt.written_bytes = 0;
    s->attempt.artifacts = s->attempt.worn = s->attempt.settling = s->forensics.dumping_crash = false;
    s->attempt.kill_at_ns = s->monitor.sweep_until_ns = NEVER;
    s->attempt.ended_ns = 0;
    outputs_current(&s->outputs)->out.total = outputs_current(&s->outputs)->err.total = 0;
    buf_clear(&s->forensics.stacks.text);
}

void slot_begin_task(struct slot *s, const struct slot_task *task)
{
    s->attempt.task = *task;
    s->attempt.janitor = false;
    slot_forget(s);
    s->attempt.started_ns = clock_mono();
    s->attempt.prepared_ns = 0;
    struct event e = {.type = EVENT_ATTEMPT_STARTED, .attempt_started = {task->case_id, task->attempt, s->number}};
    slot_emit(s, &e);
}

void slot_start(struct slot *s, const struct slot_task *task)
{
    slot_begin_task(s, task);
    const char *why;
    if (!containment_for(s->shared->containment, task->limits.containment, &why)) {
        slot_skip(s, why);
        s->attempt.task.setup_error = why;
        s->state = SLOT_KILLED;
        s->deadline_ns = clock_mono();
        return;
    }
    if (task->setup_error) { /* over at the next tick: who starts it does not expect its end before it returns */
        s->attempt.setup_error = xstrdup(task->setup_error);
        s->attempt.observed.setup_error = s->attempt.setup_error;
        s->state = SLOT_KILLED;
        s->deadline_ns = clock_mono();
        return;
    }
    slot_place(s);
}

/* ---- crashes and deadlines ---------------------------------------------------------------------------------- */

void slot_send_go(struct slot *s)
{
    if (s->attempt.channel.fd >= 0)
        sock_offer_message(s->attempt.channel.fd, &(struct message){.type = MSG_GO});
}

void slot_term(struct slot *s, int64_t now)
{
    s->state = SLOT_ENDING;
    s->deadline_ns = s->attempt.kill_at_ns > now ? s->attempt.kill_at_ns : now;
    slot_signal(slot_attempt_pidfd(s), SIGTERM);
    slot_signal(slot_attempt_pidfd(s), SIGCONT); /* one that stopped itself could not heed it */
}

/* It ran out of time, and its stacks have been read. */
static void end_late(struct slot *s)
{
    if (pause_wanted(s, PAUSE_TIMEOUT))
        pause_begin(s, PAUSE_TIMEOUT, "it ran out of time");
    else
        slot_term(s, clock_mono());
}

static void on_stacks(void *data)
{
    struct slot *s = data;
    if (s->forensics.dumping_crash && pause_wanted(s, PAUSE_CRASHED))
        pause_begin(s, PAUSE_CRASHED, describe_signal(s->attempt.observed.signal));
    else if (s->forensics.dumping_crash)
        slot_send_go(s);
    else if (s->state == SLOT_DUMPING)
        end_late(s);
}

void slot_crashed(struct slot *s, const struct msg_crash *m)
{
    s->attempt.observed.crashed = true;
    s->attempt.observed.signal = (int)m->signal;
    s->attempt.observed.has_address = m->has_address;
    s->attempt.observed.address = m->address;
    if (m->phase < PHASE_N)
        s->attempt.observed.phase = (enum phase)m->phase;
    s->forensics.dumping_crash = true;
    s->forensics.crashed_tid = m->tid;
    s->deadline_ns = clock_mono() + dump_limit_ns;
    if (s->attempt.pidfd >= 0 || s->attempt.end.fd >= 0)
        slot_dump_crash(s);
}

void slot_dump_crash(struct slot *s)
{
    status_dump_cut_short(s);
    pid_t pid = slot_pid_of(slot_attempt_pidfd(s));
    if (pid > 0)
        stacks_begin(&s->forensics.stacks, s->shared->loop,
                     &(struct stacks_of){.pid = pid, .crashed_tid = s->forensics.crashed_tid}, on_stacks, s);
    else
        slot_send_go(s);
}

static bool has_ended(int pidfd)
{
    return pidfd >= 0 && poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, 0) > 0;
}

static void run_out(struct slot *s, int64_t now)
{
    /* A monitor tells of an attempt after a millisecond. A deadline that is shorter waits for that. */
    if (slot_attempt_pidfd(s) < 0 && s->monitor.socket.fd >= 0 && now < s->attempt.ordered_ns + exit_limit_ns) {
        s->deadline_ns = now + NS_PER_MS;
        return;
    }
    /* It has ended in time; the monitor waits for what it left. */
    if (!s->attempt.settling && s->monitor.socket.fd >= 0 && has_ended(slot_attempt_pidfd(s))) {
        s->attempt.settling = true;
        s->deadline_ns = now + s->shared->settle_ns + exit_limit_ns;
        return;
    }
    s->attempt.observed.timed_out = !s->attempt.observed.has_verdict && !s->attempt.observed.crashed;
    if (s->attempt.task.fixture && s->attempt.task.fixture->state == FIXTURE_READY)
        s->attempt.observed.part = "its health check"; /* nothing else of it has a deadline */
    s->attempt.kill_at_ns = now + s->shared->grace_ns;
    if (!s->attempt.observed.timed_out) { /* it has said what it had to say, and does not go */
        slot_kill(s, now);
        return;
    }
    status_dump_cut_short(s); /* two can't hold the same threads */
    s->state = SLOT_DUMPING;
    s->deadline_ns = s->attempt.kill_at_ns < now + dump_limit_ns ? s->attempt.kill_at_ns : now + dump_limit_ns;
    pid_t pid = slot_pid_of(slot_attempt_pidfd(s));
    if (pid > 0)
        stacks_begin(&s->forensics.stacks, s->shared->loop, &(struct stacks_of){.pid = pid}, on_stacks, s);
    else
        end_late(s);
}

void slot_kill(struct slot *s, int64_t now)
{
    stacks_cancel(&s->forensics.stacks);
    s->forensics.paused = PAUSE_NONE;
    s->state = SLOT_KILLED;
    s->deadline_ns = now + exit_limit_ns;
    slot_signal(slot_attempt_pidfd(s), SIGKILL);
}

int64_t slot_deadline(const struct slot *s)
{
    return s->state == SLOT_IDLE ? NEVER : s->deadline_ns;
}

void slot_tick(struct slot *s, int64_t now)
{
    if (s->state == SLOT_IDLE || now < s->deadline_ns)
        return;
    switch (s->state) {
    case SLOT_SWITCHING:
    case SLOT_PREPARING:
        slot_monitor_is_late(s);
        break;
    case SLOT_RUNNING:
        run_out(s, now);
        break;
    case SLOT_DUMPING:
        stacks_cancel(&s->forensics.stacks);
        end_late(s);
        break;
    case SLOT_ENDING:
        slot_kill(s, now);
        break;
    case SLOT_KILLED: /* the monitor should have told by now: it is stopped or stuck */
        if (s->attempt.task.setup_error)
            slot_finish(s); /* it was never there */
        else
            slot_sweep(s);
        break;
    case SLOT_SWEEPING:
        slot_sweep(s);
        break;
    case SLOT_IDLE:
        break;
    }
}
