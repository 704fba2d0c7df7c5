/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt in Markdown. */
#include "report/explain_parts.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"
#include "report/markdown.h"

#include <string.h>

enum {
    SHOWN_CHECKS = 20,
    SHOWN_LOGS = 30,
    SHOWN_STEPS = 60,
    TAIL_BYTES = 16 * 1024,
    TAIL_LINES = 40,
    SHORT_VALUE = 80
};

static void add_heading(struct buf *out, const char *text)
{
    buf_addf(out, "\n## %s\n\n", text);
}

/* "0.012s" */
static void add_seconds(struct buf *out, int64_t ns)
{
    int64_t ms = (ns + NS_PER_MS / 2) / NS_PER_MS;
    buf_addf(out, "%lld.%03ds", (long long)(ms / 1000), (int)(ms % 1000));
}

void explain_prose(struct buf *out, const char *heading, const char *text)
{
    add_heading(out, heading);
    markdown_code(out, text);
    buf_addc(out, '\n');
}

static void add_place(struct buf *out, const char *before, const char *file, int32_t line)
{
    if (!*file)
        return;
    autofree char *place = xasprintf("%s:%d", file, (int)line);
    buf_adds(out, before);
    markdown_code(out, place);
}

void explain_reason(struct buf *out, const struct model_attempt *a)
{
    if (!*a->reason)
        return;
    markdown_code(out, a->reason);
    add_place(out, " at ", a->file, a->line);
    buf_adds(out, "\n\n");
}

static void add_value(struct buf *out, const char *name, const char *value)
{
    if (!*value)
        return;
    buf_addf(out, "  - %s: ", name);
    if (strlen(value) <= SHORT_VALUE && !strchr(value, '\n')) {
        markdown_code(out, value);
        buf_addc(out, '\n');
        return;
    }
    buf_adds(out, "\n\n");
    markdown_block(out, "", value, strlen(value), 4);
}

static void add_check(struct buf *out, const struct model_attempt *a, const struct model_check *check)
{
    autobuf struct buf path = {0};
    model_step_path(a, check->step, &path);
    buf_adds(out, check->required ? "- requirement " : "- check ");
    markdown_code(out, *check->expression ? check->expression : check->message);
    add_place(out, " at ", check->file, check->line);
    if (path.len > 0) {
        buf_adds(out, ", in step ");
        markdown_code(out, buf_str(&path));
    }
    buf_addc(out, '\n');
    add_value(out, "actual", check->actual);
    add_value(out, "expected", check->expected);
    if (*check->expression)
        add_value(out, "message", check->message);
}

void explain_checks(struct buf *out, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    for (uint32_t i = 0; i < d->n_checks && i < SHOWN_CHECKS; i++)
        add_check(out, a, &d->checks[i]);
    uint32_t all = a->n_failed_checks > d->n_checks ? a->n_failed_checks : d->n_checks;
    if (all > SHOWN_CHECKS)
        buf_addf(out, "- and %u more failed checks\n", all - SHOWN_CHECKS);
}

static void add_lines(struct buf *out, const struct string_list *lines)
{
    autobuf struct buf text = {0};
    for (size_t i = 0; i < lines->n; i++)
        buf_addf(&text, "%s\n", lines->items[i]);
    markdown_block(out, "", text.data, text.len, 0);
}

static void add_stack(struct buf *out, const char *heading, const char *what, const struct string_list *stack)
{
    explain_prose(out, heading, what);
    if (stack->n == 0)
        return;
    buf_addc(out, '\n');
    add_lines(out, stack);
}

static void add_ends(struct buf *out, const struct model_detail *d)
{
    autobuf struct buf text = {0};
    if (d->crashed) {
        buf_adds(&text, *d->signal ? d->signal : "it ended without a verdict");
        buf_addf(&text, "%s%s", *d->address ? " at address " : "", d->address);
        buf_addf(&text, "%s%s", *d->crash_phase ? ", in " : "", d->crash_phase);
        add_stack(out, "Crash", buf_str(&text), &d->crash_stack);
    }
    if (d->timed_out) {
        buf_clear(&text);
        buf_addf(&text, "%s took longer than ", *d->timeout_phase ? d->timeout_phase : "it");
        style_duration(&text, d->budget_ns);
        buf_adds(&text, "; this is where it stood");
        add_stack(out, "Time was over", buf_str(&text), &d->timeout_stack);
    }
}

static size_t depth_of(const struct model_attempt *a, const struct model_step *step)
{
    autobuf struct buf path = {0};
    size_t depth = 0;
    model_step_path(a, step->number, &path);
    for (const char *p = buf_str(&path); (p = strstr(p, " > ")); p += 3)
        depth++;
    return depth < 8 ? depth : 8;
}

static void add_steps(struct buf *out, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    uint32_t from = d->n_steps > SHOWN_STEPS ? d->n_steps - SHOWN_STEPS : 0;
    if (d->n_steps == 0)
        return;
    add_heading(out, "Steps");
    if (from > 0)
        buf_addf(out, "The last %d of %u:\n\n", SHOWN_STEPS, d->n_steps);
    for (uint32_t i = from; i < d->n_steps; i++) {
        const struct model_step *step = &d->steps[i];
        buf_addf(out, "%*s- ", (int)(2 * depth_of(a, step)), "");
        markdown_code(out, step->name);
        if (!step->ended) {
            buf_adds(out, ": **it was in here at its end**\n");
            continue;
        }
        buf_adds(out, step->failed ? ": **failed**, " : ": ");
        add_seconds(out, step->duration_ns);
        buf_addc(out, '\n');
    }
}

