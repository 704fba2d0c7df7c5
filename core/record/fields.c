/* SPDX-License-Identifier: Apache-2.0 */
/* The table of events: types, their fields in the order of a line, and the words of verdicts. */
#include "record/fields.h"

#include <errno.h>
#include <string.h>

#define FIELD(kind, member, name)                                                                                      \
    {                                                                                                                  \
        name, ",\"" name "\":", sizeof(",\"" name "\":") - 1, kind, offsetof(struct event, member), false              \
    }
/* A field that older logs lack: reading them gives 0, "" or an empty list. */
#define LATER(kind, member, name)                                                                                      \
    {                                                                                                                  \
        name, ",\"" name "\":", sizeof(",\"" name "\":") - 1, kind, offsetof(struct event, member), true               \
    }
#define LATER_INT(member, name)  LATER(FIELD_INT, member, name)
#define LATER_LIST(member, name) LATER(FIELD_LIST, member, name)
#define STR(member, name)        FIELD(FIELD_STRING, member, name)
#define INT(member, name)        FIELD(FIELD_INT, member, name)
#define BOOL(member, name)       FIELD(FIELD_BOOL, member, name)
#define NUMBER(member, name)     FIELD(FIELD_NUMBER, member, name)
#define VERDICT(member, name)    FIELD(FIELD_VERDICT, member, name)
#define LIST(member, name)       FIELD(FIELD_LIST, member, name)
#define ATTEMPT(member)          STR(member.case_id, "case"), INT(member.attempt, "attempt")

