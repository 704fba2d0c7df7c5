/* SPDX-License-Identifier: Apache-2.0 */
/* Asking muster-table for the rows of a file. */
#include "tables/fetch.h"

#include "base/mem.h"
#include "plan/cases.h"
#include "plan/values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rows {
    const struct param_list *params;
    struct arena *arena;
    const char *file;
    const char **columns;
    uint32_t n_columns;
    const char **cells;
    struct row_place *places;
    size_t n_cells, cap_cells, n_places, cap_places;
};

static bool take_columns(struct rows *r, const struct message_list *list)
{
    if (r->columns)
        return list->n == r->n_columns;
    r->columns = arena_alloc(r->arena, (list->n + 1) * sizeof *r->columns);
    r->n_columns = list->n;
    for (uint32_t i = 0; i < list->n; i++) {
        const struct param_info *p = param_find(r->params, list->items[i], strlen(list->items[i]));
        if (!p)
            return false;
        r->columns[i] = p->name;
    }
    return list->n > 0;
}

static bool take_cell(struct rows *r, const char *text)
{
    GROW(r->cells, r->n_cells, r->cap_cells);
    r->cells[r->n_cells++] = *text ? arena_strdup(r->arena, text + 1) : NULL;
    return !*text || *text == '=';
}

/* What it says is held against what it was asked for: a file may have had its way with it. */
static bool take_rows(void *user, const struct message *message, bool *ret_last)
{
    struct rows *r = user;
    const struct msg_rows *m = &message->rows;
    *ret_last = m->last;
    if (!take_columns(r, &m->columns) || m->cells.n % (r->n_columns + 1) != 0)
        return false;
    for (uint32_t i = 0; i < m->cells.n; i += r->n_columns + 1) {
        GROW(r->places, r->n_places, r->cap_places);
        r->places[r->n_places++] = (struct row_place){r->file, (uint32_t)strtoul(m->cells.items[i], NULL, 10)};
        for (uint32_t k = 1; k <= r->n_columns; k++)
            if (!take_cell(r, m->cells.items[i + k]))
                return false;
    }
    return !m->last || r->n_places > 0;
}

static void *keep(struct arena *arena, const void *from, size_t size)
{
    return memcpy(arena_alloc(arena, size + 1), from, size);
}

static struct table_info table_of(const struct rows *r)
{
    return (struct table_info){.columns = r->columns,
                               .n_columns = r->n_columns,
                               .cells = keep(r->arena, r->cells, r->n_cells * sizeof *r->cells),
                               .n_rows = r->n_places,
                               .file = "",
                               .places = keep(r->arena, r->places, r->n_places * sizeof *r->places)};
}

static struct message_list parts_of(const struct param_list *params, struct arena *arena)
{
    const char **parts = arena_alloc(arena, (MESSAGE_PARAM_PARTS * (size_t)params->n + 1) * sizeof *parts);
    for (uint32_t i = 0; i < params->n; i++) {
        const struct param_info *p = &params->items[i];
        char number[16];
        snprintf(number, sizeof number, "%u", (unsigned)p->type);
        parts[MESSAGE_PARAM_PARTS * i] = arena_strdup(arena, number);
        parts[MESSAGE_PARAM_PARTS * i + 1] = p->name;
        parts[MESSAGE_PARAM_PARTS * i + 2] = "";
        parts[MESSAGE_PARAM_PARTS * i + 3] = "";
    }
    return (struct message_list){parts, MESSAGE_PARAM_PARTS * params->n};
}

int table_fetch(void *helper, const char *what, const struct param_list *params, struct arena *arena,
                struct table_info *ret_table, struct err *err)
{
    const char *hash = strstr(what, "#/");
    struct rows rows = {.params = params,
                        .arena = arena,
                        .file = arena_strndup(arena, what, hash ? (size_t)(hash - what) : strlen(what))};
    struct arena asking = {0};
    const struct message m = {.type = MSG_TABLE_READ, .table_read = {what, parts_of(params, &asking)}};
    int e = table_helper_ask(helper, what, &m, &(struct table_listener){MSG_ROWS, take_rows, &rows}, err);
    arena_free(&asking);
    if (e == 0)
        *ret_table = table_of(&rows);
    free(rows.cells);
    free(rows.places);
    return e;
}