static void add_leaks(struct buf *out, const struct model_detail *d)
{
    for (uint32_t i = 0; i < d->n_leaks; i++) {
        autofree char *what = xasprintf("of kind %s", d->leaks[i].kind);
        add_stack(out, "Left behind", what, &d->leaks[i].what);
    }
}

static void add_logs(struct buf *out, const struct model_log *logs, uint32_t n, uint32_t dropped)
{
    autobuf struct buf text = {0};
    uint32_t from = n > SHOWN_LOGS ? n - SHOWN_LOGS : 0;
    if (n == 0)
        return;
    for (uint32_t i = from; i < n; i++)
        buf_addf(&text, "%s: %s\n", logs[i].level, logs[i].text);
    add_heading(out, "Log");
    if (from + dropped > 0)
        buf_addf(out, "The last %u of %u lines:\n\n", n - from, n + dropped);
    markdown_block(out, "", text.data, text.len, 0);
}

static size_t last_lines(const char *text, size_t len)
{
    size_t at = len, lines = 0;
    while (at > 0 && (at == len || text[at - 1] != '\n' || ++lines < TAIL_LINES))
        at--;
    return at;
}

static void add_output(struct buf *out, const struct shown *s, const struct model_case *c,
                       const struct model_attempt *a, const char *name, int64_t bytes)
{
    autobuf struct buf path = {0}, text = {0};
    autofree char *file = xasprintf("%s.log", name);
    int64_t size;
    output_reader_path(&path, c, a, file);
    if (bytes <= 0 || !output_reader_tail(s->source, buf_str(&path), TAIL_BYTES, &text, &size))
        return;
    size_t from = last_lines(text.data, text.len);
    add_heading(out, name);
    if ((int64_t)(text.len - from) < size || a->output_cut)
        buf_addf(out, "Its end, of %lld bytes:\n\n", (long long)bytes);
    markdown_block(out, "", text.data + from, text.len - from, 0);
}

static void add_services(struct buf *out, const struct model_detail *d)
{
    for (uint32_t i = 0; i < d->n_services; i++) {
        const struct model_service *service = &d->services[i];
        autofree char *where = xasprintf("%s printed %lld bytes meanwhile, to %s", service->fixture,
                                         (long long)service->bytes, service->file);
        add_stack(out, "A service that it used", where, &service->output);
    }
}

static void add_metrics(struct buf *out, const struct model_detail *d)
{
    if (d->n_metrics > 0)
        add_heading(out, "Measured");
    for (uint32_t i = 0; i < d->n_metrics; i++) {
        autobuf struct buf text = {0};
        buf_addf(&text, "%s = ", d->metrics[i].name);
        number_add(&text, d->metrics[i].value);
        buf_addf(&text, " %s", d->metrics[i].unit);
        buf_adds(out, "- ");
        markdown_code(out, buf_str(&text));
        buf_addc(out, '\n');
    }
}

/* Files being added. */
struct files {
    struct buf *out;
    const struct shown *shown;
    bool any;
};

static void add_file(void *data, const char *path, const char *media_type, int64_t bytes)
{
    struct files *f = data;
    if (!f->any) {
        add_heading(f->out, "Files");
        if (f->shown->is_bundle) {
            buf_adds(f->out, "In ");
            markdown_code(f->out, f->shown->path);
            buf_adds(f->out, ":\n\n");
        }
    }
    f->any = true;
    buf_adds(f->out, "- ");
    markdown_code(f->out, path);
    buf_addf(f->out, ", %lld bytes", (long long)bytes);
    if (*media_type) {
        buf_adds(f->out, ", ");
        markdown_code(f->out, media_type);
    }
    buf_addc(f->out, '\n');
}

void explain_fixture(struct buf *out, const struct model_fixture *f)
{
    autofree char *what = xasprintf("%s %s: %s", f->label, f->died ? "died" : "failed", f->reason);
    explain_prose(out, "A fixture that it needs", what);
    add_place(out, "\nAt ", f->file, f->line);
    buf_adds(out, *f->file ? ".\n" : "");
    if (f->output.n > 0) {
        buf_addc(out, '\n');
        add_lines(out, &f->output);
    }
    add_logs(out, f->logs, f->n_logs, 0);
}

void explain_attempt(struct buf *out, const struct shown *s, const struct model_case *c, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    struct files files = {out, s, false};
    buf_addf(out, "\n## %s\n\n",
             !a->ended                                  ? "Without an end"
             : verdict_is_bad((enum verdict)a->verdict) ? "Why"
                                                        : "What it did");
    explain_reason(out, a);
    explain_checks(out, a);
    buf_addf(out, "- attempt %d, ", (int)a->number);
    add_seconds(out, a->duration_ns);
    buf_addf(out, ", slot %d, %u check%s, %u failed\n", (int)a->slot, a->n_checks, a->n_checks == 1 ? "" : "s",
             a->n_failed_checks);
    add_ends(out, d);
    add_leaks(out, d);
    add_steps(out, a);
    add_logs(out, d->logs, d->n_logs, d->dropped_logs);
    add_output(out, s, c, a, "stderr", a->stderr_bytes);
    add_output(out, s, c, a, "stdout", a->stdout_bytes);
    add_services(out, d);
    add_metrics(out, d);
    show_files(s, c, a, add_file, &files);
}
