/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an attempt: what is kept of it, its verdict, and a janitor for what it left in the ledger. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/wait_status.h"
#include "exec/fixture_set.h"
#include "exec/slot.h"
#include "forensics/debugger.h"
#include "ipc/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The lines of a stack as a list of items; modifies the text. What follows the stacks (open files, the environment) is
 * for the file alone. */
static struct string_list split_lines(char *text, struct arena *arena)
{
    enum { LINES_MAX = 64 }; /* in the event; the file has all */
    const char **items = arena_alloc(arena, LINES_MAX * sizeof *items);
    size_t n = 0;
    char *state = NULL;
    for (char *line = strtok_r(text, "\n", &state); line && n < LINES_MAX; line = strtok_r(NULL, "\n", &state)) {
        if (strcmp(line, "files:") == 0)
            break;
        line += strspn(line, " ");
        if (*line)
            items[n++] = line;
    }
    return (struct string_list){items, n};
}

static void write_stacks(struct slot *s, const char *name)
{
    int dir = s->stacks.text.len > 0 ? slot_attempt_dir(s) : -1;
    if (dir >= 0)
        io_write_file(dir, name, s->stacks.text.data, s->stacks.text.len);
}

static void emit_crash(struct slot *s)
{
    write_stacks(s, "crash.txt");
    struct arena arena = {0};
    char address[24] = "";
    if (s->seen.has_address)
        snprintf(address, sizeof address, "0x%llx", (unsigned long long)s->seen.address);
    int signo = s->seen.crashed ? s->seen.signal : WTERMSIG(s->seen.wait_status);
    autofree char *text = buf_steal(&s->stacks.text);
    struct event e = {.type = EVENT_ATTEMPT_CRASHED,
                      .attempt_crashed = {.case_id = s->task.case_id,
                                          .attempt = s->task.attempt,
                                          .signal = describe_signal(signo),
                                          .address = address,
                                          .phase = phase_name(s->seen.phase),
                                          .stack = split_lines(text, &arena)}};
    slot_emit(s, &e);
    arena_free(&arena);
}

static void emit_timeout(struct slot *s)
{
    write_stacks(s, "timeout.txt");
    struct arena arena = {0};
    autofree char *text = buf_steal(&s->stacks.text);
    struct event e = {.type = EVENT_ATTEMPT_TIMEOUT,
                      .attempt_timeout = {.case_id = s->task.case_id,
                                          .attempt = s->task.attempt,
                                          .phase = phase_name(s->seen.phase),
                                          .budget_ns = s->seen.budget_ns,
                                          .stack = split_lines(text, &arena)}};
    slot_emit(s, &e);
    arena_free(&arena);
}

static void emit_ended(struct slot *s)
{
    /* Which of its attempts is the last one is the runner's to know: it sets will_retry. */
    struct event e = {
        .type = EVENT_ATTEMPT_ENDED,
        .attempt_ended = {.case_id = s->task.case_id,
                          .attempt = s->task.attempt,
                          .verdict = s->verdict,
                          .reason = buf_str(&s->reason),
                          .file = s->seen_file ? s->seen_file : "",
                          .line = s->seen_line,
                          .duration_ns = s->ended_ns - s->started_ns - s->prepared_ns,
                          .checks = (int64_t)s->checks,
                          .failed_checks = (int64_t)s->failed_checks,
                          .stdout_bytes = (int64_t)slot_outputs(s)->out.total,
                          .stderr_bytes = (int64_t)slot_outputs(s)->err.total,
                          .output_cut = capture_is_cut(&slot_outputs(s)->out) || capture_is_cut(&slot_outputs(s)->err),
                          .cpu_user_us = (int64_t)s->user_us,
                          .cpu_system_us = (int64_t)s->system_us,
                          .max_rss_kb = (int64_t)s->max_rss_kb,
                          .read_bytes = (int64_t)s->read_bytes,
                          .written_bytes = (int64_t)s->written_bytes,
                          .will_retry = !s->task.fixture &&
                                        s->shared->will_retry(s->ended_data, s->task.owner_data, s->verdict)}};
    slot_emit(s, &e);
}

