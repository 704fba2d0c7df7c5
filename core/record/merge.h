/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs of shards, put together into the log of one run.
 *
 * merge_add() reads a log, verifies it and keeps what it says of its run and its plan; merge_check() holds the logs
 * against each other: they have to be the shards of one plan, each once, with the same plugins, seed and division.
 * After that merge_emit() tells the events of a run that was never divided:
 *
 *     run.started      the shards' common facts; `merged` names each shard's run and the head of its log
 *     plugin.*         once
 *     case.planned     in the order of the whole plan
 *     the rest         by time, the earliest start being 0; of two at the same time the lower shard's comes first
 *     run.threshold    judged anew, from the samples of all shards
 *     run.ended        the worst exit status
 *
 * All of it depends on the logs alone, not on the order in which they were added. Nothing is believed that two logs
 * don't agree on. A log is read twice and never held: memory grows with the cases, not with what they did. One that is
 * another at the second reading is an error. One thread; the owner calls merge_free().
 */
#ifndef MUSTER_RECORD_MERGE_H
#define MUSTER_RECORD_MERGE_H

#include "plan/idmap.h"
#include "record/evlog.h"
#include "record/run_id.h"

struct merge_planned {
    const char *id;
    int64_t position;
    struct evlog_place line; /* in the log */
    bool ended;
};

struct merge_log {
    const char *name; /* for messages: whence it came; the caller's */
    struct evlog_input input;
    struct evlog_summary summary;
    struct event_run_started started;
    int64_t started_ns; /* since 1970 */
    struct event_plugin_loaded *plugins;
    size_t n_plugins, cap_plugins;
    struct event_plugin_refused *refused;
    size_t n_refused, cap_refused;
    struct merge_planned *planned;
    size_t n_planned, cap_planned;
    struct idmap ids; /* of planned */
    int64_t last_ns;  /* of its last event */
    bool is_whole;    /* it has its run.ended */
    struct event_run_ended ended;
    struct arena arena;
};

struct merge {
    struct merge_log *logs; /* by shard, after merge_check() */
    size_t n, cap;
    /* Since merge_check(): */
    char run_id[RUN_ID_SIZE];
    int64_t started_ns;     /* since 1970: of the earliest */
    int64_t exit_status;    /* since merge_emit(): what its thresholds make of it is known only then */
    char *why;              /* owned: the exit status: the shards' words that have it, each with its shard */
    bool interrupted;       /* a shard was, or something is missing */
    struct buf shortcoming; /* what is missing, for a warning; empty when nothing is */
};

/* The input is read again by merge_emit(). -EINVAL: this is not the log of a shard, or not a valid log. */
int merge_add(struct merge *m, const char *name, const struct evlog_input *input, struct err *err);
/* -EINVAL: they don't belong together; -ENOENT: a shard is missing, or its log was cut off, and not `allow_missing`. */
int merge_check(struct merge *m, bool allow_missing, struct err *err);
/* Negative: a log can't be read any more, or is not what merge_add() read. */
int merge_emit(struct merge *m, const struct event_sink *sink, struct err *err);
void merge_free(struct merge *m);

/* What a fixture of the shard is called in the merged run: each has its own, which may have the same names. malloc'd.
 */
char *merge_fixture_label(const struct merge_log *log, const char *label);

/* In the room: the status of a missed threshold, the worse of two statuses, and one log. */
enum { MERGE_THRESHOLD = 8 };
int64_t merge_worse(int64_t a, int64_t b);
int merge_log_read(struct merge_log *log, struct err *err);
void merge_log_free(struct merge_log *log);

#endif
