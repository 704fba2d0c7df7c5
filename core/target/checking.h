/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking a target file: from a tree of YAML to canonical JSON. Shared by the files check_*.c, each of which knows one
 * part of the format. Everything is looked at even after a mistake, so that all are told at once; what a part with a
 * mistake gives is whole enough to go on with, and never used.
 */
#ifndef MUSTER_TARGET_CHECKING_H
#define MUSTER_TARGET_CHECKING_H

#include "data/node.h"

#include <jansson.h>

/* A name that ${...} may stand for. */
struct target_name {
    const char *name;
    struct place at;
    bool optional; /* it may be missing when a request is made */
    bool used;
};

/* Names that are known in a part of the file. What an inner scope has hides what the outer ones have. */
struct scope {
    struct scope *outer;
    struct target_name *items;
    size_t n, cap;
};

#define autoscope __attribute__((cleanup(scope_free)))

/* An operation while the file is read: what it waits for can be checked only when all are known. */
struct operation {
    const struct key *key;
    const struct node *node;
    struct scope takes, saved;
    json_t *json; /* borrowed from the document */
};

struct target_checker {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct node *root;
    json_t *document;
    struct scope values;
    struct operation *operations;
    size_t n_operations, cap_operations;
    bool asks; /* something makes a request */
};

/* ---- extend.c: the tree with what the files say that it extends; NULL after a mistake. A root that is no map, or
 * extends nothing, is given back as it is. */
const struct node *target_extended(const struct node *root, struct arena *arena, struct diagnostics *m);

/* ---- check_simple.c: what a map may hold, and reading simple things out of it. `what` names the map for messages. */

/* False when the node is no map, which is a mistake. Keys that are not among `known` (NULL-terminated) are mistakes. */
bool target_keys(struct target_checker *c, const struct node *n, const char *what, const char *const *known);
/* A map under `name`; an empty one without it, or after a mistake. */
const struct node *target_map(struct target_checker *c, const struct node *map, const char *name);
/* A text under `name`, numbers as they are written; NULL without one, or after a mistake. */
const char *target_text(struct target_checker *c, const struct node *map, const char *name);
/* One of `words`; `otherwise` without it, or after a mistake. */
const char *target_word(struct target_checker *c, const struct node *map, const char *name, const char *const *words,
                        const char *otherwise);
bool target_bool(struct target_checker *c, const struct node *map, const char *name, bool otherwise);
/* Milliseconds. */
int64_t target_duration(struct target_checker *c, const struct node *map, const char *name, int64_t otherwise);
/* Complains unless it is [A-Za-z_][A-Za-z0-9_-]*. */
bool target_name(struct target_checker *c, const struct key *key, const char *what);
/* Where the key stands; the map's own place without it. */
struct place target_place(const struct node *map, const char *name);
/* "unknown login passwrd; did you mean password?", of the keys of `known`. */
void target_unknown(struct target_checker *c, struct place at, const char *what, const char *name, json_t *known);
/* A JSON pointer: a scalar, checked; "" after a mistake. */
const char *target_pointer(struct target_checker *c, const struct node *n);
/* "file:line:column", a new reference. */
json_t *target_at(struct place at);
void put(json_t *map, const char *name, json_t *value); /* steals */
void put_text(json_t *map, const char *name, const char *text);
bool has_reference(const char *text);

/* ---- template.c: texts with ${...}. */

enum template_use {
    TEMPLATE_ENTRY, /* of a map or a list: made of an optional argument alone, it may be left out */
    TEMPLATE_PART,  /* of something that has to be there: nothing in it may be missing */
};

void scope_add(struct scope *s, const char *name, struct place at, bool optional);
/* Somebody uses the name, where it or a scope around it has one. */
void scope_use(struct scope *s, const char *name);
void scope_free(struct scope *s);
/* The template's text as it stands, or NULL after a complaint that it is no scalar. Unknown names are mistakes. */
const char *template_text(struct target_checker *c, struct scope *s, const struct node *n, enum template_use use);
/* A tree with templates in it. New reference. */
json_t *template_tree(struct target_checker *c, struct scope *s, const struct node *n);
/* The entries of a map under `name` are templates. New reference, an object. */
json_t *template_map(struct target_checker *c, struct scope *s, const struct node *map, const char *name);
/* A template under `name` of a map goes under the same name into `to`; true when there is one. */
bool template_put(struct target_checker *c, struct scope *s, const struct node *map, const char *name, json_t *to);
/* Complains of names that nothing has used. */
void scope_check_used(struct target_checker *c, const struct scope *s, const char *what);

/* ---- check_takes.c: arguments. */

/* `takes` of a map: new reference; the names go into *scope. */
json_t *target_takes(struct target_checker *c, const struct node *map, struct scope *scope);
/* Arguments that are given to something with these `takes`: unknown, missing and of the wrong type are mistakes. Keys
 * in `besides` (NULL-terminated) are not arguments. The arguments are added to *to. */
void target_arguments(struct target_checker *c, const struct node *map, struct place at, const char *callee,
                      json_t *takes, struct scope *scope, const char *const *besides, json_t *to);

/* ---- check_result.c: what is taken out of answers. */

enum result_use {
    RESULT_OF_ANSWER, /* anything */
    RESULT_OF_ITEM,   /* below `each` */
    RESULT_SAVED,     /* no list of objects */
};

/* The map under `name`, of results. New reference. */
json_t *target_results(struct target_checker *c, const struct node *map, const char *name, struct scope *scope,
                       enum result_use use);
/* `words` of a map, into `to`: the name of a table of the file. */
void target_words(struct target_checker *c, const struct node *n, json_t *to);
/* `errors` of a map. New reference, a list. */
json_t *target_errors(struct target_checker *c, const struct node *map);
/* Statuses of HTTP under `name`, one or a list. New reference, a list. */
json_t *target_statuses(struct target_checker *c, const struct node *map, const char *name);
/* A value, or a list of them. New reference, a list. */
json_t *target_values(const struct node *n);

/* ---- check_request.c: requests. */

/* `http` of the file. New reference. */
json_t *target_http(struct target_checker *c);
/* `request` or `requests` of a map; what they save goes into *saved, whose outer scope has the arguments. New
 * reference, a list. */
json_t *target_requests(struct target_checker *c, const struct node *map, struct scope *saved);
json_t *target_websocket(struct target_checker *c, const struct node *map, struct scope *scope);
/* `path` of a request or a page, into `to`. */
void target_path(struct target_checker *c, const struct node *n, struct place at, struct scope *scope, json_t *to);
json_t *target_tls(struct target_checker *c, const struct node *map, struct scope *scope, const char *const *known);
/* `headers` of a map: names are tokens. New reference. */
json_t *target_headers(struct target_checker *c, const struct node *map, struct scope *scope);

/* ---- check_role.c. */

/* `roles` of the file. New reference. */
json_t *target_roles(struct target_checker *c);
/* `allowed` of an operation: a list of roles, JSON's null where the operation says nothing. *ret_anyone: also who has
 * not logged in. New reference. */
json_t *target_allowed(struct target_checker *c, const struct node *operation, bool *ret_anyone);

/* ---- check_page.c */

/* `page` of an operation, whose arguments are in *scope. New reference. */
json_t *target_page(struct target_checker *c, const struct node *operation, struct scope *scope);

/* ---- check_login.c, check_operation.c. */

json_t *target_logins(struct target_checker *c);
json_t *target_identities(struct target_checker *c);
/* `operations` of the file, into c->operations and the document. */
void target_operations(struct target_checker *c);

/* The whole, into c->document. */
void target_file(struct target_checker *c);

#endif
