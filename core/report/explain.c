/* SPDX-License-Identifier: Apache-2.0 */
/* All evidence of one failure, in the order in which one asks: what, why, where, what else. */
#include "report/explain.h"

#include "base/number.h"
#include "report/explain_parts.h"
#include "report/markdown.h"

#include <string.h>

enum { NAMED = 10 };

static void add_item(struct buf *out, const char *title, const char *text)
{
    if (!*text)
        return;
    buf_addf(out, "- %s: ", title);
    markdown_code(out, text);
    buf_addc(out, '\n');
}

static void add_list(struct buf *out, const char *title, const struct string_list *list)
{
    if (list->n == 0)
        return;
    buf_addf(out, "- %s: ", title);
    for (size_t i = 0; i < list->n; i++) {
        buf_adds(out, i ? ", " : "");
        markdown_code(out, list->items[i]);
    }
    buf_addc(out, '\n');
}

static void add_run(struct buf *out, const struct run_model *m)
{
    buf_adds(out, "- run: ");
    markdown_code(out, m->run_id);
    buf_adds(out, ", began ");
    markdown_code(out, m->started_at);
    buf_adds(out, " on ");
    markdown_code(out, m->host);
    buf_addf(out, ", %lld job%s, seed %lld\n", (long long)m->jobs, m->jobs == 1 ? "" : "s", (long long)m->seed);
    add_item(out, "target", m->target);
}

static const struct model_plugin *plugin_of(const struct run_model *m, const struct model_case *c)
{
    for (size_t i = 0; i < m->n_plugins; i++)
        if (strcmp(m->plugins[i].name, c->plugin) == 0)
            return &m->plugins[i];
    return NULL;
}

static void add_scenario(struct buf *out, const struct run_model *m, const struct model_case *c)
{
    const struct model_plugin *plugin = plugin_of(m, c);
    autobuf struct buf text = {0};
    if (*c->file)
        buf_addf(&text, "%s:%d", c->file, (int)c->line);
    add_item(out, "scenario", buf_str(&text));
    buf_clear(&text);
    if (plugin)
        buf_addf(&text, "%s %s, %s", plugin->name, plugin->version, plugin->path);
    add_item(out, "plugin", buf_str(&text));
    add_list(out, "markers", &c->markers);
    add_list(out, "parameters", &c->params);
}

/* Who failed for the same reason. */
static void add_cause(struct buf *out, const struct run_model *m, const struct model_case *c)
{
    struct causes causes = causes_find(m);
    uint32_t own = 0;
    size_t named = 0;
    for (size_t i = 0; i < m->n_cases; i++)
        own = m->cases[i] == c ? causes.of_case[i] : own;
    if (own > 0) {
        const struct cause *cause = &causes.items[own - 1];
        buf_addf(out, "- cause: %s ", cause_kind_name(cause->kind));
        markdown_code(out, cause->title);
        if (cause->n > 1)
            buf_addf(out, ", as of %zu more: ", cause->n - 1);
        for (size_t i = 0; i < m->n_cases && named < NAMED; i++) {
            if (causes.of_case[i] != own || m->cases[i] == c)
                continue;
            buf_adds(out, named++ > 0 ? ", " : "");
            markdown_code(out, m->cases[i]->id);
        }
        buf_adds(out, cause->n - 1 > named ? " ...\n" : "\n");
    }
    causes_free(&causes);
}

static void add_attempts(struct buf *out, const struct model_case *c, const struct model_attempt *told)
{
    if (c->first == c->last)
        return;
    buf_adds(out, "- attempts:");
    for (const struct model_attempt *a = c->first; a; a = a->next)
        buf_addf(out, "%s %d %s%s", a == c->first ? "" : ",", (int)a->number,
                 a->ended ? verdict_name((enum verdict)a->verdict) : "without an end", a == told ? " (below)" : "");
    buf_addc(out, '\n');
}

static void add_others(struct buf *out, const struct model_case *c, const struct model_attempt *told)
{
    for (const struct model_attempt *a = c->first; a; a = a->next) {
        if (a == told || !a->ended || !verdict_is_bad((enum verdict)a->verdict))
            continue;
        buf_addf(out, "\n## Attempt %d: %s\n\n", (int)a->number, verdict_name((enum verdict)a->verdict));
        explain_reason(out, a);
        explain_checks(out, a);
    }
}

/* Begin and length are not from one clock, so that what follows in the same slot can seem to begin before the end. */
static bool overlaps(const struct model_attempt *a, const struct model_case *c)
{
    for (const struct model_attempt *b = c->first; b; b = b->next)
        if (b->slot != a->slot && b->started_ns < a->started_ns + a->duration_ns &&
            a->started_ns < b->started_ns + b->duration_ns)
            return true;
    return false;
}

/* What may have been in its way. */
static void add_neighbours(struct buf *out, const struct run_model *m, const struct model_case *c,
                           const struct model_attempt *a)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_cases; i++) {
        if (m->cases[i] == c || !overlaps(a, m->cases[i]))
            continue;
        if (n == 0)
            buf_adds(out, "\n## What ran meanwhile\n\n");
        if (n++ >= NAMED)
            continue;
        buf_adds(out, "- ");
        markdown_code(out, m->cases[i]->id);
        buf_addf(out, ": %s\n", m->cases[i]->ended ? verdict_name((enum verdict)m->cases[i]->verdict) : "not ended");
    }
    if (n > NAMED)
        buf_addf(out, "- and %zu more\n", n - NAMED);
}

static void add_command(struct buf *out, const struct shown *s)
{
    if (!*s->rerun)
        return;
    buf_adds(out, "\n## Again\n\n");
    markdown_block(out, "sh", s->rerun, strlen(s->rerun), 0);
}

void explain_case(struct buf *out, const struct shown *s, const struct model_case *c)
{
    const struct model_attempt *a = show_attempt(s, c);
    const struct model_fixture *fixture = model_fixture_blamed(s->model, c);
    buf_adds(out, "# ");
    markdown_code(out, c->id);
    buf_addf(out, ": %s\n\n", c->ended ? verdict_name((enum verdict)c->verdict) : "not run");
    add_item(out, "summary", c->summary);
    add_run(out, s->model);
    add_scenario(out, s->model, c);
    add_attempts(out, c, a);
    add_cause(out, s->model, c);
    if (fixture)
        explain_fixture(out, fixture);
    if (a)
        explain_attempt(out, s, c, a);
    else if (*c->reason)
        explain_prose(out, "Why", c->reason);
    add_others(out, c, a);
    if (a)
        add_neighbours(out, s->model, c, a);
    add_command(out, s);
}
