/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt: calls the scenario's functions in order, judges, ends the process. */
#include "host/attempt.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "contain/groups.h"
#include "host/attempt_state.h"
#include "host/attempt_threads.h"
#include "host/cleanups.h"
#include "host/extensions.h"
#include "host/faults.h"
#include "host/fixture.h"
#include "host/fixture_local.h"
#include "host/fixture_watch.h"
#include "host/guard_checks.h"
#include "host/open_steps.h"
#include "host/params_ext.h"
#include "host/resume.h"
#include "host/streams.h"
#include "host/thread_guard.h"
#include "load/take.h"
#include "slotdir/on_failure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/single_threaded.h>
#include <unistd.h>

/* A stop that is not the verdict's reason, since something as bad came before it, would else be seen nowhere. */
static void log_stop(const char *file, uint32_t line, const char *reason)
{
    autofree char *text =
        xasprintf("it stopped in its %s: %s", phase_name(attempt.phase), reason ? reason : "no reason given");
    attempt_send(
        &(struct message){.type = MSG_LOG, .log = {MUSTER_LOG_ERROR, line, attempt_cut(file), attempt_cut(text)}});
}

/* Set-up and tear-down make and remove what the scenario needs: what fails there is no verdict on the product. But
 * `finally` of scenarios as data has steps like all others, which look at the product too. */
static enum outcome outcome_of_failure(void)
{
    bool finally =
        attempt.phase == PHASE_TEARDOWN && attempt.user == 0 && attempt.entry && attempt.entry->teardown_data;
    return (attempt.phase == PHASE_BODY || finally) && !attempt.fixture ? OUTCOME_FAILED : OUTCOME_ERROR;
}

/* Nothing is said after it: other threads wait for the lock until the process ends. */
static void send_verdict(void)
{
    if (!__libc_single_threaded) /* else nobody is there to wait */
        pthread_mutex_lock(&attempt.lock);
    if (attempt.n_late > 0)
        steps_end_of_others();
    const struct message m = {.type = MSG_VERDICT,
                              .verdict = {.outcome = attempt.outcome,
                                          .line = attempt.line,
                                          .checks = attempt.checks,
                                          .failed_checks = attempt.failed_checks,
                                          .at_ns = (uint64_t)clock_mono(),
                                          .reason = attempt.reason,
                                          .file = attempt.file}};
    if (attempt_send_locked(&m) < 0)
        _exit(EXIT_CONNECTION_LOST);
}

/* Stands still until the supervisor lets it go on. A debugger may attach meanwhile, also one that is no ancestor. */
static void stand_still(bool at_start, const char *why)
{
    fflush(NULL); /* who looks wants to see what was printed */
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    attempt_ask(&(struct message){.type = MSG_PAUSE, .pause = {at_start, why}});
}

static bool is_to_be_looked_at(void)
{
    return attempt.spec->order->pause_on_failure &&
           (attempt.outcome == OUTCOME_FAILED || attempt.outcome == OUTCOME_ERROR);
}

/* Of the scenario, or the fixture. */
static void call_teardown(void)
{
    const struct plugin_entry *entry = attempt.entry;
    if (attempt.fixture)
        attempt.fixture->teardown(&attempt.ctx);
    else if (entry->teardown_data)
        entry->teardown_data(&attempt.ctx, entry->program);
    else
        entry->teardown(&attempt.ctx);
}

static bool has_teardown(void)
{
    if (attempt.fixture)
        return attempt.fixture->teardown;
    return attempt.entry && (attempt.entry->teardown || attempt.entry->teardown_data);
}

/* Once: when it stops, what is left to do follows. One that was never begun has nothing to tear down. */
static void tear_down(void)
{
    bool begun = attempt.begun;
    attempt.begun = false;
    if (!begun || !has_teardown())
        return;
    attempt_enter(PHASE_TEARDOWN, attempt.spec->order->teardown_ns);
    call_teardown();
}

/* As far as it knows itself; its monitor looks at the rest. */
static bool leaves_nothing(void)
{
    bool good = attempt.outcome == OUTCOME_PASSED || attempt.outcome == OUTCOME_SKIPPED;
    bool undone = !attempt.deferred && !attempt.leaves_cleanups;
    /* An image does not know what became of what the one before it deferred, nor can its children tell its monitor. */
    return good && undone && attempt.images == 0 && attempt.n_late == 0 && !attempt.fixture && !attempt.janitor;
}

