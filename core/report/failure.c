/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt's failure as a person reads it. */
#include "base/text.h"
#include "report/summary.h"

#include <stdio.h>
#include <string.h>

enum {
    TAIL_BYTES = 16 * 1024,
    TAIL_LINES = 30,
    VALUE_BYTES = 4000,
    SHORT_BYTES = 300,
    SHOWN_CHECKS = 20,
    SHOWN_ITEMS = 32,
    SHOWN_STEPS = 4,
    SHOWN_LOGS = 20
};

static void add_place(struct buf *out, const char *file, int32_t line)
{
    if (!*file)
        return;
    buf_adds(out, file);
    if (line > 0)
        buf_addf(out, ":%d", (int)line);
    buf_adds(out, ": ");
}

/* `      actual: 200`, with the lines after the first below the value. */
static void add_value(struct buf *out, const struct style *style, const char *name, const char *value)
{
    if (!*value)
        return;
    size_t len = strlen(value), shown = len > VALUE_BYTES ? VALUE_BYTES : len;
    const char *end = value + shown;
    size_t column = style_value(style) + (style_is_narrow(style) ? strlen(name) : 8);
    buf_addf(out, "%*s: ", (int)column, name);
    for (;;) {
        const char *stop = memchr(value, '\n', (size_t)(end - value));
        terminal_add(out, value, (size_t)((stop ? stop : end) - value));
        if (!stop)
            break;
        value = stop + 1;
        buf_addf(out, "\n%*s", (int)column + 2, "");
    }
    if (shown < len)
        buf_addf(out, " ... (%zu bytes more)", len - shown);
    buf_addc(out, '\n');
}

void failure_add_check(struct buf *out, const struct style *style, const struct model_attempt *a,
                       const struct model_check *check)
{
    autobuf struct buf text = {0};
    add_place(&text, check->file, check->line);
    buf_adds(&text, check->required ? "requirement failed" : "check failed");
    const char *what = *check->expression ? check->expression : check->message;
    if (*what) {
        buf_adds(&text, ": ");
        buf_adds(&text, what);
    }
    style_wrapped(out, style, style_detail(style), buf_str(&text));
    add_value(out, style, "actual", check->actual);
    add_value(out, style, "expected", check->expected);
    if (what != check->message)
        add_value(out, style, "message", check->message);
    buf_clear(&text);
    model_step_path(a, check->step, &text);
    add_value(out, style, "step", buf_str(&text));
}

static void add_checks(struct buf *out, const struct style *style, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    for (uint32_t i = 0; i < d->n_checks && i < SHOWN_CHECKS; i++)
        failure_add_check(out, style, a, &d->checks[i]);
    uint32_t all = a->n_failed_checks > d->n_checks ? a->n_failed_checks : d->n_checks;
    if (all > SHOWN_CHECKS)
        buf_addf(out, "%*sand %u more failed checks\n", (int)style_detail(style), "", all - SHOWN_CHECKS);
}

/* Nobody began a step within it that is still open. */
static bool is_innermost(const struct model_detail *d, const struct model_step *step)
{
    for (uint32_t i = 0; i < d->n_steps; i++)
        if (!d->steps[i].ended && d->steps[i].parent == step->number)
            return false;
    return true;
}

/* Where it stood at its end: a step for each thread that was in one. */
static void add_open_steps(struct buf *out, const struct style *style, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < d->n_steps && shown < SHOWN_STEPS; i++) {
        if (d->steps[i].ended || !is_innermost(d, &d->steps[i]))
            continue;
        autobuf struct buf text = {0};
        model_step_path(a, d->steps[i].number, &text);
        add_value(out, style, "step", buf_str(&text));
        shown++;
    }
}

/* `more` is the word for what is not shown. */
static void add_list(struct buf *out, const struct style *style, const struct string_list *list, const char *more)
{
    for (size_t i = 0; i < list->n && i < SHOWN_ITEMS; i++)
        style_indented(out, style_value(style), list->items[i], strlen(list->items[i]));
    if (list->n > SHOWN_ITEMS)
        buf_addf(out, "%*sand %zu more%s\n", (int)style_value(style), "", list->n - SHOWN_ITEMS, more);
}

