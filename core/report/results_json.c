/* SPDX-License-Identifier: Apache-2.0 */
/* results.json: testRun, scenarios, summary, with all that is known of each attempt. */
#include "report/results_json.h"
#include "artifacts/collect.h"
#include "base/json_out.h"
#include "base/number.h"
#include "report/formats.h"
#include "report/style.h"

#include <ctype.h>
#include <string.h>

static void add_status(struct json_out *j, const char *key, const char *word)
{
    char upper[32];
    size_t n = 0;
    for (; word[n] && n + 1 < sizeof upper; n++)
        upper[n] = (char)toupper((unsigned char)word[n]);
    upper[n] = '\0';
    json_text(j, key, upper);
}

static void add_duration(struct json_out *j, int64_t ns)
{
    autobuf struct buf text = {0};
    style_duration(&text, ns);
    json_text(j, "duration", buf_str(&text));
    json_ms(j, "durationMs", ns);
}

static void add_list(struct json_out *j, const char *key, const struct string_list *list)
{
    json_open(j, key, '[');
    for (size_t i = 0; i < list->n; i++)
        json_text(j, NULL, list->items[i]);
    json_close(j, ']');
}

static void add_place(struct json_out *j, const char *file, int32_t line)
{
    if (!*file)
        return;
    json_text(j, "file", file);
    json_int(j, "line", line);
}

void results_json_failure(struct json_out *j, const struct model_attempt *a, const struct model_check *check)
{
    autobuf struct buf path = {0};
    model_step_path(a, check->step, &path);
    json_open(j, NULL, '{');
    json_text_if(j, "expression", check->expression);
    json_text_if(j, "actual", check->actual);
    json_text_if(j, "expected", check->expected);
    json_text_if(j, "message", check->message);
    add_place(j, check->file, check->line);
    json_text_if(j, "step", buf_str(&path));
    json_bool(j, "required", check->required);
    json_close(j, '}');
}

static void add_failures(struct json_out *j, const struct model_attempt *a, const struct model_detail *d)
{
    json_open(j, "failures", '[');
    for (uint32_t i = 0; i < d->n_checks; i++)
        results_json_failure(j, a, &d->checks[i]);
    json_close(j, ']');
}

