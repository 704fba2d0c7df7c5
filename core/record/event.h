/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: the single source of every report.
 *
 * A run is a sequence of events. The supervisor makes them; the event log writes each as one line of
 * JSON (docs/reference/events.md is the schema); reporters consume them, live or read back from the
 * log, and can't tell the difference. An event owns nothing: its strings belong to whoever made it and
 * hold during the call that passes it on.
 *
 * Which fields a type has is written once, in the table of fields.c, from which encoding, decoding and
 * the schema's test follow. Strings are never NULL: an absent one is "". Durations are nanoseconds.
 */
#ifndef MUSTER_RECORD_EVENT_H
#define MUSTER_RECORD_EVENT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

enum { EVENT_VERSION = 3 }; /* the newest; see event_version() */

enum event_type {
    EVENT_RUN_STARTED,    /* "run.started": first of a log */
    EVENT_PLUGIN_LOADED,  /* "plugin.loaded" */
    EVENT_PLUGIN_REFUSED, /* "plugin.refused" */
    EVENT_CASE_PLANNED,   /* "case.planned": one for each selected case, in order, before the first attempt */
    EVENT_ATTEMPT_STARTED,
    EVENT_ATTEMPT_STEP,      /* "attempt.step": a step began or ended */
    EVENT_ATTEMPT_LOG,       /* "attempt.log" */
    EVENT_ATTEMPT_CHECK,     /* "attempt.check": a failed check (passed ones are only counted) */
    EVENT_ATTEMPT_METRIC,    /* "attempt.metric" */
    EVENT_ATTEMPT_ARTIFACT,  /* "attempt.artifact": a file in the attempt's folder */
    EVENT_ATTEMPT_CRASHED,   /* "attempt.crashed": signal, address, stack */
    EVENT_ATTEMPT_TIMEOUT,   /* "attempt.timeout": which budget ran out, stack */
    EVENT_ATTEMPT_LEAKED,    /* "attempt.leaked": what it left behind and was ended */
    EVENT_ATTEMPT_ENDED,     /* "attempt.ended" */
    EVENT_CASE_ENDED,        /* "case.ended": after the last attempt, or without one when skipped */
    EVENT_FIXTURE_STARTED,   /* "fixture.started": a process for a fixture of plugin or run scope */
    EVENT_FIXTURE_READY,     /* "fixture.ready": its users may begin */
    EVENT_FIXTURE_LOG,       /* "fixture.log": what it logged, failed checks, stacks, what it left behind */
    EVENT_FIXTURE_FAILED,    /* "fixture.failed": it did not become ready */
    EVENT_FIXTURE_DIED,      /* "fixture.died": it was ready, and ended before its users */
    EVENT_FIXTURE_ENDED,     /* "fixture.ended": nothing of it is left */
    EVENT_EVIDENCE_CHANGED,  /* "evidence.changed": somebody else has written into the run's folder */
    EVENT_ATTEMPT_SERVICE,   /* "attempt.service": what a service printed while a bad attempt used it */
    EVENT_ATTEMPT_THRESHOLD, /* "attempt.threshold": a scenario declares one */
    EVENT_RUN_THRESHOLD,     /* "run.threshold": how one came out; before run.ended */
    EVENT_RUN_ENDED,         /* "run.ended": last of a log that was not cut off */
    EVENT_N_TYPES
};

/* A verdict's name in logs and reports is the lower-case word. FLAKY is a case's only, never an attempt's. */
enum verdict {
    VERDICT_PASSED,
    VERDICT_FAILED,  /* a check or requirement failed: the product */
    VERDICT_ERROR,   /* set-up failed, the verdict was lost, the infrastructure */
    VERDICT_TIMEOUT, /* a budget ran out */
    VERDICT_CRASHED, /* ended by a signal or by exit() before its verdict */
    VERDICT_SKIPPED,
    VERDICT_FLAKY, /* failed first, passed on a retry */
    VERDICT_N
};
const char *verdict_name(enum verdict v);
int verdict_parse(const char *name, enum verdict *ret_verdict);
/* Failed, error, timeout or crashed. */
bool verdict_is_bad(enum verdict v);

struct string_list {
    const char *const *items;
    size_t n;
};

