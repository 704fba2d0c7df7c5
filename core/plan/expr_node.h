/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parsed expression, between expr.c that builds it and expr_match.c that asks it. Operands of one
 * operator are a list, so that a tree is never deeper than the text's parentheses: a hundred thousand
 * `or`s in a row don't nest.
 */
#ifndef MUSTER_PLAN_EXPR_NODE_H
#define MUSTER_PLAN_EXPR_NODE_H

#include "base/mem.h"
#include "plan/marker.h"

enum node_kind { NODE_ANY, NODE_ALL, NODE_NAME };

struct node {
    enum node_kind kind;
    bool negated;
    struct node *operands; /* of NODE_ANY and NODE_ALL: one or more */
    struct node *next;     /* operand of the same operator */
    const char *name;      /* of NODE_NAME */
    struct argument *args;
};

/* What a marker must have; its value is never a float, since the grammar has none. */
struct argument {
    const char *key;
    struct marker_value value;
    struct argument *next;
};

struct expr {
    struct arena arena; /* the nodes and their strings */
    struct node *root;  /* NULL: empty, true of everything */
};

#endif
