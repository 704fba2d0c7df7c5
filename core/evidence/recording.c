/* SPDX-License-Identifier: Apache-2.0 */
/* The evidence of a run, while it is made. */
#include "evidence/recording.h"

#include "base/ci_text.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/terminal.h"
#include "base/text.h"
#include "evidence/event_hide.h"
#include "evidence/files_hide.h"
#include "evidence/folder_audit.h"
#include "evidence/rerun_command.h"
#include "evidence/run_folder.h"
#include "record/ledger.h"
#include "report/output_reader.h"
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

int evidence_choose_artifacts(const char *text, int *ret_choice)
{
    enum artifacts_policy policy;
    int r = artifacts_policy_parse(text, &policy);
    if (r == 0)
        *ret_choice = (int)policy;
    return r;
}

int evidence_choose_bundle(const char *text, int *ret_choice)
{
    enum bundle_format format;
    if (strcmp(text, "none") == 0) {
        *ret_choice = BUNDLE_NONE;
        return 0;
    }
    int r = bundle_format_parse(text, &format);
    if (r == 0)
        *ret_choice = (int)format;
    return r;
}

int evidence_choose_color(const char *text, int *ret_choice)
{
    enum console_color color;
    int r = console_color_parse(text, &color);
    if (r == 0)
        *ret_choice = (int)color;
    return r;
}

int evidence_choose_durability(const char *text, int *ret_choice)
{
    enum durability mode;
    int r = durability_parse(text, &mode);
    if (r == 0)
        *ret_choice = (int)mode;
    return r;
}

static int open_folder(struct evidence *e, const char *out, const struct evidence_run *run, struct err *err)
{
    int r = run_folder_make(out, run->run_id, run->folder_is_there, &e->shown_path, &e->dir, err);
    if (r < 0)
        return r;
    e->path = realpath(e->shown_path, NULL);
    if (!e->path)
        return err_errno(err, -errno, "opening the folder %s", e->shown_path);
    return 0;
}

static void open_console(struct evidence *e)
{
    struct terminal terminal;
    bool is_tty = terminal_look(STDOUT_FILENO, &terminal);
    const char *term = getenv("TERM");
    const struct console_options o = {
        .fd = STDOUT_FILENO,
        .progress = is_tty && !e->settings->plain && !(term && strcmp(term, "dumb") == 0),
        .color = console_wants_color((enum console_color)e->settings->color, is_tty, getenv("NO_COLOR"), term),
        .defuse = ci_reads_output(),
        .utf8 = terminal.utf8,
        .width = terminal.size.columns,
        .height = terminal.size.rows,
        .setup_show = e->settings->setup_show,
        .verbosity = e->settings->quiet         ? -1
                     : e->settings->verbose > 2 ? 2
                                                : e->settings->verbose};
    e->console = console_new(&o, &e->model);
    e->on_terminal = is_tty;
}

/* Whenever something is about to be drawn: so it needs no signal, which a child's terminal may have had instead. */
static void follow_terminal(struct evidence *e)
{
    struct terminal_size now;
    if (e->on_terminal && terminal_size(STDOUT_FILENO, &now))
        console_resize(e->console, now.columns, now.rows);
}

void evidence_packer_start(struct evidence_packer *p, const struct evidence_settings *settings)
{
    *p = (struct evidence_packer){0};
    if (settings->bundle == BUNDLE_NONE)
        return;
    autofree char *helper = helper_path("muster-bundle");
    bundle_prepare(helper, &p->bundle, &p->err);
}

void evidence_packer_free(struct evidence_packer *p)
{
    if (p->bundle)
        bundle_cancel(p->bundle);
    err_free(&p->err);
}

static void release(struct evidence *e)
{
    run_lock_release(&e->run_lock, e->settled);
    console_free(e->console);
    thresholds_free(e->thresholds);
    case_stamps_free(&e->stamps);
    model_free(&e->model);
    err_free(&e->err);
    close_fd(e->dir);
    free(e->path);
    free(e->shown_path);
}

/* A folder without a log is no run's. */
static void release_unbegun(struct evidence *e)
{
    autofree char *empty = e->shown_path ? xstrdup(e->shown_path) : NULL;
    release(e);
    if (empty)
        rmdir(empty); /* one that was not made is not empty, or not there */
}