static void add_crash(struct buf *out, const struct style *style, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    if (!d->crashed)
        return;
    autobuf struct buf text = {0};
    buf_addf(&text, "crashed: %s", *d->signal ? d->signal : "ended without a verdict");
    if (*d->address)
        buf_addf(&text, " at address %s", d->address);
    if (*d->crash_phase)
        buf_addf(&text, ", in %s", d->crash_phase);
    style_wrapped(out, style, style_detail(style), buf_str(&text));
    add_open_steps(out, style, a);
    add_list(out, style, &d->crash_stack, " frames");
}

static void add_timeout(struct buf *out, const struct style *style, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    if (!d->timed_out)
        return;
    autobuf struct buf text = {0};
    buf_addf(&text, "timed out: %s took longer than ", *d->timeout_phase ? d->timeout_phase : "it");
    style_duration(&text, d->budget_ns);
    style_wrapped(out, style, style_detail(style), buf_str(&text));
    add_open_steps(out, style, a);
    add_list(out, style, &d->timeout_stack, " frames");
}

void failure_add_leaks(struct buf *out, const struct style *style, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    for (uint32_t i = 0; i < d->n_leaks; i++) {
        autobuf struct buf text = {0};
        buf_addf(&text, "left behind (%s):", d->leaks[i].kind);
        style_wrapped(out, style, style_detail(style), buf_str(&text));
        add_list(out, style, &d->leaks[i].what, "");
    }
}

static void add_logs(struct buf *out, const struct style *style, const struct model_detail *d)
{
    uint32_t from = d->n_logs > SHOWN_LOGS ? d->n_logs - SHOWN_LOGS : 0;
    if (d->n_logs == 0)
        return;
    uint32_t all = d->n_logs + d->dropped_logs;
    if (all > SHOWN_LOGS)
        buf_addf(out, "%*slog, last %d of %u lines:\n", (int)style_detail(style), "", SHOWN_LOGS, all);
    else
        buf_addf(out, "%*slog:\n", (int)style_detail(style), "");
    for (uint32_t i = from; i < d->n_logs; i++) {
        autobuf struct buf text = {0};
        buf_addf(&text, "%s: %s", d->logs[i].level, d->logs[i].text);
        style_indented(out, style_value(style), text.data, text.len);
    }
}

/* While the attempt ran; others may have used them, too. */
static void add_services(struct buf *out, const struct style *style, const struct model_detail *d)
{
    for (uint32_t i = 0; i < d->n_services; i++) {
        const struct model_service *s = &d->services[i];
        buf_addf(out, "%*s", (int)style_detail(style), "");
        terminal_add(out, s->fixture, strlen(s->fixture));
        buf_addf(out, " meanwhile, %s(%lld bytes from %lld of ", s->output.n > 0 ? "its end " : "", (long long)s->bytes,
                 (long long)s->from);
        terminal_add(out, s->file, strlen(s->file));
        buf_addf(out, "%s):\n", s->cut ? ", whose middle is cut" : "");
        for (size_t k = 0; k < s->output.n; k++)
            style_indented(out, style_value(style), s->output.items[k], strlen(s->output.items[k]));
    }
}

/* Where the last TAIL_LINES lines of [text, text + len) begin. */
static size_t last_lines(const char *text, size_t len)
{
    size_t at = len, lines = 0;
    while (at > 0 && (at == len || text[at - 1] != '\n' || ++lines < TAIL_LINES))
        at--;
    return at;
}

static void add_output(struct buf *out, const struct style *style, const struct model_case *c,
                       const struct model_attempt *a, const struct output_reader *source, const char *name,
                       int64_t bytes)
{
    autobuf struct buf path = {0}, text = {0};
    char file[32];
    int64_t size;
    snprintf(file, sizeof file, "%s.log", name);
    output_reader_path(&path, c, a, file);
    if (bytes <= 0 || !output_reader_tail(source, buf_str(&path), TAIL_BYTES, &text, &size))
        return;
    size_t from = last_lines(text.data, text.len);
    buf_addf(out, "%*s%s", (int)style_detail(style), "", name);
    if ((int64_t)(text.len - from) < size || a->output_cut) {
        buf_addf(out, ", its end (%lld bytes in ", (long long)bytes);
        terminal_add(out, path.data, path.len);
        buf_addc(out, ')');
    }
    buf_adds(out, ":\n");
    style_indented(out, style_value(style), text.data + from, text.len - from);
}

