/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One case in JUnit XML.
 *
 * A failed check is a <failure>; everything else that went wrong (set-up, timeout, crash) is an <error>, with
 * the verdict as its type. The first bad attempt gives the element, later ones are <rerunFailure>; in a case that
 * passed in the end all are <flakyFailure>. The order of the elements is that of Surefire's schema; the others' take
 * any.
 */
#include "artifacts/collect.h"
#include "base/clock.h"
#include "report/junit_parts.h"
#include "report/junit_suites.h"
#include "report/summary.h"

#include <stdio.h>
#include <string.h>

/* Of each output stream of each attempt: CI servers keep the whole file in memory. */
enum { MAX_OUTPUT = 64 * 1024 };

void junit_seconds(struct junit *j, int digits, int64_t ns)
{
    int64_t part = digits == 3 ? ns % NS_PER_S / NS_PER_MS : ns % NS_PER_S / NS_PER_US;
    xml_attributef(j->xml, "time", "%lld.%0*d", (long long)(ns / NS_PER_S), digits, (int)part);
}

void junit_property(struct junit *j, const char *name, const char *value)
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

static const char *fault_type(const struct model_case *c)
{
    switch (c->verdict) {
    case VERDICT_FLAKY:
        return EVENT_FAILS_FLAKY;
    case VERDICT_SKIPPED:
        return EVENT_FAILS_SKIPPED;
    default:
        return EVENT_FAILS_UNCHECKED;
    }
}

/* One that did not end badly and fails the run all the same: its bad attempts are told as those of one that failed. */
static void add_fault(struct junit *j, const struct model_case *c, const char *why)
{
    const struct model_attempt *first = junit_first_bad(c);
    autobuf struct buf message = {0};
    buf_adds(&message, why);
    if (first) {
        buf_addf(&message, "; attempt %d: ", (int)first->number);
        failure_add_message(&message, first);
    } else if (c->verdict == VERDICT_SKIPPED && *c->reason) {
        buf_addf(&message, ": %s", c->reason);
    }
    xml_start(j->xml, "failure");
    xml_attribute(j->xml, "message", buf_str(&message));
    xml_attribute(j->xml, "type", fault_type(c));
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

void junit_skipped(struct junit *j, const char *why)
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
        junit_skipped(j, c->first ? "not run to its end" : "not run");
    else if (c->verdict == VERDICT_SKIPPED)
        junit_skipped(j, c->reason);
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
        junit_property(j, "leak", buf_str(&text));
    }
}

static void add_attempt_properties(struct junit *j, const struct model_case *c, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    autobuf struct buf text = {0};
    for (uint32_t i = 0; i < d->n_artifacts; i++) {
        buf_clear(&text);
        output_reader_artifact_path(&text, c, a, d->artifacts[i].name);
        junit_property(j, "artifact", buf_str(&text));
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
        junit_property(j, "summary", c->summary);
    for (size_t i = 0; i < c->markers.n; i++)
        junit_property(j, "marker", c->markers.items[i]);
    for (size_t i = 0; i < c->params.n; i++)
        junit_property(j, "param", c->params.items[i]);
    if (model_is_unchecked(c))
        junit_property(j, "warning", JUNIT_UNCHECKED);
    for (const struct model_attempt *a = c->first; a; a = a->next)
        add_attempt_properties(j, c, a);
    xml_end(j->xml);
}

void junit_warnings(struct junit *j, const struct model_case *c)
{
    autobuf struct buf whose = {0};
    buf_addf(&whose, "%s: ", c->id);
    for (const struct model_attempt *a = c->first; a; a = a->next)
        add_leaks(j, a, buf_str(&whose));
    if (!model_is_unchecked(c))
        return;
    buf_adds(&whose, JUNIT_UNCHECKED);
    junit_property(j, "warning", buf_str(&whose));
}

void junit_case(struct junit *j, const struct model_case *c)
{
    xml_start(j->xml, "testcase");
    xml_attribute(j->xml, "classname", c->plugin);
    xml_attribute(j->xml, "name", model_case_name(c));
    if (j->shape->extras && *c->file) {
        xml_attribute(j->xml, "file", c->file);
        xml_attributef(j->xml, "line", "%d", (int)c->line);
    }
    junit_seconds(j, j->shape->digits, junit_time(c));
    if (j->shape->extras)
        add_properties(j, c);
    add_result(j, c);
    xml_end(j->xml);
}
