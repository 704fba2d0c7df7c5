/* SPDX-License-Identifier: Apache-2.0 */
/* Two runs beside each other, for people and for programs. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/number.h"
#include "report/compare.h"
#include "report/summary.h"

#include <string.h>

enum { NAMED = 20 }; /* of what is no failure */

/* How a kind of change is headed: `      BROKEN 2 that ended well before`. */
static const struct heading {
    const char *word, *of;
    enum colour colour;
} headings[CHANGE_N] = {
    [CHANGE_BROKEN] = {"BROKEN", "that ended well before", COLOUR_RED},
    [CHANGE_NEW_BAD] = {"NEW FAILURE", "that did not run before", COLOUR_RED},
    [CHANGE_STILL] = {"STILL", "failing as before", COLOUR_RED},
    [CHANGE_FIXED] = {"FIXED", "that failed before", COLOUR_GREEN},
    [CHANGE_FLAKIER] = {"FLAKIER", "that needed fewer attempts before", COLOUR_YELLOW},
    [CHANGE_UNKNOWN] = {"NOT RUN", "that ran before", COLOUR_YELLOW},
    [CHANGE_NEW] = {"NEW", "that were not there before", COLOUR_NONE},
    [CHANGE_GONE] = {"GONE", "that were there before", COLOUR_NONE},
    [CHANGE_SLOWER] = {"SLOWER", "that passed faster before", COLOUR_YELLOW},
    [CHANGE_FASTER] = {"FASTER", "that passed slower before", COLOUR_NONE},
};

static bool is_failing(enum change change)
{
    return change == CHANGE_BROKEN || change == CHANGE_NEW_BAD || change == CHANGE_STILL;
}

static void add_heading(struct buf *out, const struct style *style, const struct comparison *c, enum change change)
{
    autobuf struct buf text = {0};
    buf_addf(&text, " %zu %s", c->of[change].n, headings[change].of);
    if (change == CHANGE_SLOWER || change == CHANGE_FASTER) {
        buf_adds(&text, ": at least ");
        number_add(&text, c->rule.ratio);
        buf_adds(&text, " times the time, and a difference of ");
        style_duration(&text, c->rule.least_ns);
    }
    buf_adds(out, "------------\n");
    style_status(out, style, headings[change].colour, headings[change].word);
    style_wrapped_behind(out, style, style_is_narrow(style) ? strlen(headings[change].word) : STATUS_COLUMNS,
                         style_below(style), buf_str(&text));
}

static void add_failing(struct buf *out, const struct style *style, const struct compared *x)
{
    const struct model_attempt *told = model_attempt_told(x->after);
    autofree char *note = x->cause_before ? xasprintf("before: %s", x->cause_before) : NULL;
    style_case_line(out, style, x->after, note);
    if (told)
        failure_add_short(out, style, told);
    else
        style_wrapped(out, style, style_below(style), x->after->reason);
}

/* `             [   0.100s] [   0.300s] acme.pay.refund` */
static void add_times(struct buf *out, const struct style *style, const struct compared *x)
{
    style_status(out, style, COLOUR_NONE, "");
    style_seconds(out, style, compare_time(x->before));
    buf_adds(out, "->");
    style_seconds(out, style, compare_time(x->after));
    style_continued(out, style, x->after->id);
    buf_addc(out, '\n');
}

static void add_one(struct buf *out, const struct style *style, enum change change, const struct compared *x)
{
    const struct model_case *c = x->after ? x->after : x->before;
    if (is_failing(change))
        return add_failing(out, style, x);
    if (change == CHANGE_SLOWER || change == CHANGE_FASTER)
        return add_times(out, style, x);
    if (c->ended)
        return style_case_line(out, style, c, c->verdict == VERDICT_SKIPPED ? c->reason : NULL);
    style_status(out, style, COLOUR_YELLOW, "NOT RUN");
    style_seconds(out, style, -1);
    style_continued(out, style, c->id);
    buf_addc(out, '\n');
}

static void add_list(struct buf *out, const struct style *style, const struct comparison *c, enum change change)
{
    const struct change_list *list = &c->of[change];
    if (list->n == 0)
        return;
    add_heading(out, style, c, change);
    size_t shown = is_failing(change) || list->n <= NAMED ? list->n : NAMED;
    for (size_t i = 0; i < shown; i++)
        add_one(out, style, change, &list->items[i]);
    if (shown < list->n)
        buf_addf(out, "%*sand %zu more: --json has them\n", (int)style_below(style), "", list->n - shown);
}

