/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TAP, with a YAML block for what failed. Version 13 is what most harnesses read (prove before 2024 refuses 14); 14
 * adds that a backslash in a description is escaped.
 */
#include "base/text.h"
#include "report/formats.h"
#include "report/threshold_lines.h"

#include <string.h>

/* One line; `#` would begin a directive. */
static void add_description(struct buf *out, int version, const char *text)
{
    autobuf struct buf clean = {0};
    terminal_add(&clean, text, strlen(text));
    for (size_t i = 0; i < clean.len; i++) {
        char c = clean.data[i];
        if (c == '#' || (c == '\\' && version >= 14))
            buf_addc(out, '\\');
        buf_addc(out, c == '\n' || c == '\t' ? ' ' : c);
    }
}

/*
 * In double quotes, with no escape but those that small readers know as well: theirs end at \xNN. YAML takes no control
 * character as it is, and some end a line for it.
 */
static void add_yaml_string(struct buf *out, const char *text)
{
    buf_addc(out, '"');
    for (const char *p = text, *end = text + strlen(text); p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        if (code == '"' || code == '\\')
            buf_addf(out, "\\%c", (int)code);
        else if (code == '\n' || code == '\t')
            buf_adds(out, code == '\n' ? "\\n" : "\\t");
        else if (text_is_control(code) || code == 0xfeff || code == 0xfffe || code == 0xffff)
            buf_addf(out, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
        else
            utf8_encode(out, code);
    }
    buf_addc(out, '"');
}

static void add_yaml(struct buf *out, const char *key, const char *text)
{
    if (!*text)
        return;
    buf_addf(out, "  %s: ", key);
    add_yaml_string(out, text);
    buf_addc(out, '\n');
}

static void add_block(struct buf *out, const struct model_case *c, const char *fault)
{
    buf_adds(out, "  ---\n");
    add_yaml(out, "verdict", verdict_name((enum verdict)c->verdict));
    add_yaml(out, "message", fault ? fault : c->reason);
    const struct model_attempt *told = model_attempt_told(c);
    const struct model_detail *d = told ? model_attempt_detail(told) : NULL;
    if (d && d->n_checks > 0) {
        const struct model_check *check = &d->checks[0];
        add_yaml(out, "expression", check->expression);
        add_yaml(out, "actual", check->actual);
        add_yaml(out, "expected", check->expected);
        if (*check->expression) /* else it is the reason, which stands above */
            add_yaml(out, "check_message", check->message);
    }
    if (told && *told->file) {
        add_yaml(out, "file", told->file);
        buf_addf(out, "  line: %d\n", (int)told->line);
    }
    buf_adds(out, "  ...\n");
}

static void add_case(struct buf *out, int version, size_t number, const struct run_model *m, const struct model_case *c)
{
    const char *fault = model_fault(m, c);
    bool ok = c->ended && !verdict_is_bad((enum verdict)c->verdict) && !fault;
    buf_addf(out, "%s %zu - ", ok ? "ok" : "not ok", number);
    add_description(out, version, c->id);
    if (!c->ended)
        buf_adds(out, " (not run)");
    if (ok && c->verdict == VERDICT_SKIPPED) {
        buf_adds(out, " # SKIP ");
        add_description(out, version, c->reason);
    }
    buf_addc(out, '\n');
    if (c->ended && !ok)
        add_block(out, c, fault);
    if (model_is_unchecked(c))
        buf_adds(out, "# it passed without a single check\n");
}

/* What is wrong with a file. No reason: "". */
static void add_file(struct buf *out, int version, size_t number, const char *path, const char *verdict,
                     const char *message, const char *reason)
{
    buf_addf(out, "not ok %zu - ", number);
    add_description(out, version, path);
    buf_adds(out, "\n  ---\n");
    add_yaml(out, "verdict", verdict);
    add_yaml(out, "message", message);
    add_yaml(out, "reason", reason);
    buf_adds(out, "  ...\n");
}

/* What is told and does not count is TAP's TODO: a harness shows it and passes. */
static void add_threshold(struct buf *out, int version, size_t number, const struct run_model *m,
                          const struct model_threshold *t)
{
    autobuf struct buf found = {0}, worst = {0};
    bool missed = t->outcome == THRESHOLD_MISSED;
    buf_addf(out, "%s %zu - threshold ", missed ? "not ok" : "ok", number);
    add_description(out, version, t->text);
    if (*t->plugin) {
        buf_adds(out, " of ");
        add_description(out, version, t->plugin);
    }
    if (t->outcome == THRESHOLD_UNMEASURED || t->outcome == THRESHOLD_OFF)
        buf_adds(out, t->outcome == THRESHOLD_OFF ? " # SKIP off" : " # SKIP not measured");
    if (missed && m->missed_warns)
        buf_adds(out, " # TODO --missed warn");
    buf_addc(out, '\n');
    if (!missed)
        return;
    threshold_add_found(&found, t);
    threshold_add_worst(&worst, t);
    buf_adds(out, "  ---\n");
    add_yaml(out, "verdict", "missed");
    add_yaml(out, "message", buf_str(&found));
    add_yaml(out, "worst", buf_str(&worst));
    buf_adds(out, "  ...\n");
}

void tap_write(struct output *out, const struct run_model *m, int version)
{
    const char *fault = m->ended ? model_run_fault(m) : NULL; /* else it bails out */
    size_t n = m->n_cases + m->n_refusals + m->n_changes + m->n_thresholds + (fault ? 1 : 0), number = m->n_cases;
    buf_addf(&out->text, "TAP version %d\n", version);
    buf_addf(&out->text, "1..%zu%s\n", n, n == 0 ? " # SKIP nothing was selected" : "");
    for (size_t i = 0; i < m->n_cases; i++) {
        add_case(&out->text, version, i + 1, m, m->cases[i]);
        output_step(out);
    }
    for (size_t i = 0; i < m->n_refusals; i++)
        add_file(&out->text, version, ++number, m->refusals[i].path, "refused", m->refusals[i].text,
                 m->refusals[i].reason);
    for (size_t i = 0; i < m->n_changes; i++)
        add_file(&out->text, version, ++number, m->changes[i].path, "changed", m->changes[i].what, "");
    for (size_t i = 0; i < m->n_thresholds; i++)
        add_threshold(&out->text, version, ++number, m, &m->thresholds[i]);
    if (fault)
        add_file(&out->text, version, ++number, "exit status", "run", fault, "");
    if (!m->ended)
        buf_adds(&out->text, "Bail out! the log ends before the run did\n");
}
