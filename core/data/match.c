/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing values. */
#include "data/match.h"

#include "base/mem.h"
#include "base/suggest.h"

#include <exact.h>
#include <string.h>

static const struct {
    const char *name, *symbol;
} ops[MATCH_N] = {
    [MATCH_EQ] = {"eq", "=="},
    [MATCH_NE] = {"ne", "!="},
    [MATCH_LT] = {"lt", "<"},
    [MATCH_LE] = {"le", "<="},
    [MATCH_GT] = {"gt", ">"},
    [MATCH_GE] = {"ge", ">="},
    [MATCH_MATCHES] = {"matches", "matches"},
    [MATCH_CONTAINS] = {"contains", "contains"},
    [MATCH_LACKS] = {"lacks", "lacks"},
    [MATCH_EXISTS] = {"exists", "exists"},
    [MATCH_TYPE] = {"type", "has type"},
    [MATCH_LENGTH] = {"length", "has length"},
    [MATCH_IN] = {"in", "in"},
};

static const char *const type_names[] = {"object", "array", "string", "number", "integer", "boolean", "null"};

const char *match_name(enum match_op op)
{
    return ops[op].name;
}

const char *match_symbol(enum match_op op)
{
    return ops[op].symbol;
}

enum match_op match_find(const char *name)
{
    for (enum match_op op = 0; op < MATCH_N; op++)
        if (strcmp(ops[op].name, name) == 0)
            return op;
    return MATCH_N;
}

/* Stricter than where nothing else could be meant: a map that is compared as a whole has keys of its own, such as `id`.
 */
enum match_op match_meant(const char *key)
{
    enum { LONG = 4 };
    static const struct {
        const char *name;
        enum match_op op;
    } elsewhere[] = {{"gte", MATCH_GE},    {"lte", MATCH_LE},        {"neq", MATCH_NE},         {"equals", MATCH_EQ},
                     {"equal", MATCH_EQ},  {"match", MATCH_MATCHES}, {"regex", MATCH_MATCHES},  {"one_of", MATCH_IN},
                     {"not_eq", MATCH_NE}, {"less_than", MATCH_LT},  {"greater_than", MATCH_GT}};
    size_t len = strlen(key);
    for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
        if (strcmp(elsewhere[i].name, key) == 0)
            return elsewhere[i].op;
    for (enum match_op op = 0; op < MATCH_N; op++) {
        const char *name = ops[op].name;
        size_t n = strlen(name);
        struct suggestion s = suggest_start(key);
        s.distance = 2;
        if (n > LONG && len >= n - 1 && strncmp(key, name, 1) == 0)
            suggest_offer(&s, name);
        bool twice = n < LONG && len == n + 1 && strncmp(key, name, n) == 0 && key[n] == name[n - 1];
        if ((s.best || twice) && len > 1)
            return op;
    }
    return MATCH_N;
}

static bool is_type_name(const json_t *name)
{
    for (size_t i = 0; exact_is_string(name) && i < ARRAY_LEN(type_names); i++)
        if (strcmp(type_names[i], json_string_value(name)) == 0)
            return true;
    return false;
}

const char *match_fault(enum match_op op, const json_t *expected)
{
    regex_t regex;
    switch (op) {
    case MATCH_LT:
    case MATCH_LE:
    case MATCH_GT:
    case MATCH_GE:
        return exact_is_number(expected) || exact_is_string(expected) ? NULL : "it wants a number or a text";
    case MATCH_MATCHES:
        if (!exact_is_string(expected))
            return "it wants a regular expression, as a text";
        if (regcomp(&regex, json_string_value(expected), REG_EXTENDED | REG_NOSUB) != 0)
            return "this is not an extended regular expression (regex(7))";
        regfree(&regex);
        return NULL;
    case MATCH_EXISTS:
        return json_is_boolean(expected) ? NULL : "it wants true or false";
    case MATCH_TYPE:
        return is_type_name(expected) ? NULL : "it wants one of object, array, string, number, integer, boolean, null";
    case MATCH_LENGTH:
        return json_is_integer(expected) && json_integer_value(expected) >= 0 ? NULL : "it wants an integer from 0";
    case MATCH_IN:
        return json_is_array(expected) ? NULL : "it wants a list";
    default:
        return NULL;
    }
}

