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
                       .temp_dir = workspace_temp_dir(shared->workspace, number),
                       .artifacts_dir = workspace_artifacts_dir(shared->workspace, number),
                       .monitor = SOURCE_INIT,
                       .monitor_end = SOURCE_INIT,
                       .old_monitor = SOURCE_INIT,
                       .words = SOURCE_INIT,
                       .attempt_end = SOURCE_INIT,
                       .attempt_pidfd = -1,
                       .lanes = {{{.source = SOURCE_INIT}, {.source = SOURCE_INIT}},
                                 {{.source = SOURCE_INIT}, {.source = SOURCE_INIT}}},
                       .stacks = {.output = SOURCE_INIT},
                       .live_dump = {.output = SOURCE_INIT},
                       .attempt_dir = -1};
}

void slot_free(struct slot *s)
{
    struct loop *loop = s->shared->loop;
    loop_remove(loop, &s->monitor);
    loop_remove(loop, &s->monitor_end);
    loop_remove(loop, &s->old_monitor);
    for (size_t i = 0; i < OUTPUT_LANES; i++) {
        capture_close(&s->lanes[i].out);
        capture_close(&s->lanes[i].err);
        buf_free(&s->lanes[i].out.tail);
        buf_free(&s->lanes[i].err.tail);
    }
    stacks_free(&s->stacks);
    stacks_free(&s->live_dump);
    buf_free(&s->reason);
    free(s->seen_reason);
    free(s->seen_file);
    free(s->infrastructure);
    free(s->pending);
    free(s->temp_dir);
    free(s->artifacts_dir);
}

void slot_emit(struct slot *s, struct event *event)
{
    if (s->task.fixture) {
        fixture_emit(s, event);
        return;
    }
    event->t_ns = clock_mono() - s->shared->epoch_ns;
    s->shared->sink.event(s->shared->sink.data, event);
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
    return s->attempt_pidfd >= 0 ? s->attempt_pidfd : s->attempt_end.fd;
}

const struct scenario_info *slot_scenario(const struct slot *s)
{
    const struct catalogue *c = s->shared->catalogue;
    const struct plugin_info *p = &c->plugins[s->task.plugin];
    uint32_t i = p->first;
    while (i + 1 < p->first + p->count && c->scenarios[i].index != s->task.scenario)
        i++;
    return &c->scenarios[i];
}

void slot_news(struct slot *s, struct slot_news *news)
{
    news->task = &s->task;
    news->slot = s->number;
    news->step = s->step;
    news->phase = s->seen.part ? s->seen.part : phase_name(s->seen.phase);
    news->temp_dir = s->temp_dir;
    news->containment = s->shared->containment->kind;
    news->elapsed_ns = clock_mono() - s->started_ns;
    s->shared->news(s->shared->news_data, news);
}

void slot_signal(int pidfd, int signo)
{
    if (pidfd >= 0)
        syscall(SYS_pidfd_send_signal, pidfd, signo, NULL, 0);
}

int slot_attempt_dir(void *slot)
{
    struct slot *s = slot;
    if (s->attempt_dir < 0 && s->shared->keep_output)
        s->attempt_dir = s->task.fixture
                             ? fixture_dir(s)
                             : workspace_attempt_dir(s->shared->workspace, s->task.case_id, s->task.attempt);
    return s->shared->keep_output ? s->attempt_dir : -ECANCELED;
}

void slot_fail(struct slot *s, char *why)
{
    free(s->infrastructure);
    s->infrastructure = why;
    s->seen.infrastructure = why;
    slot_sweep(s);
}

void slot_forget(struct slot *s)
{
    free(s->seen_reason);
    free(s->seen_file);
    free(s->infrastructure);
    s->seen_reason = s->seen_file = s->infrastructure = NULL;
    s->seen = (struct observed){.phase = PHASE_BODY};
    s->seen_line = s->n_leaked = s->words_taken = s->step = s->n_deferred = s->n_cleanups_begun = 0;
    s->deferred_bytes = 0;
    s->monitors_lost = 0;
    s->phase_told = false;
    s->repeats = 0;
    s->paused = PAUSE_NONE;
    s->checks = s->failed_checks = s->user_us = s->system_us = s->max_rss_kb = 0;
    s->read_bytes = s->written_bytes = 0;
    s->artifacts = s->dumping_crash = false;
    s->kill_at_ns = s->sweep_until_ns = NEVER;
    s->ended_ns = 0;
    slot_outputs(s)->out.total = slot_outputs(s)->err.total = 0;
    buf_clear(&s->stacks.text);
}

