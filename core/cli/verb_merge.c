/* SPDX-License-Identifier: Apache-2.0 */
/* muster merge: the runs of all shards become one. */
#include "artifacts/bundle.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/machine_error.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/signals.h"
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/run_history.h"
#include "evidence/bundle_wait.h"
#include "evidence/recording.h"
#include "evidence/run_folder.h"
#include "evidence/shard_evidence.h"
#include "evidence/staging.h"
#include "record/history.h"
#include "record/ledger.h"
#include "record/merge.h"
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct merge_settings {
    const char *out, *history;
    int bundle; /* enum bundle_format, or BUNDLE_NONE */
    struct report_settings reports;
    bool allow_missing, quiet;
    struct configuring configuring;
};

#define AT(member_) offsetof(struct merge_settings, member_)

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_STRING, 'o', "out", "DIR", "Where runs are kept: DIR/RUN, and DIR/latest. Default: muster-out.", AT(out),
     NULL},
    {OPTION_FLAG, 0, "allow-missing", NULL,
     "Merge what there is when shards are missing or were cut off: an interrupted run, status 2 at least.",
     AT(allow_missing), NULL},
    {OPTION_CHOICE, 0, "bundle", "FORMAT", "tar.zst (the default), tar.gz, zip or none.", AT(bundle),
     evidence_choose_bundle},
    OPTIONS_JUNIT(struct merge_settings, reports),
    {OPTION_STRING, 0, "history", "FILE",
     "Where durations and verdicts are remembered from run to run, or none. Default: .muster/history.db.", AT(history),
     NULL},
    {OPTION_FLAG, 'q', "quiet", NULL, "Say nothing of a merge that went well.", AT(quiet), NULL},
    OPTIONS_CONFIGURING(struct merge_settings, configuring),
    OPTIONS_END,
};

static const char details[] = "SHARD is what 'muster run --shard I/N' left: a bundle or a run's folder, one of\n"
                              "each shard, in any order. All are verified first. The merged run is the one\n"
                              "that a run without --shard would have left, and so is the status, unless\n"
                              "nothing could be merged: 4 for what doesn't belong together or was changed, 3\n"
                              "for what could not be written.\n";

/* A merge at work. */
struct merging {
    const struct merge_settings *settings;
    struct merge merge;
    struct shard_evidence *shards; /* in the order of the command line */
    size_t n_shards;
    struct staging folder;
    char *path; /* that it gets */
    struct evlog *log;
    struct run_model model;
};

static int open_shards(struct merging *m, const struct option_list *paths, bool *ret_failed_here, struct err *err)
{
    m->shards = xcalloc(paths->n, sizeof *m->shards);
    for (size_t i = 0; i < paths->n; i++) {
        struct shard_evidence *shard = &m->shards[m->n_shards++];
        int r = shard_evidence_open(shard, paths->items[i], m->folder.path, ret_failed_here, err);
        if (r < 0)
            return r;
        const struct evlog_input log = shard_evidence_log(shard);
        r = merge_add(&m->merge, paths->items[i], &log, err);
        if (r < 0)
            return r;
    }
    return merge_check(&m->merge, m->settings->allow_missing, err);
}

static void on_event(void *data, const struct event *event)
{
    struct merging *m = data;
    evlog_add(m->log, event);
    model_event(&m->model, event);
}

static int write_log(struct merging *m, char ret_head[EVLOG_HASH_SIZE], struct err *err)
{
    int r = evlog_open(m->folder.dir, EVLOG_NAME, &m->log, err);
    if (r < 0)
        return r;
    const struct event_sink sink = {on_event, m};
    int emitted = merge_emit(&m->merge, &sink, err);
    strcpy(ret_head, evlog_head(m->log));
    r = evlog_close(steal_ptr(&m->log), emitted < 0 ? NULL : err);
    return emitted < 0 ? emitted : r;
}

static const struct shard_evidence *evidence_of(const struct merging *m, const struct merge_log *log)
{
    for (size_t i = 0; i < m->n_shards; i++)
        if (m->shards[i].path == log->name)
            return &m->shards[i];
    return NULL;
}

static int write_ledger(struct merging *m, struct err *err)
{
    struct ledger ledger = LEDGER_INIT(m->folder.dir);
    int r = 0;
    for (size_t i = 0; r == 0 && i < m->merge.n; i++)
        r = shard_evidence_ledger(evidence_of(m, &m->merge.logs[i]), &ledger, err);
    ledger_close(&ledger);
    return r;
}

static int copy_cases(struct merging *m, struct err *err)
{
    for (size_t i = 0; i < m->merge.n; i++) {
        const struct merge_log *log = &m->merge.logs[i];
        size_t left;
        int r = shard_evidence_copy(evidence_of(m, log), log, m->folder.dir, &left, err);
        if (r < 0)
            return r;
        if (left > 0)
            cli_complain("warning: %s: %zu file%s that belong%s to no case of the shard: left out", log->name, left,
                         left == 1 ? "" : "s", left == 1 ? "s" : "");
    }
    return 0;
}

/* Until here a signal ends the merge at once. */
static int wait_for_bundle(const struct bundle_writer *w, struct err *err)
{
    autoclose int signals = signals_open();
    if (signals < 0)
        return err_errno(err, -errno, "listening for signals");
    int r = bundle_wait(w, &(struct bundle_wait){.signals = signals, .tell = cli_tell_of_bundle}, err);
    return r < 0 ? err_prefix(err, "nothing was merged"), r : 0;
}

