/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run as a person reads it. */
#include "report/summary.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/fixture_lines.h"
#include "report/threshold_lines.h"

#include <stdio.h>
#include <string.h>

static void add_rule(struct buf *out)
{
    buf_adds(out, "------------\n");
}

static void add_attempt_line(struct buf *out, const struct style *style, const struct model_attempt *a)
{
    buf_addf(out, "%*sattempt %d: %s\n", (int)style_detail(style), "", (int)a->number,
             verdict_name((enum verdict)a->verdict));
}

/* The attempts from `a` to the one before `end`, in short. */
static void add_attempts(struct buf *out, const struct style *style, const struct model_attempt *a,
                         const struct model_attempt *end)
{
    for (; a && a != end; a = a->next) {
        add_attempt_line(out, style, a);
        failure_add_short(out, style, a);
    }
}

static void add_failed_case(struct buf *out, const struct style *style, const struct model_case *c,
                            const struct output_reader *source)
{
    style_case_line(out, style, c, NULL);
    if (*c->summary)
        style_wrapped(out, style, style_detail(style), c->summary);
    const struct model_attempt *told = model_attempt_told(c);
    add_attempts(out, style, c->first, told);
    if (!told) {
        if (*c->reason)
            style_wrapped(out, style, style_detail(style), c->reason);
        return;
    }
    if (c->first != c->last)
        add_attempt_line(out, style, told);
    failure_add(out, style, c, told, source);
    add_attempts(out, style, told->next, NULL);
}

static void add_flaky_case(struct buf *out, const struct style *style, const struct model_case *c)
{
    style_case_line(out, style, c, NULL);
    add_attempts(out, style, c->first, c->last);
    for (const struct model_attempt *a = c->first; a; a = a->next)
        failure_add_leaks(out, style, a);
}

/* A case that did not fail but is worth a second look. */
static bool is_noteworthy(const struct model_case *c)
{
    return c->ended && !verdict_is_bad((enum verdict)c->verdict) && (c->verdict == VERDICT_FLAKY || c->leaked);
}

/* For each case the fixture to blame, or NULL: looked for once. */
static const struct model_fixture **blame(const struct run_model *model)
{
    const struct model_fixture **blamed = xcalloc(model->n_cases, sizeof *blamed);
    for (size_t i = 0; i < model->n_cases; i++)
        blamed[i] = model_fixture_blamed(model, model->cases[i]);
    return blamed;
}

static void add_failures(struct output *out, const struct style *style, const struct run_model *model,
                         const struct model_fixture *const *blamed, const struct output_reader *source)
{
    for (size_t i = 0; i < model->n_cases; i++) {
        const struct model_case *c = model->cases[i];
        if (!c->ended || !verdict_is_bad((enum verdict)c->verdict) || blamed[i])
            continue;
        add_rule(&out->text);
        add_failed_case(&out->text, style, c, source);
        output_step(out);
    }
}

static void add_noteworthy(struct output *out, const struct style *style, const struct run_model *model)
{
    bool any = false;
    for (size_t i = 0; i < model->n_cases; i++) {
        if (!is_noteworthy(model->cases[i]))
            continue;
        if (!any)
            add_rule(&out->text);
        any = true;
        add_flaky_case(&out->text, style, model->cases[i]);
        output_step(out);
    }
}

/* Their failure is the fixture's, which has been told. */
static void add_fallen_users(struct buf *out, const struct style *style, const struct run_model *model,
                             const struct model_fixture *const *blamed, const struct model_fixture *f)
{
    enum { NAMED = 10 };
    size_t n = 0;
    autobuf struct buf named = {0};
    for (size_t i = 0; i < model->n_cases; i++) {
        if (blamed[i] == f && n++ < NAMED)
            buf_addf(&named, "%s\n", model->cases[i]->id);
    }
    if (n == 0)
        return;
    buf_addf(out, "%*sfor want of it %zu scenario%s ended in an error:\n", (int)style_detail(style), "", n,
             n == 1 ? "" : "s");
    style_indented(out, style_value(style), named.data, named.len);
    if (n > NAMED)
        buf_addf(out, "%*sand %zu more\n", (int)style_value(style), "", n - NAMED);
}

