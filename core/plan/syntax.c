/* SPDX-License-Identifier: Apache-2.0 */
/* Words, and errors with a caret, for markers and expressions. */
#include "plan/syntax.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_AROUND = 60, /* characters on either side of an error's place */
};

/* Above ASCII all is a letter but these: spaces, punctuation, symbols, private use. Without them a
 * no-break space pasted from a web page would glue an expression into one word that selects nothing. */
static bool is_symbol(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } symbols[] = {
        {0x80, 0xa9},       {0xab, 0xb1},        {0xb4, 0xb4},     {0xb6, 0xb8},     {0xbb, 0xbb},
        {0xbf, 0xbf},       {0xd7, 0xd7},        {0xf7, 0xf7},     {0x300, 0x36f},   {0x1680, 0x1680},
        {0x2000, 0x206f},   {0x207a, 0x207e},    {0x208a, 0x208e}, {0x20a0, 0x20ff}, {0x2190, 0x245f},
        {0x2500, 0x2775},   {0x2794, 0x2bff},    {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030},
        {0xd800, 0xf8ff},   {0xfe00, 0xfe6f},    {0xfeff, 0xff0f}, {0xfff0, 0xffff}, {0x1f000, 0x1f0ff},
        {0x1f300, 0x1fbef}, {0xe0000, 0x10ffff},
    };
    for (size_t i = 0; i < ARRAY_LEN(symbols); i++)
        if (code >= symbols[i].first && code <= symbols[i].last)
            return true;
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static const char *text_end(const char *text)
{
    return text + strlen(text);
}

size_t syntax_word(const char *text)
{
    enum { LONGEST = 4 }; /* bytes of one character: of a text of many words only these are looked at */
    const char *p = text;
    while (*p) {
        if (!(*p & 0x80)) {
            if (!is_name_char(*p) && !strchr(":+-.[]\\/", *p))
                break;
            p++;
            continue;
        }
        uint32_t code;
        size_t n = utf8_decode(p, p + strnlen(p, LONGEST), &code);
        if (is_symbol(code))
            break;
        p += n;
    }
    return (size_t)(p - text);
}

static bool is_python_keyword(const char *word, size_t len)
{
    static const char *const keywords[] = {
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield",
    };
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (strlen(keywords[i]) == len && memcmp(keywords[i], word, len) == 0)
            return true;
    return false;
}

bool syntax_is_argument_name(const char *word, size_t len)
{
    if (len == 0 || is_digit(word[0]) || is_python_keyword(word, len))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_name_char(word[i]))
            return false;
    return true;
}

bool syntax_is_integer(const char *word, size_t len, bool plus)
{
    size_t i = len && (word[0] == '-' || (plus && word[0] == '+'));
    size_t first = i;
    while (i < len && is_digit(word[i]))
        i++;
    return i == len && i > first;
}

/* The start of the text's part that is shown: some characters before the place. */
static const char *shown_from(const char *text, const char *place)
{
    for (size_t n = 0; place > text && n < SHOWN_AROUND; n++) {
        place--;
        while (place > text && (*place & 0xc0) == 0x80)
            place--;
    }
    return place;
}

/* Appends one character such that it takes one line: what could move the cursor is made visible. */
static const char *show_char(struct buf *out, const char *p, const char *end)
{
    uint32_t code;
    size_t n = utf8_decode(p, end, &code);
    if (code == '\t' || code == '\n')
        buf_addc(out, ' ');
    else
        terminal_add(out, p, n);
    return p + n;
}

static void add_excerpt(struct buf *out, const char *text, const char *place)
{
    const char *end = text_end(text);
    const char *p = shown_from(text, place);
    autobuf struct buf line = {0};
    buf_adds(&line, p > text ? "..." : "");
    while (p < place)
        p = show_char(&line, p, end);
    size_t caret = text_columns(buf_str(&line), line.len);
    for (size_t n = 0; p < end && n < SHOWN_AROUND; n++)
        p = show_char(&line, p, end);
    buf_adds(&line, p < end ? "..." : "");
    buf_addf(out, "\n    %s\n    %*s^", buf_str(&line), (int)caret, "");
}

static size_t column_of(const char *text, const char *place)
{
    const char *end = text_end(text);
    size_t column = 1;
    for (uint32_t code; text < place; column++)
        text += utf8_decode(text, end, &code);
    return column;
}

int syntax_error(struct err *err, const char *text, const char *place, const char *fmt, ...)
{
    if (!err)
        return -EINVAL;
    autobuf struct buf excerpt = {0};
    add_excerpt(&excerpt, text, place);
    va_list ap;
    va_start(ap, fmt);
    char *message = xvasprintf(fmt, ap);
    va_end(ap);
    int r = err_set(err, -EINVAL, "column %zu: %s%s", column_of(text, place), message, buf_str(&excerpt));
    free(message);
    return r;
}

int syntax_unexpected(struct err *err, const char *text, const char *place)
{
    uint32_t code;
    size_t n = utf8_decode(place, text_end(place), &code);
    /* Spaces that look like the plain one are named by number, since their picture would not help. */
    if (code <= 0x20 || (code >= 0x7f && code <= 0xa0) || (code >= 0x2000 && code <= 0x206f) || code == 0x3000)
        return syntax_error(err, text, place, "unexpected character U+%04X", code);
    return syntax_error(err, text, place, "unexpected character \"%.*s\"", (int)n, place);
}

int syntax_escape(struct err *err, const char *text, const char **place, struct buf *out)
{
    static const char from[] = "\\'\"ntr", to[] = "\\'\"\n\t\r";
    const char c = (*place)[1], *found = c ? strchr(from, c) : NULL;
    if (!found)
        return syntax_error(err, text, *place, "unknown escape: a string may hold \\\\ \\' \\\" \\n \\t \\r");
    buf_addc(out, to[found - from]);
    *place += 2;
    return 0;
}

int syntax_check_utf8(struct err *err, const char *text)
{
    const char *end = text_end(text);
    for (const char *p = text; p < end;) {
        uint32_t code;
        size_t n = utf8_decode(p, end, &code);
        if (n == 1 && (*p & 0x80))
            return syntax_error(err, text, p, "byte 0x%02x is not UTF-8", (unsigned char)*p);
        p += n;
    }
    return 0;
}
