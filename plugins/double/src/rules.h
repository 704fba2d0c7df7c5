/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a double, read and checked: docs/guide/doubles.md has what may stand in it. */
#ifndef DOUBLE_RULES_H
#define DOUBLE_RULES_H

#include "template.h"

#include <stdint.h>

/* A path with {names}, * for one part of it, and ** at its end for the rest. */
struct pattern {
    size_t n;
    struct segment {
        enum { SEGMENT_TEXT, SEGMENT_ANY, SEGMENT_NAME } kind;
        const char *text;
    } * segments;
    bool and_rest;
    const char **names; /* NULL ends them */
};

enum subject { SUBJECT_QUERY, SUBJECT_HEADER, SUBJECT_BODY };
enum test { TEST_IS, TEST_NOT, TEST_LIKE, TEST_PRESENT, TEST_ABSENT };

struct condition {
    enum subject subject;
    enum test test;
    const char *name; /* of the query's or the head's field, or the pointer */
    struct value *value;
};

struct change {                  /* what an answer makes of the state */
    struct template *of, *state; /* NULL: the rule's own; as it is */
    size_t n;
    const char **names;
    struct value **values;
};

enum { LENGTH_RIGHT = -1, LENGTH_LEFT_OUT = -2 };

struct answer {
    unsigned status;
    size_t n_headers;
    const char **names;
    struct template **headers;
    struct value *json;
    struct template *text; /* at most one of the two */
    uint32_t delay_ms, slow_ms;
    size_t slow_bytes;
    bool reset;
    int64_t cut;    /* how many bytes of the body are sent before the connection ends; -1: all */
    int64_t length; /* what Content-Length says; or LENGTH_ */
    size_t n_changes;
    struct change *changes;
};

struct rule {
    const char *name;     /* "line 12" without one */
    const char **methods; /* NULL: any */
    struct pattern path;
    size_t n_conditions;
    struct condition *conditions;
    struct template *of; /* NULL: "" */
    const char **states; /* NULL: any */
    size_t n_answers;
    struct answer *answers;
    size_t n_changes;
    struct change *changes;
};

struct script {
    const char *name;
    json_t *values;       /* the file's, filled in; */
    const char **secrets; /* those that must not be recorded */
    size_t n_headers;
    const char **names; /* of every answer's headers */
    struct template **headers;
    size_t n_rules;
    struct rule *rules;
    const char **saved, **states, **value_names; /* all that the file speaks of */
};

struct pattern pattern_parse(struct pool *pool, const char *text);
/* 1, and the names' values are added to `ret_names`, which may be NULL. */
bool pattern_matches(const struct pattern *p, const char *path, json_t *ret_names);

/* NULL, when there was a mistake. `given` is a list of "name=value", NULL ends it. */
struct script *script_parse(struct pool *pool, const char *text, size_t length, const char *const *given,
                            struct mistakes *m);
/* One rule by itself, for this script: {request: ..., answer: ...}. */
struct rule *rule_parse(struct pool *pool, const struct script *script, const char *text, size_t length,
                        struct mistakes *m);

/* Parts of the reading, each in a file of its own. */
struct reading {
    struct pool *pool;
    struct mistakes *mistakes;
    struct vocabulary words;
    const char *const *states;
};
bool answer_parse(struct reading *r, const struct node *n, struct answer *ret_answer);
struct change *changes_parse(struct reading *r, const struct node *n, size_t *ret_n);
struct template **headers_parse(struct reading *r, const struct node *n, const char ***ret_names, size_t *ret_n);
struct condition *conditions_parse(struct reading *r, const struct node *request, size_t *ret_n);
/* A text or a list of them; NULL after a mistake. NULL ends it. */
const char **names_parse(struct reading *r, const struct node *n, const char *what);
/* A map; else a mistake. */
bool is_map(struct reading *r, const struct node *n, const char *what, const char *const *keys);

#endif
