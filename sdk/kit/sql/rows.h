/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as text: what CHECK_SQL() has as its expected value, and shows of a result. Pure. Internal to the kit. */
#ifndef MUSTER_KIT_SQL_ROWS_H
#define MUSTER_KIT_SQL_ROWS_H

#include <stddef.h>
#include <stdio.h>

/* Each line is a row in the one form that it has; all to be freed by sql_rows_free(). */
struct sql_rows {
    char **lines;
    size_t n, room;
};

/* A cell in the form in which it is read back as the same; NULL is a null. */
void sql_rows_put_cell(FILE *out, const char *text);
/* A line to be freed once more; 0, or -1: out of memory. The line is taken in any case. */
int sql_rows_add(struct sql_rows *rows, char *line);
/* The rows of a text that an author wrote: NULL, or what is wrong with it. */
const char *sql_rows_parse(const char *text, struct sql_rows *ret_rows);
void sql_rows_sort(struct sql_rows *rows);
/* The number, from 0, of the first line that differs, also where one has no more; -1: they are the same. */
long sql_rows_differ(const struct sql_rows *a, const struct sql_rows *b);
void sql_rows_free(struct sql_rows *rows);

#endif
