/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit XML, written with libxml2.
 *
 * A failed check is a <failure>; everything else that went wrong (set-up, timeout, crash) is an <error>, with
 * the verdict as its type. The first bad attempt gives the element, later ones are <rerunFailure>; in a case that
 * passed in the end all are <flakyFailure>. The order of the elements is that of Surefire's schema; the others' take
 * any.
 */
#include "artifacts/collect.h"
#include "base/clock.h"
#include "report/formats.h"
#include "report/junit_suites.h"
#include "report/summary.h"
#include "report/xml_writer.h"

#include <stdio.h>
#include <string.h>

/* Of each output stream of each attempt: CI servers keep the whole file in memory. */
enum { MAX_OUTPUT = 64 * 1024 };
#define REFUSED   "refused plugins"
#define CHANGED   "changed evidence"
#define RUN       "the run"
#define UNCHECKED "it passed without a single check"

/* What the families differ in. */
struct shape {
    bool one_suite;  /* the root is a <testsuite>: Surefire writes a file for each */
    bool extras;     /* what no schema has */
    bool attributes; /* timestamp and hostname of a suite */
    /* <rerunError> and <flakyError> for what is no failed check. Jenkins reads neither, though its schema has them. */
    bool retried_errors;
    int digits, suite_digits; /* of a second, of a testcase and of a suite: Jenkins's schema takes three of a suite's */
};

static const struct shape shapes[JUNIT_N_FAMILIES] = {
    [JUNIT_JENKINS] = {.attributes = true, .digits = 6, .suite_digits = 3},
    [JUNIT_SUREFIRE] = {.one_suite = true, .retried_errors = true, .digits = 3, .suite_digits = 3},
    [JUNIT_FULL] = {.extras = true, .attributes = true, .retried_errors = true, .digits = 6, .suite_digits = 6},
};

struct junit {
    struct xml_writer *xml;
    const struct shape *shape;
    const struct run_model *model;
    const struct output_reader *source;
};

static void add_seconds(struct junit *j, int digits, int64_t ns)
{
    int64_t part = digits == 3 ? ns % NS_PER_S / NS_PER_MS : ns % NS_PER_S / NS_PER_US;
    xml_attributef(j->xml, "time", "%lld.%0*d", (long long)(ns / NS_PER_S), digits, (int)part);
}

static void add_count(struct junit *j, const char *name, size_t n)
{
    xml_attributef(j->xml, name, "%zu", n);
}

static void add_property(struct junit *j, const char *name, const char *value)
{
    xml_start(j->xml, "property");
    xml_attribute(j->xml, "name", name);
    xml_attribute(j->xml, "value", value);
    xml_end(j->xml);
}

static void add_output(struct junit *j, const struct model_case *c, const struct model_attempt *a, const char *element,
                       const char *file, int64_t bytes)
{
    autobuf struct buf path = {0}, text = {0}, cut = {0};
    int64_t size;
    output_reader_path(&path, c, a, file);
    if (bytes <= 0 || !output_reader_tail(j->source, buf_str(&path), MAX_OUTPUT, &text, &size))
        return;
    xml_start(j->xml, element);
    if ((int64_t)text.len < size || size < bytes) {
        buf_addf(&cut, "[only the last %zu of %lld bytes; what was kept is in %s]\n", text.len, (long long)bytes,
                 buf_str(&path));
        xml_text(j->xml, cut.data, cut.len);
    }
    xml_text(j->xml, text.data, text.len);
    xml_end(j->xml);
}

static void add_outputs(struct junit *j, const struct model_case *c, const struct model_attempt *a)
{
    add_output(j, c, a, "system-out", "stdout.log", a->stdout_bytes);
    add_output(j, c, a, "system-err", "stderr.log", a->stderr_bytes);
}

static void add_message(struct junit *j, const struct model_attempt *a)
{
    autobuf struct buf text = {0};
    failure_add_message(&text, a);
    xml_attribute(j->xml, "message", buf_str(&text));
    xml_attribute(j->xml, "type", verdict_name((enum verdict)a->verdict));
}

/* Checks, crash, timeout and log as text; the output files have elements of their own. */
static void add_trace(struct junit *j, const struct model_case *c, const struct model_attempt *a)
{
    static const struct style unwrapped = {0};
    autobuf struct buf text = {0};
    failure_add(&text, &unwrapped, c, a, NULL);
    xml_text(j->xml, text.data, text.len);
}