static void add_run(struct buf *out, const struct style *style, const char *word, const struct run_model *m)
{
    style_status(out, style, COLOUR_BOLD, word);
    buf_addc(out, ' ');
    style_continued(out, style, m->run_id);
    buf_addf(out, " %s, %zu scenario%s", model_status(m), m->n_cases, m->n_cases == 1 ? "" : "s");
    if (*m->target) {
        buf_adds(out, ", target ");
        style_continued(out, style, m->target);
    }
    buf_addc(out, '\n');
}

static void add_summary(struct buf *out, const struct style *style, const struct comparison *c)
{
    static const char *const words[CHANGE_N] = {"broken",  "newly failing", "still failing", "fixed",  "flakier",
                                                "not run", "new",           "gone",          "slower", "faster"};
    autobuf struct buf text = {0};
    for (int i = 0; i < CHANGE_N; i++)
        if (c->of[i].n > 0)
            buf_addf(&text, "%s %zu %s", text.len > 0 ? "," : "", c->of[i].n, words[i]);
    if (text.len == 0)
        buf_adds(&text, " nothing has changed");
    buf_adds(out, "------------\n");
    style_status(out, style, comparison_is_worse(c) ? COLOUR_RED : COLOUR_GREEN, "Summary");
    style_wrapped_behind(out, style, style_is_narrow(style) ? strlen("Summary") : STATUS_COLUMNS, style_below(style),
                         buf_str(&text));
}

void comparison_add(struct buf *out, const struct style *style, const struct comparison *c)
{
    add_run(out, style, "Before", c->before);
    add_run(out, style, "Now", c->after);
    /* What matters most stands last, above the summary. */
    static const enum change order[] = {CHANGE_NEW,     CHANGE_GONE,   CHANGE_FASTER, CHANGE_FIXED,   CHANGE_UNKNOWN,
                                        CHANGE_FLAKIER, CHANGE_SLOWER, CHANGE_STILL,  CHANGE_NEW_BAD, CHANGE_BROKEN};
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        add_list(out, style, c, order[i]);
    add_summary(out, style, c);
}

static void add_case_json(struct json_out *j, const char *key, const struct model_case *c)
{
    if (!c)
        return;
    json_open(j, key, '{');
    json_text(j, "verdict", c->ended ? verdict_name((enum verdict)c->verdict) : "not_run");
    json_ms(j, "durationMs", compare_time(c) >= 0 ? compare_time(c) : c->duration_ns);
    json_int(j, "attempts", c->n_attempts);
    json_text_if(j, "reason", c->reason);
    json_close(j, '}');
}

static void add_run_json(struct json_out *j, const char *key, const struct run_model *m)
{
    json_open(j, key, '{');
    json_text(j, "id", m->run_id);
    json_text(j, "timestamp", m->started_at);
    json_text(j, "status", model_status(m));
    json_int(j, "totalScenarios", (int64_t)m->n_cases);
    json_text_if(j, "target", m->target);
    json_close(j, '}');
}

void comparison_json(struct json_out *j, const struct comparison *c)
{
    json_open(j, NULL, '{');
    add_run_json(j, "before", c->before);
    add_run_json(j, "now", c->after);
    json_bool(j, "worse", comparison_is_worse(c));
    json_number(j, "slowerRatio", c->rule.ratio);
    json_ms(j, "slowerLeastMs", c->rule.least_ns);
    for (int i = 0; i < CHANGE_N; i++) {
        json_open(j, change_name((enum change)i), '[');
        for (size_t k = 0; k < c->of[i].n; k++) {
            const struct compared *x = &c->of[i].items[k];
            json_open(j, NULL, '{');
            json_text(j, "id", x->after ? x->after->id : x->before->id);
            add_case_json(j, "before", x->before);
            add_case_json(j, "now", x->after);
            if (x->cause_before)
                json_text(j, "causeBefore", x->cause_before);
            json_close(j, '}');
        }
        json_close(j, ']');
    }
    json_close(j, '}');
}