struct event_run_started {
    const char *run_id;
    const char *muster_version;
    const char *host;       /* node name */
    const char *started_at; /* RFC 3339, UTC */
    const char *containment;
    struct string_list command; /* the command line */
    int64_t jobs;
    int64_t seed;
    const char *rerun_of;          /* the run whose failures it runs again, "" for none */
    int64_t shard;                 /* which part of the plan it runs, from 1; 0: all of it */
    int64_t shards;                /* into how many parts the plan was divided; 0: it was not */
    const char *shard_by;          /* "time", "hash"; "" when it was not divided */
    const char *split;             /* record/split.h: the same for all shards of a plan; "" when it was not divided */
    int64_t plan_cases;            /* of the whole plan; 0 in logs that lack it */
    struct string_list merged;     /* of a merged run: "SHARD RUN HEAD" for each shard's log */
    const char *target;            /* the name of the target; "": the run has none, or the log lacks it */
    struct string_list thresholds; /* of the command line */
    const char *missed;            /* EVENT_MISSED_WARNS: a missed threshold leaves the exit status as it is; else "" */
};
#define EVENT_MISSED_WARNS "warn"
struct event_plugin_loaded {
    const char *path, *plugin, *version, *summary;
    int64_t abi_minor;
    int64_t scenarios;
    bool fresh;
    struct string_list thresholds; /* that it declares */
};
struct event_plugin_refused {
    const char *path;
    const char *reason; /* a stable word: "not-elf", "no-entry", "constructor-crashed" ... */
    const char *text;   /* a sentence */
};
struct event_case_planned {
    const char *case_id, *plugin, *scenario, *summary, *file;
    int64_t line;
    struct string_list markers; /* as written */
    int64_t position;           /* in the whole plan, from 1; 0 in logs that lack it */
    int64_t shard;              /* of a merged run: which shard ran it; else 0 */
    struct string_list params;  /* "plan=pro"; of all parameters, in their order */
};
struct event_attempt_started {
    const char *case_id;
    int64_t attempt; /* from 1 */
    int64_t slot;    /* from 0 */
};
struct event_attempt_step {
    const char *case_id;
    int64_t attempt;
    int64_t step;   /* number within the attempt, from 1 */
    int64_t parent; /* 0 for none */
    const char *name;
    bool ended;  /* false: began */
    bool failed; /* a check failed in it; only when ended */
    int64_t duration_ns;
};
struct event_attempt_log {
    const char *case_id;
    int64_t attempt;
    const char *level; /* "debug", "info", "warning", "error" */
    const char *file;
    int64_t line;
    const char *text;
};
struct event_attempt_check {
    const char *case_id;
    int64_t attempt;
    bool required; /* REQUIRE: it ended the body */
    const char *expression, *actual, *expected, *message, *file;
    int64_t line;
    int64_t step; /* the step it happened in, 0 for none */
};
struct event_attempt_metric {
    const char *case_id;
    int64_t attempt;
    const char *name;
    double value;
    const char *unit;
};
struct event_attempt_artifact {
    const char *case_id;
    int64_t attempt;
    const char *name; /* path below the attempt's folder */
    const char *media_type;
    int64_t bytes;
};
struct event_attempt_crashed {
    const char *case_id;
    int64_t attempt;
    const char *signal;       /* "SIGSEGV" */
    const char *address;      /* "0x0", "" when the signal has none */
    const char *phase;        /* "setup", "body", "teardown", "cleanup" */
    struct string_list stack; /* innermost first: "refund at pay.c:42" */
};
struct event_attempt_timeout {
    const char *case_id;
    int64_t attempt;
    const char *phase;
    int64_t budget_ns;
    struct string_list stack;
};
struct event_attempt_leaked {
    const char *case_id;
    int64_t attempt;
    const char *kind; /* "process" */
    struct string_list what;
};
struct event_attempt_service {
    const char *case_id;
    int64_t attempt;
    const char *fixture;
    int64_t start;
    const char *file;          /* in the run's folder */
    int64_t from, bytes;       /* of its output, from the attempt's beginning to its end */
    struct string_list output; /* the end of that */
    bool cut;                  /* the service has printed more than the cap: the file lacks its middle */
};
struct event_attempt_threshold {
    const char *case_id;
    int64_t attempt;
    const char *threshold; /* "max(shop.latency) < 2s" */
};
struct event_attempt_ended {
    const char *case_id;
    int64_t attempt;
    enum verdict verdict;
    const char *reason; /* one line; "" when passed */
    const char *file;   /* where, "" when unknown */
    int64_t line;
    int64_t duration_ns; /* of the attempt, set-up to verdict */
    int64_t checks, failed_checks;
    int64_t stdout_bytes, stderr_bytes; /* written by the scenario */
    bool output_cut;                    /* more than the cap: the files say where */
    int64_t cpu_user_us, cpu_system_us, max_rss_kb;
    int64_t read_bytes, written_bytes; /* from and to storage, beyond what caches had; 0 in logs that lack them */
    bool will_retry;
};
struct event_case_ended {
    const char *case_id;
    enum verdict verdict;
    int64_t attempts;
    int64_t duration_ns; /* sum over its attempts */
    const char *reason;  /* of the last attempt, or why it was skipped */
};
struct event_fixture_started {
    const char *fixture; /* label of the instance: "postgres(version=15)" */
    int64_t start;       /* from 1: one that died may be started again */
    const char *scope;   /* "plugin", "run" */
    const char *plugin;  /* which has it */
    const char *case_id; /* the first that asked for it */
    int64_t slot;
};
struct event_fixture_ready {
    const char *fixture;
    int64_t start;
    int64_t duration_ns;     /* since it was started */
    struct string_list keys; /* that it published; values may be secrets */
};
struct event_fixture_log {
    const char *fixture;
    int64_t start;
    const char *level, *file;
    int64_t line;
    const char *text;
};
struct event_fixture_failed {
    const char *fixture;
    int64_t start;
    const char *reason, *file;
    int64_t line;
    int64_t duration_ns;       /* since it was started */
    struct string_list output; /* the last lines that it wrote to stderr, or else to stdout */
};
struct event_fixture_died {
    const char *fixture;
    int64_t start;
    const char *reason;
    struct string_list output;
};
struct event_fixture_ended {
    const char *fixture;
    int64_t start;
    const char *reason;  /* what was wrong with its tear-down; "" for nothing */
    int64_t duration_ns; /* since it was started */
    int64_t users;       /* attempts that began with it */
    int64_t stdout_bytes, stderr_bytes;
};
struct event_evidence_changed {
    const char *path; /* in the run's folder */
    const char *what; /* was done to it: a sentence */
    struct string_list
        during; /* attempts that ran when it was noticed: "acme.pay attempt 1"; none when that was in the end */
};
struct event_run_threshold {
    const char *threshold;   /* as it was judged */
    const char *plugin;      /* whose metrics it looks at; "": all */
    const char *declared_by; /* "plugin", "scenario", "command line" */
    const char *declared;    /* as it was written; differs where the command line has another bound */
    const char *outcome;     /* EVENT_THRESHOLD_* */
    const char *metric, *statistic, *order;
    double bound, value; /* in `unit`; the value counts only when met, or missed without a `why` */
    const char *unit;
    int64_t samples;
    const char *worst; /* the case that has the worst sample; "": none */
    int64_t worst_attempt;
    double worst_value;
    const char *why; /* it can't be judged, and so is missed; "" */
};
#define EVENT_THRESHOLD_MET        "met"
#define EVENT_THRESHOLD_MISSED     "missed"
#define EVENT_THRESHOLD_UNMEASURED "unmeasured" /* nothing recorded the metric */
#define EVENT_THRESHOLD_OFF        "off"        /* by the command line */
struct event_run_ended {
    int64_t exit_status;
    bool interrupted;
    int64_t duration_ns;
    int64_t not_run;          /* planned cases without an end */
    const char *why;          /* the exit status, a sentence; "" for 0, and in logs that lack it */
    struct string_list fails; /* what else made a case a failure of the run: EVENT_FAILS_* */
};
#define EVENT_FAILS_FLAKY     "flaky"     /* a pass on a retry: --flaky fail */
#define EVENT_FAILS_UNCHECKED "unchecked" /* a pass without a check: --no-checks fail */
#define EVENT_FAILS_SKIPPED   "skipped"   /* a skip: --skipped fail */