/* Of an attempt that was retried, or was a retry. */
static bool is_failure(const struct junit *j, const struct model_attempt *a)
{
    return a->verdict == VERDICT_FAILED || !j->shape->retried_errors;
}

/* <rerunFailure>, <flakyError> ... */
static void add_attempt(struct junit *j, const struct model_case *c, const struct model_attempt *a, const char *prefix)
{
    char name[32];
    snprintf(name, sizeof name, "%s%s", prefix, is_failure(j, a) ? "Failure" : "Error");
    xml_start(j->xml, name);
    add_message(j, a);
    xml_start(j->xml, "stackTrace");
    add_trace(j, c, a);
    xml_end(j->xml);
    add_outputs(j, c, a);
    xml_end(j->xml);
}

/* From `a` on, those that are failures or those that are errors. */
static void add_attempts(struct junit *j, const struct model_case *c, const struct model_attempt *a, const char *prefix,
                         bool failures)
{
    for (; a; a = a->next)
        if (a->ended && verdict_is_bad((enum verdict)a->verdict) && is_failure(j, a) == failures)
            add_attempt(j, c, a, prefix);
}

/* `a`, if there is one, is the first bad attempt. */
static void add_verdict(struct junit *j, const struct model_case *c, const struct model_attempt *a)
{
    xml_start(j->xml, junit_is_failure(c) ? "failure" : "error");
    if (a) {
        add_message(j, a);
        add_trace(j, c, a);
    } else {
        xml_attribute(j->xml, "message", c->reason);
        xml_attribute(j->xml, "type", verdict_name((enum verdict)c->verdict));
    }
    xml_end(j->xml);
}

static void add_bad_case(struct junit *j, const struct model_case *c)
{
    const struct model_attempt *first = junit_first_bad(c);
    const struct model_attempt *later = first ? first->next : NULL;
    bool failure = junit_is_failure(c);
    if (failure)
        add_verdict(j, c, first);
    add_attempts(j, c, later, "rerun", true);
    if (!failure)
        add_verdict(j, c, first);
    add_attempts(j, c, later, "rerun", false);
    if (first)
        add_outputs(j, c, first);
}

/* One that passed and fails the run all the same: its bad attempts are told as those of one that failed. */
static void add_fault(struct junit *j, const struct model_case *c, const char *why)
{
    const struct model_attempt *first = junit_first_bad(c);
    autobuf struct buf message = {0};
    buf_adds(&message, why);
    if (first) {
        buf_addf(&message, "; attempt %d: ", (int)first->number);
        failure_add_message(&message, first);
    }
    xml_start(j->xml, "failure");
    xml_attribute(j->xml, "message", buf_str(&message));
    xml_attribute(j->xml, "type", c->verdict == VERDICT_FLAKY ? EVENT_FAILS_FLAKY : EVENT_FAILS_UNCHECKED);
    if (first)
        add_trace(j, c, first);
    xml_end(j->xml);
    add_attempts(j, c, first ? first->next : NULL, "rerun", true);
    add_attempts(j, c, first ? first->next : NULL, "rerun", false);
    if (first)
        add_outputs(j, c, first);
}

static void add_flaky_case(struct junit *j, const struct model_case *c)
{
    add_attempts(j, c, c->first, "flaky", true);
    add_attempts(j, c, c->first, "flaky", false);
}

static void add_skipped(struct junit *j, const char *why)
{
    xml_start(j->xml, "skipped");
    xml_attribute(j->xml, "message", why);
    xml_end(j->xml);
}

static void add_result(struct junit *j, const struct model_case *c)
{
    const char *fault = model_fault(j->model, c);
    if (fault)
        add_fault(j, c, fault);
    else if (!c->ended)
        add_skipped(j, c->first ? "not run to its end" : "not run");
    else if (c->verdict == VERDICT_SKIPPED)
        add_skipped(j, c->reason);
    else if (c->verdict == VERDICT_FLAKY)
        add_flaky_case(j, c);
    else if (verdict_is_bad((enum verdict)c->verdict))
        add_bad_case(j, c);
}

static void add_leaks(struct junit *j, const struct model_attempt *a, const char *whose)
{
    const struct model_detail *d = model_attempt_detail(a);
    for (uint32_t i = 0; i < d->n_leaks; i++) {
        autobuf struct buf text = {0};
        buf_addf(&text, "%s%s:", whose, d->leaks[i].kind);
        for (size_t k = 0; k < d->leaks[i].what.n; k++)
            buf_addf(&text, " %s", d->leaks[i].what.items[k]);
        add_property(j, "leak", buf_str(&text));
    }
}

