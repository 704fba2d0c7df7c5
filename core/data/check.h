/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking: from a tree of YAML to programs. Shared by the files check_*.c, each of which knows one part of the format:
 * the file (check_file.c), parameters (check_params.c), steps (check_step.c), expectations (check_expect.c), values and
 * references (check_value.c).
 *
 * Everything is looked at even after a mistake, so that all are told at once. What a part with a mistake gives is whole
 * enough to go on checking with, and never run.
 */
#ifndef MUSTER_DATA_CHECK_H
#define MUSTER_DATA_CHECK_H

#include "data/library.h"
#include "data/node.h"
#include "data/runnable.h"

/* What a name means, in a scenario. */
struct name {
    const char *name;
    enum source source; /* FROM_VARIABLE or FROM_PARAM */
    uint32_t slot;
    uint32_t type;
    bool hidden; /* of a block that has ended */
};

/* A group of steps that the file defines. */
struct defined {
    const char *name;
    struct place at;
    const struct muster_param *const *params;
    const struct node *steps; /* NULL after a mistake */
    bool included, used;
};

struct checker {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct library *library;
    struct defined *defined;
    size_t n_defined, cap_defined;
    const struct node *root;
    struct json_pool *pool;
    struct checked_file *file;

    /* Of the scenario at hand */
    struct name *names;
    size_t n_names, cap_names;
    size_t n_shared; /* the file's own variables, the first of names */
    size_t floor;    /* names before it, but for the shared ones, are unknown in a defined group */
    struct variable *variables;
    size_t n_variables, cap_variables;
    const char **fixtures; /* the names under which it uses them */
    size_t n_fixtures, cap_fixtures;
    const char **step_uses; /* what its steps use besides */
    size_t n_step_uses, cap_step_uses;
    const char **needs; /* what the scenario says that it needs, and then what its steps need */
    size_t n_needs, cap_needs;
    const struct reference **outside;
    size_t n_outside, cap_outside;
    const struct node *body; /* where saves are looked for that come too late */
    unsigned depth;          /* of defined groups */
};

/* JSON values that live as long as what holds them. */
struct json_pool {
    json_t **items;
    size_t n, cap;
    regex_t **regexes;
    size_t n_regexes, cap_regexes;
};
json_t *pool_keep(struct json_pool *pool, json_t *value);
void pool_free(struct json_pool *pool);

/* Complains of keys that are not among `known` (NULL-terminated), with the nearest; false when there was one, or when
 * the node is no map. `what` names it: "a scenario". */
bool check_keys(struct checker *c, const struct node *n, const char *what, const char *const *known);
/* The one of `known` for which other tools have the word `name`; NULL when there is none. */
const char *check_foreign(const char *name, const char *const *known);
/* A text under `name`; NULL without one, or after a mistake. */
const char *check_text(struct checker *c, const struct node *map, const char *name);
/* "30s"; 0 without one, or after a mistake. */
int64_t check_duration(struct checker *c, const struct node *map, const char *name);
/* An integer from 0 to most; 0 without one, or after a mistake. */
uint32_t check_count(struct checker *c, const struct node *map, const char *name, uint32_t most);
/* Where the key `name` of a map stands. */
struct place check_place(const struct node *map, const char *name);

/* [A-Za-z_][A-Za-z0-9_]*, and none of the runner's own, nor a fixture's. */
bool is_variable_name(const struct checker *c, const char *name);
/* The same, with a complaint. */
bool check_variable_name(struct checker *c, const char *name, struct place at);
/* Makes the name known from here on; the slot is NO_SLOT of a parameter. */
uint32_t name_add(struct checker *c, const char *name, enum source source, uint32_t type);
/* Hides the names from `first` on: the block that made them has ended. */
void names_hide(struct checker *c, size_t first);

/* What the name means here; NULL: nothing. */
const struct name *name_find(const struct checker *c, const char *name);

/* A text that stands for itself. */
const struct value *check_literal(struct checker *c, const char *text, struct place at);
/* A value with references. */
const struct value *check_value(struct checker *c, const struct node *n);
/* The type that it has, as far as can be known. */
uint32_t value_type(const struct value *v);
/* Complains when no value of `v` could be one of `type`. `what` begins the message: "create_workload: image". */
void check_type(struct checker *c, const struct value *v, uint32_t type, const char *what);

/* `expect` and `until`, of a step that returns this type; and `if`. */
struct expectations check_expect(struct checker *c, const struct node *n, uint32_t returns, const char *step);
struct expectations check_condition(struct checker *c, const struct node *n);

struct step_list check_steps(struct checker *c, const struct node *n, const char *what);

/* What a step that the scenario calls uses: the scenario does, too, unless it has something under the name. */
void check_step_uses(struct checker *c, const struct step_function *function);
/* What it needs, the scenario does. */
void check_step_needs(struct checker *c, const struct step_function *function);

/* Declared parameters of a scenario or of a group, without rows; an empty list without any. NULL-terminated. */
const struct muster_param **check_declared(struct checker *c, const struct node *n, size_t *ret_n);
/* `parameters` and `matrix` of a scenario into s->params and s->tables. */
void check_params(struct checker *c, const struct node *scenario, struct muster_scenario *s);

/* Reads a file, relative to the one where its name stands; NULL after a mistake. */
const struct node *check_read(struct checker *c, const char *name, struct place from);

/* A whole file. */
struct checked_scenario {
    struct muster_scenario scenario;
    struct program *program;
};

struct checked_file {
    const char *name, *version, *summary;
    const char *const *thresholds; /* NULL-terminated */
    struct checked_scenario *scenarios;
    size_t n, cap;
    const char **others; /* files that were read besides: included ones, data */
    size_t n_others, cap_others;
    struct json_pool pool;
    struct arena arena; /* of all of it */
};

/* Checks what `root` says against the steps of `library`. 0, or -EINVAL after mistakes. The result is the caller's to
 * free, also after mistakes. */
int check_file(const char *path, const struct node *root, const struct library *library, struct diagnostics *m,
               struct checked_file *f);
void checked_file_free(struct checked_file *f);

#endif