static int write_bundle(struct merging *m, const char *head, struct err *err)
{
    if (m->settings->bundle == BUNDLE_NONE)
        return 0;
    autofree char *helper = helper_path("muster-bundle");
    const struct bundle_options o = {.format = (enum bundle_format)m->settings->bundle,
                                     .run_id = m->merge.run_id,
                                     .created = m->merge.started_ns,
                                     .head = head};
    struct bundle_writer *w;
    int r = bundle_prepare(helper, &w, err);
    if (r < 0)
        return r;
    bundle_start(w, m->folder.dir, &o);
    r = wait_for_bundle(w, err);
    if (r < 0) {
        bundle_cancel(w);
        return r;
    }
    struct bundle_result result;
    return bundle_finish(w, &result, err);
}

static int write_all(struct merging *m, struct err *err)
{
    char head[EVLOG_HASH_SIZE];
    int r = write_log(m, head, err);
    if (r == 0)
        r = write_ledger(m, err);
    if (r == 0)
        r = copy_cases(m, err);
    if (r == 0)
        r = run_folder_reports(m->folder.dir, &m->model, &m->settings->reports, err);
    return r == 0 ? write_bundle(m, head, err) : r;
}

static int make_run(struct merging *m, struct err *err)
{
    int r = write_all(m, err);
    if (r == 0)
        r = staging_publish(&m->folder, m->path, err);
    if (r == 0)
        run_folder_link_latest(m->settings->out, m->merge.run_id);
    return r;
}

/* As the shards' own runs did: the ledger of the merged one has what all of them left. */
static void say_how_to_clean(const struct merging *m, struct buf *out)
{
    struct ledger_read read = {0};
    if (ledger_read(m->folder.dir, &read, NULL) < 0)
        return;
    if (read.n_outstanding > 0)
        buf_addf(out, "     Cleanup %zu left: muster cleanup %s\n", read.n_outstanding, m->path);
    ledger_read_free(&read);
}

static void say_result(struct merging *m)
{
    autoerr struct err err = {0};
    const struct output_reader source = output_reader_dir(&m->folder.dir);
    if (m->merge.shortcoming.len > 0)
        cli_complain("warning: %s", buf_str(&m->merge.shortcoming));
    if (m->settings->quiet)
        return;
    if (report_write(&m->model, REPORT_HUMAN, &source, NULL, STDOUT_FILENO, &err) < 0)
        cli_complain("%s", err_text(&err));
    autobuf struct buf say = {0};
    run_folder_say(m->folder.dir, m->path, m->settings->bundle, &say);
    say_how_to_clean(m, &say);
    cli_print(&say);
}

static bool was_merged_before(const struct merging *m)
{
    struct stat st;
    if (lstat(m->path, &st) < 0)
        return false;
    cli_complain("%s: these shards were merged before", m->path);
    return true;
}

static int merge(struct merging *m, const struct option_list *paths)
{
    autoerr struct err err = {0};
    bool failed_here = true;
    if (staging_open(&m->folder, m->settings->out, &err) < 0 || open_shards(m, paths, &failed_here, &err) < 0) {
        cli_complain("%s", err_text(&err));
        return failed_here ? EXIT_RUNNER : cli_usage_unless_system(err.code);
    }
    m->path = xasprintf("%s/%s", m->settings->out, m->merge.run_id);
    if (was_merged_before(m))
        return EXIT_USAGE;
    if (make_run(m, &err) < 0) {
        cli_complain("%s", err_text(&err));
        return err.code == -EILSEQ ? EXIT_USAGE : err.code == -EINTR ? EXIT_INTERRUPTED : EXIT_RUNNER;
    }
    say_result(m);
    if (strcmp(m->settings->history, "none") != 0)
        cli_history_write(m->settings->history, &m->model);
    return (int)m->merge.exit_status;
}

static void merging_free(struct merging *m)
{
    for (size_t i = 0; i < m->n_shards; i++)
        shard_evidence_close(&m->shards[i]);
    free(m->shards);
    merge_free(&m->merge);
    model_free(&m->model);
    free(m->path);
    staging_close(&m->folder);
}

static int main_merge(const struct verb *verb, int argc, char **argv)
{
    struct merge_settings s = {.out = "muster-out", .history = HISTORY_DEFAULT};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        struct merging m = {.settings = &s, .folder = STAGING_INIT};
        autoerr struct err err = {0};
        model_init(&m.model);
        if (operands.n == 0) {
            status = cli_usage(verb, "which shards?");
        } else if (run_folder_check_latest(s.out, &err) < 0 || run_folder_check_junit(&s.reports, &err) < 0) {
            cli_complain("%s", err_text(&err));
            status = EXIT_USAGE;
        } else {
            status = merge(&m, &operands);
        }
        merging_free(&m);
    }
    option_list_free(&operands);
    return status;
}

const struct verb verb_merge = {.name = "merge",
                                .usage = "merge [OPTION]... SHARD...",
                                .summary = "Put the runs of all shards together into one.",
                                .details = details,
                                .options = options,
                                .main = main_merge};
