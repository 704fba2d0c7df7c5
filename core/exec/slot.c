/* SPDX-License-Identifier: Apache-2.0 */
/* A slot: its machine at work, and how an attempt begins. */
#include "exec/slot.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "exec/fixture_set.h"
#include "ipc/sock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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
    loop_unpost(loop, &s->posted);
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

/* ---- its machine ---------------------------------------------------------------------------------------------- */

static void on_posted(void *data)
{
    slot_event(data, SLOT_POSTED);
}

static void post(struct slot *s)
{
    loop_post(s->shared->loop, &s->posted, on_posted, s);
}

static void term(struct slot *s)
{
    int64_t now = clock_mono();
    s->deadline_ns = s->attempt.kill_at_ns > now ? s->attempt.kill_at_ns : now;
    slot_signal(slot_attempt_pidfd(s), SIGTERM);
    slot_signal(slot_attempt_pidfd(s), SIGCONT); /* one that stopped itself could not heed it */
}

static void kill_attempt(struct slot *s)
{
    stacks_cancel(&s->forensics.stacks);
    s->deadline_ns = clock_mono() + slot_exit_limit_ns;
    slot_signal(slot_attempt_pidfd(s), SIGKILL);
}

void slot_event(struct slot *s, enum slot_event event)
{
    static void (*const actions[SLOT_ACTIONS])(struct slot *) = {[SLOT_DO_WAIT_FOR_OLD] = slot_wait_for_old_monitor,
                                                                 [SLOT_DO_MAKE_MONITOR] = slot_make_monitor,
                                                                 [SLOT_DO_LISTEN] = slot_listen,
                                                                 [SLOT_DO_POST] = post,
                                                                 [SLOT_DO_MONITOR_LATE] = slot_monitor_is_late,
                                                                 [SLOT_DO_RUN_OUT] = slot_run_out,
                                                                 [SLOT_DO_SETTLE] = slot_settle_down,
                                                                 [SLOT_DO_READ_CRASH] = slot_read_crash,
                                                                 [SLOT_DO_LET_CRASH] = slot_let_crash,
                                                                 [SLOT_DO_AFTER_CRASH] = slot_after_crash,
                                                                 [SLOT_DO_PAUSE] = pause_hold,
                                                                 [SLOT_DO_RESUME] = pause_resume,
                                                                 [SLOT_DO_READ_LATE] = slot_read_late,
                                                                 [SLOT_DO_AFTER_LATE] = slot_after_late,
                                                                 [SLOT_DO_TERM] = term,
                                                                 [SLOT_DO_KILL] = kill_attempt,
                                                                 [SLOT_DO_BEGIN_SWEEP] = slot_begin_sweep,
                                                                 [SLOT_DO_SWEEP] = slot_sweep,
                                                                 [SLOT_DO_FINISH] = slot_finish,
                                                                 [SLOT_DO_TELL] = slot_tell};
    struct slot_move move = slot_machine(s->state, event);
    assert(move.legality != SLOT_WRONG);
    if (move.legality != SLOT_TAKEN)
        return;
    s->state = move.next;
    if (move.action != SLOT_NO_ACTION)
        actions[move.action](s);
}

static void set_error(struct slot *s, char *why)
{
    free(s->attempt.setup_error);
    s->attempt.setup_error = why;
    s->attempt.observed.setup_error = why;
}

void slot_blame(struct slot *s, char *why)
{
    set_error(s, why);
}

void slot_fail(struct slot *s, char *why)
{
    set_error(s, why);
    slot_event(s, SLOT_FAIL);
}

void slot_refuse(struct slot *s, char *why)
{
    set_error(s, why);
    slot_event(s, SLOT_REFUSE);
}

void slot_stop_softly(struct slot *s)
{
    s->attempt.kill_at_ns = clock_mono() + s->shared->grace_ns;
    slot_event(s, SLOT_STOP);
}

static bool has_deadline(const struct slot *s)
{
    return s->state != SLOT_IDLE && s->state != SLOT_FAILED && s->state != SLOT_ENDED && s->state != SLOT_PAUSED;
}

int64_t slot_deadline(const struct slot *s)
{
    if (!has_deadline(s))
        return NEVER;
    int64_t prepare = slot_prepares_at(s);
    return prepare < s->deadline_ns ? prepare : s->deadline_ns;
}

void slot_tick(struct slot *s, int64_t now)
{
    if (!has_deadline(s))
        return;
    if (now >= slot_prepares_at(s))
        slot_prepare_to_read(s);
    if (now >= s->deadline_ns)
        slot_event(s, SLOT_TIME);
}

void slot_set_limit(struct slot *s, int64_t at_ns)
{
    s->attempt.limit_ns = at_ns;
    if (s->state == SLOT_RUNNING)
        s->deadline_ns = at_ns;
}

/* ---- an attempt begins ---------------------------------------------------------------------------------------- */

void slot_forget(struct slot *s)
{
    free(s->attempt.reason);
    free(s->attempt.file);
    free(s->attempt.setup_error);
    s->attempt.reason = s->attempt.file = s->attempt.setup_error = NULL;
    s->attempt.observed = (struct observed){.phase = PHASE_BODY};
    s->forensics.prepared = false;
    s->attempt.line = s->attempt.n_leaked = s->attempt.n_messages = s->attempt.step = s->cleanups.n_deferred =
        s->cleanups.n_begun = 0;
    s->cleanups.bytes = 0;
    s->monitor.lost = 0;
    s->attempt.phase_reported = false;
    s->attempt.repeats = 0;
    s->forensics.paused = PAUSE_NONE;
    s->attempt.ordered_ns = 0;
    s->attempt.limit_ns = NEVER;
    s->attempt.late_part = NULL;
    s->attempt.checks = s->attempt.failed_checks = s->attempt.user_us = s->attempt.system_us = s->attempt.max_rss_kb =
        0;
    s->attempt.read_bytes = s->attempt.written_bytes = 0;
    s->attempt.artifacts = s->attempt.worn = false;
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
        slot_event(s, SLOT_REFUSE);
    } else if (task->setup_error) {
        slot_refuse(s, xstrdup(task->setup_error));
    } else {
        slot_place(s);
    }
}

void slot_send_go(struct slot *s)
{
    const struct message go = {.type = MSG_GO};
    int r = s->attempt.channel.fd >= 0 ? sock_offer_message(s->attempt.channel.fd, &go) : 0;
    if (r == 0 || r == -EPIPE)
        return;
    slot_blame(s, xasprintf("it could not be told to go on: %s", strerror(-r))); /* it waits for ever */
    slot_event(s, SLOT_KILL);
}
