/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML document as a tree of our own: every node and every key with its place. Aliases are resolved and merge keys
 * (`<<`) are merged; keys are unique and texts. Nodes live in the arena; nothing here knows what a scenario is.
 */
#ifndef MUSTER_DATA_NODE_H
#define MUSTER_DATA_NODE_H

#include "data/diagnostics.h"
#include "data/scalar.h"

#include <jansson.h>

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct key {
    const char *name;
    struct place at;
};

struct node {
    enum node_kind kind;
    bool plain; /* a scalar without quotes, and without a tag that makes a text of it */
    uint32_t n;
    struct place at;
    enum scalar_kind scalar;
    const char *text;          /* of a scalar, as it is written (!!binary: what it encodes) */
    const char *value;         /* what it stands for: the same, or a number in JSON's grammar */
    const struct node **items; /* of a list; the values of a map */
    const struct key *keys;    /* of a map, in the order of the file */
};

enum { NODE_DEPTH = 64, NODE_MOST = 100 * 1000, NODE_FILE_MAX = 4 << 20 };

/* Reads a text of one document, JSON included. NULL after a mistake; a mistake that leaves the rest readable (a key
 * twice) is recorded and passed over. `file` names it in places, and has to live as long as they. */
const struct node *node_parse(const char *file, const char *text, size_t len, struct arena *arena,
                              struct diagnostics *m);
/* The text of a file: an error names it. */
int node_read_text(const char *path, struct buf *text, struct err *err);
/* The same from a file. A file that can't be read is a mistake at `from`, where it was named. */
const struct node *node_read(const char *path, struct place from, struct arena *arena, struct diagnostics *m);

/* What a scalar stands for, by its tag and YAML's core schema: null, true, 5, 0x1f, 1.5; else a text. Numbers are
 * exact.h's. New reference. */
json_t *node_scalar_json(const struct node *n);
/* The whole tree as it stands. New reference. */
json_t *node_json(const struct node *n);
/* null, also written by leaving the value out. */
bool node_is_null(const struct node *n);
/* The value under `name`, or NULL. */
const struct node *node_get(const struct node *map, const char *name);
/* The node at a JSON pointer (RFC 6901, "/workloads/0"), or NULL. */
const struct node *node_at(const struct node *n, const char *pointer);
/* "a text", "a list": for messages. */
const char *node_describe(const struct node *n);

#endif