static void add_attempt_properties(struct junit *j, const struct model_case *c, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    autobuf struct buf text = {0};
    for (uint32_t i = 0; i < d->n_artifacts; i++) {
        buf_clear(&text);
        output_reader_artifact_path(&text, c, a, d->artifacts[i].name);
        add_property(j, "artifact", buf_str(&text));
    }
    add_leaks(j, a, "");
}

static bool has_properties(const struct model_case *c)
{
    if (*c->summary || c->markers.n > 0 || c->params.n > 0 || model_is_unchecked(c))
        return true;
    for (const struct model_attempt *a = c->first; a; a = a->next)
        if (a->detail && (a->detail->n_artifacts > 0 || a->detail->n_leaks > 0))
            return true;
    return false;
}

static void add_properties(struct junit *j, const struct model_case *c)
{
    if (!has_properties(c))
        return;
    xml_start(j->xml, "properties");
    if (*c->summary)
        add_property(j, "summary", c->summary);
    for (size_t i = 0; i < c->markers.n; i++)
        add_property(j, "marker", c->markers.items[i]);
    for (size_t i = 0; i < c->params.n; i++)
        add_property(j, "param", c->params.items[i]);
    if (model_is_unchecked(c))
        add_property(j, "warning", UNCHECKED);
    for (const struct model_attempt *a = c->first; a; a = a->next)
        add_attempt_properties(j, c, a);
    xml_end(j->xml);
}

/* What must not be missed, of a case whose element has no place for it. */
static void add_warnings(struct junit *j, const struct model_case *c)
{
    autobuf struct buf whose = {0};
    buf_addf(&whose, "%s: ", c->id);
    for (const struct model_attempt *a = c->first; a; a = a->next)
        add_leaks(j, a, buf_str(&whose));
    if (!model_is_unchecked(c))
        return;
    buf_adds(&whose, UNCHECKED);
    add_property(j, "warning", buf_str(&whose));
}

static void add_case(struct junit *j, const struct model_case *c)
{
    xml_start(j->xml, "testcase");
    xml_attribute(j->xml, "classname", c->plugin);
    xml_attribute(j->xml, "name", model_case_name(c));
    if (j->shape->extras && *c->file) {
        xml_attribute(j->xml, "file", c->file);
        xml_attributef(j->xml, "line", "%d", (int)c->line);
    }
    add_seconds(j, j->shape->digits, junit_time(c));
    if (j->shape->extras)
        add_properties(j, c);
    add_result(j, c);
    xml_end(j->xml);
}

static void add_run_properties(struct junit *j)
{
    const struct run_model *m = j->model;
    char number[32];
    add_property(j, "muster.run", m->run_id);
    add_property(j, "muster.version", m->muster_version);
    add_property(j, "muster.containment", m->containment);
    if (*m->target)
        add_property(j, "muster.target", m->target);
    snprintf(number, sizeof number, "%lld", (long long)m->seed);
    add_property(j, "muster.seed", number);
}

static void add_counts(struct junit *j, const struct suite_counts *n, bool with_skipped)
{
    add_count(j, "tests", n->tests);
    add_count(j, "failures", n->failures);
    add_count(j, "errors", n->errors);
    if (with_skipped)
        add_count(j, "skipped", n->skipped);
    if (j->shape->extras)
        add_count(j, "flakes", n->flakes);
    add_seconds(j, j->shape->suite_digits, n->time_ns);
}

static void start_suite(struct junit *j, const char *name, const struct suite_counts *counts)
{
    xml_start(j->xml, "testsuite");
    xml_attribute(j->xml, "name", name);
    add_counts(j, counts, true);
    if (j->shape->attributes) {
        xml_attribute(j->xml, "timestamp", j->model->started_at);
        xml_attribute(j->xml, "hostname", j->model->host);
    }
    xml_start(j->xml, "properties");
    add_run_properties(j);
}

static void add_version(struct junit *j, const char *property, const char *plugin)
{
    const struct run_model *m = j->model;
    for (size_t i = 0; i < m->n_plugins; i++)
        if (m->plugins[i].name == plugin)
            add_property(j, property, m->plugins[i].version);
}

static void add_suite_warnings(struct junit *j, const struct suite *suite)
{
    for (size_t i = 0; i < suite->n && !j->shape->extras; i++)
        add_warnings(j, suite->cases[i]);
}