static const struct event_field run_started[] = {
    STR(run_started.run_id, "run_id"),
    STR(run_started.muster_version, "muster_version"),
    STR(run_started.host, "host"),
    STR(run_started.started_at, "started_at"),
    STR(run_started.containment, "containment"),
    LIST(run_started.command, "command"),
    INT(run_started.jobs, "jobs"),
    INT(run_started.seed, "seed"),
    STR(run_started.rerun_of, "rerun_of"),
    LATER_INT(run_started.shard, "shard"),
    LATER_INT(run_started.shards, "shards"),
    LATER(FIELD_STRING, run_started.shard_by, "shard_by"),
    LATER(FIELD_STRING, run_started.split, "split"),
    LATER_INT(run_started.plan_cases, "plan_cases"),
    LATER(FIELD_LIST, run_started.merged, "merged"),
    LATER(FIELD_STRING, run_started.target, "target"),
    LATER_LIST(run_started.thresholds, "thresholds"),
    LATER(FIELD_STRING, run_started.missed, "missed"),
};
static const struct event_field plugin_loaded[] = {
    STR(plugin_loaded.path, "path"),           STR(plugin_loaded.plugin, "plugin"),
    STR(plugin_loaded.version, "version"),     STR(plugin_loaded.summary, "summary"),
    INT(plugin_loaded.abi_minor, "abi_minor"), INT(plugin_loaded.scenarios, "scenarios"),
    BOOL(plugin_loaded.fresh, "fresh"),        LATER_LIST(plugin_loaded.thresholds, "thresholds"),
};
static const struct event_field plugin_refused[] = {
    STR(plugin_refused.path, "path"),
    STR(plugin_refused.reason, "reason"),
    STR(plugin_refused.text, "text"),
};
static const struct event_field case_planned[] = {
    STR(case_planned.case_id, "case"),      STR(case_planned.plugin, "plugin"),
    STR(case_planned.scenario, "scenario"), STR(case_planned.summary, "summary"),
    STR(case_planned.file, "file"),         INT(case_planned.line, "line"),
    LIST(case_planned.markers, "markers"),  LATER_INT(case_planned.position, "position"),
    LATER_INT(case_planned.shard, "shard"), LATER_LIST(case_planned.params, "params"),
};
static const struct event_field attempt_started[] = {
    ATTEMPT(attempt_started),
    INT(attempt_started.slot, "slot"),
};
static const struct event_field attempt_step[] = {
    ATTEMPT(attempt_step),
    INT(attempt_step.step, "step"),
    INT(attempt_step.parent, "parent"),
    STR(attempt_step.name, "name"),
    BOOL(attempt_step.ended, "ended"),
    BOOL(attempt_step.failed, "failed"),
    INT(attempt_step.duration_ns, "duration_ns"),
};
static const struct event_field attempt_log[] = {
    ATTEMPT(attempt_log),          STR(attempt_log.level, "level"), STR(attempt_log.file, "file"),
    INT(attempt_log.line, "line"), STR(attempt_log.text, "text"),
};
static const struct event_field attempt_check[] = {
    ATTEMPT(attempt_check),
    BOOL(attempt_check.required, "required"),
    STR(attempt_check.expression, "expression"),
    STR(attempt_check.actual, "actual"),
    STR(attempt_check.expected, "expected"),
    STR(attempt_check.message, "message"),
    STR(attempt_check.file, "file"),
    INT(attempt_check.line, "line"),
    INT(attempt_check.step, "step"),
};
static const struct event_field attempt_metric[] = {
    ATTEMPT(attempt_metric),
    STR(attempt_metric.name, "name"),
    NUMBER(attempt_metric.value, "value"),
    STR(attempt_metric.unit, "unit"),
};
static const struct event_field attempt_artifact[] = {
    ATTEMPT(attempt_artifact),
    STR(attempt_artifact.name, "name"),
    STR(attempt_artifact.media_type, "media_type"),
    INT(attempt_artifact.bytes, "bytes"),
};
static const struct event_field attempt_crashed[] = {
    ATTEMPT(attempt_crashed),
    STR(attempt_crashed.signal, "signal"),
    STR(attempt_crashed.address, "address"),
    STR(attempt_crashed.phase, "phase"),
    LIST(attempt_crashed.stack, "stack"),
};
static const struct event_field attempt_timeout[] = {
    ATTEMPT(attempt_timeout),
    STR(attempt_timeout.phase, "phase"),
    INT(attempt_timeout.budget_ns, "budget_ns"),
    LIST(attempt_timeout.stack, "stack"),
};
static const struct event_field attempt_leaked[] = {
    ATTEMPT(attempt_leaked),
    STR(attempt_leaked.kind, "kind"),
    LIST(attempt_leaked.what, "what"),
};
static const struct event_field attempt_service[] = {
    ATTEMPT(attempt_service),
    STR(attempt_service.fixture, "fixture"),
    INT(attempt_service.start, "start"),
    STR(attempt_service.file, "file"),
    INT(attempt_service.from, "from"),
    INT(attempt_service.bytes, "bytes"),
    LIST(attempt_service.output, "output"),
    BOOL(attempt_service.cut, "cut"),
};
static const struct event_field attempt_threshold[] = {
    ATTEMPT(attempt_threshold),
    STR(attempt_threshold.threshold, "threshold"),
};
static const struct event_field attempt_ended[] = {
    ATTEMPT(attempt_ended),
    VERDICT(attempt_ended.verdict, "verdict"),
    STR(attempt_ended.reason, "reason"),
    STR(attempt_ended.file, "file"),
    INT(attempt_ended.line, "line"),
    INT(attempt_ended.duration_ns, "duration_ns"),
    INT(attempt_ended.checks, "checks"),
    INT(attempt_ended.failed_checks, "failed_checks"),
    INT(attempt_ended.stdout_bytes, "stdout_bytes"),
    INT(attempt_ended.stderr_bytes, "stderr_bytes"),
    BOOL(attempt_ended.output_cut, "output_cut"),
    INT(attempt_ended.cpu_user_us, "cpu_user_us"),
    INT(attempt_ended.cpu_system_us, "cpu_system_us"),
    INT(attempt_ended.max_rss_kb, "max_rss_kb"),
    LATER_INT(attempt_ended.read_bytes, "read_bytes"),
    LATER_INT(attempt_ended.written_bytes, "written_bytes"),
    BOOL(attempt_ended.will_retry, "will_retry"),
};
static const struct event_field case_ended[] = {
    STR(case_ended.case_id, "case"),      VERDICT(case_ended.verdict, "verdict"),
    INT(case_ended.attempts, "attempts"), INT(case_ended.duration_ns, "duration_ns"),
    STR(case_ended.reason, "reason"),
};
#define START(member) STR(member.fixture, "fixture"), INT(member.start, "start")
static const struct event_field fixture_started[] = {
    START(fixture_started),
    STR(fixture_started.scope, "scope"),
    STR(fixture_started.plugin, "plugin"),
    STR(fixture_started.case_id, "case"),
    INT(fixture_started.slot, "slot"),
};
static const struct event_field fixture_ready[] = {
    START(fixture_ready),
    INT(fixture_ready.duration_ns, "duration_ns"),
    LIST(fixture_ready.keys, "keys"),
};
static const struct event_field fixture_log[] = {
    START(fixture_log),
    STR(fixture_log.level, "level"),
    STR(fixture_log.file, "file"),
    INT(fixture_log.line, "line"),
    STR(fixture_log.text, "text"),
};
static const struct event_field fixture_failed[] = {
    START(fixture_failed),
    STR(fixture_failed.reason, "reason"),
    STR(fixture_failed.file, "file"),
    INT(fixture_failed.line, "line"),
    INT(fixture_failed.duration_ns, "duration_ns"),
    LIST(fixture_failed.output, "output"),
};
static const struct event_field fixture_died[] = {
    START(fixture_died),
    STR(fixture_died.reason, "reason"),
    LIST(fixture_died.output, "output"),
};
static const struct event_field fixture_ended[] = {
    START(fixture_ended),
    STR(fixture_ended.reason, "reason"),
    INT(fixture_ended.duration_ns, "duration_ns"),
    INT(fixture_ended.users, "users"),
    INT(fixture_ended.stdout_bytes, "stdout_bytes"),
    INT(fixture_ended.stderr_bytes, "stderr_bytes"),
};
static const struct event_field evidence_changed[] = {
    STR(evidence_changed.path, "path"),
    STR(evidence_changed.what, "what"),
    LIST(evidence_changed.during, "during"),
};
static const struct event_field run_threshold[] = {
    STR(run_threshold.threshold, "threshold"),
    STR(run_threshold.plugin, "plugin"),
    STR(run_threshold.declared_by, "declared_by"),
    STR(run_threshold.declared, "declared"),
    STR(run_threshold.outcome, "outcome"),
    STR(run_threshold.metric, "metric"),
    STR(run_threshold.statistic, "statistic"),
    STR(run_threshold.order, "order"),
    NUMBER(run_threshold.bound, "bound"),
    NUMBER(run_threshold.value, "value"),
    STR(run_threshold.unit, "unit"),
    INT(run_threshold.samples, "samples"),
    STR(run_threshold.worst, "worst"),
    INT(run_threshold.worst_attempt, "worst_attempt"),
    NUMBER(run_threshold.worst_value, "worst_value"),
    STR(run_threshold.why, "why"),
};
static const struct event_field run_ended[] = {
    INT(run_ended.exit_status, "exit_status"), BOOL(run_ended.interrupted, "interrupted"),
    INT(run_ended.duration_ns, "duration_ns"), INT(run_ended.not_run, "not_run"),
    LATER(FIELD_STRING, run_ended.why, "why"), LATER_LIST(run_ended.fails, "fails"),
};