static void add_bad_fixtures(struct output *out, const struct style *style, const struct run_model *model,
                             const struct model_fixture *const *blamed)
{
    for (size_t i = 0; i < model->n_fixtures; i++) {
        const struct model_fixture *f = &model->fixtures[i];
        if (!fixture_is_bad(f))
            continue;
        add_rule(&out->text);
        fixture_add(&out->text, style, f);
        add_fallen_users(&out->text, style, model, blamed, f);
        output_step(out);
    }
}

struct part {
    size_t n;
    const char *word;
    enum colour colour;
};

static void add_part(struct buf *out, const struct style *style, size_t *column, bool first, const struct part *part,
                     const char *more)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", part->n);
    size_t columns = strlen(number) + 1 + strlen(part->word) + strlen(more);
    if (!first) {
        buf_addc(out, ',');
        ++*column;
    }
    /* One column is kept for the comma that may follow. */
    if (style->width > 0 && *column + 1 + columns + 1 > style->width) {
        size_t indent = style_below(style) - 1;
        buf_addf(out, "\n%*s", (int)indent, "");
        *column = indent;
    }
    buf_addc(out, ' ');
    style_coloured(out, style, COLOUR_BOLD, number);
    buf_addc(out, ' ');
    style_coloured(out, style, part->n > 0 ? part->colour : COLOUR_NONE, part->word);
    buf_adds(out, more);
    *column += 1 + columns;
}

/* Of those that passed: a bad one's own line tells of its leaks. */
static size_t leaky_passes(const struct run_model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_cases; i++) {
        const struct model_case *c = m->cases[i];
        n += c->leaked && c->ended && (c->verdict == VERDICT_PASSED || c->verdict == VERDICT_FLAKY);
    }
    return n;
}

/* " (1 flaky, 2 leaky)" */
static void passed_notes(const struct run_model *m, char *ret_text, size_t size)
{
    size_t flaky = m->verdicts[VERDICT_FLAKY], leaky = leaky_passes(m);
    if (flaky && leaky)
        snprintf(ret_text, size, " (%zu flaky, %zu leaky)", flaky, leaky);
    else if (flaky || leaky)
        snprintf(ret_text, size, " (%zu %s)", flaky ? flaky : leaky, flaky ? "flaky" : "leaky");
    else
        *ret_text = '\0';
}

void summary_add(struct buf *out, const struct style *style, const struct run_model *m)
{
    size_t bad = model_bad(m), not_run = model_not_run(m), run = m->n_ended - m->verdicts[VERDICT_SKIPPED];
    bool missed = model_missed(m) > 0 && !m->missed_warns;
    style_status(out, style,
                 bad || m->n_changes > 0 || missed ? COLOUR_RED
                 : not_run                         ? COLOUR_YELLOW
                                                   : COLOUR_GREEN,
                 "Summary");
    size_t before = out->len;
    style_seconds(out, style, m->duration_ns);
    if (not_run)
        buf_addf(out, "%zu/%zu scenarios run:", run, m->n_cases - m->verdicts[VERDICT_SKIPPED]);
    else
        buf_addf(out, "%zu scenario%s run:", run, run == 1 ? "" : "s");
    size_t word = style_is_narrow(style) ? strlen("Summary") : STATUS_COLUMNS, column = word + out->len - before;

    char notes[64];
    passed_notes(m, notes, sizeof notes);
    const struct part passed = {m->verdicts[VERDICT_PASSED] + m->verdicts[VERDICT_FLAKY], "passed", COLOUR_GREEN};
    add_part(out, style, &column, true, &passed, notes);
    const struct part parts[] = {
        {m->verdicts[VERDICT_FAILED], "failed", COLOUR_RED},
        {m->verdicts[VERDICT_ERROR], m->verdicts[VERDICT_ERROR] == 1 ? "error" : "errors", COLOUR_RED},
        {m->verdicts[VERDICT_TIMEOUT], "timed out", COLOUR_RED},
        {m->verdicts[VERDICT_CRASHED], "crashed", COLOUR_RED},
        {m->verdicts[VERDICT_SKIPPED], "skipped", COLOUR_YELLOW},
        {not_run, "not run", COLOUR_YELLOW},
    };
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (parts[i].n > 0)
            add_part(out, style, &column, false, &parts[i], "");
    buf_addc(out, '\n');
}

