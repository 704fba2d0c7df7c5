/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an attempt: what is kept of it, its verdict, and a janitor for what it left in the ledger. */
#include "exec/slot_end.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/wait_status.h"
#include "exec/last_words.h"
#include "exec/slot_begin.h"
#include "exec/slot_cleanups.h"
#include "exec/slot_folders.h"
#include "exec/slot_leaks.h"
#include "exec/slot_limits.h"
#include "exec/slot_monitor.h"
#include "exec/slot_state.h"
#include "forensics/debugger.h"
#include "ipc/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The lines of stacks as a list of items; modifies the text. What follows the stacks is for the file alone. */
static struct string_list split_lines(char *text, struct arena *arena)
{
    enum { LINES_MAX = 64 }; /* in the event; the file has all */
    const char **items = arena_alloc(arena, LINES_MAX * sizeof *items);
    size_t n = 0;
    char *state = NULL;
    stacks_trim(text);
    for (char *line = strtok_r(text, "\n", &state); line && n < LINES_MAX; line = strtok_r(NULL, "\n", &state)) {
        line += strspn(line, " ");
        if (*line)
            items[n++] = line;
    }
    return (struct string_list){items, n};
}

static void write_stacks(struct slot *s, const char *name)
{
    autoclose int fd = s->forensics.stacks.text.len > 0 ? slot_open_file(s, name) : -1;
    if (fd >= 0)
        io_write_all(fd, s->forensics.stacks.text.data, s->forensics.stacks.text.len);
}

static void emit_crash(struct slot *s)
{
    write_stacks(s, "crash.txt");
    struct arena arena = {0};
    char address[24] = "";
    if (s->attempt.observed.has_address)
        snprintf(address, sizeof address, "0x%llx", (unsigned long long)s->attempt.observed.address);
    int signo = s->attempt.observed.crashed ? s->attempt.observed.signal : WTERMSIG(s->attempt.observed.wait_status);
    autofree char *text = buf_steal(&s->forensics.stacks.text);
    struct event e = {.type = EVENT_ATTEMPT_CRASHED,
                      .attempt_crashed = {.case_id = s->attempt.task.case_id,
                                          .attempt = s->attempt.task.attempt,
                                          .signal = describe_signal(signo),
                                          .address = address,
                                          .phase = phase_name(s->attempt.observed.phase),
                                          .stack = split_lines(text, &arena)}};
    slot_emit(s, &e);
    arena_free(&arena);
}

static void emit_timeout(struct slot *s)
{
    write_stacks(s, "timeout.txt");
    struct arena arena = {0};
    autofree char *text = buf_steal(&s->forensics.stacks.text);
    struct event e = {.type = EVENT_ATTEMPT_TIMEOUT,
                      .attempt_timeout = {.case_id = s->attempt.task.case_id,
                                          .attempt = s->attempt.task.attempt,
                                          .phase = phase_name(s->attempt.observed.phase),
                                          .budget_ns = s->attempt.observed.budget_ns,
                                          .stack = split_lines(text, &arena)}};
    slot_emit(s, &e);
    arena_free(&arena);
}

/* How long it took, as far as it is the attempt's own time. */
static int64_t own_time_ns(const struct slot_attempt *a)
{
    return a->ended_ns - a->started_ns - a->prepared_ns;
}

static void emit_ended(struct slot *s)
{
    const struct slot_attempt *a = &s->attempt;
    uint64_t failed = a->recorded_failures > a->failed_checks ? a->recorded_failures : a->failed_checks;
    /* Which of its attempts is the last one is the runner's to know: it sets will_retry. */
    struct event e = {
        .type = EVENT_ATTEMPT_ENDED,
        .attempt_ended = {.case_id = s->attempt.task.case_id,
                          .attempt = s->attempt.task.attempt,
                          .verdict = s->attempt.verdict,
                          .reason = buf_str(&s->attempt.why),
                          .file = s->attempt.file ? s->attempt.file : "",
                          .line = s->attempt.line,
                          .duration_ns = own_time_ns(&s->attempt),
                          .checks = (int64_t)(a->checks + a->foreign_checks + failed - a->failed_checks),
                          .failed_checks = (int64_t)failed,
                          .stdout_bytes = (int64_t)outputs_current(&s->outputs)->out.total,
                          .stderr_bytes = (int64_t)outputs_current(&s->outputs)->err.total,
                          .output_cut = capture_is_cut(&outputs_current(&s->outputs)->out) ||
                                        capture_is_cut(&outputs_current(&s->outputs)->err),
                          .cpu_user_us = (int64_t)s->attempt.user_us,
                          .cpu_system_us = (int64_t)s->attempt.system_us,
                          .max_rss_kb = (int64_t)s->attempt.max_rss_kb,
                          .read_bytes = (int64_t)s->attempt.read_bytes,
                          .written_bytes = (int64_t)s->attempt.written_bytes,
                          .will_retry = s->owner->will_retry &&
                                        s->owner->will_retry(s->owner_data, &s->attempt.task, s->attempt.verdict)}};
    slot_emit(s, &e);
}

