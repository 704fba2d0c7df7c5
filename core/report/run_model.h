/* SPDX-License-Identifier: Apache-2.0 */
/* What a model is made of (model.h has what is done with it, and its rules). */
#ifndef MUSTER_REPORT_RUN_MODEL_H
#define MUSTER_REPORT_RUN_MODEL_H

#include "record/event.h"

struct model_check {
    const char *expression, *actual, *expected, *message, *file;
    int32_t line;
    int32_t step; /* 0 for none */
    bool required;
};

struct model_step {
    const char *name;
    int32_t number, parent;
    int64_t duration_ns;
    bool ended, failed;
};

struct model_log {
    const char *level, *file;
    char *text;
    int32_t line;
};

struct model_metric {
    const char *name, *unit;
    double value;
};

struct model_artifact {
    const char *name, *media_type;
    int64_t bytes;
};

/* What a service printed while the attempt used it. */
struct model_service {
    const char *fixture, *file;
    int64_t from, bytes;
    struct string_list output; /* its end */
    bool cut;                  /* the file is not the place for `from` */
};

struct model_leak {
    const char *kind;
    struct string_list what;
};

enum { MODEL_MAX_LOGS = 200, MODEL_MAX_ITEMS = 1000 };

struct model_detail {
    /* The first MODEL_MAX_ITEMS of each; `dropped` counts the rest. */
    struct model_check *checks;
    struct model_step *steps;
    struct model_log *logs; /* the last MODEL_MAX_LOGS */
    struct model_metric *metrics;
    struct model_artifact *artifacts;
    struct model_leak *leaks;
    struct model_service *services;
    uint32_t n_checks, cap_checks;
    uint32_t n_steps, cap_steps;
    uint32_t n_logs, cap_logs, dropped_logs;
    uint32_t n_metrics, cap_metrics;
    uint32_t n_artifacts, cap_artifacts;
    uint32_t n_leaks, cap_leaks;
    uint32_t n_services, cap_services;
    uint32_t dropped;
    /* signal "" without `crashed`: it ended itself by exit */
    const char *signal, *address, *crash_phase;
    struct string_list crash_stack;
    const char *timeout_phase;
    struct string_list timeout_stack;
    int64_t budget_ns;
    bool crashed, timed_out;
};

struct model_attempt {
    struct model_attempt *next;
    struct model_detail *detail; /* NULL when there is nothing to tell */
    const char *reason, *file;
    int64_t started_ns, duration_ns;
    int64_t stdout_bytes, stderr_bytes;
    int64_t cpu_user_us, cpu_system_us, max_rss_kb;
    int32_t number, line, slot;
    uint32_t n_checks, n_failed_checks;
    uint8_t verdict; /* enum verdict */
    bool ended, output_cut, will_retry;
};

struct model_case {
    const char *id, *plugin, *scenario, *summary, *file;
    const char *reason;
    struct string_list markers, params;
    struct model_attempt *first, *last;
    int64_t duration_ns;
    int32_t line;
    uint32_t n_attempts;
    uint8_t verdict; /* enum verdict; only when ended */
    bool ended, leaked;
};

struct model_plugin {
    const char *path, *name, *version, *summary;
    int64_t abi_minor, scenarios;
};

struct model_refusal {
    const char *path, *reason, *text;
};

/* What somebody else did to the run's folder. */
struct model_change {
    const char *path, *what;
    struct string_list during;
};

/* How a threshold came out (record/event.h has what the words mean). */
enum threshold_outcome { THRESHOLD_MET, THRESHOLD_MISSED, THRESHOLD_UNMEASURED, THRESHOLD_OFF, THRESHOLD_N };
struct model_threshold {
    const char *text, *plugin, *declared_by, *declared;
    const char *metric, *statistic, *order, *unit, *why;
    double bound, value, worst_value;
    int64_t samples, worst_attempt;
    const char *worst;
    enum threshold_outcome outcome;
};

/* A fixture of plugin or run scope, from one start to its end. */
struct model_fixture {
    const char *label, *scope, *plugin, *asked_by;
    struct string_list keys;
    const char *reason, *file; /* why it failed or died */
    struct string_list output; /* its last lines then */
    const char *trouble;       /* with its tear-down */
    struct model_log *logs;    /* the last MODEL_MAX_LOGS */
    uint32_t n_logs, cap_logs;
    int64_t started_ns, ready_after_ns, duration_ns;
    int64_t users, stdout_bytes, stderr_bytes;
    int32_t start, slot, line;
    bool ready, failed, died, ended;
};

struct run_model {
    const char *run_id, *muster_version, *host, *started_at, *containment, *rerun_of, *shard_by;
    const char *target; /* the name of the target; "": the run has none */
    struct string_list command;
    int64_t jobs, seed;
    int64_t shard, shards, plan_cases; /* as in event_run_started */
    size_t n_merged;                   /* shards that it was merged from; 0: it is no merged run */

    struct model_plugin *plugins;
    size_t n_plugins, cap_plugins;
    struct model_refusal *refusals;
    size_t n_refusals, cap_refusals;
    struct model_change *changes;
    size_t n_changes, cap_changes;
    struct model_case **cases; /* in planned order */
    size_t n_cases, cap_cases;

    struct model_threshold *thresholds;
    size_t n_thresholds, cap_thresholds;
    size_t outcomes[THRESHOLD_N];
    bool missed_warns; /* --missed warn */

    struct model_fixture *fixtures; /* in the order of their starts */
    size_t n_fixtures, cap_fixtures;

    /* Of the cases that have ended; a leaking one counts by its verdict too. */
    size_t verdicts[VERDICT_N];
    size_t n_ended, n_leaked;
    size_t n_running; /* attempts that began and have not ended */

    bool started, ended, interrupted;
    bool flaky_fails, unchecked_fails, skipped_fails; /* --flaky, --no-checks, --skipped fail; only when ended */
    int64_t exit_status;
    const char *why;     /* the exit status; "" for 0, and where the log does not say */
    int64_t duration_ns; /* until ended: the time of the last event */

    struct arena arena;
    struct interner *index; /* strings and cases by name */
};

#endif
