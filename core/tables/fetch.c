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

static int ask(struct table_helper *h, const char *what, const struct param_list *params, struct err *err)
{
    struct arena arena = {0};
    const char **parts = arena_alloc(&arena, (MESSAGE_PARAM_PARTS * (size_t)params->n + 1) * sizeof *parts);
    for (uint32_t i = 0; i < params->n; i++) {
        const struct param_info *p = &params->items[i];
        char number[16];
        snprintf(number, sizeof number, "%u", (unsigned)p->type);
        parts[MESSAGE_PARAM_PARTS * i] = arena_strdup(&arena, number);
        parts[MESSAGE_PARAM_PARTS * i + 1] = p->name;
        parts[MESSAGE_PARAM_PARTS * i + 2] = "";
        parts[MESSAGE_PARAM_PARTS * i + 3] = "";
    }
    const struct message m = {.type = MSG_TABLE_READ, .table_read = {what, {parts, MESSAGE_PARAM_PARTS * params->n}}};
    int e = table_helper_ask(h, what, &m, err);
    arena_free(&arena);
    return e;
}

/* ---- what it says ----------------------------------------------------------------------------------------------- */

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
static bool take_rows(struct rows *r, const struct msg_rows *m)
{
    if (!take_columns(r, &m->columns) || m->cells.n % (r->n_columns + 1) != 0)
        return false;
    for (uint32_t i = 0; i < m->cells.n; i += r->n_columns + 1) {
        GROW(r->places, r->n_places, r->cap_places);
        r->places[r->n_places++] = (struct row_place){r->file, (uint32_t)strtoul(m->cells.items[i], NULL, 10)};
        for (uint32_t k = 1; k <= r->n_columns; k++)
            if (!take_cell(r, m->cells.items[i + k]))
                return false;
    }
    return true;
}

static void *keep(struct arena *arena, const void *from, size_t size)
{
    return memcpy(arena_alloc(arena, size + 1), from, size);
}

static int finish(struct rows *r, const char *what, struct table_info *ret_table, struct err *err)
{
    if (r->n_places == 0)
        return err_set(err, -EPROTO, "reading %s: the process that read it told of no rows", what);
    *ret_table = (struct table_info){.columns = r->columns,
                                     .n_columns = r->n_columns,
                                     .cells = keep(r->arena, r->cells, r->n_cells * sizeof *r->cells),
                                     .n_rows = r->n_places,
                                     .file = "",
                                     .places = keep(r->arena, r->places, r->n_places * sizeof *r->places)};
    return 0;
}

static int receive(struct table_helper *h, const char *what, struct rows *r, struct err *err)
{
    int64_t deadline = table_helper_deadline(h);
    autobuf struct buf packet = {0};
    for (;;) {
        struct arena arena = {0};
        struct message m = {0};
        int e = table_helper_hear(h, what, deadline, &packet, err);
        if (e < 0)
            return e;
        const char *p = packet.data;
        bool ok = message_decode(&p, packet.data + packet.len, &arena, &m) == 0;
        if (ok && m.type == MSG_REFUSED)
            e = err_set(err, -EINVAL, "%s", m.refused.text);
        else if (!ok || m.type != MSG_ROWS || !take_rows(r, &m.rows))
            e = err_set(err, -EPROTO, "reading %s: the process that read it said what makes no sense", what);
        bool last = m.type == MSG_ROWS && m.rows.last;
        arena_free(&arena);
        if (e < 0 || last)
            return e;
    }
}

int table_fetch(void *helper, const char *what, const struct param_list *params, struct arena *arena,
                struct table_info *ret_table, struct err *err)
{
    struct table_helper *h = helper;
    const char *hash = strstr(what, "#/");
    struct rows rows = {.params = params,
                        .arena = arena,
                        .file = arena_strndup(arena, what, hash ? (size_t)(hash - what) : strlen(what))};
    int e = ask(h, what, params, err);
    if (e == 0)
        e = receive(h, what, &rows, err);
    if (e == 0)
        e = finish(&rows, what, ret_table, err);
    if (e < 0 && e != -EINVAL) /* who has refused a file is good for the next; who did anything else is not */
        table_helper_end(h);
    free(rows.cells);
    free(rows.places);
    return e;
}
