/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that jansson can't hold, and comparing all of them. */
#include "exact.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <muster/muster.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK   '\xff'
#define BEYOND "beyond 64 bits: integers go from -9223372036854775808 to 18446744073709551615"
#define DIGITS "0123456789"

/* The text of a number that is kept as such; NULL for all else. */
static const char *kept_text(const json_t *value)
{
    const char *text = json_string_value(value);
    return text && *text == MARK ? text + 1 : NULL;
}

static bool integer_syntax(const char *text)
{
    const char *digits = text + (*text == '-');
    return *digits && !digits[strspn(digits, DIGITS)] && (*digits != '0' || !digits[1]);
}

/* RFC 8259: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool number_syntax(const char *text)
{
    const char *p = text + (*text == '-');
    size_t n = strspn(p, DIGITS);
    if (n == 0 || (*p == '0' && n > 1))
        return false;
    p += n;
    if (*p == '.') {
        n = strspn(++p, DIGITS);
        if (n == 0)
            return false;
        p += n;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '-' || *p == '+';
        n = strspn(p, DIGITS);
        if (n == 0)
            return false;
        p += n;
    }
    return !*p;
}

/* A plugin may have set any locale. */
static double read_double(const char *text)
{
    static locale_t shared;
    locale_t plain = __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
    if (!plain) { /* one that libc has anyway: threads that meet here make the same */
        plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        __atomic_store_n(&shared, plain, __ATOMIC_RELEASE);
    }
    return strtod_l(text, NULL, plain);
}

const char *exact_fault(const char *text)
{
    if (!number_syntax(text))
        return "no number";
    if (!integer_syntax(text))
        return isfinite(read_double(text)) ? NULL : "beyond the largest double";
    errno = 0;
    if (*text == '-')
        (void)strtoll(text, NULL, 10);
    else
        (void)strtoull(text, NULL, 10);
    return errno ? BEYOND : NULL;
}

json_t *exact_number(const char *text)
{
    char room[EXACT_TEXT];
    if (exact_fault(text))
        return NULL;
    errno = 0;
    long long n = strtoll(text, NULL, 10);
    if (integer_syntax(text) && errno == 0)
        return json_integer(n);
    json_t *value = integer_syntax(text) ? NULL : json_real(read_double(text));
    if (value && strcmp(exact_text(value, room), text) == 0)
        return value;
    json_decref(value);
    size_t len = strlen(text);
    char *kept = malloc(len + 2);
    if (!kept)
        return NULL;
    *kept = MARK;
    memcpy(kept + 1, text, len + 1);
    value = json_stringn_nocheck(kept, len + 1);
    free(kept);
    return value;
}

bool exact_is_number(const json_t *value)
{
    return json_is_number(value) || kept_text(value);
}

bool exact_is_integer(const json_t *value)
{
    const char *text = kept_text(value);
    return text ? integer_syntax(text) : json_is_integer(value);
}

bool exact_is_string(const json_t *value)
{
    return json_is_string(value) && !kept_text(value);
}

const char *exact_text(const json_t *number, char *room)
{
    const char *text = kept_text(number);
    if (text)
        return text;
    if (json_is_integer(number))
        snprintf(room, EXACT_TEXT, "%" JSON_INTEGER_FORMAT, json_integer_value(number));
    else
        m_double_text_(room, EXACT_TEXT, json_real_value(number));
    if (!json_is_integer(number) && !strpbrk(room, ".eE"))
        strcat(room, ".0"); /* as jansson has it: a decimal stays one */
    return room;
}

double exact_double(const json_t *number)
{
    const char *text = kept_text(number);
    return text ? read_double(text) : json_number_value(number);
}

bool exact_u64(const json_t *number, uint64_t *ret_value)
{
    char room[EXACT_TEXT];
    if (!exact_is_integer(number))
        return false;
    const char *text = exact_text(number, room);
    if (*text == '-')
        return false;
    *ret_value = strtoull(text, NULL, 10);
    return true;
}

/* ---- comparing ---- */

/* 0.d1 d2 d3... times ten to the power of `exponent`; no leading zero, and no digit at all for 0. */
struct decimal {
    bool negative;
    long long exponent;
    const char *p; /* the text from its first digit that counts; a point may stand among them */
};

static struct decimal decimal_of(const char *text)
{
    enum { MOST = 1000000000 };
    struct decimal d = {.negative = *text == '-'};
    const char *p = text + d.negative;
    const char *e = p + strspn(p, DIGITS "."), *point = memchr(p, '.', (size_t)(e - p));
    long long exponent = *e ? strtoll(e + 1, NULL, 10) : 0;
    exponent = exponent > MOST ? MOST : exponent < -MOST ? -MOST : exponent;
    long long before = (point ? point : e) - p;
    for (; p < e && (*p == '0' || *p == '.'); p++)
        if (*p == '0')
            before--; /* also behind the point: it moves to the left of it */
    d.p = p;
    d.exponent = before + exponent;
    if (p == e)
        d = (struct decimal){.p = e};
    return d;
}

/* The next digit; 0 for ever behind the last. */
static int next_digit(const char **p)
{
    *p += **p == '.';
    return **p >= '0' && **p <= '9' ? *(*p)++ : '0';
}

static int order_digits(const char *a, const char *b)
{
    while ((*a && *a != 'e' && *a != 'E') || (*b && *b != 'e' && *b != 'E')) {
        int x = next_digit(&a), y = next_digit(&b);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

int exact_order(const json_t *a, const json_t *b)
{
    char room_a[EXACT_TEXT], room_b[EXACT_TEXT];
    if (!exact_is_integer(a) && !exact_is_integer(b)) {
        double p = exact_double(a), q = exact_double(b);
        return (p > q) - (p < q);
    }
    struct decimal x = decimal_of(exact_text(a, room_a)), y = decimal_of(exact_text(b, room_b));
    bool no_x = !strchr("123456789", *x.p) || !*x.p, no_y = !strchr("123456789", *y.p) || !*y.p;
    if (no_x || no_y)
        return no_x && no_y ? 0 : no_x ? (y.negative ? 1 : -1) : (x.negative ? -1 : 1);
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    int larger = x.exponent != y.exponent ? (x.exponent < y.exponent ? -1 : 1) : order_digits(x.p, y.p);
    return x.negative ? -larger : larger;
}

static bool equal_objects(const json_t *a, const json_t *b, bool loose)
{
    const char *key;
    size_t len;
    json_t *value;
    if (json_object_size(a) != json_object_size(b))
        return false;
    json_object_keylen_foreach((json_t *)(uintptr_t)a, key, len, value)
    {
        const json_t *other = json_object_getn(b, key, len);
        if (!other || !exact_equal(value, other, loose))
            return false;
    }
    return true;
}

bool exact_equal(const json_t *a, const json_t *b, bool loose)
{
    if (exact_is_number(a) && exact_is_number(b))
        return exact_order(a, b) == 0 && (loose || exact_is_integer(a) == exact_is_integer(b));
    if (json_typeof(a) != json_typeof(b) || exact_is_number(a) != exact_is_number(b))
        return false;
    if (json_is_object(a))
        return equal_objects(a, b, loose);
    if (!json_is_array(a))
        return json_equal(a, b);
    bool equal = json_array_size(a) == json_array_size(b);
    for (size_t i = 0; equal && i < json_array_size(a); i++)
        equal = exact_equal(json_array_get(a, i), json_array_get(b, i), loose);
    return equal;
}