static void add_refusals(struct buf *out, const struct style *style, const struct run_model *model)
{
    for (size_t i = 0; i < model->n_refusals; i++)
        refusal_add(out, style, &model->refusals[i]);
    for (size_t i = 0; i < model->n_changes; i++)
        change_add(out, style, &model->changes[i]);
}

void refusal_add(struct buf *out, const struct style *style, const struct model_refusal *r)
{
    style_status(out, style, COLOUR_RED, "REFUSED");
    buf_addc(out, ' ');
    terminal_add(out, r->path, strlen(r->path));
    buf_addc(out, '\n');
    style_wrapped(out, style, style_below(style), r->text);
}

/* "a, b and 3 more" */
static void add_names(struct buf *out, const struct string_list *names)
{
    enum { MOST = 4 };
    for (size_t i = 0; i < names->n && i < MOST; i++)
        buf_addf(out, "%s%s", i == 0 ? "" : ", ", names->items[i]);
    if (names->n > MOST)
        buf_addf(out, " and %zu more", names->n - MOST);
}

void change_add(struct buf *out, const struct style *style, const struct model_change *change)
{
    style_status(out, style, COLOUR_RED, "CHANGED");
    buf_addc(out, ' ');
    terminal_add(out, change->path, strlen(change->path));
    buf_addc(out, '\n');
    autobuf struct buf text = {0};
    buf_addf(&text, "in the run's folder: %s", change->what);
    if (change->during.n > 0)
        buf_adds(&text, ", while this ran: ");
    add_names(&text, &change->during);
    style_wrapped(out, style, style_below(style), buf_str(&text));
}

static void add_state(struct buf *out, const struct style *style, const struct run_model *model)
{
    if (model->ended && !model->interrupted)
        return;
    bool parts_missing = model_parts_missing(model), merged = model->n_merged > 0;
    style_status(out, style, COLOUR_YELLOW, merged ? "INCOMPLETE" : model->ended ? "INTERRUPTED" : "CUT OFF");
    if (parts_missing)
        buf_addf(out, " only %zu of %lld shards were merged\n", model->n_merged, (long long)model->shards);
    else if (merged)
        buf_addf(out, " %s\n", *model->why ? model->why : "a shard was interrupted");
    else
        buf_adds(out, model->ended ? " by a signal before its end\n" : " the log ends before the run did\n");
}

void summary_end(struct buf *out, const struct style *style, const struct run_model *model)
{
    summary_add(out, style, model);
    thresholds_add_summary(out, style, model);
    add_state(out, style, model);
    add_refusals(out, style, model);
}

void summary_final(struct output *out, const struct style *style, const struct run_model *model,
                   const struct output_reader *source)
{
    autofree const struct model_fixture **blamed = blame(model);
    add_failures(out, style, model, blamed, source);
    add_bad_fixtures(out, style, model, blamed);
    add_noteworthy(out, style, model);
    if (model_missed(model) > 0)
        add_rule(&out->text);
    thresholds_add_missed(&out->text, style, model);
    add_rule(&out->text);
    summary_end(&out->text, style, model);
    output_step(out);
}
