/* SPDX-License-Identifier: Apache-2.0 */
/* Asking an expression whether it is true of a scenario. */
#include "plan/expr.h"

#include "plan/expr_node.h"

#include <string.h>

/* The one being asked about: its markers for -m, or its names for -k. */
struct subject {
    const struct marker *markers;
    uint32_t n_markers;
    const char *const *names;
    size_t n_names;
    bool (*has)(const struct subject *, const struct node *);
};

static bool has_arguments(const struct marker *m, const struct argument *args)
{
    for (const struct argument *a = args; a; a = a->next) {
        const struct marker_value *v = marker_arg(m, a->key, -1);
        if (!v || !marker_value_equal(v, &a->value))
            return false;
    }
    return true;
}

static bool has_marker(const struct subject *s, const struct node *n)
{
    for (uint32_t i = 0; i < s->n_markers; i++)
        if (strcmp(s->markers[i].name, n->name) == 0 && has_arguments(&s->markers[i], n->args))
            return true;
    return false;
}

static bool has_name(const struct subject *s, const struct node *n)
{
    for (size_t i = 0; i < s->n_names; i++)
        if (strcasestr(s->names[i], n->name))
            return true;
    return false;
}

static bool is_true(const struct node *n, const struct subject *s);

static bool any_true(const struct node *operands, const struct subject *s)
{
    for (const struct node *n = operands; n; n = n->next)
        if (is_true(n, s))
            return true;
    return false;
}

static bool all_true(const struct node *operands, const struct subject *s)
{
    for (const struct node *n = operands; n; n = n->next)
        if (!is_true(n, s))
            return false;
    return true;
}

/* Recursion is bounded: parsing allows no deeper tree. */
static bool is_true(const struct node *n, const struct subject *s)
{
    bool value = false;
    switch (n->kind) {
    case NODE_ANY:
        value = any_true(n->operands, s);
        break;
    case NODE_ALL:
        value = all_true(n->operands, s);
        break;
    case NODE_NAME:
        value = s->has(s, n);
        break;
    }
    return value != n->negated;
}

bool expr_match_markers(const struct expr *e, const struct marker *markers, uint32_t n)
{
    struct subject s = {.markers = markers, .n_markers = n, .has = has_marker};
    return !e->root || is_true(e->root, &s);
}

static void each_name(const struct node *n, void (*take)(const char *name, void *data), void *data)
{
    if (n->kind == NODE_NAME)
        take(n->name, data);
    for (const struct node *operand = n->kind == NODE_NAME ? NULL : n->operands; operand; operand = operand->next)
        each_name(operand, take, data);
}

void expr_each_name(const struct expr *e, void (*take)(const char *name, void *data), void *data)
{
    if (e->root)
        each_name(e->root, take, data);
}

bool expr_match_names(const struct expr *e, const char *const *names, size_t n)
{
    struct subject s = {.names = names, .n_names = n, .has = has_name};
    return !e->root || is_true(e->root, &s);
}
