/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters, and tables of values for them. What a value has to look like is the planner's to say. */
#include "base/mem.h"
#include "load/take.h"

#include <errno.h>
#include <string.h>

enum {
    PARAM_1_1 = 32,
    TABLE_1_1 = 40,
    MAX_PARAMS = 64,        /* more arguments than anybody writes down */
    MAX_TABLES = 16,        /* of one scenario */
    MAX_CELLS = 1000 * 1000 /* of one table */
};

static bool is_identifier(const char *s)
{
    return take_is_word(s, strlen(s)) && !strchr(s, '-');
}

static int take_param(const struct place *at, struct plugin *p, const struct muster_param *theirs,
                      struct muster_param *ours)
{
    int r = take_struct(at, "a parameter", ours, sizeof *ours, PARAM_1_1, theirs, p->abi_minor);
    if (r < 0 || (r = take_string(at, &p->arena, "the name of a parameter", &ours->name, true)) < 0)
        return r;
    if (!is_identifier(ours->name))
        return take_bad(
            at, "bad-table",
            err_set(at->err, -EPROTO, "parameter %s: its name is not a word of A-Z, a-z, 0-9 and _", ours->name));
    if (ours->type < MUSTER_TYPE_I32 || ours->type > MUSTER_TYPE_JSON)
        return take_bad(at, "newer-minor",
                        err_set(at->err, -EPROTO, "parameter %s has type %u, which this runner does not know",
                                ours->name, ours->type));
    if (ours->fallback && (r = take_string(at, &p->arena, "the fallback of a parameter", &ours->fallback, true)) < 0)
        return r;
    return take_string(at, &p->arena, "the summary of a parameter", &ours->summary, false);
}

static size_t find_param(const struct muster_param *const *params, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && strcmp(params[i]->name, name) != 0)
        i++;
    return i;
}

int take_params(const struct place *at, struct plugin *p, const struct muster_param *const **field)
{
    static const struct muster_param *const none[] = {NULL};
    const struct muster_param *const *theirs = *field;
    *field = none;
    if (!theirs)
        return 0;
    size_t n = 0;
    while (n <= MAX_PARAMS && theirs[n])
        n++;
    if (n > MAX_PARAMS)
        return take_bad(at, "bad-table",
                        err_set(at->err, -EPROTO, "its list of parameters has no NULL within %d entries", MAX_PARAMS));
    const struct muster_param **copy = arena_alloc(&p->arena, (n + 1) * sizeof *copy);
    struct muster_param *items = arena_alloc(&p->arena, n * sizeof *items + 1);
    for (size_t i = 0; i < n; i++) {
        int r = take_param(at, p, theirs[i], &items[i]);
        if (r < 0)
            return r;
        if (find_param(copy, i, items[i].name) < i)
            return take_bad(at, "bad-table",
                            err_set(at->err, -EEXIST, "it has two parameters with the name %s", items[i].name));
        copy[i] = &items[i];
    }
    *field = copy;
    return 0;
}

static size_t list_length(const char *const *list)
{
    size_t n = 0;
    while (list[n])
        n++;
    return n;
}

static int take_cells(const struct place *at, struct plugin *p, struct muster_table *t, size_t n_columns)
{
    uint64_t n = t->n_rows * n_columns;
    if (t->n_rows > MAX_CELLS || n > MAX_CELLS)
        return take_bad(at, "bad-table",
                        err_set(at->err, -EPROTO, "a table has %llu rows: %d cells are the most",
                                (unsigned long long)t->n_rows, MAX_CELLS));
    if (t->n_rows > 0 && (n_columns == 0 || !t->cells))
        return take_bad(at, "bad-table",
                        err_set(at->err, -EPROTO, "a table has rows, and no %s", t->cells ? "columns" : "cells"));
    const char **copy = arena_alloc(&p->arena, (size_t)n * sizeof *copy + 1);
    for (uint64_t i = 0; i < n; i++) {
        copy[i] = t->cells[i];
        int r = copy[i] ? take_string(at, &p->arena, "a cell of a table", &copy[i], true) : 0;
        if (r < 0)
            return r;
    }
    t->cells = copy;
    return 0;
}

/* `seen` marks the parameters that a table has. */
static int check_columns(const struct place *at, const struct muster_param *const *params, const struct muster_table *t,
                         bool seen[MAX_PARAMS])
{
    size_t n_params = 0;
    while (params[n_params])
        n_params++;
    for (size_t i = 0; t->columns[i]; i++) {
        size_t k = find_param(params, n_params, t->columns[i]);
        if (k == n_params)
            return take_bad(
                at, "bad-table",
                err_set(at->err, -EPROTO, "a table has a column %s, and there is no such parameter", t->columns[i]));
        if (seen[k])
            return take_bad(
                at, "bad-table",
                err_set(at->err, -EPROTO, "parameter %s stands in two columns of its tables", t->columns[i]));
        seen[k] = true;
    }
    return 0;
}

static int take_table(const struct place *at, struct plugin *p, const struct muster_param *const *params,
                      const struct muster_table *theirs, struct muster_table *ours, bool seen[MAX_PARAMS])
{
    int r = take_struct(at, "a table", ours, sizeof *ours, TABLE_1_1, theirs, p->abi_minor);
    if (r == 0 && ours->reserved)
        r = take_bad(at, "newer-minor",
                     err_set(at->err, -EPROTO, "a table sets a reserved field, which this runner does not know"));
    if (r == 0 && !ours->columns && !ours->file)
        r = take_bad(at, "bad-table", err_set(at->err, -EPROTO, "a table has neither columns nor a file"));
    if (r < 0 || (r = take_string(at, &p->arena, "the file of a table", &ours->file, false)) < 0 ||
        (r = take_list(at, &p->arena, "the list of a table's columns", &ours->columns)) < 0 ||
        (r = check_columns(at, params, ours, seen)) < 0)
        return r;
    return take_cells(at, p, ours, list_length(ours->columns));
}

int take_tables(const struct place *at, struct plugin *p, const struct muster_param *const *params,
                const struct muster_table *const **field)
{
    static const struct muster_table *const none[] = {NULL};
    const struct muster_table *const *theirs = *field;
    *field = none;
    if (!theirs)
        return 0;
    size_t n = 0;
    while (n <= MAX_TABLES && theirs[n])
        n++;
    if (n > MAX_TABLES)
        return take_bad(at, "bad-table",
                        err_set(at->err, -EPROTO, "its list of tables has no NULL within %d entries", MAX_TABLES));
    bool seen[MAX_PARAMS] = {false};
    const struct muster_table **copy = arena_alloc(&p->arena, (n + 1) * sizeof *copy);
    struct muster_table *items = arena_alloc(&p->arena, n * sizeof *items + 1);
    for (size_t i = 0; i < n; i++) {
        int r = take_table(at, p, params, theirs[i], &items[i], seen);
        if (r < 0)
            return r;
        copy[i] = &items[i];
    }
    *field = copy;
    return 0;
}

struct plugin_params take_shapes(struct arena *arena, const struct muster_param *const *params)
{
    struct plugin_params shapes = {0};
    while (params[shapes.n])
        shapes.n++;
    if (shapes.n == 0)
        return shapes;
    struct plugin_param *items = arena_alloc(arena, shapes.n * sizeof *items);
    for (uint32_t i = 0; i < shapes.n; i++)
        items[i] = (struct plugin_param){params[i]->type, params[i]->name};
    shapes.items = items;
    return shapes;
}
