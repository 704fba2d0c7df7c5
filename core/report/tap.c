/* SPDX-License-Identifier: Apache-2.0 */
/* TAP version 14, with a YAML block for what failed. */
#include "base/text.h"
#include "report/formats.h"

#include <string.h>

/* One line; `#` would begin a directive. */
static void add_description(struct buf *out, const char *text)
{
    autobuf struct buf clean = {0};
    terminal_add(&clean, text, strlen(text));
    for (size_t i = 0; i < clean.len; i++) {
        char c = clean.data[i];
        if (c == '#' || c == '\\')
            buf_addc(out, '\\');
        buf_addc(out, c == '\n' || c == '\t' ? ' ' : c);
    }
}

/* A JSON string is a YAML one. */
static void add_yaml(struct buf *out, const char *key, const char *text)
{
    if (!*text)
        return;
    buf_addf(out, "  %s: ", key);
    json_add_string(out, text, strlen(text));
    buf_addc(out, '\n');
}

static void add_block(struct buf *out, const struct model_case *c)
{
    buf_adds(out, "  ---\n");
    add_yaml(out, "verdict", verdict_name((enum verdict)c->verdict));
    add_yaml(out, "message", c->reason);
    const struct model_detail *d = c->last ? model_attempt_detail(c->last) : NULL;
    if (d && d->n_checks > 0) {
        const struct model_check *check = &d->checks[0];
        add_yaml(out, "expression", check->expression);
        add_yaml(out, "actual", check->actual);
        add_yaml(out, "expected", check->expected);
    }
    if (c->last && *c->last->file) {
        add_yaml(out, "file", c->last->file);
        buf_addf(out, "  line: %d\n", (int)c->last->line);
    }
    buf_adds(out, "  ...\n");
}

static void add_case(struct buf *out, size_t number, const struct model_case *c)
{
    bool ok = c->ended && !verdict_is_bad((enum verdict)c->verdict);
    buf_addf(out, "%s %zu - ", ok ? "ok" : "not ok", number);
    add_description(out, c->id);
    if (!c->ended)
        buf_adds(out, " (not run)");
    if (c->ended && c->verdict == VERDICT_SKIPPED) {
        buf_adds(out, " # SKIP ");
        add_description(out, c->reason);
    }
    buf_addc(out, '\n');
    if (c->ended && !ok)
        add_block(out, c);
    if (model_is_unchecked(c))
        buf_adds(out, "# it passed without a single check\n");
}

static void add_refusal(struct buf *out, size_t number, const struct model_refusal *r)
{
    buf_addf(out, "not ok %zu - ", number);
    add_description(out, r->path);
    buf_adds(out, "\n  ---\n");
    add_yaml(out, "verdict", "refused");
    add_yaml(out, "message", r->text);
    add_yaml(out, "reason", r->reason);
    buf_adds(out, "  ...\n");
}

void tap_write(struct output *out, const struct run_model *m)
{
    buf_adds(&out->text, "TAP version 14\n");
    buf_addf(&out->text, "1..%zu\n", m->n_cases + m->n_refusals);
    for (size_t i = 0; i < m->n_cases; i++) {
        add_case(&out->text, i + 1, m->cases[i]);
        output_step(out);
    }
    for (size_t i = 0; i < m->n_refusals; i++)
        add_refusal(&out->text, m->n_cases + i + 1, &m->refusals[i]);
    if (!m->ended)
        buf_adds(&out->text, "Bail out! the log ends before the run did\n");
}
