/* SPDX-License-Identifier: Apache-2.0 */
/* What nodes are and hold. */
#include "data/node.h"

#include "base/cleanup.h"
#include "data/pointer.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static bool looks_null(const char *text)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
    return is_one_of(text, words);
}

static json_t *as_number(const char *text)
{
    const char *digits = text + (*text == '-' || *text == '+');
    char *end;
    errno = 0;
    if (strncmp(text, "0x", 2) == 0 && text[2] && !text[2 + strspn(text + 2, "0123456789abcdefABCDEF")]) {
        long long n = strtoll(text + 2, &end, 16);
        return errno ? NULL : json_integer(n);
    }
    if (strncmp(text, "0o", 2) == 0 && text[2] && !text[2 + strspn(text + 2, "01234567")]) {
        long long n = strtoll(text + 2, &end, 8);
        return errno ? NULL : json_integer(n);
    }
    if (*digits && !digits[strspn(digits, "0123456789")]) {
        long long n = strtoll(text, &end, 10);
        return errno ? json_real(strtod(text, NULL)) : json_integer(n);
    }
    /* Not strtod() alone, which takes "inf", "0x1p3" and leading blanks. */
    if (digits[strspn(digits, "0123456789.eE+-")] || !strpbrk(digits, "0123456789") || *digits == 'e' || *digits == 'E')
        return NULL;
    double real = strtod(text, &end);
    return *end || !isfinite(real) ? NULL : json_real(real);
}

json_t *node_scalar_json(const struct node *n)
{
    static const char *const yes[] = {"true", "True", "TRUE", NULL}, *const no[] = {"false", "False", "FALSE", NULL};
    if (n->plain) {
        if (looks_null(n->text))
            return json_null();
        if (is_one_of(n->text, yes))
            return json_true();
        if (is_one_of(n->text, no))
            return json_false();
        json_t *number = as_number(n->text);
        if (number)
            return number;
    }
    return json_string(n->text);
}

json_t *node_json(const struct node *n)
{
    json_t *json;
    switch (n->kind) {
    case NODE_LIST:
        json = json_array();
        for (uint32_t i = 0; i < n->n; i++)
            json_array_append_new(json, node_json(n->items[i]));
        return json;
    case NODE_MAP:
        json = json_object();
        for (uint32_t i = 0; i < n->n; i++)
            json_object_set_new(json, n->keys[i].name, node_json(n->items[i]));
        return json;
    default:
        return node_scalar_json(n);
    }
}

bool node_is_null(const struct node *n)
{
    return n->kind == NODE_SCALAR && n->plain && looks_null(n->text);
}

const struct node *node_get(const struct node *map, const char *name)
{
    for (uint32_t i = 0; map->kind == NODE_MAP && i < map->n; i++)
        if (strcmp(map->keys[i].name, name) == 0)
            return map->items[i];
    return NULL;
}

const struct node *node_at(const struct node *n, const char *pointer)
{
    while (n && *pointer) {
        if (*pointer++ != '/')
            return NULL;
        autofree char *token = pointer_token(&pointer);
        if (n->kind == NODE_LIST) {
            char *end;
            unsigned long i = strtoul(token, &end, 10);
            bool index = *token >= '0' && *token <= '9' && !*end;
            n = index && i < n->n ? n->items[i] : NULL;
        } else {
            n = node_get(n, token);
        }
    }
    return n;
}

const char *node_describe(const struct node *n)
{
    if (n->kind != NODE_SCALAR)
        return n->kind == NODE_LIST ? "a list" : "a map";
    json_t *json = node_scalar_json(n);
    const char *text = json_is_string(json)    ? "a text"
                       : json_is_null(json)    ? "nothing"
                       : json_is_boolean(json) ? "true or false"
                       : json_is_integer(json) ? "an integer"
                                               : "a number";
    json_decref(json);
    return text;
}
