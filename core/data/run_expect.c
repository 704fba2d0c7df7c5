/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing what a step returned, and reporting it as checks. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "data/pointer.h"
#include "data/run.h"
#include "data/type.h"

#include <stdlib.h>
#include <string.h>

/* One comparison as it came out. */
struct comparison {
    bool holds;
    json_t *actual, *expected; /* new references; NULL: there is nothing */
    char *why;                 /* it could not be made; or NULL */
    char *note;                /* what else is to be said of it; or NULL */
    enum expanded expanded;
};

static void comparison_free(struct comparison *o)
{
    json_decref(o->actual);
    json_decref(o->expected);
    free(o->why);
    free(o->note);
}

static char *describe_mixed(const struct comparison *o)
{
    autofree char *actual = json_dumped(o->actual, false), *expected = json_dumped(o->expected, false);
    enum { SHOWN = 60 };
    autofree char *a = text_shown(actual, SHOWN), *b = text_shown(expected, SHOWN);
    return xasprintf("%s is %s and %s is %s: between these there is no order", a, json_describe(o->actual), b,
                     json_describe(o->expected));
}

static struct comparison compare(struct run *r, const struct expectation *e, json_t *result)
{
    struct comparison o = {0};
    json_t *subject = NULL;
    if (e->subject)
        o.expanded = run_expand(r, e->subject, &subject, &o.why);
    else
        subject = json_incref(result);
    if (o.expanded == EXPANDED)
        o.expanded = run_expand(r, e->expected, &o.expected, &o.why);
    if (o.expanded == EXPANDED) {
        o.actual = json_incref(pointer_get(subject, e->pointer));
        o.holds = match(e->op, o.actual, o.expected, e->regex);
        if (!o.actual && subject && *e->pointer && !o.holds && e->op != MATCH_EXISTS)
            o.note = pointer_missing(subject, e->pointer);
        if (match_is_mixed(e->op, o.actual, o.expected)) {
            o.why = describe_mixed(&o);
            o.expanded = EXPANDED_BAD;
        }
    }
    json_decref(subject);
    return o;
}

const struct expectation *run_unmet(struct run *r, const struct expectations *e, json_t *result)
{
    for (uint32_t i = 0; i < e->n; i++) {
        struct comparison o = compare(r, &e->items[i], result);
        bool holds = o.holds;
        comparison_free(&o);
        if (!holds)
            return &e->items[i];
    }
    return NULL;
}

static char *expression_of(const struct expectation *e, const char *step, const char *expected)
{
    return xasprintf("%s%s%s %s %s", step, *e->pointer ? ": " : "", e->pointer, match_symbol(e->op), expected);
}

/* What a failed comparison is told with besides: why, what the step's value says of itself (its member "$about"). */
static char *message_of(const struct comparison *o, const json_t *result, const char *message)
{
    const char *parts[] = {message, o->why ? o->why : o->note,
                           o->holds ? NULL : json_string_value(json_object_get(result, "$about"))};
    char *all = NULL;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!parts[i])
            continue;
        char *longer = xasprintf("%s%s%s", all ? all : "", all ? "; " : "", parts[i]);
        free(all);
        all = longer;
    }
    return all;
}

static void report(struct run *r, const struct expectation *e, const struct comparison *o, const json_t *result,
                   const char *step, bool passed, const char *message)
{
    autofree char *expected = o->expected ? json_dumped(o->expected, false) : xstrdup("?");
    autofree char *actual = o->actual ? json_dumped(o->actual, false) : xstrdup("(nothing)");
    autofree char *expression = expression_of(e, step, expected);
    autofree char *said = message_of(o, result, message);
    const struct muster_check check = {.size = sizeof check,
                                       .flags = passed ? MUSTER_CHECK_PASSED : 0,
                                       .file = e->at.file,
                                       .line = e->at.line,
                                       .expression = expression,
                                       .actual = actual,
                                       .expected = expected,
                                       .message = said};
    r->ctx->host->check(r->ctx, &check);
}

bool run_report(struct run *r, const struct expectations *e, json_t *result, const char *step)
{
    bool all = true;
    for (uint32_t i = 0; i < e->n; i++) {
        struct comparison o = compare(r, &e->items[i], result);
        report(r, &e->items[i], &o, result, step, o.holds, NULL);
        all = all && o.holds;
        comparison_free(&o);
    }
    return all;
}

void run_report_failed(struct run *r, const struct expectation *e, json_t *result, const char *step,
                       const char *message)
{
    struct comparison o = compare(r, e, result);
    report(r, e, &o, result, step, false, message);
    comparison_free(&o);
}

char *run_describe_unmet(struct run *r, const struct expectation *e, json_t *result, const char *step)
{
    struct comparison o = compare(r, e, result);
    autofree char *expected = o.expected ? json_dumped(o.expected, false) : xstrdup("?");
    autofree char *actual = o.actual ? json_dumped(o.actual, false) : xstrdup("(nothing)");
    autofree char *expression = expression_of(e, step, expected);
    char *text = xasprintf("%s (it is %s)", expression, actual);
    comparison_free(&o);
    return text;
}

enum expanded run_condition(struct run *r, const struct expectations *e, bool *ret_holds, char **ret_why)
{
    *ret_holds = true;
    for (uint32_t i = 0; i < e->n; i++) {
        struct comparison o = compare(r, &e->items[i], NULL);
        enum expanded how = o.expanded;
        *ret_holds = *ret_holds && o.holds;
        if (how != EXPANDED)
            *ret_why = steal_ptr(&o.why);
        comparison_free(&o);
        if (how != EXPANDED)
            return how;
    }
    return EXPANDED;
}