static void add_cases(struct junit *j, const struct suite *suite, struct output *out)
{
    for (size_t i = 0; i < suite->n; i++) {
        add_case(j, suite->cases[i]);
        xml_flush(j->xml);
        output_step(out);
    }
}

static void add_suite(struct junit *j, const struct suite *suite, struct output *out)
{
    start_suite(j, suite->plugin, &suite->counts);
    add_version(j, "plugin.version", suite->plugin);
    add_suite_warnings(j, suite);
    xml_end(j->xml);
    add_cases(j, suite, out);
    xml_end(j->xml);
}

static void add_error(struct junit *j, const char *suite, const char *name, const char *message, const char *type)
{
    xml_start(j->xml, "testcase");
    xml_attribute(j->xml, "classname", suite);
    xml_attribute(j->xml, "name", name);
    add_seconds(j, j->shape->digits, 0);
    xml_start(j->xml, "error");
    xml_attribute(j->xml, "message", message);
    xml_attribute(j->xml, "type", type);
    xml_end(j->xml);
    xml_end(j->xml);
}

static void add_refused_cases(struct junit *j)
{
    const struct run_model *m = j->model;
    for (size_t i = 0; i < m->n_refusals; i++)
        add_error(j, REFUSED, m->refusals[i].path, m->refusals[i].text, m->refusals[i].reason);
}

static void add_changes(struct junit *j)
{
    const struct run_model *m = j->model;
    for (size_t i = 0; i < m->n_changes; i++) {
        autobuf struct buf message = {0};
        buf_adds(&message, m->changes[i].what);
        for (size_t k = 0; k < m->changes[i].during.n; k++)
            buf_addf(&message, "%s%s", k == 0 ? ", while this ran: " : ", ", m->changes[i].during.items[k]);
        add_error(j, CHANGED, m->changes[i].path, buf_str(&message), "changed");
    }
}

static void add_run_fault(struct junit *j)
{
    if (model_run_fault(j->model))
        add_error(j, RUN, j->model->ended ? "exit status" : "end", model_run_fault(j->model), "run");
}

/* Whoever reads only this file learns that scenarios were never seen, or what they left is not to be trusted. */
static void add_own_suite(struct junit *j, const char *name, size_t n, void (*add)(struct junit *j))
{
    if (n == 0)
        return;
    start_suite(j, name, &(struct suite_counts){.tests = n, .errors = n});
    xml_end(j->xml);
    add(j);
    xml_end(j->xml);
}

static void add_suites(struct junit *j, const struct suite_list *suites, struct output *out)
{
    xml_start(j->xml, "testsuites");
    xml_attribute(j->xml, "name", "muster");
    add_counts(j, &suites->counts, j->shape->extras);
    if (j->shape->extras) {
        xml_attribute(j->xml, "id", j->model->run_id);
        xml_attribute(j->xml, "timestamp", j->model->started_at);
    }
    for (size_t i = 0; i < suites->n; i++)
        add_suite(j, &suites->items[i], out);
    add_own_suite(j, REFUSED, j->model->n_refusals, add_refused_cases);
    add_own_suite(j, CHANGED, j->model->n_changes, add_changes);
    add_own_suite(j, RUN, model_run_fault(j->model) ? 1 : 0, add_run_fault);
    xml_end(j->xml);
}

/* All plugins' cases in one; `classname` tells them apart. */
static void add_one_suite(struct junit *j, const struct suite_list *suites, struct output *out)
{
    start_suite(j, "muster", &suites->counts);
    for (size_t i = 0; i < suites->n; i++) {
        autobuf struct buf name = {0};
        buf_addf(&name, "plugin.version:%s", suites->items[i].plugin);
        add_version(j, buf_str(&name), suites->items[i].plugin);
        add_suite_warnings(j, &suites->items[i]);
    }
    xml_end(j->xml);
    for (size_t i = 0; i < suites->n; i++)
        add_cases(j, &suites->items[i], out);
    add_refused_cases(j);
    add_changes(j);
    add_run_fault(j);
    xml_end(j->xml);
}

int junit_write(struct output *out, const struct run_model *model, const struct output_reader *source,
                enum junit_family family, struct err *err)
{
    struct junit j = {.shape = &shapes[family], .model = model, .source = source};
    int r = xml_begin(out, &j.xml, err);
    if (r < 0)
        return r;
    struct suite_list suites = junit_suites(model);
    if (j.shape->one_suite)
        add_one_suite(&j, &suites, out);
    else
        add_suites(&j, &suites, out);
    xml_finish(j.xml);
    junit_suites_free(&suites);
    return 0;
}