int evidence_open(struct evidence *e, const struct evidence_settings *settings, const struct evidence_run *run,
                  struct err *err)
{
    *e = (struct evidence){.settings = settings,
                           .dir = -1,
                           .watch = FOLDER_WATCH_INIT,
                           .run_lock = RUN_LOCK_INIT,
                           .settled = true,
                           .run = run,
                           .epoch_ns = run->epoch_ns};
    model_init(&e->model);
    e->thresholds = thresholds_new();
    int r = open_folder(e, settings->out, run, err);
    if (r == 0) /* a `muster cleanup` that looks at the empty folder lets go of it at once */
        r = run_lock_take(&e->run_lock, e->dir, true, err);
    e->run_lock.sync = durability_sync_of((enum durability)settings->durability);
    if (r == 0)
        r = evlog_open(e->dir, EVLOG_NAME, &e->log, err);
    if (r < 0) {
        release_unbegun(e);
        return r;
    }
    e->linked = run_folder_link_latest(settings->out, run->run_id);
    open_console(e);
    e->bundle = steal_ptr(&run->packer->bundle);
    return 0;
}

static void take_event(struct evidence *e, const struct event *event)
{
    if (event->type == EVENT_ATTEMPT_ENDED) /* what was done until now was done while it ran */
        folder_watch_read(&e->watch);
    evlog_add(e->log, event);
    model_event(&e->model, event);
    thresholds_event(e->thresholds, event, 0);
    console_event(e->console, event);
    const struct model_case *ended =
        event->type == EVENT_CASE_ENDED ? model_case_find(&e->model, event->case_ended.case_id) : NULL;
    if (ended && folder_audit_is_of(ended, (enum artifacts_policy)e->settings->artifacts))
        case_stamps_take(&e->stamps, e->dir, ended->id);
}

static void on_event(void *data, const struct event *event)
{
    struct evidence *e = data;
    if (!secrets_any(e->run->secrets)) {
        take_event(e, event);
        return;
    }
    struct arena arena = {0};
    struct event shown;
    event_hide(e->run->secrets, event, &arena, &shown);
    take_event(e, &shown);
    arena_free(&arena);
}

struct event_sink evidence_sink(struct evidence *e)
{
    return (struct event_sink){on_event, e};
}

static void emit(struct evidence *e, struct event *event)
{
    event->t_ns = clock_mono() - e->epoch_ns;
    on_event(e, event);
}

static bool is_told(const struct run_model *m, const char *path, const char *what)
{
    for (size_t i = 0; i < m->n_changes; i++)
        if (strcmp(m->changes[i].path, path) == 0 && strcmp(m->changes[i].what, what) == 0)
            return true;
    return false;
}

static void on_changed(void *data, const char *path, const char *what)
{
    enum { MOST = 100 }; /* who does it again and again is known by then */
    struct evidence *e = data;
    if (e->model.n_changes >= MOST || is_told(&e->model, path, what))
        return;
    struct arena arena = {0};
    struct event event = {.type = EVENT_EVIDENCE_CHANGED,
                          .evidence_changed = {path, what, model_running(&e->model, &arena)}};
    emit(e, &event);
    arena_free(&arena);
}

/* What was told of a file already is not told in other words. */
static void on_unlike(void *data, const char *path, const char *what)
{
    const struct evidence *e = data;
    for (size_t i = 0; i < e->model.n_changes; i++)
        if (strcmp(e->model.changes[i].path, path) == 0)
            return;
    on_changed(data, path, what);
}

void evidence_watch(struct evidence *e, struct loop *loop)
{
    int r = folder_watch_open(&e->watch, loop, e->path, on_changed, e);
    if (r == 0)
        return;
    autofree char *text = xasprintf("the run's folder is not watched (inotify: %s): who writes into it is not noticed "
                                    "before `muster verify`",
                                    strerror(-r));
    evidence_message(e, text);
}

void evidence_settled(void *evidence)
{
    struct evidence *e = evidence;
    folder_watch_close(&e->watch);
}

