/* SPDX-License-Identifier: Apache-2.0 */
/* A run that is over: its status and the lines that say why. */
#include "cli/run_ending.h"

#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/coverage_option.h"
#include "cli/run_history.h"
#include "cli/run_status.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static uint64_t count_unchecked(const struct run_model *m)
{
    uint64_t n = 0;
    for (size_t i = 0; i < m->n_cases; i++)
        n += model_is_unchecked(m->cases[i]);
    return n;
}

static bool is_all_skipped(const struct run_model *m)
{
    return m->n_cases > 0 && m->verdicts[VERDICT_SKIPPED] == m->n_cases;
}

static struct run_status status_of(const struct run_ending *e)
{
    const struct runner_result *result = e->result;
    return run_status_of(&(struct run_outcome){.failure = e->failure,
                                               .interrupted_by = result->interrupted_by,
                                               .refused = e->refused,
                                               .bad = result->n_bad,
                                               .changed = e->evidence->model.n_changes,
                                               .flaky = result->n_flaky,
                                               .flaky_fails = e->scheduling->flaky_fails,
                                               .skipped = e->evidence->model.verdicts[VERDICT_SKIPPED],
                                               .skipped_fails = e->scheduling->skipped_fails,
                                               .unchecked = count_unchecked(&e->evidence->model),
                                               .unchecked_fails = e->scheduling->no_checks == TOLD_FAIL,
                                               .all_skipped = is_all_skipped(&e->evidence->model),
                                               .all_skipped_fails = e->scheduling->all_skipped == TOLD_FAIL,
                                               .nothing_selected = e->nothing_selected,
                                               .nothing_fails = e->nothing_fails,
                                               .out_of_time = result->out_of_time,
                                               .global_timeout_ns = e->scheduling->global_timeout_ns,
                                               .cleanups_failed = result->cleanups_failed,
                                               .missed = model_missed(&e->evidence->model),
                                               .missed_warns = e->evidence->run->missed_warns,
                                               .left = result->left.len > 0});
}

/* What the summary names one by one needs no sentence: bad cases, changed evidence, refused plugins, what was left
 * behind, thresholds that were missed. */
static bool is_named(const struct run_ending *e, const struct run_status *s)
{
    if (s->status == EXIT_FAILED)
        return !e->result->out_of_time && (model_bad(&e->evidence->model) > 0 || e->evidence->model.n_changes > 0);
    return e->nothing_selected || s->status == EXIT_PLUGIN || s->status == EXIT_LEFTOVERS ||
           s->status == EXIT_THRESHOLD;
}

static void say_why(const struct run_ending *e, const struct run_status *status)
{
    const struct runner_result *result = e->result;
    if (status->why && !is_named(e, status))
        evidence_message(e->evidence, status->why);
    autofree char *ending = scheduling_ending(e->scheduling, result);
    if (ending)
        evidence_message(e->evidence, ending);
    autofree char *mended = scheduling_mended(&e->evidence->model);
    if (mended)
        evidence_message(e->evidence, mended);
    autofree char *unchecked = e->scheduling->no_checks == TOLD_PASS ? NULL : scheduling_unchecked(&e->evidence->model);
    if (unchecked)
        evidence_message(e->evidence, unchecked);
    autofree char *skipped = e->scheduling->skipped_fails ? scheduling_skipped(&e->evidence->model) : NULL;
    if (skipped)
        evidence_message(e->evidence, skipped);
    if (e->scheduling->all_skipped == TOLD_WARN && is_all_skipped(&e->evidence->model))
        evidence_message(e->evidence, "every scenario was skipped: nothing was tested");
    bool cut_short = result->interrupted_by || result->out_of_time; /* then an end may be none of its own */
    autofree char *expired = cut_short ? NULL : scheduling_expired(&e->evidence->model);
    if (expired)
        evidence_message(e->evidence, expired);
}

