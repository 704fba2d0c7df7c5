/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading: numbers that have to be kept are taken out of the text before jansson reads it, with a 0 and blanks in their
 * place, so that places in messages stay right, and put into what came of it. The two meet by their number among the
 * scalars, in the order of the text, which jansson keeps.
 */
#include "exact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kept {
    size_t ordinal;
    json_t *value;
};

struct reading {
    char *text; /* a copy, once something was taken out of it */
    struct kept *kept;
    size_t n, cap, next; /* next: of them to be put back */
    size_t scalars;
};

static const char *skip_string(const char *p)
{
    for (p++; *p && *p != '"'; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : p;
}

static bool is_key(const char *behind)
{
    return behind[strspn(behind, " \t\r\n")] == ':';
}

static void complain(const char *text, const char *at, const char *number, const char *fault, json_error_t *why)
{
    if (!why)
        return;
    enum { SHOWN = 40 };
    *why = (json_error_t){.line = 1, .column = 1, .position = (int)(at - text)};
    snprintf(why->source, sizeof why->source, "<string>");
    snprintf(why->text, sizeof why->text, "%.*s%s is %s", SHOWN, number, strlen(number) > SHOWN ? "..." : "", fault);
    for (const char *p = text; p < at; p++) {
        why->line += *p == '\n';
        why->column = *p == '\n' ? 1 : why->column + ((*p & 0xc0) != 0x80);
    }
}

static bool keep(struct reading *r, json_t *value, const char *text, size_t at, size_t len)
{
    if (r->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 8;
        struct kept *larger = reallocarray(r->kept, cap, sizeof *larger);
        if (!larger)
            return false;
        r->kept = larger;
        r->cap = cap;
    }
    if (!r->text && !(r->text = strdup(text)))
        return false;
    r->kept[r->n++] = (struct kept){r->scalars, json_incref(value)};
    memset(r->text + at, ' ', len);
    r->text[at] = '0';
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Nearly every number there is: jansson holds it, and writes it as it stands here. At most 15 digits, no exponent, no
 * zero at the end of a fraction, and none that `%.15g` would write with an exponent. */
static bool is_ordinary(const char *p, size_t len)
{
    enum { SURE = 15, LEAST_EXPONENT = 4 };
    const char *end = p + len;
    bool negative = *p == '-';
    p += negative;
    const char *whole = p;
    while (p < end && is_digit(*p))
        p++;
    size_t n = (size_t)(p - whole);
    bool zero = n == 1 && *whole == '0';
    if (n == 0 || (*whole == '0' && !zero))
        return false;
    if (p == end)
        return n <= SURE && !(zero && negative);
    if (*p++ != '.')
        return false;
    const char *fraction = p;
    while (p < end && *p == '0')
        p++;
    size_t zeros = (size_t)(p - fraction);
    while (p < end && is_digit(*p))
        p++;
    size_t m = (size_t)(p - fraction);
    return p == end && m > zeros && n + m <= SURE && p[-1] != '0' && !(zero && zeros >= LEAST_EXPONENT);
}

/* A number of `len` bytes at `p`. What is none is left to jansson, which says so. */
static bool take_number(struct reading *r, const char *text, const char *p, size_t len, json_error_t *why)
{
    if (is_ordinary(p, len))
        return true;
    char *number = strndup(p, len);
    if (!number)
        return false;
    const char *fault = exact_fault(number);
    json_t *value = exact_number(number);
    bool ok = true;
    if (fault && strcmp(fault, "no number") != 0) {
        complain(text, p, number, fault, why);
        ok = false;
    } else if (json_is_string(value)) {
        ok = keep(r, value, text, (size_t)(p - text), len);
    }
    json_decref(value);
    free(number);
    return ok;
}

static bool take_numbers(struct reading *r, const char *text, json_error_t *why)
{
    for (const char *p = text; *p;) {
        if (*p == '"') {
            p = skip_string(p);
            r->scalars += !is_key(p);
        } else if (strchr("-0123456789", *p)) {
            size_t len = strspn(p, "+-.0123456789eE");
            if (!take_number(r, text, p, len, why))
                return false;
            r->scalars++;
            p += len;
        } else if (*p >= 'a' && *p <= 'z') {
            p += strspn(p, "abcdefghijklmnopqrstuvwxyz");
            r->scalars++;
        } else {
            p++;
        }
    }
    return true;
}

/* The value that stands in the place of this one, where it is one that was taken out; else NULL. */
static json_t *put_back(struct reading *r, json_t *value)
{
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            json_t *other = put_back(r, json_array_get(value, i));
            if (other)
                json_array_set(value, i, other);
        }
        return NULL;
    }
    if (json_is_object(value)) {
        for (void *i = json_object_iter(value); i; i = json_object_iter_next(value, i)) {
            json_t *other = put_back(r, json_object_iter_value(i));
            if (other)
                json_object_iter_set(value, i, other);
        }
        return NULL;
    }
    bool it = r->next < r->n && r->kept[r->next].ordinal == r->scalars++;
    return it ? r->kept[r->next++].value : NULL;
}

static json_t *read_rest(struct reading *r, const char *text, size_t flags, json_error_t *why)
{
    json_t *root = json_loads(r->text ? r->text : text, flags | JSON_REJECT_DUPLICATES, why);
    r->scalars = 0;
    json_t *other = root && r->n > 0 ? put_back(r, root) : NULL;
    if (!other)
        return root;
    json_decref(root);
    return json_incref(other);
}

json_t *exact_loads(const char *text, size_t flags, json_error_t *ret_why)
{
    struct reading r = {0};
    json_error_t unused, *why = ret_why ? ret_why : &unused;
    *why = (json_error_t){.line = -1, .column = -1};
    snprintf(why->text, sizeof why->text, "out of memory");
    json_t *root = take_numbers(&r, text, why) ? read_rest(&r, text, flags, why) : NULL;
    for (size_t i = 0; i < r.n; i++)
        json_decref(r.kept[i].value);
    free(r.kept);
    free(r.text);
    return root;
}
