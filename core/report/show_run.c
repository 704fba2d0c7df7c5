/* SPDX-License-Identifier: Apache-2.0 */
/* A run as a person looks at it later. */
#include "report/results_json.h"
#include "report/show.h"
#include "report/summary.h"
#include "report/threshold_lines.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NAMED = 10 }; /* cases of one cause, flaky ones */

static void add_rule(struct buf *out)
{
    buf_adds(out, "------------\n");
}

/* `     Started ` and its text, wrapped. */
static void add_line(struct buf *out, const struct style *style, const char *word, const char *text)
{
    autobuf struct buf line = {0};
    buf_addf(&line, " %s", text);
    style_status(out, style, COLOUR_BOLD, word);
    style_wrapped_behind(out, style, style_is_narrow(style) ? strlen(word) : STATUS_COLUMNS, style_below(style),
                         buf_str(&line));
}

/* The same on one line, for who copies it. */
static void add_to_copy(struct buf *out, const struct style *style, const char *word, const char *text)
{
    style_status(out, style, COLOUR_BOLD, word);
    buf_addc(out, ' ');
    style_continued(out, style, text);
    buf_addc(out, '\n');
}

static void add_head(struct buf *out, const struct style *style, const struct shown *s)
{
    const struct run_model *m = s->model;
    autobuf struct buf text = {0};
    buf_addf(&text, "%s, run %s", m->muster_version, m->run_id);
    if (*m->target)
        buf_addf(&text, ", target %s", m->target);
    add_line(out, style, "muster", buf_str(&text));
    buf_clear(&text);
    buf_addf(&text, "%s on %s (%lld job%s, %s, seed %lld)", m->started_at, m->host, (long long)m->jobs,
             m->jobs == 1 ? "" : "s", m->containment, (long long)m->seed);
    add_line(out, style, "Started", buf_str(&text));
    if (*m->rerun_of)
        add_line(out, style, "Rerun of", m->rerun_of);
    if (*s->command)
        add_to_copy(out, style, "Command", s->command);
}

static void add_cause(struct buf *out, const struct style *style, const struct run_model *m,
                      const struct causes *causes, size_t number)
{
    const struct cause *cause = &causes->items[number];
    autobuf struct buf title = {0};
    char word[32], kind[16] = "";
    const char *name = cause_kind_name(cause->kind);
    for (size_t i = 0; name[i] && i + 1 < sizeof kind; i++)
        kind[i] = (char)toupper((unsigned char)name[i]);
    snprintf(word, sizeof word, "%zu x %s", cause->n, kind);
    if (*cause->file)
        buf_addf(&title, "%s:%d: ", cause->file, (int)cause->line);
    buf_adds(&title, cause->title);
    add_line(out, style, word, buf_str(&title));
    size_t named = 0;
    for (size_t i = 0; i < m->n_cases && named < NAMED; i++) {
        if (causes->of_case[i] != number + 1)
            continue;
        style_case_line(out, style, m->cases[i], NULL);
        named++;
    }
    if (cause->n > named)
        buf_addf(out, "%*sand %zu more\n", (int)style_below(style), "", cause->n - named);
}

static void add_causes(struct buf *out, const struct style *style, const struct run_model *m)
{
    struct causes causes = causes_find(m);
    for (size_t i = 0; i < causes.n; i++) {
        add_rule(out);
        add_cause(out, style, m, &causes, i);
    }
    causes_free(&causes);
}

static void add_flaky(struct buf *out, const struct style *style, const struct run_model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_cases; i++) {
        const struct model_case *c = m->cases[i];
        if (!c->ended || c->verdict != VERDICT_FLAKY)
            continue;
        if (n == 0)
            add_rule(out);
        if (n++ < NAMED)
            style_case_line(out, style, c, NULL);
    }
    if (n > NAMED)
        buf_addf(out, "%*sand %zu more\n", (int)style_below(style), "", n - NAMED);
}

void show_end(struct buf *out, const struct style *style, const struct shown *s, const char *below)
{
    autobuf struct buf text = {0};
    buf_addf(&text, "%s%s%s", s->path, !*below ? "" : s->is_bundle ? ", in it " : "/", below);
    add_to_copy(out, style, "Evidence", buf_str(&text));
    if (*s->rerun)
        add_to_copy(out, style, "Rerun", s->rerun);
}

void show_run(struct buf *out, const struct style *style, const struct shown *s)
{
    const struct run_model *m = s->model;
    const char *fault = model_run_fault(m);
    add_head(out, style, s);
    add_causes(out, style, m);
    add_flaky(out, style, m);
    if (model_missed(m) > 0)
        add_rule(out);
    thresholds_add_missed(out, style, m);
    add_rule(out);
    summary_end(out, style, m);
    if (fault && m->ended)
        add_line(out, style, "Because", fault);
    show_end(out, style, s, "");
}

static void add_causes_json(struct json_out *j, const struct run_model *m)
{
    struct causes causes = causes_find(m);
    json_open(j, "causes", '[');
    for (size_t i = 0; i < causes.n; i++) {
        const struct cause *cause = &causes.items[i];
        json_open(j, NULL, '{');
        json_text(j, "kind", cause_kind_name(cause->kind));
        json_text(j, "title", cause->title);
        json_text_if(j, "file", cause->file);
        if (*cause->file)
            json_int(j, "line", cause->line);
        json_open(j, "scenarios", '[');
        for (size_t k = 0; k < m->n_cases; k++)
            if (causes.of_case[k] == i + 1)
                json_text(j, NULL, m->cases[k]->id);
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
    causes_free(&causes);
}

static bool is_flaky(const struct model_case *c)
{
    return c->ended && c->verdict == VERDICT_FLAKY;
}

static bool is_not_run(const struct model_case *c)
{
    return !c->ended;
}

static void add_ids(struct json_out *j, const char *key, const struct run_model *m,
                    bool (*wanted)(const struct model_case *c))
{
    json_open(j, key, '[');
    for (size_t i = 0; i < m->n_cases; i++)
        if (wanted(m->cases[i]))
            json_text(j, NULL, m->cases[i]->id);
    json_close(j, ']');
}

void show_run_json(struct json_out *j, const struct shown *s)
{
    json_open(j, NULL, '{');
    json_text(j, "path", s->path);
    json_text_if(j, "rerun", s->rerun);
    results_json_run(j, s->model);
    add_causes_json(j, s->model);
    add_ids(j, "flaky", s->model, is_flaky);
    add_ids(j, "notRun", s->model, is_not_run);
    results_json_outcome(j, s->model);
    json_close(j, '}');
}
