/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates of a target file: texts with "${name}" in them, and JSON values made of such texts. Pure: what a name
 * stands for is asked of a function.
 */
#ifndef MUSTER_KIT_TARGET_TEMPLATE_H
#define MUSTER_KIT_TARGET_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* What is between "${" and "}": a borrowed value; NULL: it was not given. */
typedef json_t *(*template_find)(void *user, const char *name, size_t length);

struct template_names {
    template_find find;
    void *user;
};

enum template_escape {
    TEMPLATE_PLAIN,
    TEMPLATE_PERCENT, /* what is put in for a name, as in a path or a query: all but RFC 3986's unreserved */
};

/* A text, malloc'd; "$${" is a plain "${". NULL: memory ran out, or *ret_left_out, when given, is set: it is made of
 * one name alone that was not given. Inside a longer text such a name is "". */
char *target_template_text(const char *text, enum template_escape escape, struct template_names names,
                           bool *ret_left_out);
/* A new value; one name alone keeps its type. What is made of names alone that were not given is left out of objects
 * and arrays, and so is an object with nothing in it but that; NULL: all of it is, or memory ran out. */
json_t *target_template_json(const json_t *value, struct template_names names);
/* A value as it is put into a text: strings as they are, the rest as JSON. malloc'd; NULL: no memory. */
char *target_template_value_text(const json_t *value);
/* malloc'd; NULL: no memory. */
char *target_template_percent(const char *text);

#endif
