/* SPDX-License-Identifier: Apache-2.0 */
/* How text looks on a console. */
#include "report/style.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char *verdict_word(enum verdict v)
{
    static const char *const words[VERDICT_N] = {
        [VERDICT_PASSED] = "PASS",     [VERDICT_FAILED] = "FAIL",   [VERDICT_ERROR] = "ERROR",
        [VERDICT_TIMEOUT] = "TIMEOUT", [VERDICT_CRASHED] = "CRASH", [VERDICT_SKIPPED] = "SKIP",
        [VERDICT_FLAKY] = "FLAKY",
    };
    return (unsigned)v < VERDICT_N ? words[v] : "?";
}

static enum colour verdict_colour(enum verdict v)
{
    if (v == VERDICT_PASSED)
        return COLOUR_GREEN;
    return verdict_is_bad(v) ? COLOUR_RED : COLOUR_YELLOW;
}

static void add_spaces(struct buf *out, size_t n)
{
    if (n > 0)
        memset(buf_reserve(out, n), ' ', n);
    out->len += n;
}

void style_coloured(struct buf *out, const struct style *style, enum colour colour, const char *text)
{
    static const char *const codes[] = {
        [COLOUR_BOLD] = "\x1b[1m",
        [COLOUR_GREEN] = "\x1b[32;1m",
        [COLOUR_RED] = "\x1b[31;1m",
        [COLOUR_YELLOW] = "\x1b[33;1m",
    };
    bool painted = style->color && colour != COLOUR_NONE;
    if (painted)
        buf_adds(out, codes[colour]);
    buf_adds(out, text);
    if (painted)
        buf_adds(out, "\x1b[0m");
}

bool style_is_narrow(const struct style *style)
{
    return style->width > 0 && style->width < 60;
}

size_t style_below(const struct style *style)
{
    return style_is_narrow(style) ? 2 : STATUS_COLUMNS + 1;
}

size_t style_detail(const struct style *style)
{
    return style_is_narrow(style) ? 2 : 4;
}

size_t style_value(const struct style *style)
{
    return 2 * style_detail(style);
}

void style_status(struct buf *out, const struct style *style, enum colour colour, const char *word)
{
    size_t len = strlen(word);
    add_spaces(out, len < STATUS_COLUMNS && !style_is_narrow(style) ? STATUS_COLUMNS - len : 0);
    style_coloured(out, style, colour, word);
}

void style_seconds(struct buf *out, const struct style *style, int64_t ns)
{
    bool narrow = style_is_narrow(style);
    if (ns < 0) {
        buf_adds(out, narrow ? " " : " [         ] ");
        return;
    }
    int64_t ms = (ns + NS_PER_MS / 2) / NS_PER_MS;
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)(ms / 1000));
    buf_adds(out, narrow ? " " : " [");
    add_spaces(out, n < 4 && !narrow ? (size_t)(4 - n) : 0);
    buf_adds(out, digits);
    const char rest[] = {'.', (char)('0' + ms / 100 % 10), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10)};
    buf_add(out, rest, sizeof rest);
    buf_adds(out, narrow ? "s " : "s] ");
}