#define SHAPE(type, fields)                                                                                            \
    {                                                                                                                  \
        type, sizeof(type) - 1, fields, ARRAY_LEN(fields)                                                              \
    }
static const struct event_shape shapes[EVENT_N_TYPES] = {
    [EVENT_RUN_STARTED] = SHAPE("run.started", run_started),
    [EVENT_PLUGIN_LOADED] = SHAPE("plugin.loaded", plugin_loaded),
    [EVENT_PLUGIN_REFUSED] = SHAPE("plugin.refused", plugin_refused),
    [EVENT_CASE_PLANNED] = SHAPE("case.planned", case_planned),
    [EVENT_ATTEMPT_STARTED] = SHAPE("attempt.started", attempt_started),
    [EVENT_ATTEMPT_STEP] = SHAPE("attempt.step", attempt_step),
    [EVENT_ATTEMPT_LOG] = SHAPE("attempt.log", attempt_log),
    [EVENT_ATTEMPT_CHECK] = SHAPE("attempt.check", attempt_check),
    [EVENT_ATTEMPT_METRIC] = SHAPE("attempt.metric", attempt_metric),
    [EVENT_ATTEMPT_ARTIFACT] = SHAPE("attempt.artifact", attempt_artifact),
    [EVENT_ATTEMPT_CRASHED] = SHAPE("attempt.crashed", attempt_crashed),
    [EVENT_ATTEMPT_TIMEOUT] = SHAPE("attempt.timeout", attempt_timeout),
    [EVENT_ATTEMPT_LEAKED] = SHAPE("attempt.leaked", attempt_leaked),
    [EVENT_ATTEMPT_ENDED] = SHAPE("attempt.ended", attempt_ended),
    [EVENT_CASE_ENDED] = SHAPE("case.ended", case_ended),
    [EVENT_FIXTURE_STARTED] = SHAPE("fixture.started", fixture_started),
    [EVENT_FIXTURE_READY] = SHAPE("fixture.ready", fixture_ready),
    [EVENT_FIXTURE_LOG] = SHAPE("fixture.log", fixture_log),
    [EVENT_ATTEMPT_SERVICE] = SHAPE("attempt.service", attempt_service),
    [EVENT_ATTEMPT_THRESHOLD] = SHAPE("attempt.threshold", attempt_threshold),
    [EVENT_RUN_THRESHOLD] = SHAPE("run.threshold", run_threshold),
    [EVENT_FIXTURE_FAILED] = SHAPE("fixture.failed", fixture_failed),
    [EVENT_FIXTURE_DIED] = SHAPE("fixture.died", fixture_died),
    [EVENT_FIXTURE_ENDED] = SHAPE("fixture.ended", fixture_ended),
    [EVENT_EVIDENCE_CHANGED] = SHAPE("evidence.changed", evidence_changed),
    [EVENT_RUN_ENDED] = SHAPE("run.ended", run_ended),
};