/* What it printed is evidence: without it nothing is proven. */
static void judge_output(struct slot *s, const struct capture *c)
{
    if (c->error == 0 || c->error == -ECANCELED) /* the latter: none is wanted */
        return;
    autofree char *text = xasprintf("writing %s: %s", c->name, strerror(-c->error));
    struct event e = {.type = EVENT_ATTEMPT_LOG,
                      .attempt_log = {s->task.case_id, s->task.attempt, "error", "", 0, text}};
    slot_emit(s, &e);
    if (verdict_is_bad(s->verdict))
        return;
    s->verdict = VERDICT_ERROR;
    buf_clear(&s->reason);
    buf_adds(&s->reason, text);
}

/* One that failed because a service died under it may tell of it before the service's fixture does. */
static void look_for_cause(struct slot *s)
{
    bool failed = s->seen.has_verdict && (s->seen.outcome == OUTCOME_FAILED || s->seen.outcome == OUTCOME_ERROR);
    char *why = failed && !s->task.fixture && s->shared->fixtures && !s->seen.infrastructure
                    ? fixtures_lost(s->shared->fixtures, s)
                    : NULL;
    if (!why)
        return;
    free(s->infrastructure);
    s->infrastructure = why;
    s->seen.infrastructure = why;
}

static void judge_attempt(struct slot *s)
{
    if (s->ended_ns == 0)
        s->ended_ns = clock_mono();
    buf_clear(&s->reason);
    slot_see_limits(s);
    look_for_cause(s);
    s->verdict = judge(&s->seen, &s->reason);
    leaks_judge(s);
    judge_output(s, &slot_outputs(s)->out);
    judge_output(s, &slot_outputs(s)->err);
    bool by_kernel = s->seen.memory_limit > 0; /* its reason says all, and there is no stack */
    if (s->verdict == VERDICT_CRASHED && !by_kernel && (s->seen.crashed || WIFSIGNALED(s->seen.wait_status)))
        emit_crash(s);
    else if (s->verdict == VERDICT_TIMEOUT)
        emit_timeout(s);
    emit_ended(s);
}

static void close_channels(struct slot *s)
{
    if (s->task.lacks) /* it had none */
        return;
    loop_remove(s->shared->loop, &s->words);
    capture_end(&slot_outputs(s)->out);
    capture_end(&slot_outputs(s)->err);
    if (s->attempt_pidfd >= 0)
        close(s->attempt_pidfd);
    s->attempt_pidfd = -1;
    /* Without the monitor's word, look. */
    if (s->shared->keep_output && (s->artifacts || !s->seen.has_status)) {
        int dir = slot_attempt_dir(s);
        if (dir >= 0)
            workspace_keep(s->shared->workspace, s->number, dir);
    }
    if (s->artifacts && s->monitor.fd >= 0) /* it waits, lest the next attempt finds them */
        sock_offer_message(s->monitor.fd, &(struct message){.type = MSG_GO});
}

static void drop_pending(struct slot *s)
{
    for (size_t i = 0; i < s->n_pending; i++) {
        free(s->pending[i].name);
        free(s->pending[i].payload);
    }
    s->n_pending = 0;
}

/* What neither the attempt nor a janitor could undo stays in the ledger, and is named. */
static void report_left(struct slot *s)
{
    if (s->n_pending == 0)
        return;
    struct arena arena = {0};
    const char **items = arena_alloc(&arena, s->n_pending * sizeof *items);
    for (size_t i = 0; i < s->n_pending; i++) {
        autofree char *text = xasprintf("%s(\"%s\")", s->pending[i].name, s->pending[i].payload);
        items[i] = arena_strdup(&arena, text);
    }
    struct event e = {.type = EVENT_ATTEMPT_LEAKED,
                      .attempt_leaked = {s->task.case_id, s->task.attempt, "cleanup", {items, s->n_pending}}};
    slot_emit(s, &e);
    s->shared->cleanups_failed += s->n_pending;
    arena_free(&arena);
    drop_pending(s);
}