void evidence_settle(struct evidence *e, const struct runner_result *result)
{
    evidence_settled(e); /* where the runner could not begin */
    folder_audit(e->dir, &e->model, (enum artifacts_policy)e->settings->artifacts, on_changed, e);
    folder_audit_length(e->dir, LEDGER_NAME, result->ledger_bytes, on_changed, e);
    case_stamps_compare(&e->stamps, e->dir, on_unlike, e);
    if (!run_lock_is_untouched(&e->run_lock))
        on_changed(e, RUN_STATE_NAME, "it was written or replaced by somebody else");
    autofree char *latest = run_folder_judge_latest(e->settings->out, e->run->run_id);
    if (latest && e->linked)
        on_changed(e, "../latest", latest);
    const struct event_sink sink = evidence_sink(e);
    thresholds_judge(e->thresholds, clock_mono() - e->epoch_ns, &sink);
}

void evidence_message(struct evidence *e, const char *text)
{
    console_message(e->console, text);
}

void evidence_lines(struct evidence *e, const char *text)
{
    console_lines(e->console, text);
}

/* How far the log on disk may be behind: a write for every event would cost as much as all else that the supervisor
 * does. */
static const int64_t log_delay_ns = 2 * NS_PER_MS;

int evidence_flush(void *evidence, struct err *err)
{
    enum { WORTH_A_WRITE = 64 * 1024 };
    struct evidence *e = evidence;
    int64_t now = clock_mono();
    int r = 0;
    if (now >= e->flushed_ns + log_delay_ns || evlog_pending(e->log) >= WORTH_A_WRITE) {
        r = evlog_flush(e->log, err);
        e->flushed_ns = now;
    }
    if (now - e->epoch_ns >= console_deadline(e->console))
        follow_terminal(e);
    console_flush(e->console, now - e->epoch_ns);
    if (!e->prepared) { /* the first attempts have just been ordered: it takes them longer to begin */
        e->prepared = true;
        report_prepare();
    }
    return r;
}

int64_t evidence_next_flush(void *evidence)
{
    const struct evidence *e = evidence;
    int64_t t = console_deadline(e->console);
    t = t == NEVER ? NEVER : t + e->epoch_ns;
    int64_t log = evlog_pending(e->log) > 0 ? e->flushed_ns + log_delay_ns : NEVER;
    return log < t ? log : t;
}

pid_t evidence_bundle_pid(const struct evidence *e)
{
    return e->bundle ? bundle_pid(e->bundle) : 0;
}

static int start_bundle(struct evidence *e, const char *head, struct err *err)
{
    if (e->settings->bundle == BUNDLE_NONE)
        return 0;
    if (!e->bundle)
        return err_set(err, e->run->packer->err.code, "%s", err_text(&e->run->packer->err));
    const struct bundle_options o = {.format = (enum bundle_format)e->settings->bundle,
                                     .run_id = e->run->run_id,
                                     .created = e->run->started_real_ns,
                                     .head = head,
                                     .artifacts_cap = e->settings->artifacts_cap};
    bundle_start(e->bundle, e->dir, &o);
    return 0;
}

static void say_how_to_clean(const struct evidence *e, const struct runner_result *result, struct buf *out)
{
    if (result->left.len > 0)
        buf_adds(out, "        Left what could not be removed\n");
    if (result->outstanding == 0 && result->left.len == 0)
        return;
    buf_adds(out, "     Cleanup ");
    if (result->cleanups_kept > 0)
        buf_addf(out, "%llu kept%s", (unsigned long long)result->cleanups_kept,
                 result->outstanding > result->cleanups_kept ? ", " : "");
    if (result->outstanding > result->cleanups_kept)
        buf_addf(out, "%llu left", (unsigned long long)(result->outstanding - result->cleanups_kept));
    buf_addf(out, "%smuster cleanup %s\n", result->outstanding > 0 ? ": " : "", e->shown_path);
}

static void say_what_still_runs(const struct runner_result *result, struct buf *out)
{
    size_t n = result->services.n;
    if (n > 0)
        buf_addf(out, "    Services %s kept, and still running: the same command ends %s\n", result->services.names,
                 n == 1 ? "it" : "them");
    for (const char *line = n > 0 ? result->services.shown : ""; *line;) {
        size_t len = strcspn(line, "\n");
        buf_adds(out, "             ");
        terminal_add(out, line, len); /* a plugin's words */
        buf_addc(out, '\n');
        line += len + 1;
    }
}