/* Most attempts have none: one look at a path that was made before the fork, instead of the pages that a removal needs.
 */
static void drop_on_failure(void)
{
    if (faccessat(AT_FDCWD, attempt.on_failure, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
        on_failure_drop(attempt.info.artifacts_dir);
}

/* By the thread that has taken over. */
static _Noreturn void go_on_to_end(void)
{
    if (attempt.phase < PHASE_TEARDOWN) {
        if (is_to_be_looked_at())
            stand_still(false, attempt.reason);
        attempt.phase = PHASE_TEARDOWN;
    }
    tear_down();
    local_tear_down();
    if (cleanups_can_run_here())
        cleanups_run();
    attempt_flush();
    if (attempt.outcome == OUTCOME_PASSED || attempt.outcome == OUTCOME_SKIPPED)
        drop_on_failure();
    send_verdict();
    const int status = leaves_nothing() ? EXIT_QUIET : 0;
    if (attempt.spec->run->exit_handlers)
        exit(status); /* the verdict is given; an end of another status is judged besides */
    _exit(status);
}

/* `reason`: what a cleanup that ends here failed of. */
static _Noreturn void end_for(const char *reason)
{
    if (getpid() != attempt.pid)
        _exit(1); /* a child that the scenario forked: it has no verdict of its own */
    attempt_take_over();
    if (attempt.cleaning && reason)
        cleanups_report(reason);
    go_on_to_end();
}

static void send_failed_check(const struct muster_check *c)
{
    enum { MOST = 24 * 1024 }; /* of each string: five of them and their lengths fit into a packet */
    struct message m = {.type = MSG_CHECK,
                        .check = {.required = (c->flags & MUSTER_CHECK_REQUIRED) != 0,
                                  .line = c->line,
                                  .expression = attempt_cut_to(c->expression, MOST),
                                  .actual = attempt_cut_to(c->actual, MOST),
                                  .expected = attempt_cut_to(c->expected, MOST),
                                  .message = attempt_cut_to(c->message, MOST),
                                  .file = attempt_cut_to(c->file, MOST)}};
    pthread_mutex_lock(&attempt.lock);
    attempt.failed_checks++;
    steps_fail();
    m.check.step = steps_innermost();
    bool sent = attempt_send_locked(&m) >= 0;
    pthread_mutex_unlock(&attempt.lock);
    if (!sent && attempt.is_child)
        _exit(1); /* its status is all that is left to tell by */
}

/* In every process that is forked from a monitor; the attempt itself takes it back. A thread that is not in the child
 * may have held the lock, for as long as the supervisor takes to answer. */
static void become_child(void)
{
    attempt.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    attempt.is_child = true;
    attempt.child_told = false;
    watch_forked();
}

/* Once for each process: that it has looked at something is what matters, and a loop of checks must not flood. */
static void tell_of_passed_check(void)
{
    attempt.child_told = true;
    attempt_send(&(struct message){.type = MSG_CHECKED, .checked = {1}});
}

static void log_passed_check(const struct muster_check *c)
{
    const char *what = c->expression && *c->expression ? c->expression : c->message ? c->message : "";
    autofree char *text = xasprintf("passed: %s", what);
    attempt_send(&(struct message){.type = MSG_LOG,
                                   .log = {MUSTER_LOG_DEBUG, c->line, attempt_cut(c->file), attempt_cut(text)}});
}

static void host_check(struct muster_ctx *ctx, const struct muster_check *theirs)
{
    (void)ctx;
    attempt_see_thread();
    guard_pass();
    struct muster_check c;
    size_t offset;
    if (!theirs) {
        attempt_end_by_error("the runner was given a check that is NULL");
    }
    if (struct_copy(&c, sizeof c, theirs, theirs->size, &offset) < 0 || c.reserved ||
        c.flags & ~(MUSTER_CHECK_PASSED | MUSTER_CHECK_REQUIRED)) {
        attempt_blame(OUTCOME_ERROR, theirs->file, theirs->line,
                      "a check uses a field that this runner does not know: update muster");
        attempt_end();
    }
    if (!(c.flags & MUSTER_CHECK_PASSED) && guard_takes_check(&c))
        return;
    atomic_fetch_add_explicit(&attempt.checks, 1, memory_order_relaxed);
    if (c.flags & MUSTER_CHECK_PASSED) {
        if (attempt.is_child && !attempt.child_told)
            tell_of_passed_check();
        if (attempt.spec->run->log_checks)
            log_passed_check(&c);
        return;
    }
    bool cleans = cleanups_are_blamed();
    bool noted = (cleans || !attempt.cleaning) &&
                 faults_note(c.file, c.line, c.expression && *c.expression ? c.expression : c.message, c.actual);
    send_failed_check(&c);
    /* A cleanup that fails is no verdict on the scenario: it is tried again, or named as left. */
    if (!cleans || !noted)
        attempt_blame(outcome_of_failure(), c.file, c.line, c.expression);
    guard_note_check(&c);
    if (c.flags & MUSTER_CHECK_REQUIRED)
        end_for(c.expression ? c.expression : "a required check failed");
}

static void host_log(struct muster_ctx *ctx, int32_t level, const char *file, uint32_t line, const char *text,
                     uint64_t length)
{
    (void)ctx;
    attempt_see_thread();
    guard_pass();
    autofree char *copy = text ? attempt_copy_cut(text, (size_t)length, MESSAGE_STRING_MAX) : NULL;
    attempt_send(&(struct message){.type = MSG_LOG, .log = {(uint32_t)level, line, attempt_cut(file), copy}});
}

static void host_stop(struct muster_ctx *ctx, int32_t how, const char *file, uint32_t line, const char *reason)
{
    (void)ctx;
    attempt_see_thread();
    guard_pass();
    guard_take_stop(how, file, line, reason);
    bool in_fixture = attempt.fixture || attempt.user > 0; /* which fails by it, however it is meant */
    enum outcome outcome = in_fixture                ? OUTCOME_ERROR
                           : how == MUSTER_STOP_SKIP ? OUTCOME_SKIPPED
                           : how == MUSTER_STOP_FAIL ? outcome_of_failure()
                                                     : OUTCOME_ERROR;
    autofree char *unknown = NULL;
    if (how != MUSTER_STOP_SKIP && how != MUSTER_STOP_FAIL && how != MUSTER_STOP_ERROR)
        unknown = xasprintf("it stopped in a way that this runner does not know: %d%s%s", how, reason ? ": " : "",
                            reason ? reason : "");
    bool skips = how == MUSTER_STOP_SKIP && attempt.is_child; /* which has nothing to say of its parent */
    bool cleans = cleanups_are_blamed();
    bool noted = skips || ((cleans || !attempt.cleaning) && faults_note(file, line, unknown ? unknown : reason, NULL));
    /* A cleanup that fails is no verdict on the scenario. */
    if ((!cleans || !noted) && !attempt_blame(outcome, file, line, unknown ? unknown : reason) &&
        outcome != OUTCOME_SKIPPED)
        log_stop(file, line, unknown ? unknown : reason);
    guard_note_stop(reason);
    end_for(reason ? attempt_cut(reason) : "it stopped");
}

static const void *host_extension(struct muster_ctx *ctx, const char *id, uint32_t wanted_size)
{
    (void)ctx;
    attempt_see_thread();
    return extension_find(id, wanted_size);
}

/* An environment variable whose text changes with every attempt: its place stays, so that setenv(), and the memory that
 * it touches, are needed once. Not by snprintf(), whose deep stack is one more page to copy for each attempt. */
static void set_variable(char *place, size_t size, const char *assignment, const char *value)
{
    bool first = !*place;
    char *at = stpcpy(place, assignment);
    size_t n = strnlen(value, size - (size_t)(at - place) - 1);
    memcpy(at, value, n);
    at[n] = '\0';
    if (first)
        putenv(place);
}

static void set_attempt_variable(uint32_t attempt_number)
{
    static char variable[32];
    static uint32_t known;
    if (attempt_number == known)
        return;
    known = attempt_number;
    char number[16];
    snprintf(number, sizeof number, "%u", attempt_number);
    set_variable(variable, sizeof variable, "MUSTER_ATTEMPT=", number);
}

void attempt_prepare(const struct attempt_spec *spec)
{
    static char variable_case[MESSAGE_STRING_MAX];
    static char *on_failure; /* the folder is the same for all attempts of a monitor */
    const struct msg_attempt *o = spec->order;
    set_variable(variable_case, sizeof variable_case, "MUSTER_CASE=", o->case_id);
    set_attempt_variable(o->attempt);
    if (!on_failure) {
        pthread_atfork(NULL, NULL, become_child); /* once: no call of the kernel's at each check */
        on_failure = xasprintf("%s/" ON_FAILURE, spec->artifacts_dir);
    }
    attempt.spec = spec;
    attempt.on_failure = on_failure;
    attempt.keep = o->keep;
    attempt_note_streams();
    attempt.host =
        (struct muster_host){sizeof attempt.host, MUSTER_ABI_MINOR, host_extension, host_log, host_check, host_stop};
    attempt.ctx.host = &attempt.host;
    attempt.end = end_for;
    attempt.info = (struct muster_attempt_info){.size = sizeof attempt.info,
                                                .attempt = o->attempt,
                                                .slot = spec->slot,
                                                .seed = spec->run->seed,
                                                .run_id = spec->run->run_id,
                                                .case_id = o->case_id,
                                                .temp_dir = spec->temp_dir,
                                                .artifacts_dir = spec->artifacts_dir};
    attempt_be_in(PHASE_BODY, o->body_ns, clock_mono());
}

static _Noreturn void be_janitor(void)
{
    attempt.phase = PHASE_TEARDOWN;
    attempt.janitor = true;
    cleanups_take_orders(&attempt.spec->order->cleanups);
    attempt_end();
}

/* Loaded anew, by a host that was started again or in fresh mode: a number may be another's now. */
static bool is_known(const struct msg_attempt *o)
{
    const struct plugin *p = attempt.spec->plugin;
    bool known = o->fixture == UINT32_MAX ? o->scenario < p->n_scenarios : o->fixture < p->n_fixtures;
    return known && memcmp(&p->file, attempt.spec->file, sizeof p->file) == 0 && local_read(&o->local_fixtures);
}

void attempt_require_known(void)
{
    if (is_known(attempt.spec->order))
        return;
    attempt_blame(OUTCOME_ERROR, NULL, 0, "the plugin file has changed since the run began");
    attempt.phase = PHASE_TEARDOWN;
    attempt_end();
}

void attempt_take_entry(void)
{
    const struct msg_attempt *o = attempt.spec->order;
    attempt.entry = &attempt.spec->plugin->entries[o->scenario];
    attempt.params = &attempt.entry->params;
    attempt.values = o->values.items;
    attempt.n_values = o->values.n;
}

void attempt_begin_process(void)
{
    attempt.pid = getpid();
    attempt.is_child = false;
    attempt_note_main_thread();
    attempt.era_of_main = 1;
}

_Noreturn void attempt_main(void)
{
    const struct msg_attempt *o = attempt.spec->order;
    attempt_begin_process();
    if (o->scenario == UINT32_MAX)
        be_janitor();
    attempt_require_known();
    if (o->fixture != UINT32_MAX)
        fixture_main();
    attempt_take_entry();
    int r = groups_enter(&o->groups);
    if (r < 0) { /* without its limits it may not run */
        attempt.phase = PHASE_TEARDOWN;
        attempt_end_by_error("its control group could not be entered");
    }
    if (o->pause_at_start)
        stand_still(true, "");
    local_set_up();
    attempt.begun = true;
    if (attempt.entry->setup) {
        attempt_enter(PHASE_SETUP, o->setup_ns);
        attempt.entry->setup(&attempt.ctx);
        if (attempt.failed_checks > 0)
            attempt_end();
    }
    if (attempt.entry->setup || attempt.n_locals > 0)
        attempt_enter(PHASE_BODY, o->body_ns);
    if (attempt.entry->run_data) {
        resume_prepare();
        attempt.entry->run_data(&attempt.ctx, attempt.entry->program);
    } else {
        params_run_body();
    }
    attempt_end();
}