/* --skip-cleanup, --keep-failed: it stays in the ledger, on purpose. */
static bool is_kept(const struct slot *s)
{
    bool bad = verdict_is_bad(s->verdict) || (s->task.fixture && s->task.fixture->keep);
    return s->shared->keep == KEEP_ALL || (s->shared->keep == KEEP_BAD && bad);
}

static void keep_pending(struct slot *s)
{
    for (size_t i = s->n_pending; i-- > 0;) {
        autofree char *text = xasprintf("kept: %s(\"%s\")", s->pending[i].name, s->pending[i].payload);
        struct event e = {.type = EVENT_ATTEMPT_LOG,
                          .attempt_log = {s->task.case_id, s->task.attempt, "info", "", 0, text}};
        slot_emit(s, &e);
    }
    s->shared->cleanups_kept += s->n_pending;
    drop_pending(s);
}

static void start_janitor(struct slot *s)
{
    enum verdict verdict = s->verdict;
    struct buf reason = s->reason;
    s->reason = (struct buf){0};
    slot_forget(s);
    s->verdict = verdict;
    buf_free(&s->reason);
    s->reason = reason;
    s->janitor = true;
    s->n_deferred = (uint32_t)s->n_pending;
    slot_place(s);
}

void slot_clean(struct slot *s, const struct slot_task *task)
{
    s->task = *task;
    s->started_ns = clock_mono();
    start_janitor(s);
}

/* A janitor that could not work at all: what it was to undo stays behind, and somebody should hear why. */
static void log_trouble(struct slot *s)
{
    autofree char *text = xasprintf("cleaning up: %s", s->seen.infrastructure);
    struct event e = {.type = EVENT_ATTEMPT_LOG,
                      .attempt_log = {s->task.case_id, s->task.attempt, "error", "", 0, text}};
    slot_emit(s, &e);
}

/* After one that did all that it was told to, the next gets the rest. A janitor that died, died over its newest
 * cleanup: that one has failed, and the others get another janitor. Each leaves less than was there before it. */
static bool go_on_with_rest(struct slot *s)
{
    if (s->seen.infrastructure)
        log_trouble(s);
    if (s->n_pending == 0 || s->seen.infrastructure || s->seen.interrupted)
        return false;
    if (s->seen.has_verdict) {
        if (s->n_pending >= s->n_deferred)
            return false;
        start_janitor(s);
        return true;
    }
    autobuf struct buf why = {0};
    judge(&s->seen, &why);
    slot_settle(s, s->n_pending - 1, buf_str(&why));
    if (s->n_pending == 0)
        return false;
    start_janitor(s);
    return true;
}

void slot_finish(struct slot *s)
{
    debugger_wait(&s->debugger);
    close_channels(s);
    if (!s->janitor) {
        judge_attempt(s);
        s->duration_ns = s->ended_ns - s->started_ns - s->prepared_ns;
        s->was_infrastructure = s->seen.infrastructure != NULL;
        if (s->task.fixture)
            fixture_judged(s);
        if (is_kept(s))
            keep_pending(s);
        if (s->n_pending > 0) {
            start_janitor(s);
            return;
        }
    } else if (go_on_with_rest(s)) {
        return;
    }
    report_left(s);
    if (s->attempt_dir >= 0)
        close(s->attempt_dir);
    s->attempt_dir = -1;
    s->janitor = false;
    s->state = SLOT_IDLE;
    const struct slot_result result = {&s->task, s->verdict, s->duration_ns, s->was_infrastructure};
    s->ended(s, &result, s->ended_data);
    if (s->ahead.ordered)
        slot_begin_ahead(s);
}
