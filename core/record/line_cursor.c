/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a line, in their one spelling. */
#include "record/line_cursor.h"

#include "base/cleanup.h"
#include "base/number.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool line_int(struct line_cursor *c, int64_t *ret)
{
    bool negative = LINE_TAKE(c, "-");
    uint64_t n = 0, most = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
    const char *first = c->at;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
        uint64_t digit = (uint64_t)(*c->at - '0');
        if (n > (most - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    if (c->at == first || (*first == '0' && (negative || c->at - first > 1)))
        return false;
    *ret = (int64_t)(negative ? 0 - n : n);
    return true;
}

bool line_bool(struct line_cursor *c, bool *ret)
{
    if (LINE_TAKE(c, "true"))
        *ret = true;
    else if (LINE_TAKE(c, "false"))
        *ret = false;
    else
        return false;
    return true;
}

void line_add_number(struct buf *out, double value)
{
    if (isnan(value))
        buf_adds(out, "\"NaN\"");
    else if (isinf(value))
        buf_adds(out, value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    else
        number_add(out, value);
}

bool line_number(struct line_cursor *c, double *ret)
{
    enum { LONGEST = 32 }; /* 17 digits take 24 */
    if (LINE_TAKE(c, "\"NaN\""))
        return *ret = (double)NAN, true;
    if (LINE_TAKE(c, "\"Infinity\""))
        return *ret = (double)INFINITY, true;
    if (LINE_TAKE(c, "\"-Infinity\""))
        return *ret = -(double)INFINITY, true;
    char text[LONGEST + 1];
    size_t len = 0;
    while (len < LONGEST && c->at + len < c->end && c->at[len] && strchr("+-.0123456789e", c->at[len]))
        len++;
    memcpy(text, c->at, len);
    text[len] = '\0';
    double value;
    autobuf struct buf again = {0}, before = {0};
    if (!number_parse(text, &value))
        return false;
    line_add_number(&again, value);
    buf_addf(&before, "%.17g", value); /* what logs held before they had the shortest form */
    if (strcmp(buf_str(&again), text) != 0 && strcmp(buf_str(&before), text) != 0)
        return false;
    c->at += len;
    *ret = value;
    return true;
}

/* Bytes that stand for themselves, each alone. */
static bool is_plain(unsigned char b)
{
    return b >= 0x20 && b < 0x7f && b != '"' && b != '\\';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What follows \u: a control that has no shorter escape. NUL can't come from a C string. */
static int long_escape(struct line_cursor *c)
{
    int code = 0;
    if (!LINE_TAKE(c, "u") || c->end - c->at < 4)
        return -1;
    for (const char *last = c->at + 4; c->at < last; c->at++) {
        int digit = hex_digit(*c->at);
        if (digit < 0)
            return -1;
        code = code << 4 | digit;
    }
    bool is_short = code == '\b' || code == '\t' || code == '\n' || code == '\f' || code == '\r';
    return code > 0 && text_is_control((uint32_t)code) && !is_short ? code : -1;
}

/* What follows a backslash; -1: the encoder writes no such escape. */
static int escape(struct line_cursor *c)
{
    static const char short_forms[][2] = {{'"', '"'},  {'\\', '\\'}, {'b', '\b'}, {'t', '\t'},
                                          {'n', '\n'}, {'f', '\f'},  {'r', '\r'}};
    for (size_t i = 0; i < ARRAY_LEN(short_forms); i++)
        if (c->at < c->end && *c->at == short_forms[i][0])
            return c->at++, short_forms[i][1];
    return long_escape(c);
}

/* Moves over plain bytes and UTF-8; false for bytes that no encoder left as they are. (Today's escapes controls beyond
 * ASCII too, which it once did not: older logs have them.) */
static bool pass_text(struct line_cursor *c)
{
    while (c->at < c->end && *c->at != '"' && *c->at != '\\') {
        if (is_plain((unsigned char)*c->at)) {
            c->at++;
            continue;
        }
        uint32_t code;
        size_t n = utf8_decode(c->at, c->end, &code);
        if (n == 1)
            return false;
        c->at += n;
    }
    return c->at < c->end;
}

/* The cursor is at the first escape, `text` before it. */
static bool unescape(struct line_cursor *c, const char *text, struct arena *arena, const char **ret)
{
    autobuf struct buf out = {0};
    buf_add(&out, text, (size_t)(c->at - text));
    while (LINE_TAKE(c, "\\")) {
        int code = escape(c);
        if (code < 0)
            return false;
        utf8_encode(&out, (uint32_t)code);
        text = c->at;
        if (!pass_text(c))
            return false;
        buf_add(&out, text, (size_t)(c->at - text));
    }
    *ret = arena_strndup(arena, out.data, out.len);
    return LINE_TAKE(c, "\"");
}

bool line_string(struct line_cursor *c, struct arena *arena, const char **ret)
{
    if (!LINE_TAKE(c, "\""))
        return false;
    const char *text = c->at;
    if (!pass_text(c))
        return false;
    if (*c->at == '\\')
        return unescape(c, text, arena, ret);
    *ret = arena_strndup(arena, text, (size_t)(c->at - text));
    c->at++;
    return true;
}

bool line_list(struct line_cursor *c, struct arena *arena, struct string_list *ret)
{
    autofree const char **items = NULL;
    size_t n = 0, cap = 0;
    if (!LINE_TAKE(c, "["))
        return false;
    while (!LINE_TAKE(c, "]")) {
        if (n > 0 && !LINE_TAKE(c, ","))
            return false;
        GROW(items, n, cap);
        if (!line_string(c, arena, &items[n++]))
            return false;
    }
    const char **kept = arena_alloc(arena, n * sizeof *kept);
    if (n > 0)
        memcpy(kept, items, n * sizeof *kept);
    *ret = (struct string_list){kept, n};
    return true;
}
