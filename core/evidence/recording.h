/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evidence of a run, while it is made: the folder <out>/<run>, the event log, the model, the console, and at the
 * end the reports and the bundle. `<out>/latest` is a link to the newest run.
 */
#ifndef MUSTER_EVIDENCE_RECORDING_H
#define MUSTER_EVIDENCE_RECORDING_H

#include "artifacts/bundle.h"
#include "artifacts/collect.h"
#include "discover/find.h"
#include "evidence/bundle_wait.h"
#include "evidence/case_stamps.h"
#include "evidence/folder_watch.h"
#include "evidence/run_folder.h"
#include "evidence/sharding.h"
#include "exec/runner.h"
#include "plan/select.h"
#include "record/evlog.h"
#include "record/run_lock.h"
#include "record/thresholds.h"
#include "report/console.h"
#include "report/model.h"
#include "secrets/secrets.h"

#include <stdbool.h>

struct evidence_settings {
    const char *out;
    int artifacts;  /* enum artifacts_policy */
    int bundle;     /* enum bundle_format, or BUNDLE_NONE */
    int color;      /* enum console_color */
    int durability; /* enum durability */
    struct report_settings reports;
    int verbose;
    bool quiet;
    bool setup_show;
    bool plain; /* no progress block: scenarios print to the same terminal */
    int64_t output_cap, artifacts_cap;
    int argc;
    char **argv;
};
#define EVIDENCE_INIT                                                                                                  \
    {                                                                                                                  \
        .out = "muster-out", .output_cap = 64 << 20, .artifacts_cap = 1 << 30                                          \
    }

int evidence_choose_artifacts(const char *text, int *ret_choice);
int evidence_choose_bundle(const char *text, int *ret_choice);
int evidence_choose_color(const char *text, int *ret_choice);
int evidence_choose_durability(const char *text, int *ret_choice);

#define OPTIONS_EVIDENCE(type_, member_)                                                                                 \
    {OPTION_GROUP, 0, NULL, NULL, "Evidence", 0, NULL},                                                                  \
        {OPTION_STRING,                                                                                                  \
         'o',                                                                                                            \
         "out",                                                                                                          \
         "DIR",                                                                                                          \
         "Where runs are kept: DIR/RUN, and DIR/latest. Default: muster-out.",                                           \
         offsetof(type_, member_.out),                                                                                   \
         NULL},                                                                                                          \
        {OPTION_CHOICE,                                                                                                  \
         0,                                                                                                              \
         "artifacts",                                                                                                    \
         "WHEN",                                                                                                         \
         "Which scenarios' output and files are kept: always (the default), on-failure or never.",                       \
         offsetof(type_, member_.artifacts),                                                                             \
         evidence_choose_artifacts},                                                                                     \
        {OPTION_CHOICE,                                                                                                  \
         0,                                                                                                              \
         "bundle",                                                                                                       \
         "FORMAT",                                                                                                       \
         "tar.zst (the default), tar.gz, zip or none.",                                                                  \
         offsetof(type_, member_.bundle),                                                                                \
         evidence_choose_bundle},                                                                                        \
        OPTIONS_JUNIT(type_, member_.reports),                                                                           \
        {OPTION_CHOICE,                                                                                                  \
         0,                                                                                                              \
         "durability",                                                                                                   \
         "MODE",                                                                                                         \
         "What a deferred cleanup survives before its scenario goes on: process (the default), the end of all "          \
         "processes of the run; disk, that of the machine.",                                                             \
         offsetof(type_, member_.durability),                                                                            \
         evidence_choose_durability},                                                                                    \
        {OPTION_SIZE,                                                                                                    \
         0,                                                                                                              \
         "output-cap",                                                                                                   \
         "SIZE",                                                                                                         \
         "Of what one attempt prints to stdout, and to stderr: the middle of more is cut, visibly. Default: 64M.",       \
         offsetof(type_, member_.output_cap),                                                                            \
         NULL},                                                                                                          \
        {OPTION_SIZE,                                                                                                    \
         0,                                                                                                              \
         "artifacts-cap",                                                                                                \
         "SIZE",                                                                                                         \
         "Of what one attempt leaves as artifacts, in the bundle: what is above is left out, visibly. Default: 1G.",     \
         offsetof(type_, member_.artifacts_cap),                                                                         \
         NULL},                                                                                                          \
        {OPTION_COUNT,                                                                                                   \
         'v',                                                                                                            \
         "verbose",                                                                                                      \
         NULL,                                                                                                           \
         "Show steps and logs as they come; twice: debug lines too.",                                                    \
         offsetof(type_, member_.verbose),                                                                               \
         NULL},                                                                                                          \
        {OPTION_FLAG,                                                                                                    \
         0,                                                                                                              \
         "setup-show",                                                                                                   \
         NULL,                                                                                                           \
         "Show when fixtures are set up, are ready, and are torn down.",                                                 \
         offsetof(type_, member_.setup_show),                                                                            \
         NULL},                                                                                                          \
        {OPTION_FLAG, 'q', "quiet", NULL, "Show only what went wrong, and the summary.", offsetof(type_, member_.quiet), \
         NULL},                                                                                                          \
    {                                                                                                                    \
        OPTION_CHOICE, 0, "color", "WHEN", "auto (the default; NO_COLOR is heeded), always or never.",                   \
            offsetof(type_, member_.color), evidence_choose_color                                                        \
    }

