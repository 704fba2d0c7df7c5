/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit XML, written with libxml2: the run and its suites. */
#include "base/clock.h"
#include "report/junit_parts.h"
#include "report/junit_suites.h"
#include "report/summary.h"
#include "report/threshold_lines.h"

#include <stdio.h>
#include <string.h>

#define REFUSED "refused plugins"
#define CHANGED "changed evidence"
#define RUN     "the run"
#define BOUNDS  "thresholds"

static const struct junit_shape shapes[JUNIT_N_FAMILIES] = {
    [JUNIT_JENKINS] = {.attributes = true, .digits = 6, .suite_digits = 3},
    [JUNIT_SUREFIRE] = {.one_suite = true, .retried_errors = true, .digits = 3, .suite_digits = 3},
    [JUNIT_FULL] = {.extras = true, .attributes = true, .retried_errors = true, .digits = 6, .suite_digits = 6},
};

static void add_count(struct junit *j, const char *name, size_t n)
{
    xml_attributef(j->xml, name, "%zu", n);
}

static void add_run_properties(struct junit *j)
{
    const struct run_model *m = j->model;
    char number[32];
    junit_property(j, "muster.run", m->run_id);
    junit_property(j, "muster.version", m->muster_version);
    junit_property(j, "muster.containment", m->containment);
    if (*m->target)
        junit_property(j, "muster.target", m->target);
    snprintf(number, sizeof number, "%lld", (long long)m->seed);
    junit_property(j, "muster.seed", number);
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
    junit_seconds(j, j->shape->suite_digits, n->time_ns);
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
            junit_property(j, property, m->plugins[i].version);
}

static void add_suite_warnings(struct junit *j, const struct suite *suite)
{
    for (size_t i = 0; i < suite->n && !j->shape->extras; i++)
        junit_warnings(j, suite->cases[i]);
}

static void add_cases(struct junit *j, const struct suite *suite, struct output *out)
{
    for (size_t i = 0; i < suite->n; i++) {
        junit_case(j, suite->cases[i]);
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
    junit_seconds(j, j->shape->digits, 0);
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

/* Its class is the plugin whose metric it is, so that servers show it beside that plugin's scenarios. */
static void add_threshold(struct junit *j, const struct model_threshold *t)
{
    autobuf struct buf message = {0};
    xml_start(j->xml, "testcase");
    xml_attribute(j->xml, "classname", *t->plugin ? t->plugin : BOUNDS);
    xml_attributef(j->xml, "name", "threshold %s", t->text);
    junit_seconds(j, j->shape->digits, 0);
    threshold_add_found(&message, t);
    if (t->outcome == THRESHOLD_OFF)
        junit_skipped(j, "off");
    else if (t->outcome == THRESHOLD_UNMEASURED)
        junit_skipped(j, "not measured");
    if (t->outcome == THRESHOLD_MISSED) {
        buf_adds(&message, *t->worst ? "; " : "");
        threshold_add_worst(&message, t);
        if (j->model->missed_warns)
            buf_adds(&message, " (missed; --missed warn)");
        xml_start(j->xml, j->model->missed_warns ? "skipped" : "failure");
        xml_attribute(j->xml, "message", buf_str(&message));
        if (!j->model->missed_warns)
            xml_attribute(j->xml, "type", "missed");
        xml_end(j->xml);
    }
    xml_end(j->xml);
}

static void add_thresholds(struct junit *j)
{
    for (size_t i = 0; i < j->model->n_thresholds; i++)
        add_threshold(j, &j->model->thresholds[i]);
}

static void add_thresholds_suite(struct junit *j)
{
    const struct suite_counts counts = junit_thresholds(j->model);
    if (counts.tests == 0)
        return;
    start_suite(j, BOUNDS, &counts);
    xml_end(j->xml);
    add_thresholds(j);
    xml_end(j->xml);
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
    add_thresholds_suite(j);
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
    add_thresholds(j);
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