/* Its time was over before anything had failed: a reason that begins with a failure has its place. */
static bool time_came_first(const struct model_attempt *a, const struct model_detail *d)
{
    return a->verdict == VERDICT_TIMEOUT && d->timed_out && !*a->file;
}

/* The failed check that the reason is of: NULL where something was said at another place, by FAIL() for one. */
static const struct model_check *check_of_reason(const struct model_attempt *a, const struct model_detail *d)
{
    for (uint32_t i = 0; i < d->n_checks; i++)
        if (d->checks[i].line == a->line && strcmp(d->checks[i].file, a->file) == 0)
            return &d->checks[i];
    return NULL;
}

/* Whether the reason says more than the details do. One with a place of its own was said before what they tell: before
 * the cleanup's check failed, or tear-down crashed. */
static bool reason_is_news(const struct model_attempt *a, const struct model_detail *d)
{
    if (!*a->reason)
        return false;
    if (*a->file && !check_of_reason(a, d))
        return true;
    return !(a->verdict == VERDICT_FAILED && d->n_checks > 0) && !(a->verdict == VERDICT_TIMEOUT && d->timed_out) &&
           !(a->verdict == VERDICT_CRASHED && d->crashed && *d->signal);
}

static void add_reason(struct buf *out, const struct style *style, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    autobuf struct buf text = {0};
    add_place(&text, a->file, a->line);
    buf_adds(&text, a->reason);
    style_wrapped(out, style, style_detail(style), buf_str(&text));
    if (!d->crashed && !d->timed_out) /* else they stand there */
        add_open_steps(out, style, a);
}

void failure_add(struct buf *out, const struct style *style, const struct model_case *c, const struct model_attempt *a,
                 const struct output_reader *source)
{
    const struct model_detail *d = model_attempt_detail(a);
    if (reason_is_news(a, d))
        add_reason(out, style, a);
    if (time_came_first(a, d))
        add_timeout(out, style, a);
    add_checks(out, style, a);
    add_crash(out, style, a);
    if (!time_came_first(a, d))
        add_timeout(out, style, a);
    failure_add_leaks(out, style, a);
    add_logs(out, style, d);
    add_services(out, style, d);
    add_output(out, style, c, a, source, "stdout", a->stdout_bytes);
    add_output(out, style, c, a, source, "stderr", a->stderr_bytes);
}

/* To one line that does not flood a console, and not within a character: all of it comes at the end. */
static void cut_short(struct buf *text)
{
    size_t len = strcspn(buf_str(text), "\n");
    if (len > SHORT_BYTES)
        len = SHORT_BYTES;
    while (len > 0 && len < text->len && ((unsigned char)text->data[len] & 0xc0) == 0x80)
        len--;
    bool cut = len < text->len;
    text->len = len;
    if (cut)
        buf_adds(text, " ...");
}

static void add_message_value(struct buf *out, const char *before, const char *name, const char *value)
{
    autobuf struct buf text = {0};
    buf_adds(&text, value);
    cut_short(&text);
    buf_addf(out, "%s%s: %s", before, name, buf_str(&text));
}

void failure_add_message(struct buf *out, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    const struct model_check *check = *a->file ? check_of_reason(a, d) : d->n_checks > 0 ? &d->checks[0] : NULL;
    buf_adds(out, *a->reason ? a->reason : verdict_name((enum verdict)a->verdict));
    if (!check || !*check->expression || !strstr(a->reason, check->expression) || !(*check->actual || *check->expected))
        return;
    if (*check->actual)
        add_message_value(out, " (", "actual", check->actual);
    if (*check->expected)
        add_message_value(out, *check->actual ? ", " : " (", "expected", check->expected);
    buf_addc(out, ')');
}

void failure_add_short(struct buf *out, const struct style *style, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    autobuf struct buf text = {0};
    if (d->n_checks > 0 && !reason_is_news(a, d) && !time_came_first(a, d)) {
        const struct model_check *check = &d->checks[0];
        add_place(&text, check->file, check->line);
        buf_adds(&text, *check->expression ? check->expression : check->message);
        if (*check->actual && strlen(check->actual) <= 60)
            buf_addf(&text, " (it is %s)", check->actual);
    } else if (*a->reason) {
        add_place(&text, a->file, a->line);
        buf_adds(&text, a->reason);
    }
    if (text.len > 0) {
        cut_short(&text);
        style_wrapped(out, style, style_below(style), buf_str(&text));
    }
}