/* Constant facts of the run. */
struct evidence_run {
    const char *run_id;
    int64_t epoch_ns, started_real_ns;
    int64_t jobs, seed;
    bool folder_is_there;                 /* OUT/RUN_ID was made ahead, for this run */
    bool nothing_selected;                /* not only on this shard */
    const char *rerun_of;                 /* NULL: none */
    const struct option_list *thresholds; /* of the command line */
    bool missed_warns;                    /* --missed warn */
    const struct sharding *sharding;      /* of the plan; set before evidence_open() */
    const struct secrets *secrets;        /* nothing of them is shown or kept; NULL: there are none */
    struct evidence_packer *packer;       /* made ahead; evidence_open() takes what is in it */
};

/* The program that writes bundles: it loads while plugins do. */
struct evidence_packer {
    struct bundle_writer *bundle; /* NULL: none is wanted, or it could not be had, or it was taken */
    struct err err;               /* why it could not */
};
void evidence_packer_start(struct evidence_packer *p, const struct evidence_settings *settings);
/* One that nobody took is ended. */
void evidence_packer_free(struct evidence_packer *p);

struct evidence {
    const struct evidence_settings *settings;
    char *path;       /* absolute */
    char *shown_path; /* as the user knows it */
    int dir;
    struct run_lock run_lock; /* of dir */
    bool settled;             /* nothing is left to clean up */
    const struct evidence_run *run;
    int64_t epoch_ns;
    struct evlog *log;
    int64_t flushed_ns; /* when the log was last written; monotonic */
    bool prepared;      /* for reports */
    bool linked;        /* `latest` was made to point to it */
    struct folder_watch watch;
    struct case_stamps stamps;
    struct run_model model;
    struct thresholds *thresholds;
    struct console *console;
    bool on_terminal;             /* it is */
    struct bundle_writer *bundle; /* NULL: none is wanted, or it could not be prepared */
    struct err err;               /* the first of evidence_report() */
    bool failed, log_failed;
    int64_t n_hidden;  /* artifacts that had secrets */
    int console_error; /* of evidence_report(): 0, or a negative errno of writing to stdout */
};

int evidence_open(struct evidence *e, const struct evidence_settings *settings, const struct evidence_run *run,
                  struct err *err);
/* run.started, plugins, planned cases. */
void evidence_begin(struct evidence *e, const struct found *f, const struct selection *selection,
                    const char *containment);
/* From here on it is noticed when somebody else writes into the folder: EVENT_EVIDENCE_CHANGED. `e` must not move. */
void evidence_watch(struct evidence *e, struct loop *loop);
/* No attempt runs any more: nobody is watched from here on. For the runner: struct runner_options. */
void evidence_settled(void *evidence);
/* The runner is gone: what was not noticed of the same is looked for, and thresholds are judged. */
void evidence_settle(struct evidence *e, const struct runner_result *result);
struct event_sink evidence_sink(struct evidence *e);
void evidence_message(struct evidence *e, const char *text);
/* The same for text of several lines, which are not wrapped. */
void evidence_lines(struct evidence *e, const char *text);
/* For the runner: struct runner_options. */
int evidence_flush(void *evidence, struct err *err);
int64_t evidence_next_flush(void *evidence);
pid_t evidence_bundle_pid(const struct evidence *e);
/* run.ended, whose duration is until now; reports; begins the bundle. What the caller still has to put away can be put
 * away while that is written. */
void evidence_report(struct evidence *e, const struct event_run_ended *ended);
/* Waits for the bundle; *say is where all of it is, for the console. Negative when something of it failed. */
int evidence_finish(struct evidence *e, const struct runner_result *result, const struct bundle_wait *wait,
                    struct buf *say, struct err *err);

#endif
