/* SPDX-License-Identifier: Apache-2.0 */
/* Values and types. */
#include "data/type.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"
#include "data/scalar.h"

#include <errno.h>
#include <exact.h>
#include <muster/plugin.h>
#include <string.h>

static const struct {
    const char *name, *description;
} types[] = {
    [MUSTER_TYPE_NONE] = {"none", "nothing"},  [MUSTER_TYPE_I32] = {"i32", "an integer of 32 bits"},
    [MUSTER_TYPE_I64] = {"i64", "an integer"}, [MUSTER_TYPE_U64] = {"u64", "an integer from 0"},
    [MUSTER_TYPE_F64] = {"f64", "a number"},   [MUSTER_TYPE_BOOL] = {"bool", "true or false"},
    [MUSTER_TYPE_STR] = {"str", "a text"},     [MUSTER_TYPE_JSON] = {"json", "any value"},
};

const char *type_name(uint32_t type)
{
    return type < ARRAY_LEN(types) ? types[type].name : "unknown";
}

const char *type_describe(uint32_t type)
{
    return type < ARRAY_LEN(types) ? types[type].description : "unknown";
}

bool type_find(const char *name, uint32_t *ret_type)
{
    for (uint32_t i = MUSTER_TYPE_I32; i < ARRAY_LEN(types); i++) {
        if (strcmp(types[i].name, name) == 0) {
            *ret_type = i;
            return true;
        }
    }
    return false;
}

const char *json_describe(const json_t *value)
{
    if (exact_is_number(value))
        return exact_is_integer(value) ? "an integer" : "a number";
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "a map";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_NULL:
        return "nothing";
    default:
        return "true or false";
    }
}

static bool is_integer_type(uint32_t type)
{
    return type == MUSTER_TYPE_I32 || type == MUSTER_TYPE_I64 || type == MUSTER_TYPE_U64;
}

bool type_may_become(uint32_t from, uint32_t to)
{
    if (from == MUSTER_TYPE_NONE)
        return false;
    if (from == to || from == MUSTER_TYPE_JSON || from == MUSTER_TYPE_STR || to == MUSTER_TYPE_JSON ||
        to == MUSTER_TYPE_STR)
        return true;
    return is_integer_type(from) && (is_integer_type(to) || to == MUSTER_TYPE_F64);
}

uint32_t type_of(const json_t *value)
{
    if (exact_is_number(value))
        return !exact_is_integer(value) ? MUSTER_TYPE_F64 : json_is_integer(value) ? MUSTER_TYPE_I64 : MUSTER_TYPE_U64;
    switch (json_typeof(value)) {
    case JSON_STRING:
        return MUSTER_TYPE_STR;
    case JSON_TRUE:
    case JSON_FALSE:
        return MUSTER_TYPE_BOOL;
    default:
        return MUSTER_TYPE_JSON;
    }
}

uint32_t type_join(uint32_t a, uint32_t b)
{
    if (a == b || b == MUSTER_TYPE_NONE)
        return a;
    if (a == MUSTER_TYPE_NONE)
        return b;
    if ((a == MUSTER_TYPE_U64 || b == MUSTER_TYPE_U64) && is_integer_type(a) && is_integer_type(b))
        return MUSTER_TYPE_JSON; /* from -1 to 2^64-1: there is no integer type that holds both */
    if ((is_integer_type(a) || a == MUSTER_TYPE_F64) && (is_integer_type(b) || b == MUSTER_TYPE_F64))
        return a == MUSTER_TYPE_F64 || b == MUSTER_TYPE_F64 ? MUSTER_TYPE_F64 : MUSTER_TYPE_I64;
    return MUSTER_TYPE_JSON;
}

char *json_dumped(const json_t *value, bool bare)
{
    if (bare && exact_is_string(value))
        return xstrdup(json_string_value(value));
    char *text = exact_dumps(value, false);
    if (!text)
        return xstrdup("(not UTF-8)");
    char *ours = xstrdup(text);
    free(text);
    return ours;
}

/* A number as it stands in a text: nothing before it and nothing behind it. */
static bool reads_as(const char *text, uint32_t type)
{
    char *end;
    errno = 0;
    if (strspn(text, " \t\n\r+") > 0 || !*text)
        return false;
    if (type == MUSTER_TYPE_BOOL)
        return strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
    if (type == MUSTER_TYPE_F64) {
        double real;
        return number_parse(text, &real) && !strpbrk(text, "xX");
    }
    if (type == MUSTER_TYPE_U64) {
        strtoull(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
        return !*end && errno == 0 && *text != '-';
    }
    long long n = strtoll(text, &end, 10);
    return !*end && errno == 0 && (type != MUSTER_TYPE_I32 || (n >= INT32_MIN && n <= INT32_MAX));
}

static char *integer_text(const json_t *value, uint32_t type)
{
    char room[EXACT_TEXT];
    const char *text = exact_text(value, room);
    return reads_as(text, type) ? xstrdup(text) : NULL;
}

char *type_text(const json_t *value, uint32_t type, bool lenient)
{
    if (type == MUSTER_TYPE_JSON)
        return json_dumped(value, false);
    if (type == MUSTER_TYPE_STR) {
        bool scalar = exact_is_number(value) || json_is_boolean(value);
        return exact_is_string(value) || (lenient && scalar) ? json_dumped(value, true) : NULL;
    }
    if (exact_is_string(value))
        return lenient && reads_as(json_string_value(value), type) ? xstrdup(json_string_value(value)) : NULL;
    if (type == MUSTER_TYPE_BOOL)
        return json_is_boolean(value) ? xstrdup(json_is_true(value) ? "true" : "false") : NULL;
    if (type == MUSTER_TYPE_F64)
        return exact_is_number(value) ? json_dumped(value, true) : NULL;
    return exact_is_integer(value) ? integer_text(value, type) : NULL;
}

json_t *type_value(const char *text, uint32_t type)
{
    if (type == MUSTER_TYPE_STR)
        return json_string(text);
    if (type == MUSTER_TYPE_JSON)
        return exact_loads(text, JSON_DECODE_ANY, NULL);
    if (!reads_as(text, type))
        return NULL;
    if (type == MUSTER_TYPE_BOOL)
        return json_boolean(text[0] == 't');
    /* By the reader of YAML's scalars: 0x1f, .5 and 007 are numbers here, and none of JSON. */
    const struct scalar_source from = {.plain = true, .text = text, .len = strlen(text)};
    autobuf struct buf number = {0};
    enum scalar_kind kind;
    autofree char *fault = scalar_read(&from, &number, &kind);
    return fault ? NULL : exact_number(buf_str(&number));
}

char *type_json_fault(const char *text)
{
    json_error_t why;
    json_t *value = exact_loads(text, JSON_DECODE_ANY, &why);
    if (!value)
        return xasprintf("%s (line %d, column %d)", why.text, why.line, why.column);
    json_decref(value);
    return NULL;
}

char *text_shown(const char *text, size_t most)
{
    size_t len = strlen(text), n = len > most ? most : len;
    while (n > 0 && n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return xasprintf("%.*s%s", (int)n, text, n < len ? " ..." : "");
}