static void add_steps(struct json_out *j, const struct model_detail *d)
{
    json_open(j, "steps", '[');
    for (uint32_t i = 0; i < d->n_steps; i++) {
        const struct model_step *s = &d->steps[i];
        json_open(j, NULL, '{');
        json_int(j, "number", s->number);
        json_int(j, "parent", s->parent);
        json_text(j, "name", s->name);
        json_text(j, "status", !s->ended ? "UNFINISHED" : s->failed ? "FAILED" : "PASSED");
        add_duration(j, s->duration_ns);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_crash(struct json_out *j, const struct model_detail *d)
{
    json_open(j, "crash", '{');
    json_text_if(j, "signal", d->signal);
    json_text_if(j, "address", d->address);
    json_text_if(j, "phase", d->crash_phase);
    add_list(j, "stack", &d->crash_stack);
    json_close(j, '}');
}

static void add_timeout(struct json_out *j, const struct model_detail *d)
{
    json_open(j, "timeout", '{');
    json_text_if(j, "phase", d->timeout_phase);
    json_ms(j, "budgetMs", d->budget_ns);
    add_list(j, "stack", &d->timeout_stack);
    json_close(j, '}');
}

static void add_leaks(struct json_out *j, const struct model_detail *d)
{
    json_open(j, "leaks", '[');
    for (uint32_t i = 0; i < d->n_leaks; i++) {
        json_open(j, NULL, '{');
        json_text(j, "kind", d->leaks[i].kind);
        add_list(j, "what", &d->leaks[i].what);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_services(struct json_out *j, const struct model_detail *d)
{
    json_open(j, "services", '[');
    for (uint32_t i = 0; i < d->n_services; i++) {
        const struct model_service *s = &d->services[i];
        json_open(j, NULL, '{');
        json_text(j, "fixture", s->fixture);
        json_text(j, "file", s->file);
        json_int(j, "from", s->from);
        json_int(j, "bytes", s->bytes);
        add_list(j, "output", &s->output);
        json_bool(j, "cut", s->cut);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_logs(struct json_out *j, const struct model_detail *d)
{
    json_open(j, "logs", '[');
    for (uint32_t i = 0; i < d->n_logs; i++) {
        json_open(j, NULL, '{');
        json_text(j, "level", d->logs[i].level);
        json_text(j, "text", d->logs[i].text);
        add_place(j, d->logs[i].file, d->logs[i].line);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_artifacts(struct json_out *j, const struct model_case *c, const struct model_attempt *a,
                          const struct model_detail *d)
{
    json_open(j, "artifacts", '[');
    for (uint32_t i = 0; i < d->n_artifacts; i++) {
        autobuf struct buf path = {0};
        output_reader_artifact_path(&path, c, a, d->artifacts[i].name);
        json_open(j, NULL, '{');
        json_text(j, "name", d->artifacts[i].name);
        json_text(j, "path", buf_str(&path));
        json_text_if(j, "mediaType", d->artifacts[i].media_type);
        json_int(j, "bytes", d->artifacts[i].bytes);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_measurements(struct json_out *j, const struct model_detail *d)
{
    json_open(j, "measurements", '[');
    for (uint32_t i = 0; i < d->n_metrics; i++) {
        json_open(j, NULL, '{');
        json_text(j, "name", d->metrics[i].name);
        json_number(j, "value", d->metrics[i].value);
        json_text_if(j, "unit", d->metrics[i].unit);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_detail(struct json_out *j, const struct model_case *c, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    if (d->n_checks > 0)
        add_failures(j, a, d);
    if (d->crashed)
        add_crash(j, d);
    if (d->timed_out)
        add_timeout(j, d);
    if (d->n_leaks > 0)
        add_leaks(j, d);
    if (d->n_services > 0)
        add_services(j, d);
    if (d->n_steps > 0)
        add_steps(j, d);
    if (d->n_logs > 0)
        add_logs(j, d);
    if (d->n_metrics > 0)
        add_measurements(j, d);
    if (d->n_artifacts > 0)
        add_artifacts(j, c, a, d);
    if (d->dropped > 0 || d->dropped_logs > 0)
        json_int(j, "onlyInEventLog", (int64_t)d->dropped + d->dropped_logs);
}

static void add_attempt(struct json_out *j, const struct model_case *c, const struct model_attempt *a)
{
    json_open(j, NULL, '{');
    json_int(j, "number", a->number);
    add_status(j, "status", a->ended ? verdict_name((enum verdict)a->verdict) : "unfinished");
    add_duration(j, a->duration_ns);
    json_ms(j, "startedMs", a->started_ns);
    json_int(j, "slot", a->slot);
    json_text_if(j, "reason", a->reason);
    add_place(j, a->file, a->line);
    json_int(j, "checks", a->n_checks);
    json_int(j, "failedChecks", a->n_failed_checks);
    json_int(j, "stdoutBytes", a->stdout_bytes);
    json_int(j, "stderrBytes", a->stderr_bytes);
    json_bool(j, "outputCut", a->output_cut);
    json_ms(j, "cpuUserMs", a->cpu_user_us * 1000);
    json_ms(j, "cpuSystemMs", a->cpu_system_us * 1000);
    json_int(j, "maxRssKb", a->max_rss_kb);
    add_detail(j, c, a);
    json_close(j, '}');
}

/* "1.2s", "100%", "12 requests" */
static void add_metric(struct json_out *j, const struct model_metric *metric)
{
    autobuf struct buf text = {0};
    number_add(&text, metric->value);
    if (strlen(metric->unit) > 2)
        buf_addc(&text, ' ');
    buf_adds(&text, metric->unit);
    json_text(j, metric->name, buf_str(&text));
}

/* The last attempt's; of several under one name, the last. Names are interned, so equal ones are one pointer. */
static void add_metrics(struct json_out *j, const struct model_case *c)
{
    json_open(j, "metrics", '{');
    const struct model_detail *d = c->last ? model_attempt_detail(c->last) : NULL;
    for (uint32_t i = 0; d && i < d->n_metrics; i++) {
        bool again = false;
        for (uint32_t k = i + 1; k < d->n_metrics && !again; k++)
            again = d->metrics[k].name == d->metrics[i].name;
        if (!again)
            add_metric(j, &d->metrics[i]);
    }
    json_close(j, '}');
}

/* "plan=pro" as a member of an object. */
static void add_params(struct json_out *j, const struct model_case *c)
{
    json_open(j, "params", '{');
    for (size_t i = 0; i < c->params.n; i++) {
        const char *equals = strchr(c->params.items[i], '=');
        if (!equals)
            continue; /* a log may be odd */
        autobuf struct buf name = {0};
        buf_add(&name, c->params.items[i], (size_t)(equals - c->params.items[i]));
        json_text(j, buf_str(&name), equals + 1);
    }
    json_close(j, '}');
}

void results_json_case(struct json_out *j, const char *key, const struct model_case *c)
{
    json_open(j, key, '{');
    json_text(j, "name", model_case_name(c));
    add_status(j, "status", c->ended ? verdict_name((enum verdict)c->verdict) : "not_run");
    add_duration(j, c->duration_ns);
    add_metrics(j, c);
    json_text(j, "id", c->id);
    json_text(j, "plugin", c->plugin);
    json_text(j, "scenario", c->scenario);
    json_text_if(j, "summary", c->summary);
    add_place(j, c->file, c->line);
    add_list(j, "markers", &c->markers);
    if (c->params.n > 0)
        add_params(j, c);
    json_text_if(j, "reason", c->reason);
    json_bool(j, "leaked", c->leaked);
    if (model_is_unchecked(c))
        json_bool(j, "withoutChecks", true);
    json_open(j, "attempts", '[');
    for (const struct model_attempt *a = c->first; a; a = a->next)
        add_attempt(j, c, a);
    json_close(j, ']');
    json_close(j, '}');
}

static void add_summary(struct json_out *j, const struct run_model *m)
{
    json_open(j, "summary", '{');
    json_int(j, "totalScenarios", (int64_t)m->n_cases);
    json_int(j, "passed", (int64_t)(m->verdicts[VERDICT_PASSED] + m->verdicts[VERDICT_FLAKY]));
    json_int(j, "failed", (int64_t)model_bad(m));
    json_int(j, "skipped", (int64_t)m->verdicts[VERDICT_SKIPPED]);
    json_int(j, "notRun", (int64_t)model_not_run(m));
    json_text(j, "overallStatus", model_status(m));
    json_int(j, "flaky", (int64_t)m->verdicts[VERDICT_FLAKY]);
    json_int(j, "errors", (int64_t)m->verdicts[VERDICT_ERROR]);
    json_int(j, "timedOut", (int64_t)m->verdicts[VERDICT_TIMEOUT]);
    json_int(j, "crashed", (int64_t)m->verdicts[VERDICT_CRASHED]);
    json_int(j, "leaked", (int64_t)m->n_leaked);
    json_int(j, "refusedPlugins", (int64_t)m->n_refusals);
    if (m->n_thresholds > 0)
        json_int(j, "missedThresholds", (int64_t)model_missed(m));
    json_bool(j, "interrupted", m->interrupted);
    if (m->ended)
        json_int(j, "exitStatus", m->exit_status);
    json_text_if(j, "exitReason", m->why);
    json_close(j, '}');
}

static void add_plugins(struct json_out *j, const struct run_model *m)
{
    json_open(j, "plugins", '[');
    for (size_t i = 0; i < m->n_plugins; i++) {
        json_open(j, NULL, '{');
        json_text(j, "name", m->plugins[i].name);
        json_text(j, "version", m->plugins[i].version);
        json_text_if(j, "summary", m->plugins[i].summary);
        json_text(j, "path", m->plugins[i].path);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_open(j, "refused", '[');
    for (size_t i = 0; i < m->n_refusals; i++) {
        json_open(j, NULL, '{');
        json_text(j, "path", m->refusals[i].path);
        json_text(j, "reason", m->refusals[i].reason);
        json_text(j, "text", m->refusals[i].text);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_changes(struct json_out *j, const struct run_model *m)
{
    json_open(j, "evidenceChanges", '[');
    for (size_t i = 0; i < m->n_changes; i++) {
        json_open(j, NULL, '{');
        json_text(j, "path", m->changes[i].path);
        json_text(j, "what", m->changes[i].what);
        add_list(j, "during", &m->changes[i].during);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static const char *fixture_status(const struct model_fixture *f)
{
    return f->failed     ? "FAILED"
           : f->died     ? "DIED"
           : *f->trouble ? "TEARDOWN_FAILED"
           : f->ended    ? "ENDED"
                         : "UNFINISHED";
}

static void add_fixture(struct json_out *j, const struct model_fixture *f)
{
    json_open(j, NULL, '{');
    json_text(j, "name", f->label);
    json_int(j, "start", f->start);
    json_text(j, "status", fixture_status(f));
    json_text(j, "scope", f->scope);
    json_text(j, "plugin", f->plugin);
    json_text_if(j, "askedBy", f->asked_by);
    json_ms(j, "startedMs", f->started_ns);
    if (f->ready)
        json_ms(j, "readyAfterMs", f->ready_after_ns);
    if (f->ended)
        add_duration(j, f->duration_ns);
    json_int(j, "users", f->users);
    add_list(j, "keys", &f->keys);
    json_text_if(j, "reason", f->reason);
    add_place(j, f->file, f->line);
    json_text_if(j, "teardown", f->trouble);
    if (f->output.n > 0)
        add_list(j, "output", &f->output);
    json_close(j, '}');
}

/* Runs without one look as they did before there were any. */
static void add_fixtures(struct json_out *j, const struct run_model *m)
{
    if (m->n_fixtures == 0)
        return;
    json_open(j, "fixtures", '[');
    for (size_t i = 0; i < m->n_fixtures; i++)
        add_fixture(j, &m->fixtures[i]);
    json_close(j, ']');
}

static void add_threshold(struct json_out *j, const struct model_threshold *t)
{
    static const char *const words[THRESHOLD_N] = {[THRESHOLD_MET] = "MET",
                                                   [THRESHOLD_MISSED] = "MISSED",
                                                   [THRESHOLD_UNMEASURED] = "NOT_MEASURED",
                                                   [THRESHOLD_OFF] = "OFF"};
    json_open(j, NULL, '{');
    json_text(j, "threshold", t->text);
    json_text(j, "status", words[t->outcome]);
    json_text(j, "metric", t->metric);
    json_text_if(j, "plugin", t->plugin);
    json_text(j, "declaredBy", t->declared_by);
    if (strcmp(t->declared, t->text) != 0)
        json_text_if(j, "declared", t->declared);
    if (t->outcome != THRESHOLD_OFF) {
        json_text(j, "statistic", t->statistic);
        json_text(j, "operator", t->order);
        json_number(j, "bound", t->bound);
        json_text_if(j, "unit", t->unit);
    }
    json_int(j, "samples", t->samples);
    if (t->samples > 0 && t->outcome != THRESHOLD_OFF && !*t->why)
        json_number(j, "value", t->value);
    if (*t->worst) {
        json_text(j, "worst", t->worst);
        json_int(j, "worstAttempt", t->worst_attempt);
        json_number(j, "worstValue", t->worst_value);
    }
    json_text_if(j, "reason", t->why);
    json_close(j, '}');
}

static void add_thresholds(struct json_out *j, const struct run_model *m)
{
    if (m->n_thresholds == 0)
        return;
    json_open(j, "thresholds", '[');
    for (size_t i = 0; i < m->n_thresholds; i++)
        add_threshold(j, &m->thresholds[i]);
    json_close(j, ']');
}

void results_json_run(struct json_out *j, const struct run_model *m)
{
    json_text(j, "id", m->run_id);
    json_text(j, "timestamp", m->started_at);
    add_duration(j, m->duration_ns);
    json_text(j, "musterVersion", m->muster_version);
    json_text(j, "host", m->host);
    json_text(j, "containment", m->containment);
    json_text_if(j, "target", m->target);
    json_int(j, "jobs", m->jobs);
    json_int(j, "seed", m->seed);
    if (m->shard > 0) {
        json_int(j, "shard", m->shard);
        json_int(j, "shards", m->shards);
        json_text(j, "shardBy", m->shard_by);
    }
    add_list(j, "command", &m->command);
    add_plugins(j, m);
    add_changes(j, m);
}

void results_json_outcome(struct json_out *j, const struct run_model *m)
{
    add_fixtures(j, m);
    add_thresholds(j, m);
    add_summary(j, m);
}

void results_json_write(struct output *out, const struct run_model *m)
{
    struct json_out j = {&out->text, false};
    json_open(&j, NULL, '{');
    json_open(&j, "testRun", '{');
    results_json_run(&j, m);
    json_open(&j, "scenarios", '[');
    for (size_t i = 0; i < m->n_cases; i++) {
        results_json_case(&j, NULL, m->cases[i]);
        json_line(&j);
        output_step(out);
    }
    json_close(&j, ']');
    results_json_outcome(&j, m);
    json_close(&j, '}');
    json_close(&j, '}');
    json_line(&j);
}