/* What it printed is evidence: without it nothing is proven. */
static void judge_output(struct slot *s, const struct capture *c)
{
    if (c->error == 0 || c->error == -ECANCELED) /* the latter: none is wanted */
        return;
    autofree char *text = xasprintf("writing %s: %s", c->name, strerror(-c->error));
    slot_log(s, "error", text);
    if (verdict_is_bad(s->attempt.verdict))
        return;
    s->attempt.verdict = VERDICT_ERROR;
    buf_clear(&s->attempt.why);
    buf_adds(&s->attempt.why, text);
}

/* One that failed because a service died under it may tell of it before who holds the service does. */
static bool may_have_cause(const struct slot *s)
{
    const struct observed *o = &s->attempt.observed;
    return s->owner->lost && !s->attempt.janitor && o->has_verdict && !o->setup_error &&
           (o->outcome == OUTCOME_FAILED || o->outcome == OUTCOME_ERROR);
}

/* Who holds the service is about to say what became of it. The loop waits for that, and the other slots with it: only
 * when nothing is said, the time is up. */
static bool waits_for_cause(struct slot *s)
{
    static const int64_t limit_ns = 200 * NS_PER_MS;
    int64_t now = clock_mono();
    if (!may_have_cause(s) || !s->owner->losing(s->owner_data, &s->attempt.task))
        return false;
    if (s->attempt.cause_by_ns == 0)
        s->attempt.cause_by_ns = s->deadline_ns = now + limit_ns;
    return now < s->attempt.cause_by_ns;
}

static void look_for_cause(struct slot *s)
{
    char *why = may_have_cause(s) ? s->owner->lost(s->owner_data, &s->attempt.task, s->attempt.started_ns) : NULL;
    if (!why)
        return;
    free(s->attempt.setup_error);
    s->attempt.setup_error = why;
    s->attempt.observed.setup_error = why;
}

/* assert(3), and what sanitizers end by: they say why on stderr. */
static bool has_aborted(const struct observed *o)
{
    if (o->has_verdict && o->exit_counts && WIFEXITED(o->wait_status))
        return true;
    return o->crashed ? o->signal == SIGABRT
                      : o->has_status && WIFSIGNALED(o->wait_status) && WTERMSIG(o->wait_status) == SIGABRT;
}

/* Where the reason is from: the attempt's own word, or what it said before it could give one. */
static void find_source(struct slot *s)
{
    struct slot_attempt *a = &s->attempt;
    bool spoke = a->observed.has_verdict;
    bool good = spoke && (a->observed.outcome == OUTCOME_PASSED || a->observed.outcome == OUTCOME_SKIPPED);
    const struct slot_cause *c = !spoke && a->cause.reason ? &a->cause : !spoke || good ? &a->foreign : NULL;
    if (!c || !c->reason || (!spoke && a->observed.cause_is_late)) /* a reason that begins with the time has no place */
        return;
    free(a->file);
    a->file = xstrdup(c->file);
    a->line = c->line;
}

static void judge_attempt(struct slot *s)
{
    buf_clear(&s->attempt.why);
    slot_see_limits(s);
    look_for_cause(s);
    find_source(s);
    s->attempt.observed.exit_counts = s->shared->exit_handlers;
    s->attempt.verdict = judge(&s->attempt.observed, &s->attempt.why);
    if (s->attempt.verdict == VERDICT_CRASHED && has_aborted(&s->attempt.observed) && s->attempt.dir >= 0)
        last_words_add(s->attempt.dir, "stderr.log", &s->attempt.why);
    leaks_judge(s);
    judge_output(s, &outputs_current(&s->outputs)->out);
    judge_output(s, &outputs_current(&s->outputs)->err);
    bool by_kernel = s->attempt.observed.memory_limit > 0; /* its reason says all, and there is no stack */
    if (s->attempt.verdict == VERDICT_CRASHED && !by_kernel &&
        (s->attempt.observed.crashed || WIFSIGNALED(s->attempt.observed.wait_status)))
        emit_crash(s);
    else if (s->attempt.verdict == VERDICT_TIMEOUT)
        emit_timeout(s);
    bool own_fault = !s->attempt.observed.setup_error; /* else it is told where it was found */
    if (verdict_is_bad(s->attempt.verdict) && own_fault && s->owner->evidence)
        s->owner->evidence(s->owner_data, &s->attempt.task);
    emit_ended(s);
}

