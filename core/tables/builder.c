/* SPDX-License-Identifier: Apache-2.0 */
/* Cells, checked and put into a table. */
#include "tables/builder.h"

#include "plan/cases.h"
#include "plan/values.h"
#include "tables/json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void builder_init(struct builder *b, const char *name, const struct param_list *params, struct arena *arena,
                  struct err *err)
{
    *b = (struct builder){.name = arena_strdup(arena, name), .params = params, .arena = arena, .err = err};
    b->known = xcalloc(params->n + 1, sizeof *b->known);
    b->latest = xcalloc(params->n + 1, sizeof *b->latest);
    b->order = xcalloc(params->n + 1, sizeof *b->order);
}

void builder_free(struct builder *b)
{
    free(b->known);
    free(b->latest);
    free(b->order);
    free(b->rows);
    free(b->places);
    *b = (struct builder){0};
}

__attribute__((format(printf, 4, 0))) static int set_error(const struct builder *b, struct mark at, const char *column,
                                                           const char *fmt, va_list ap)
{
    char *message = xvasprintf(fmt, ap);
    int e = column ? err_set(b->err, -EINVAL, "%s:%u:%u: column %s: %s", b->name, at.line, at.column, column, message)
                   : err_set(b->err, -EINVAL, "%s:%u:%u: %s", b->name, at.line, at.column, message);
    free(message);
    return e;
}

int builder_error(const struct builder *b, struct mark at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int e = set_error(b, at, NULL, fmt, ap);
    va_end(ap);
    return e;
}

int builder_bad_cell(const struct builder *b, uint32_t param, struct mark at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int e = set_error(b, at, b->params->items[param].name, fmt, ap);
    va_end(ap);
    return e;
}

int builder_column(struct builder *b, const char *name, struct mark at, uint32_t *ret_param)
{
    const struct param_info *p = param_find(b->params, name, strlen(name));
    if (!p) {
        autoerr struct err err = {0};
        param_unknown(b->params, name, &err);
        return builder_error(b, at, "column %s: %s", name, err_text(&err));
    }
    *ret_param = (uint32_t)(p - b->params->items);
    if (!b->known[*ret_param])
        b->order[b->n_columns++] = *ret_param;
    b->known[*ret_param] = true;
    return 0;
}

int builder_once(struct builder *b, uint32_t param, struct mark at)
{
    if (b->latest[param] == b->n_rows)
        return builder_error(b, at, "column %s is there twice in this row", b->params->items[param].name);
    b->latest[param] = b->n_rows;
    return 0;
}

void builder_row(struct builder *b, uint32_t line)
{
    if (b->n_rows == b->cap_places) {
        b->cap_places = b->cap_places ? 2 * b->cap_places : 8;
        b->places = xreallocarray(b->places, b->cap_places, sizeof *b->places);
    }
    b->places[b->n_rows] = (struct row_place){b->name, line};
    GROW(b->rows, b->n_rows, b->cap_rows);
    b->rows[b->n_rows++] = arena_alloc(b->arena, (b->params->n + 1) * sizeof **b->rows);
}

int builder_cell(struct builder *b, uint32_t param, const char *text, struct mark at)
{
    const struct param_info *p = &b->params->items[param];
    autoerr struct err err = {0};
    int e = value_check(p->type, text, &err);
    if (e == 0 && p->type == TYPE_JSON && (e = json_text_check(text, &err)) < 0)
        err_prefix(&err, "it is not JSON");
    if (e < 0)
        return builder_bad_cell(b, param, at, "%s", err_text(&err));
    b->rows[b->n_rows - 1][param] = arena_strdup(b->arena, text);
    return 0;
}

int builder_finish(struct builder *b, struct table_info *ret_table)
{
    if (b->n_rows == 0 || b->n_columns == 0)
        return err_set(b->err, -EINVAL, "%s: it has no rows", b->name);
    const char **columns = arena_alloc(b->arena, b->n_columns * sizeof *columns);
    const char **cells = arena_alloc(b->arena, b->n_rows * b->n_columns * sizeof *cells);
    for (uint32_t k = 0; k < b->n_columns; k++) {
        columns[k] = b->params->items[b->order[k]].name;
        for (size_t row = 0; row < b->n_rows; row++)
            cells[row * b->n_columns + k] = b->rows[row][b->order[k]];
    }
    const size_t size = b->n_rows * sizeof *b->places;
    *ret_table = (struct table_info){.columns = columns,
                                     .n_columns = b->n_columns,
                                     .cells = cells,
                                     .n_rows = b->n_rows,
                                     .file = "",
                                     .places = memcpy(arena_alloc(b->arena, size), b->places, size)};
    return 0;
}