/* Only where there is something to be run again. */
static void say_how_to_rerun(const struct evidence *e, const struct runner_result *result, struct buf *out)
{
    if (model_bad(&e->model) == 0 && result->not_run == 0)
        return;
    buf_adds(out, "       Rerun ");
    rerun_command_add(e->settings->argv, e->settings->argc, e->shown_path, out);
    buf_addc(out, '\n');
}

void evidence_report(struct evidence *e, const struct event_run_ended *ended)
{
    struct event event = {.type = EVENT_RUN_ENDED, .run_ended = *ended};
    event.run_ended.duration_ns = clock_mono() - e->epoch_ns;
    emit(e, &event);
    char head[EVLOG_HASH_SIZE];
    strcpy(head, evlog_head(e->log));
    int r = evlog_flush(e->log, &e->err);
    e->log_failed = evlog_failed(e->log);
    const struct output_reader source = output_reader_dir(&e->dir);
    follow_terminal(e);
    e->console_error = console_finish(e->console, &source);
    if (r == 0 && !e->log_failed)
        r = run_folder_reports(e->dir, &e->model, &e->settings->reports, &e->err);
    if (r == 0 && !e->log_failed)
        r = files_hide(e->run->secrets, e->dir, &e->n_hidden, &e->err);
    if (r == 0 && !e->log_failed) {
        r = start_bundle(e, head, &e->err);
    } else if (e->bundle) {
        struct bundle_writer *unwanted = steal_ptr(&e->bundle);
        bundle_cancel(unwanted);
    }
    e->failed = r < 0;
}

static int finish_bundle(struct evidence *e, const struct bundle_wait *wait, struct buf *say, struct err *err)
{
    struct bundle_result result;
    int r = bundle_wait(e->bundle, wait, err);
    struct bundle_writer *w = steal_ptr(&e->bundle);
    if (r < 0) {
        bundle_cancel(w);
        autofree char *why = xstrdup(err ? err_text(err) : "");
        return err_set(err, r, "%s: %s is whole, without a bundle", why, e->shown_path);
    }
    r = bundle_finish(w, &result, err);
    if (r == 0 && result.n_above_cap > 0)
        buf_addf(say,
                 "    Left out %lld artifact%s above --artifacts-cap, of the bundle: \"omitted\" in its manifest\n",
                 (long long)result.n_above_cap, result.n_above_cap == 1 ? "" : "s");
    return r;
}

int evidence_finish(struct evidence *e, const struct runner_result *result, const struct bundle_wait *wait,
                    struct buf *say, struct err *err)
{
    autobuf struct buf left_out = {0};
    struct err *first = e->failed ? NULL : &e->err; /* the first counts */
    if (evlog_close(e->log, first) < 0) {           /* durable, while the bundle is written */
        e->failed = true;
        first = NULL;
    }
    int waited = e->bundle ? finish_bundle(e, wait, &left_out, first) : 0;
    e->failed = e->failed || waited < 0;
    if (e->failed)
        err_set(err, e->err.code < 0 ? e->err.code : -EIO, "%s", err_text(&e->err));
    else if (e->log_failed) /* while the run went on, which said how */
        err_set(err, -EIO, "the event log ends before the run did: there are no reports and no bundle");
    if (!e->log_failed)
        run_folder_say(e->dir, e->shown_path, e->settings->bundle, say);
    buf_add(say, left_out.data, left_out.len);
    if (e->n_hidden > 0)
        buf_addf(say, "      Hidden secrets in %lld artifact%s: asterisks in their place\n", (long long)e->n_hidden,
                 e->n_hidden == 1 ? "" : "s");
    say_how_to_clean(e, result, say);
    say_what_still_runs(result, say);
    if (!e->log_failed)
        say_how_to_rerun(e, result, say);
    e->settled = result->outstanding == 0 && result->left.len == 0;
    int r = e->log_failed || e->failed ? -EIO : 0;
    if (waited == -EINTR && e->err.code == -EINTR)
        r = -EINTR;
    release(e);
    return r;
}