struct event {
    enum event_type type;
    int64_t t_ns; /* since the run started */
    union {
        struct event_run_started run_started;
        struct event_plugin_loaded plugin_loaded;
        struct event_plugin_refused plugin_refused;
        struct event_case_planned case_planned;
        struct event_attempt_started attempt_started;
        struct event_attempt_step attempt_step;
        struct event_attempt_log attempt_log;
        struct event_attempt_check attempt_check;
        struct event_attempt_metric attempt_metric;
        struct event_attempt_artifact attempt_artifact;
        struct event_attempt_crashed attempt_crashed;
        struct event_attempt_timeout attempt_timeout;
        struct event_attempt_leaked attempt_leaked;
        struct event_attempt_service attempt_service;
        struct event_attempt_threshold attempt_threshold;
        struct event_attempt_ended attempt_ended;
        struct event_case_ended case_ended;
        struct event_fixture_started fixture_started;
        struct event_fixture_ready fixture_ready;
        struct event_fixture_log fixture_log;
        struct event_fixture_failed fixture_failed;
        struct event_fixture_died fixture_died;
        struct event_fixture_ended fixture_ended;
        struct event_evidence_changed evidence_changed;
        struct event_run_threshold run_threshold;
        struct event_run_ended run_ended;
    };
};

/* Who wants to hear of events: the log, the reporters. */
struct event_sink {
    void (*event)(void *data, const struct event *event);
    void *data;
};

/* Appends the event's fields as the inside of a JSON object, without braces:
 * "type":"attempt.started","t":12,"case":"a.b","attempt":1,... */
void event_encode(const struct event *event, struct buf *out);
/* Reads what event_encode() wrote, and only that: one order of fields, one spelling of each value. Strings are copied
 * into the arena. Fields that older runners did not write may be missing: 0, "" or empty then. -EINVAL names the field
 * that is missing, mistyped, there twice or out of order; -EPROTO a type or a field that only a newer runner knows. */
int event_decode(const char *fields, size_t len, struct arena *arena, struct event *ret_event, struct err *err);
const char *event_type_name(enum event_type type);
/* Where an event of a fixture, or of what it printed, has the fixture's label; NULL for all others. */
const char **event_fixture(struct event *event);
/* The version of the log's schema that has the type: its line says so, so that a reader which doesn't know it refuses
 * the log, and one that does still gets a log without it from any runner. */
int event_version(enum event_type type);

#endif