static void close_channels(struct slot *s)
{
    if (s->attempt.ordered_ns == 0) /* it had none */
        return;
    outputs_end(&s->outputs);
    close_fd(s->attempt.pidfd);
    s->attempt.pidfd = -1;
    s->monitor.quick = !s->attempt.told;
    if (!slot_part_with_folders(s))
        slot_release_monitor(s);
}

/* --skip-cleanup, --keep-failed: it stays in the ledger, on purpose. */
static bool is_kept(const struct slot *s)
{
    bool bad =
        verdict_is_bad(s->attempt.verdict) || (s->owner->keeps && s->owner->keeps(s->owner_data, &s->attempt.task));
    return s->shared->keep == KEEP_ALL || (s->shared->keep == KEEP_BAD && bad);
}

void slot_start_janitor(struct slot *s)
{
    enum verdict verdict = s->attempt.verdict;
    struct buf reason = s->attempt.why;
    s->attempt.why = (struct buf){0};
    slot_forget(s);
    s->attempt.verdict = verdict;
    buf_free(&s->attempt.why);
    s->attempt.why = reason;
    s->attempt.janitor = true;
    s->cleanups.n_deferred = (uint32_t)s->cleanups.n;
    slot_place(s);
}

/* A janitor that could not work at all: what it was to undo stays behind, and somebody should hear why. */
static void log_trouble(struct slot *s)
{
    autofree char *text = xasprintf("cleaning up: %s", s->attempt.observed.setup_error);
    slot_log(s, "error", text);
}

/* After one that did all that it was told to, the next gets the rest. A janitor that died, died over its newest
 * cleanup: that one has failed, and the others get another janitor. Each leaves less than was there before it. */
static bool go_on_with_rest(struct slot *s)
{
    if (s->attempt.observed.setup_error)
        log_trouble(s);
    if (s->cleanups.n == 0 || s->attempt.observed.setup_error || s->attempt.observed.interrupted)
        return false;
    if (s->attempt.observed.has_verdict) {
        if (s->cleanups.n >= s->cleanups.n_deferred)
            return false;
        slot_start_janitor(s);
        return true;
    }
    autobuf struct buf why = {0};
    judge(&s->attempt.observed, &why);
    slot_settle(s, s->cleanups.n - 1, buf_str(&why), false);
    if (s->cleanups.n == 0)
        return false;
    slot_start_janitor(s);
    return true;
}

static void tell_judgement(struct slot *s)
{
    const struct slot_judgement judgement = {.verdict = s->attempt.verdict,
                                             .reason = buf_str(&s->attempt.why),
                                             .file = s->attempt.file ? s->attempt.file : "",
                                             .line = s->attempt.line,
                                             .interrupted = s->attempt.observed.interrupted,
                                             .stdout_bytes = outputs_current(&s->outputs)->out.total,
                                             .stderr_bytes = outputs_current(&s->outputs)->err.total};
    if (s->owner->judged)
        s->owner->judged(s->owner_data, &judgement);
}

/* Its channels are closed when it comes here first. False: it comes here again, to be judged. */
static bool is_to_be_judged(struct slot *s)
{
    if (s->attempt.cause_by_ns == 0) {
        debugger_wait(&s->forensics.debugger);
        close_channels(s);
        if (s->attempt.ended_ns == 0)
            s->attempt.ended_ns = clock_mono();
    }
    if (waits_for_cause(s))
        return false;
    s->attempt.cause_by_ns = 0;
    return true;
}

void slot_finish(struct slot *s)
{
    if (!is_to_be_judged(s))
        return;
    if (!s->attempt.janitor) {
        judge_attempt(s);
        s->attempt.duration_ns = own_time_ns(&s->attempt);
        tell_judgement(s);
        if (is_kept(s))
            slot_keep_pending(s);
        if (s->cleanups.n > 0) {
            slot_start_janitor(s);
            return;
        }
    } else if (go_on_with_rest(s)) {
        return;
    }
    slot_report_left(s);
    close_fd(s->attempt.dir);
    s->attempt.dir = -1;
    s->attempt.janitor = false;
    slot_event(s, SLOT_DONE);
}
