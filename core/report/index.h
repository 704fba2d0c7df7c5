/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: the model's strings and its cases by name.
 *
 * Both are open-addressing hash tables of pointers whose keys live in the model's arena. A table grows at
 * two thirds; nothing is ever removed.
 */
#ifndef MUSTER_REPORT_INDEX_H
#define MUSTER_REPORT_INDEX_H

#include "report/model.h"

struct table {
    const void **slots;
    size_t n, cap; /* cap is 0 or a power of two */
};

struct model_index {
    struct table strings; /* of const char * */
    struct table cases;   /* of struct model_case * */
    struct buf scratch;   /* for a string on its way to valid UTF-8 */
};

/* The string, valid UTF-8, in the arena: each different one once. */
const char *index_intern(struct run_model *model, const char *text);
/* The same for a string that will hardly come again. */
const char *index_copy(struct run_model *model, const char *text);
/* The same, malloc'd: for what may be dropped again. */
char *index_valid(struct run_model *model, const char *text);
/* A list of interned strings. */
struct string_list index_list(struct run_model *model, const struct string_list *list);

struct model_case *index_case(const struct run_model *model, const char *id);
/* `c->id` must not be there yet. */
void index_add_case(struct run_model *model, struct model_case *c);
void index_free(struct model_index *index);

#endif
