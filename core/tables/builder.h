/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table while it is read: readers give it cells, it checks them against the parameters and names the place of a
 * mistake: "rows.csv:7:3: column seats: 'ten' is not an i32: ...". Lines and columns count from 1, columns in
 * characters. What the table keeps is in the arena.
 */
#ifndef MUSTER_TABLES_BUILDER_H
#define MUSTER_TABLES_BUILDER_H

#include "base/err.h"
#include "base/mem.h"
#include "plan/catalogue.h"

/* A place in the file. */
struct mark {
    uint32_t line, column;
};

struct builder {
    const char *name; /* of the file, for messages */
    const struct param_list *params;
    struct arena *arena;
    struct err *err;
    size_t *latest;  /* of each parameter: the row that had it last, from 1 */
    bool *known;     /* of each parameter: it is a column */
    uint32_t *order; /* columns as parameters, in the order in which they came */
    uint32_t n_columns;
    const char ***rows; /* a cell for each parameter */
    struct row_place *places;
    size_t n_rows, cap_rows, cap_places;
};

#define autobuilder __attribute__((cleanup(builder_free)))

void builder_init(struct builder *b, const char *name, const struct param_list *params, struct arena *arena,
                  struct err *err);
/* Enters a column. *ret_param: the parameter's index. -EINVAL when there is none of that name. */
int builder_column(struct builder *b, const char *name, struct mark at, uint32_t *ret_param);
/* -EINVAL when the latest row has had this column already. */
int builder_once(struct builder *b, uint32_t param, struct mark at);
/* Begins a row. */
void builder_row(struct builder *b, uint32_t line);
/* Sets a cell of the latest row: a text of the parameter's type, which is copied. One that is not set is NULL. */
int builder_cell(struct builder *b, uint32_t param, const char *text, struct mark at);
/* "name:line:column: <message>", -EINVAL. */
int builder_error(const struct builder *b, struct mark at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same with "column NAME: " before the message. */
int builder_bad_cell(const struct builder *b, uint32_t param, struct mark at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The table. -EINVAL when it has no rows. */
int builder_finish(struct builder *b, struct table_info *ret_table);
void builder_free(struct builder *b);

#endif
