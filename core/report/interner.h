/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: the model's strings and its cases by name.
 *
 * Both are open-addressing hash tables of pointers whose keys live in the model's arena. A table grows at
 * two thirds; nothing is ever removed.
 */
#ifndef MUSTER_REPORT_INTERNER_H
#define MUSTER_REPORT_INTERNER_H

#include "report/run_model.h"

struct table {
    const void **slots;
    size_t n, cap; /* cap is 0 or a power of two */
};

struct interner {
    struct table strings; /* of const char * */
    struct table cases;   /* of struct model_case * */
    struct buf scratch;   /* for a string on its way to valid UTF-8 */
};

/* The string, valid UTF-8, in the arena: each different one once. */
const char *interner_share(struct run_model *model, const char *text);
/* The same for a string that will hardly come again. */
const char *interner_copy(struct run_model *model, const char *text);
/* The same, malloc'd: for what may be dropped again. */
char *interner_valid(struct run_model *model, const char *text);
/* A list of interned strings. */
struct string_list interner_list(struct run_model *model, const struct string_list *list);

struct model_case *interner_case(const struct run_model *model, const char *id);
/* `c->id` must not be there yet. */
void interner_add_case(struct run_model *model, struct model_case *c);
void interner_free(struct interner *index);

#endif