const struct event_shape *event_shape(enum event_type type)
{
    return (unsigned)type < EVENT_N_TYPES ? &shapes[type] : NULL;
}

const char *event_type_name(enum event_type type)
{
    const struct event_shape *shape = event_shape(type);
    return shape ? shape->type : "unknown";
}

static bool is_of_fixture(enum event_type type)
{
    return type >= EVENT_FIXTURE_STARTED && type <= EVENT_FIXTURE_ENDED;
}

int event_version(enum event_type type)
{
    if (type == EVENT_ATTEMPT_THRESHOLD || type == EVENT_RUN_THRESHOLD)
        return 3;
    return is_of_fixture(type) || type == EVENT_EVIDENCE_CHANGED || type == EVENT_ATTEMPT_SERVICE ? 2 : 1;
}

const char **event_fixture(struct event *event)
{
    if (event->type == EVENT_ATTEMPT_SERVICE)
        return &event->attempt_service.fixture;
    /* It is the first field of each. */
    return is_of_fixture(event->type) ? (const char **)((char *)event + shapes[event->type].fields[0].offset) : NULL;
}

const char *field_kind_name(enum field_kind kind)
{
    static const char *const names[] = {
        [FIELD_STRING] = "string", [FIELD_INT] = "integer",     [FIELD_BOOL] = "boolean",
        [FIELD_NUMBER] = "number", [FIELD_VERDICT] = "verdict", [FIELD_LIST] = "strings",
    };
    return names[kind];
}

static const char *const verdict_names[VERDICT_N] = {
    [VERDICT_PASSED] = "passed",   [VERDICT_FAILED] = "failed",   [VERDICT_ERROR] = "error",
    [VERDICT_TIMEOUT] = "timeout", [VERDICT_CRASHED] = "crashed", [VERDICT_SKIPPED] = "skipped",
    [VERDICT_FLAKY] = "flaky",
};

const char *verdict_name(enum verdict v)
{
    return (unsigned)v < VERDICT_N ? verdict_names[v] : "unknown";
}

int verdict_parse(const char *name, enum verdict *ret_verdict)
{
    for (int v = 0; v < VERDICT_N; v++) {
        if (strcmp(name, verdict_names[v]) == 0) {
            *ret_verdict = (enum verdict)v;
            return 0;
        }
    }
    return -EINVAL;
}

bool verdict_is_bad(enum verdict v)
{
    return v == VERDICT_FAILED || v == VERDICT_ERROR || v == VERDICT_TIMEOUT || v == VERDICT_CRASHED;
}
