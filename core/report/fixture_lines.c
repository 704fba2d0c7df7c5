/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures on a console: set-up, ready, tear-down, and what went wrong. */
#include "report/fixture_lines.h"

#include "base/text.h"

#include <string.h>

enum { SHOWN_LOGS = 20 };

bool fixture_is_bad(const struct model_fixture *f)
{
    return f->failed || f->died || *f->trouble;
}

/* `       READY [   0.123s] run postgres(version=15)` */
static void begin(struct buf *out, const struct style *style, enum colour colour, const char *word, int64_t ns,
                  const struct model_fixture *f)
{
    style_status(out, style, colour, word);
    style_seconds(out, style, ns);
    terminal_add(out, f->scope, strlen(f->scope));
    buf_addc(out, ' ');
    terminal_add(out, f->label, strlen(f->label));
    if (f->start > 1)
        buf_addf(out, " (start %d)", (int)f->start);
}

static void add_keys(struct buf *out, const struct model_fixture *f)
{
    for (size_t i = 0; i < f->keys.n; i++) {
        buf_adds(out, i ? ", " : ": ");
        terminal_add(out, f->keys.items[i], strlen(f->keys.items[i]));
    }
}

static void add_why(struct buf *out, const struct style *style, const struct model_fixture *f, const char *why)
{
    autobuf struct buf text = {0};
    if (*f->file && why == f->reason)
        buf_addf(&text, "%s:%d: ", f->file, (int)f->line);
    buf_adds(&text, why);
    buf_addc(out, '\n');
    style_wrapped(out, style, style_below(style), buf_str(&text));
}

void fixture_add_line(struct buf *out, const struct style *style, enum event_type type, const struct model_fixture *f)
{
    switch (type) {
    case EVENT_FIXTURE_STARTED:
        begin(out, style, COLOUR_NONE, "SETUP", -1, f);
        buf_adds(out, ", for ");
        terminal_add(out, f->asked_by, strlen(f->asked_by));
        break;
    case EVENT_FIXTURE_READY:
        begin(out, style, COLOUR_NONE, "READY", f->ready_after_ns, f);
        add_keys(out, f);
        break;
    case EVENT_FIXTURE_FAILED:
        begin(out, style, COLOUR_RED, "SETUP FAIL", -1, f);
        return add_why(out, style, f, f->reason);
    case EVENT_FIXTURE_DIED:
        begin(out, style, COLOUR_RED, "DIED", -1, f);
        return add_why(out, style, f, f->reason);
    default:
        begin(out, style, *f->trouble ? COLOUR_RED : COLOUR_NONE, "TEARDOWN", f->duration_ns, f);
        buf_addf(out, ", %lld user%s", (long long)f->users, f->users == 1 ? "" : "s");
        if (*f->trouble)
            return add_why(out, style, f, f->trouble);
    }
    buf_addc(out, '\n');
}

static void add_logs(struct buf *out, const struct style *style, const struct model_fixture *f)
{
    if (f->n_logs == 0)
        return;
    buf_addf(out, "%*slog:\n", (int)style_detail(style), "");
    for (uint32_t i = f->n_logs > SHOWN_LOGS ? f->n_logs - SHOWN_LOGS : 0; i < f->n_logs; i++) {
        autobuf struct buf text = {0};
        buf_addf(&text, "%s: ", f->logs[i].level);
        if (*f->logs[i].file)
            buf_addf(&text, "%s:%d: ", f->logs[i].file, (int)f->logs[i].line);
        buf_adds(&text, f->logs[i].text);
        style_indented(out, style_value(style), text.data, text.len);
    }
}

void fixture_add(struct buf *out, const struct style *style, const struct model_fixture *f)
{
    if (f->failed || f->died)
        fixture_add_line(out, style, f->failed ? EVENT_FIXTURE_FAILED : EVENT_FIXTURE_DIED, f);
    if (*f->trouble)
        fixture_add_line(out, style, EVENT_FIXTURE_ENDED, f);
    add_logs(out, style, f);
    if (f->output.n > 0)
        buf_addf(out, "%*soutput, its end:\n", (int)style_detail(style), "");
    for (size_t i = 0; i < f->output.n; i++)
        style_indented(out, style_value(style), f->output.items[i], strlen(f->output.items[i]));
}