/* -1, 0, 1; 2 when the two can't be ordered. */
static int order(const json_t *a, const json_t *b)
{
    if (exact_is_number(a) && exact_is_number(b))
        return exact_order(a, b);
    if (exact_is_string(a) && exact_is_string(b)) {
        int r = strcmp(json_string_value(a), json_string_value(b));
        return (r > 0) - (r < 0);
    }
    return 2;
}

bool match_is_mixed(enum match_op op, const json_t *actual, const json_t *expected)
{
    if (op < MATCH_LT || op > MATCH_GE || !actual || !expected)
        return false;
    return (exact_is_number(actual) && exact_is_string(expected)) ||
           (exact_is_string(actual) && exact_is_number(expected));
}

static bool holds(const json_t *list, const json_t *item)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (exact_equal(json_array_get(list, i), item, true))
            return true;
    return false;
}

static bool contains(const json_t *actual, const json_t *expected)
{
    const char *key;
    json_t *value;
    if (exact_is_string(actual))
        return exact_is_string(expected) && strstr(json_string_value(actual), json_string_value(expected));
    if (json_is_array(actual))
        return holds(actual, expected);
    if (!json_is_object(actual) || !json_is_object(expected))
        return false;
    json_object_foreach((json_t *)expected, key, value)
    { /* a part of a map */
        const json_t *has = json_object_get(actual, key);
        if (!has || !(exact_equal(has, value, true) || (json_is_object(value) && contains(has, value))))
            return false;
    }
    return true;
}

/* Of what could have it: a number lacks nothing, it was a slip to ask. */
static bool lacks(const json_t *actual, const json_t *expected)
{
    bool could = exact_is_string(actual)  ? exact_is_string(expected)
                 : json_is_object(actual) ? json_is_object(expected)
                                          : json_is_array(actual);
    return could && !contains(actual, expected);
}

static bool has_type(const json_t *actual, const char *name)
{
    if (exact_is_number(actual))
        return strcmp(name, "number") == 0 || (exact_is_integer(actual) && strcmp(name, "integer") == 0);
    switch (json_typeof(actual)) {
    case JSON_OBJECT:
        return strcmp(name, "object") == 0;
    case JSON_ARRAY:
        return strcmp(name, "array") == 0;
    case JSON_STRING:
        return strcmp(name, "string") == 0;
    case JSON_NULL:
        return strcmp(name, "null") == 0;
    default:
        return strcmp(name, "boolean") == 0;
    }
}

/* Characters of a text, items of a list, keys of a map; -1 of anything else. */
static json_int_t length(const json_t *actual)
{
    json_int_t n = 0;
    if (json_is_array(actual))
        return (json_int_t)json_array_size(actual);
    if (json_is_object(actual))
        return (json_int_t)json_object_size(actual);
    if (!exact_is_string(actual))
        return -1;
    for (const char *p = json_string_value(actual); *p; p++)
        n += ((unsigned char)*p & 0xc0) != 0x80;
    return n;
}

static bool matches(const json_t *actual, const json_t *expected, const regex_t *regex)
{
    regex_t own;
    if (!exact_is_string(actual))
        return false;
    if (regex)
        return regexec(regex, json_string_value(actual), 0, NULL, 0) == 0;
    if (!exact_is_string(expected) || regcomp(&own, json_string_value(expected), REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool found = regexec(&own, json_string_value(actual), 0, NULL, 0) == 0;
    regfree(&own);
    return found;
}

bool match(enum match_op op, const json_t *actual, const json_t *expected, const regex_t *regex)
{
    if (op == MATCH_EXISTS)
        return json_is_true(expected) == (actual != NULL);
    if (!actual)
        return false;
    int o = op >= MATCH_LT && op <= MATCH_GE ? order(actual, expected) : 2;
    switch (op) {
    case MATCH_EQ:
        return exact_equal(actual, expected, true);
    case MATCH_NE:
        return !exact_equal(actual, expected, true);
    case MATCH_LT:
        return o == -1;
    case MATCH_LE:
        return o == -1 || o == 0;
    case MATCH_GT:
        return o == 1;
    case MATCH_GE:
        return o == 1 || o == 0;
    case MATCH_MATCHES:
        return matches(actual, expected, regex);
    case MATCH_CONTAINS:
        return contains(actual, expected);
    case MATCH_LACKS:
        return lacks(actual, expected);
    case MATCH_TYPE:
        return exact_is_string(expected) && has_type(actual, json_string_value(expected));
    case MATCH_LENGTH:
        return json_is_integer(expected) && length(actual) == json_integer_value(expected);
    default:
        return holds(expected, actual);
    }
}