/* run.ended and the reports: the log has to say by itself what made the run a failure. */
static void report(const struct run_ending *e, const struct run_status *status)
{
    const char *fails[3];
    size_t n = 0;
    if (e->scheduling->flaky_fails)
        fails[n++] = EVENT_FAILS_FLAKY;
    if (e->scheduling->skipped_fails)
        fails[n++] = EVENT_FAILS_SKIPPED;
    if (e->scheduling->no_checks == TOLD_FAIL)
        fails[n++] = EVENT_FAILS_UNCHECKED;
    evidence_report(e->evidence, &(struct event_run_ended){.exit_status = status->status,
                                                           .interrupted = e->result->interrupted_by != 0,
                                                           .not_run = (int64_t)e->result->not_run,
                                                           .why = status->why ? status->why : "",
                                                           .fails = {fails, n}});
}

/* A group stays where a process can't be ended, or something was mounted in it. */
static void close_groups(const struct run_ending *e)
{
    const char *paths[CONTAINMENT_PATHS_MAX + RESOURCES_PATHS_MAX];
    size_t n = containment_paths(e->containment, paths);
    n += resources_paths(e->resources, paths + n);
    char *copies[ARRAY_LEN(paths)];
    for (size_t i = 0; i < n; i++)
        copies[i] = xstrdup(paths[i]);
    for (size_t i = 0; i < e->result->services.n; i++)
        containment_spare(e->containment, e->result->services.slots[i]);
    resources_close(e->resources, e->jobs);
    containment_close(e->containment, e->slots);
    for (size_t i = 0; i < n; i++) {
        if (access(copies[i], F_OK) == 0 && e->result->services.n == 0)
            buf_addf(&e->result->left, "%s: this cgroup could not be removed\n", copies[i]);
        free(copies[i]);
    }
}

static void complain_of_left(const struct run_ending *e)
{
    const char *line = buf_str(&e->result->left);
    for (size_t len; (len = strcspn(line, "\n")) > 0; line += len + 1)
        cli_complain("left behind: %.*s", (int)len, line);
}

/* The run's status, unless its evidence could not be finished. */
static int finish_evidence(const struct run_ending *e, const struct run_status *status)
{
    autoerr struct err err = {0};
    autobuf struct buf say = {0};
    const struct bundle_wait wait = {
        .signals = e->signals, .interrupted = e->result->interrupted_by != 0, .tell = cli_tell_of_bundle};
    int r = evidence_finish(e->evidence, e->result, &wait, &say, &err);
    if (r < 0)
        cli_complain("%s", err_text(&err));
    complain_of_left(e);
    if (status->status == EXIT_RUNNER) /* the console has it where it was; this is for who sees nothing but errors */
        cli_complain("the runner failed: %s", status->why);
    cli_print(&say);
    if (r < 0)
        return r == -EINTR ? EXIT_INTERRUPTED : EXIT_RUNNER;
    return status->status == EXIT_OK && e->result->left.len > 0 ? EXIT_LEFTOVERS : status->status;
}

/* Why it could not, malloc'd; NULL. An interrupted run ends at once: its counters stay, for who wants them. */
static char *collect_coverage(struct run_ending *e)
{
    int signo;
    if (!e->coverage || e->failure || e->nothing_selected || e->result->interrupted_by)
        return NULL;
    const struct coverage_ended ended = {e->evidence, e->catalogue, e->coverage, e->signals};
    char *failure = coverage_option_collect(&ended, &signo);
    if (signo)
        e->result->interrupted_by = signo;
    return failure;
}

int run_end(struct run_ending *e)
{
    evidence_settle(e->evidence, e->result);
    autofree char *uncollected = collect_coverage(e);
    if (uncollected)
        e->failure = uncollected;
    autostatus status = status_of(e);
    say_why(e, &status);
    report(e, &status);
    cli_note_output(e->evidence->console_error);
    close_groups(e); /* while the bundle is written */
    if (scheduling_history(e->scheduling) && e->keeps_history)
        cli_history_write(scheduling_history(e->scheduling), &e->evidence->model);
    int code = finish_evidence(e, &status);
    buf_free(&e->result->left);
    kept_rooms_free(&e->result->services);
    return code;
}