void slot_begin_task(struct slot *s, const struct slot_task *task)
{
    s->task = *task;
    s->janitor = false;
    slot_forget(s);
    s->started_ns = clock_mono();
    s->prepared_ns = 0;
    struct event e = {.type = EVENT_ATTEMPT_STARTED, .attempt_started = {task->case_id, task->attempt, s->number}};
    slot_emit(s, &e);
}

void slot_start(struct slot *s, const struct slot_task *task)
{
    slot_begin_task(s, task);
    if (task->lacks) { /* over at the next tick: who starts it does not expect its end before it returns */
        s->infrastructure = xstrdup(task->lacks);
        s->seen.infrastructure = s->infrastructure;
        s->state = SLOT_KILLED;
        s->deadline_ns = clock_mono();
        return;
    }
    slot_place(s);
}

/* ---- crashes and deadlines ---------------------------------------------------------------------------------- */

void slot_send_go(struct slot *s)
{
    if (s->words.fd >= 0)
        sock_offer_message(s->words.fd, &(struct message){.type = MSG_GO});
}

void slot_term(struct slot *s, int64_t now)
{
    s->state = SLOT_ENDING;
    s->deadline_ns = s->kill_at_ns > now ? s->kill_at_ns : now;
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
    if (s->dumping_crash && pause_wanted(s, PAUSE_CRASHED))
        pause_begin(s, PAUSE_CRASHED, describe_signal(s->seen.signal));
    else if (s->dumping_crash)
        slot_send_go(s);
    else if (s->state == SLOT_DUMPING)
        end_late(s);
}

void slot_crashed(struct slot *s, const struct msg_crash *m)
{
    s->seen.crashed = true;
    s->seen.signal = (int)m->signal;
    s->seen.has_address = m->has_address;
    s->seen.address = m->address;
    if (m->phase < PHASE_N)
        s->seen.phase = (enum phase)m->phase;
    s->dumping_crash = true;
    s->crashed_tid = m->tid;
    s->deadline_ns = clock_mono() + dump_limit_ns;
    if (s->attempt_pidfd >= 0 || s->attempt_end.fd >= 0)
        slot_dump_crash(s);
}

void slot_dump_crash(struct slot *s)
{
    status_dump_cut_short(s);
    pid_t pid = slot_pid_of(slot_attempt_pidfd(s));
    if (pid > 0)
        stacks_begin(&s->stacks, s->shared->loop, &(struct stacks_of){.pid = pid, .crashed_tid = s->crashed_tid},
                     on_stacks, s);
    else
        slot_send_go(s);
}

static void run_out(struct slot *s, int64_t now)
{
    /* A monitor tells of an attempt after a millisecond. A deadline that is shorter waits for that. */
    if (slot_attempt_pidfd(s) < 0 && s->monitor.fd >= 0 && now < s->begun_ns + exit_limit_ns) {
        s->deadline_ns = now + NS_PER_MS;
        return;
    }
    s->seen.timed_out = !s->seen.has_verdict && !s->seen.crashed;
    if (s->task.fixture && s->task.fixture->state == FIXTURE_READY)
        s->seen.part = "its health check"; /* nothing else of it has a deadline */
    s->kill_at_ns = now + s->shared->grace_ns;
    if (!s->seen.timed_out) { /* it has said what it had to say, and does not go */
        slot_kill(s, now);
        return;
    }
    status_dump_cut_short(s); /* two can't hold the same threads */
    s->state = SLOT_DUMPING;
    s->deadline_ns = s->kill_at_ns < now + dump_limit_ns ? s->kill_at_ns : now + dump_limit_ns;
    pid_t pid = slot_pid_of(slot_attempt_pidfd(s));
    if (pid > 0)
        stacks_begin(&s->stacks, s->shared->loop, &(struct stacks_of){.pid = pid}, on_stacks, s);
    else
        end_late(s);
}

void slot_kill(struct slot *s, int64_t now)
{
    stacks_cancel(&s->stacks);
    s->paused = PAUSE_NONE;
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
        stacks_cancel(&s->stacks);
        end_late(s);
        break;
    case SLOT_ENDING:
        slot_kill(s, now);
        break;
    case SLOT_KILLED: /* the monitor should have told by now: it is stopped or stuck */
        if (s->task.lacks)
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
