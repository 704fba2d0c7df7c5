/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text of YAML (or JSON, which is YAML) as a tree in which everything knows its place, and the mistakes that were
 * found in it. All of a tree is its pool's.
 */
#ifndef DOUBLE_YAML_H
#define DOUBLE_YAML_H

#include "pool.h"

#include <stdbool.h>
#include <stdio.h>

struct place {
    unsigned line, column; /* from 1 */
};

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    struct place at;
    bool plain;       /* a text without quotes: it may be a number, true, false or null */
    const char *text; /* of NODE_TEXT; never NULL then */
    size_t n;         /* items of a list, entries of a map */
    struct key {
        const char *name;
        struct place at;
    } * keys;
    struct node **items; /* elements, or the values of the keys */
};

/* Where mistakes go: a line "FILE:LINE:COLUMN: what" for each. */
struct mistakes {
    const char *file;
    FILE *to;
    unsigned n;
};

void mistake(struct mistakes *m, struct place at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* NULL, when there was a mistake. */
struct node *yaml_parse(struct pool *pool, const char *text, size_t length, struct mistakes *m);
/* The value of a key; NULL: it is not there, or `map` is none. */
struct node *node_get(const struct node *map, const char *key);
/* Each key is one of these (NULL ends the list); else a mistake, with the nearest of them. */
void keys_are_known(const struct node *map, const char *what, const char *const *known, struct mistakes *m);
/* The nearest of the names, or NULL when none is near: for "did you mean". */
const char *nearest_name(const char *name, const char *const *names);

#endif
