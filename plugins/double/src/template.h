/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts and JSON values with variables in them, which are filled in from a request:
 *   ${method} ${path} ${path.NAME} ${query.NAME} ${header.NAME} ${body} ${body./POINTER}
 *   ${value.NAME}  of the file's `values`        ${saved.NAME}  what a `set` kept under the rule's `of`
 *   ${state} ${of} ${count}  of the rule          ${uuid}  a new one each time   ${new.NAME}  one for each request
 * "$${" is "${". What a request does not have is "", and null where it stands alone.
 */
#ifndef DOUBLE_TEMPLATE_H
#define DOUBLE_TEMPLATE_H

#include "asked.h"
#include "yaml.h"

struct template;
struct value;

/* What a text may speak of; lists end with NULL. */
struct vocabulary {
    const char *const *path, *const *values, *const *saved;
};

/* What it is filled in with. */
struct filling {
    const struct asked *asked;
    json_t *path;   /* what the path's parameters are here */
    json_t *values; /* of the file */
    json_t *saved;  /* or NULL */
    json_t *made;   /* ${new.NAME}, so far */
    const char *state, *of;
    json_int_t count;
};

/* NULL, when there was a mistake. */
struct template *template_parse(struct pool *pool, const struct node *text, const struct vocabulary *v,
                                struct mistakes *m);
/* To be freed. */
char *template_fill(const struct template *t, const struct filling *f);

/* A tree as JSON: texts without quotes as YAML 1.2 reads them. NULL, when there was a mistake. */
struct value *value_parse(struct pool *pool, const struct node *node, const struct vocabulary *v, struct mistakes *m);
/* A new reference. */
json_t *value_fill(const struct value *value, const struct filling *f);

/* A random one (RFC 9562, version 4), as text. */
void make_uuid(char ret_text[37]);
/* A text for what is a text, a number or a bool, "" for null and what is not there, else JSON. To be freed. */
char *json_as_text(const json_t *value);

#endif
