/* SPDX-License-Identifier: Apache-2.0 */
/* What nodes are and hold. */
#include "data/node.h"

#include "base/cleanup.h"
#include "data/pointer.h"

#include <exact.h>
#include <stdlib.h>
#include <string.h>

json_t *node_scalar_json(const struct node *n)
{
    switch (n->scalar) {
    case SCALAR_NULL:
        return json_null();
    case SCALAR_TRUE:
        return json_true();
    case SCALAR_FALSE:
        return json_false();
    case SCALAR_INTEGER:
    case SCALAR_DECIMAL:
        return exact_number(n->value);
    default:
        return json_string(n->value);
    }
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
    return n->kind == NODE_SCALAR && n->scalar == SCALAR_NULL;
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
    static const char *const kinds[] = {
        [SCALAR_TEXT] = "a text",         [SCALAR_NULL] = "nothing",       [SCALAR_TRUE] = "true or false",
        [SCALAR_FALSE] = "true or false", [SCALAR_INTEGER] = "an integer", [SCALAR_DECIMAL] = "a number"};
    return kinds[n->scalar];
}