void style_clock(struct buf *out, int64_t ns)
{
    int64_t s = ns / NS_PER_S;
    buf_addf(out, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

/* `value` in thousandths, without zeros at its end. */
static void add_thousandths(struct buf *out, int64_t value)
{
    buf_addu(out, (unsigned long long)(value / 1000));
    int rest = (int)(value % 1000);
    if (rest == 0)
        return;
    char digits[8];
    int n = snprintf(digits, sizeof digits, ".%03d", rest);
    while (digits[n - 1] == '0')
        n--;
    buf_add(out, digits, (size_t)n);
}

void style_duration(struct buf *out, int64_t ns)
{
    if (ns < 0)
        ns = 0;
    if (ns < NS_PER_MS) {
        add_thousandths(out, ns);
        buf_adds(out, "us");
        return;
    }
    if (ns < NS_PER_S) {
        add_thousandths(out, ns / NS_PER_US);
        buf_adds(out, "ms");
        return;
    }
    int64_t ms = ns / NS_PER_MS, minutes = ms / 60000;
    if (minutes >= 60)
        buf_addf(out, "%lldh", (long long)(minutes / 60));
    if (minutes > 0)
        buf_addf(out, "%lldm", (long long)(minutes % 60));
    add_thousandths(out, ms % 60000);
    buf_addc(out, 's');
}

static void case_word(const struct model_case *c, char *ret_word, size_t size)
{
    const char *word = verdict_word((enum verdict)c->verdict);
    if (c->verdict == VERDICT_FLAKY)
        snprintf(ret_word, size, "%s %u/%u", word, c->n_attempts, c->n_attempts);
    else
        snprintf(ret_word, size, "%s", word);
    size_t len = strlen(ret_word);
    if (c->leaked && len + 7 <= STATUS_COLUMNS)
        snprintf(ret_word + len, size - len, " + LEAK");
    else if (c->leaked && len + 5 <= STATUS_COLUMNS)
        snprintf(ret_word + len, size - len, "+LEAK");
}

void style_continued(struct buf *out, const struct style *style, const char *text)
{
    size_t len = strcspn(text, "\n");
    terminal_add(out, text, len);
    while (text[len]) {
        buf_addc(out, '\n');
        add_spaces(out, style_below(style));
        text += len + 1;
        len = strcspn(text, "\n");
        terminal_add(out, text, len);
    }
}

void style_case_line(struct buf *out, const struct style *style, const struct model_case *c, const char *note)
{
    enum verdict v = (enum verdict)c->verdict;
    char word[48];
    case_word(c, word, sizeof word);
    enum colour colour = v == VERDICT_PASSED && c->leaked ? COLOUR_YELLOW : verdict_colour(v);
    style_status(out, style, colour, word);
    /* A flaky case's time is that of the attempt which passed. */
    bool flaky = v == VERDICT_FLAKY && c->last;
    style_seconds(out, style, v == VERDICT_SKIPPED ? -1 : flaky ? c->last->duration_ns : c->duration_ns);
    terminal_add(out, c->id, strlen(c->id));
    if (note && *note) {
        buf_adds(out, " (");
        style_continued(out, style, note);
        buf_addc(out, ')');
    }
    buf_addc(out, '\n');
}

void style_try_line(struct buf *out, const struct style *style, const struct model_case *c,
                    const struct model_attempt *a)
{
    enum verdict v = (enum verdict)a->verdict;
    char word[48];
    /* The whole word would not fit into the columns. */
    snprintf(word, sizeof word, "TRY %d %s", (int)a->number, v == VERDICT_TIMEOUT ? "TMT" : verdict_word(v));
    style_status(out, style, verdict_is_bad(v) ? COLOUR_RED : verdict_colour(v), word);
    style_seconds(out, style, a->duration_ns);
    terminal_add(out, c->id, strlen(c->id));
    buf_addc(out, '\n');
}

/* [*p, *p + len) in `room` columns, without its middle. */
static void add_cut(struct buf *out, const struct style *style, const char *p, size_t len, size_t room)
{
    const char *mark = style->utf8 ? "\u2026" : "...", *end = p + len;
    size_t marked = style->utf8 ? 1 : 3, total = text_columns(p, len), column = 0;
    if (total <= room) {
        buf_add(out, p, len);
        return;
    }
    size_t kept = room > marked ? room - marked : 0, head = (kept + 1) / 2, tail = kept - head;
    bool cut = false;
    while (p < end) {
        uint32_t code;
        size_t n = utf8_decode(p, end, &code), wide = text_columns(p, n);
        bool is_head = !cut && column + wide <= head;
        if (!is_head && !cut) {
            cut = true;
            buf_adds(out, room >= marked ? mark : "");
        }
        if (is_head || total - column <= tail)
            buf_add(out, p, n);
        column += wide;
        p += n;
    }
}

void style_id(struct buf *out, const struct style *style, const char *id, size_t room)
{
    enum { LEAST = 5 }; /* of a name: an ellipsis between two letters */
    autobuf struct buf clean = {0};
    terminal_add(&clean, id, strlen(id));
    const char *text = buf_str(&clean), *params = strchr(text, '[');
    size_t name_len = params ? (size_t)(params - text) : clean.len;
    size_t columns = params ? text_columns(params, strlen(params)) : 0;
    if (room < columns + LEAST && text_columns(text, name_len) + columns > room) {
        add_cut(out, style, params ? params : text, params ? strlen(params) : clean.len, room);
        return;
    }
    add_cut(out, style, text, name_len, room - columns);
    buf_adds(out, params ? params : "");
}

/* One line without a newline in it. A word that is wider than the line stays whole. */
static void wrap_line(struct buf *out, const struct style *style, size_t column, size_t indent, const char *p,
                      size_t len)
{
    const char *end = p + len;
    for (bool first = true; p < end; first = false) {
        const char *word = p;
        while (p < end && *p == ' ')
            p++;
        size_t gap = (size_t)(p - word);
        word = p;
        while (p < end && *p != ' ')
            p++;
        size_t columns = text_columns(word, (size_t)(p - word));
        if (!first && columns > 0 && style->width > 0 && column + gap + columns > style->width) {
            buf_addc(out, '\n');
            add_spaces(out, indent);
            column = indent;
        } else {
            add_spaces(out, gap);
            column += gap;
        }
        buf_add(out, word, (size_t)(p - word));
        column += columns;
    }
    buf_addc(out, '\n');
}

void style_wrapped_behind(struct buf *out, const struct style *style, size_t column, size_t indent, const char *text)
{
    autobuf struct buf clean = {0};
    terminal_add(&clean, text, strlen(text));
    const char *end = clean.data + clean.len;
    for (const char *p = clean.data; p < end; column = indent) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        if (p > clean.data)
            add_spaces(out, indent);
        wrap_line(out, style, column, indent, p, (size_t)(stop - p));
        p = stop + 1;
    }
}

void style_wrapped(struct buf *out, const struct style *style, size_t indent, const char *text)
{
    if (*text)
        add_spaces(out, indent);
    style_wrapped_behind(out, style, indent, indent, text);
}

void style_indented(struct buf *out, size_t indent, const char *text, size_t len)
{
    const char *end = text + len;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        stop = stop ? stop : end;
        if (stop > text)
            add_spaces(out, indent);
        terminal_add(out, text, (size_t)(stop - text));
        buf_addc(out, '\n');
        text = stop + 1;
    }
}
