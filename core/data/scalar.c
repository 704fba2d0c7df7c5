/* SPDX-License-Identifier: Apache-2.0 */
#include "data/scalar.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"

#include <exact.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define CORE   "tag:yaml.org,2002:"

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}
#define IS_ONE_OF(text, ...)                                                                                           \
    is_one_of(text, (const char *const[]){__VA_ARGS__}, ARRAY_LEN(((const char *const[]){__VA_ARGS__})))

bool scalar_looks_null(const char *text)
{
    return IS_ONE_OF(text, "", "~", "null", "Null", "NULL");
}

static bool looks_true(const char *text)
{
    return IS_ONE_OF(text, "true", "True", "TRUE");
}

static bool looks_false(const char *text)
{
    return IS_ONE_OF(text, "false", "False", "FALSE");
}

/* 0o17, 0x1f: the base; 10 for [-+]?[0-9]+; 0 for all else. */
static int base_of_integer(const char *text)
{
    if (strncmp(text, "0x", 2) == 0)
        return text[2] && !text[2 + strspn(text + 2, DIGITS "abcdefABCDEF")] ? 16 : 0;
    if (strncmp(text, "0o", 2) == 0)
        return text[2] && !text[2 + strspn(text + 2, "01234567")] ? 8 : 0;
    const char *digits = text + (*text == '-' || *text == '+');
    return *digits && !digits[strspn(digits, DIGITS)] ? 10 : 0;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool looks_decimal(const char *text)
{
    const char *p = text + (*text == '-' || *text == '+');
    size_t whole = strspn(p, DIGITS), fraction = 0;
    p += whole;
    if (*p == '.') {
        fraction = strspn(++p, DIGITS);
        p += fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '-' || *p == '+';
        size_t exponent = strspn(p, DIGITS);
        if (exponent == 0)
            return false;
        p += exponent;
    }
    return *p == '\0';
}

static bool looks_infinite(const char *text)
{
    return IS_ONE_OF(text, ".nan", ".NaN", ".NAN") ||
           IS_ONE_OF(text + (*text == '-' || *text == '+'), ".inf", ".Inf", ".INF");
}

/* In JSON's grammar: no plus, no leading zeros, digits on both sides of a point. */
static void add_number(struct buf *out, const char *text)
{
    if (*text == '-')
        buf_addc(out, '-');
    text += *text == '-' || *text == '+';
    size_t zeros = strspn(text, "0"), whole = strspn(text, DIGITS);
    text += zeros == whole ? (whole > 0 ? zeros - 1 : 0) : zeros;
    whole = strspn(text, DIGITS);
    if (whole == 0)
        buf_addc(out, '0');
    buf_add(out, text, whole);
    text += whole;
    if (*text == '.' && (!text[1] || !strchr(DIGITS, text[1]))) { /* "5." and "5.e3" */
        buf_adds(out, ".0");
        text++;
    }
    buf_adds(out, text);
}

static char *number_fault(const struct buf *out, size_t from)
{
    const char *number = out->data + from, *fault = exact_fault(number);
    enum { SHOWN = 60 };
    return fault ? xasprintf("%.*s%s is %s", SHOWN, number, strlen(number) > SHOWN ? "..." : "", fault) : NULL;
}

static char *read_integer(const char *text, int base, struct buf *out)
{
    size_t from = out->len;
    char *end;
    if (base == 10) {
        add_number(out, text);
        if (strcmp(buf_str(out) + from, "-0") == 0) {
            out->len = from; /* integers have one zero */
            buf_addc(out, '0');
        }
        buf_str(out);
        return number_fault(out, from);
    }
    enum { MOST_DIGITS = 22 };
    const char *digits = text + 2 + strspn(text + 2, "0");
    unsigned long long n = strlen(digits) > MOST_DIGITS ? 0 : strtoull(digits, &end, base);
    autofree char *back = base == 16 ? xasprintf("%llx", n) : xasprintf("%llo", n);
    if (*digits && strcasecmp(back, digits) != 0)
        return xasprintf("%.60s is beyond 64 bits: the largest integer is 18446744073709551615", text);
    buf_addf(out, "%llu", n);
    return NULL;
}

static char *read_decimal(const char *text, struct buf *out)
{
    size_t from = out->len;
    add_number(out, text);
    if (!strpbrk(buf_str(out) + from, ".eE")) /* !!float 5 */
        buf_adds(out, ".0");
    buf_str(out);
    return number_fault(out, from);
}

static char *take_text(const struct scalar_source *from, struct buf *out, enum scalar_kind *ret_kind)
{
    buf_add(out, from->text, from->len);
    *ret_kind = SCALAR_TEXT;
    return NULL;
}

static char *take_word(const char *word, enum scalar_kind kind, struct buf *out, enum scalar_kind *ret_kind)
{
    buf_adds(out, word);
    *ret_kind = kind;
    return NULL;
}

static char *read_plain(const struct scalar_source *from, const char *text, struct buf *out, enum scalar_kind *ret_kind)
{
    int base = base_of_integer(text);
    if (scalar_looks_null(text))
        return take_word("null", SCALAR_NULL, out, ret_kind);
    if (looks_true(text))
        return take_word("true", SCALAR_TRUE, out, ret_kind);
    if (looks_false(text))
        return take_word("false", SCALAR_FALSE, out, ret_kind);
    if (looks_infinite(text))
        return xasprintf("%s is no number of JSON: put it into quotes where a text is meant", text);
    if (!base && !looks_decimal(text))
        return take_text(from, out, ret_kind);
    *ret_kind = base ? SCALAR_INTEGER : SCALAR_DECIMAL;
    return base ? read_integer(text, base, out) : read_decimal(text, out);
}

/* ---- tags ---- */

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* RFC 4648, over several lines as YAML folds them. */
static bool decode_base64(const char *text, size_t len, struct buf *out)
{
    uint32_t bits = 0;
    unsigned n = 0, padding = 0;
    for (size_t i = 0; i < len; i++) {
        if (strchr(" \t\r\n", text[i]))
            continue;
        int digit = base64_digit(text[i]);
        padding += text[i] == '=';
        if ((digit < 0 && text[i] != '=') || (digit >= 0 && padding > 0))
            return false;
        if (digit < 0)
            continue;
        bits = bits << 6 | (uint32_t)digit;
        n++;
        if (n % 4 != 1)
            buf_addc(out, (char)(bits >> (n % 4 == 2 ? 4 : n % 4 == 3 ? 2 : 0)));
    }
    unsigned rest = n % 4;
    bool bits_left = (rest == 2 && (bits & 0xf)) || (rest == 3 && (bits & 3));
    return rest != 1 && !bits_left && (n + padding) % 4 == 0 && padding < 3;
}

static char *read_binary(const struct scalar_source *from, struct buf *out, enum scalar_kind *ret_kind)
{
    size_t start = out->len;
    *ret_kind = SCALAR_TEXT;
    if (!decode_base64(from->text, from->len, out))
        return xstrdup("!!binary wants base64");
    const char *bytes = buf_str(out) + start;
    size_t len = out->len - start;
    if (memchr(bytes, '\0', len) || !utf8_valid(bytes, len))
        return xstrdup("!!binary: what is encoded is no text of UTF-8, and values are texts: write the base64 in "
                       "quotes, and decode "
                       "it where it is used");
    return NULL;
}

static bool tag_is(const struct scalar_source *from, const char *name)
{
    size_t len = strlen(name);
    return from->tag_len == len && memcmp(from->tag, name, len) == 0;
}

static char *unknown_tag(const char *tag, size_t tag_len)
{
    bool core = tag_len > strlen(CORE) && memcmp(tag, CORE, strlen(CORE)) == 0;
    size_t from = core ? strlen(CORE) : 0;
    return xasprintf(
        "the tag %s%.*s is not known: !!str, !!int, !!float, !!bool, !!null, !!binary, !!seq and !!map are",
        core ? "!!" : "", (int)(tag_len - from), tag + from);
}

static char *wrong(const char *tag, const char *wants, const char *text)
{
    return xasprintf("%s wants %s, not '%.60s'", tag, wants, text);
}

static char *read_tagged(const struct scalar_source *from, const char *text, struct buf *out,
                         enum scalar_kind *ret_kind)
{
    int base = base_of_integer(text);
    if (tag_is(from, "!") || tag_is(from, CORE "str"))
        return take_text(from, out, ret_kind);
    if (tag_is(from, CORE "binary"))
        return read_binary(from, out, ret_kind);
    if (tag_is(from, CORE "null"))
        return scalar_looks_null(text) ? take_word("null", SCALAR_NULL, out, ret_kind)
                                       : wrong("!!null", "null, ~ or nothing", text);
    if (tag_is(from, CORE "bool"))
        return looks_true(text)    ? take_word("true", SCALAR_TRUE, out, ret_kind)
               : looks_false(text) ? take_word("false", SCALAR_FALSE, out, ret_kind)
                                   : wrong("!!bool", "true or false", text);
    *ret_kind = tag_is(from, CORE "int") ? SCALAR_INTEGER : SCALAR_DECIMAL;
    if (*ret_kind == SCALAR_INTEGER)
        return base ? read_integer(text, base, out) : wrong("!!int", "an integer", text);
    if (tag_is(from, CORE "float"))
        return looks_decimal(text) ? read_decimal(text, out) : wrong("!!float", "a number that JSON has", text);
    if (tag_is(from, CORE "seq") || tag_is(from, CORE "map"))
        return wrong(tag_is(from, CORE "seq") ? "!!seq" : "!!map", "a list or a map", text);
    return unknown_tag(from->tag, from->tag_len);
}

char *scalar_read(const struct scalar_source *from, struct buf *out, enum scalar_kind *ret_kind)
{
    autofree char *text = xstrndup(from->text, from->len);
    if (from->len != strlen(text))
        return xstrdup("a text holds a NUL character");
    if (from->tag)
        return read_tagged(from, text, out, ret_kind);
    return from->plain ? read_plain(from, text, out, ret_kind) : take_text(from, out, ret_kind);
}

char *scalar_collection_fault(const char *tag, size_t tag_len, bool is_map)
{
    const char *right = is_map ? CORE "map" : CORE "seq";
    if (!tag || (tag_len == strlen(right) && memcmp(tag, right, tag_len) == 0) || (tag_len == 1 && *tag == '!'))
        return NULL;
    static const char *const scalars[] = {"str", "int", "float", "bool", "null", "binary", "seq", "map"};
    for (size_t i = 0; i < ARRAY_LEN(scalars); i++) {
        autofree char *name = xasprintf("%s%s", CORE, scalars[i]);
        if (strlen(name) == tag_len && memcmp(name, tag, tag_len) == 0)
            return xasprintf("!!%s stands before a %s", scalars[i], is_map ? "map" : "list");
    }
    return unknown_tag(tag, tag_len);
}
