/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters, their rows, and the matrix. */
#include "base/cleanup.h"
#include "base/suggest.h"
#include "data/check.h"
#include "data/type.h"

#include <stdlib.h>
#include <string.h>

struct params {
    struct muster_param **items;
    size_t n, cap;
};

struct tables {
    struct muster_table **items;
    size_t n, cap;
};

static struct muster_param *find_param(const struct params *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->items[i]->name, name) == 0)
            return p->items[i];
    return NULL;
}

static struct muster_param *add_param(struct checker *c, struct params *p, const char *name, uint32_t type)
{
    struct muster_param *param = arena_alloc(c->arena, sizeof *param);
    *param = (struct muster_param){.size = sizeof *param, .type = type, .name = name};
    GROW(p->items, p->n, p->cap);
    return p->items[p->n++] = param;
}

/* What stands without quotes is a text as well, as it was written, like in the files of --data. */
static char *plain_text(const struct node *n, uint32_t type)
{
    if (n->kind != NODE_SCALAR || !n->plain || node_is_null(n))
        return NULL;
    if (type == MUSTER_TYPE_STR)
        return xstrdup(n->text);
    json_t *value = type == MUSTER_TYPE_U64 ? type_value(n->text, type) : NULL; /* 0x1f, as it was written */
    char *text = value ? xstrdup(n->text) : NULL;
    json_decref(value);
    return text;
}

/* A value's text in the arena; NULL after a mistake. */
static const char *cell_text(struct checker *c, const struct node *n, uint32_t type, const char *name)
{
    json_t *json = node_json(n);
    autofree char *plain = plain_text(n, type);
    autofree char *text = plain ? NULL : type_text(json, type, false);
    json_decref(json);
    if (plain || text)
        return arena_strdup(c->arena, plain ? plain : text);
    mistake(c->diagnostics, n->at, "%s wants %s, not %s", name, type_describe(type), node_describe(n));
    return NULL;
}

static uint32_t node_type(const struct node *n)
{
    json_t *json = node_json(n);
    uint32_t type = type_of(json);
    json_decref(json);
    return type;
}

/* ---- declared ones ---- */

static uint32_t named_type(struct checker *c, const struct node *n)
{
    uint32_t type = MUSTER_TYPE_JSON;
    struct suggestion s = suggest_start(n->kind == NODE_SCALAR ? n->text : "");
    if (n->kind == NODE_SCALAR && type_find(n->text, &type))
        return type;
    for (uint32_t t = MUSTER_TYPE_I32; t <= MUSTER_TYPE_JSON; t++)
        suggest_offer(&s, type_name(t));
    mistake(c->diagnostics, n->at, "%s is no type: i32, i64, u64, f64, bool, str or json%s%s",
            n->kind == NODE_SCALAR ? n->text : node_describe(n), s.best ? "; did you mean " : "", s.best ? s.best : "");
    return type;
}

/* {type: i32, default: 5, summary: ...} */
static void declare_in_full(struct checker *c, struct params *p, const char *name, const struct node *n)
{
    static const char *const known[] = {"type", "default", "summary", NULL};
    const struct node *type = node_get(n, "type"), *fallback = node_get(n, "default");
    check_keys(c, n, "a parameter", known);
    if (!type && !fallback)
        mistake(c->diagnostics, n->at, "%s: a parameter has a type or a default", name);
    struct muster_param *param = add_param(c, p, name,
                                           type       ? named_type(c, type)
                                           : fallback ? node_type(fallback)
                                                      : MUSTER_TYPE_JSON);
    param->fallback = fallback ? cell_text(c, fallback, param->type, name) : NULL;
    param->summary = check_text(c, n, "summary");
}

static void declare(struct checker *c, struct params *p, const struct key *key, const struct node *n)
{
    uint32_t type;
    if (!check_variable_name(c, key->name, key->at))
        return;
    if (n->kind == NODE_MAP) {
        declare_in_full(c, p, key->name, n);
    } else if (n->kind == NODE_SCALAR && n->plain && type_find(n->text, &type)) {
        add_param(c, p, key->name, type);
    } else if (node_is_null(n)) {
        mistake(c->diagnostics, key->at, "%s: a parameter has a type (str, i64, ...) or a default", key->name);
    } else {
        struct muster_param *param = add_param(c, p, key->name, node_type(n));
        param->fallback = cell_text(c, n, param->type, key->name);
    }
}

static bool is_rows_key(const char *name)
{
    return strcmp(name, "rows") == 0 || strcmp(name, "from") == 0;
}

static void declare_all(struct checker *c, struct params *p, const struct node *n, bool with_rows)
{
    if (n->kind != NODE_MAP) {
        mistake(c->diagnostics, n->at, "parameters: wants a map of names to types or defaults");
        return;
    }
    for (uint32_t i = 0; i < n->n; i++)
        if (!with_rows || !is_rows_key(n->keys[i].name))
            declare(c, p, &n->keys[i], n->items[i]);
}

static const struct muster_param **as_list(struct checker *c, struct params *p)
{
    const struct muster_param **list = arena_alloc(c->arena, (p->n + 1) * sizeof *list);
    for (size_t i = 0; i < p->n; i++)
        list[i] = p->items[i];
    free(p->items);
    return list;
}

const struct muster_param **check_declared(struct checker *c, const struct node *n, size_t *ret_n)
{
    struct params p = {0};
    if (n)
        declare_all(c, &p, n, false);
    *ret_n = p.n;
    return as_list(c, &p);
}

/* ---- rows ---- */

static void add_table(struct checker *c, struct tables *t, const char **columns, const char **cells, size_t n_rows,
                      const char *file)
{
    static const char *const the_files_own[] = {NULL}; /* nothing is NULL after loading */
    struct muster_table *table = arena_alloc(c->arena, sizeof *table);
    *table = (struct muster_table){.size = sizeof *table,
                                   .columns = columns ? columns : the_files_own,
                                   .cells = cells,
                                   .n_rows = n_rows,
                                   .file = file ? file : ""};
    GROW(t->items, t->n, t->cap);
    t->items[t->n++] = table;
}

static bool are_rows(struct checker *c, const struct node *rows)
{
    if (rows->kind != NODE_LIST || rows->n == 0) {
        mistake(c->diagnostics, rows->at, "rows are a list, with one row at least, not %s",
                rows->kind == NODE_LIST ? "an empty one" : node_describe(rows));
        return false;
    }
    for (uint32_t i = 0; i < rows->n; i++) {
        if (rows->items[i]->kind == rows->items[0]->kind && rows->items[i]->kind != NODE_SCALAR)
            continue;
        mistake(c->diagnostics, rows->items[i]->at, "each row is a map, or each is a list");
        return false;
    }
    return true;
}

/* ${name} stands in a text somewhere below, or ${name.field}. */
static bool refers_to(const struct node *n, const char *name)
{
    size_t len = strlen(name);
    if (n->kind == NODE_SCALAR) {
        for (const char *p = n->text; (p = strstr(p, "${")); p++)
            if (strncmp(p + 2, name, len) == 0 && strchr("}./:", p[2 + len]))
                return true;
        return false;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        const struct node key = {.kind = NODE_SCALAR, .text = n->kind == NODE_MAP ? n->keys[i].name : ""};
        if (refers_to(n->items[i], name) || refers_to(&key, name))
            return true;
    }
    return false;
}

/* Parameters from what the rows hold, as far as the scenario speaks of it: nothing is declared. What a row leaves out
 * is
 * "" or null. */
static void infer(struct checker *c, struct params *p, const struct node *rows)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        for (uint32_t k = 0; k < rows->items[i]->n; k++) {
            const struct key *key = &rows->items[i]->keys[k];
            const struct node *value = rows->items[i]->items[k];
            struct muster_param *param = find_param(p, key->name);
            if (node_is_null(value))
                continue;
            if (param)
                param->type = type_join(param->type, node_type(value));
            else if (is_variable_name(c, key->name) && refers_to(c->body, key->name))
                add_param(c, p, key->name, node_type(value));
        }
    }
    for (size_t j = 0; j < p->n; j++) {
        struct muster_param *param = p->items[j];
        bool everywhere = true;
        for (uint32_t i = 0; i < rows->n; i++) {
            const struct node *value = node_get(rows->items[i], param->name);
            everywhere = everywhere && value && !node_is_null(value);
        }
        if (everywhere)
            continue;
        if (param->type != MUSTER_TYPE_STR)
            param->type = MUSTER_TYPE_JSON;
        param->fallback = param->type == MUSTER_TYPE_STR ? "" : "null";
    }
}

static void complain_of_column(struct checker *c, const struct params *p, const struct key *key)
{
    struct suggestion s = suggest_start(key->name);
    for (size_t i = 0; i < p->n; i++)
        suggest_offer(&s, p->items[i]->name);
    mistake(c->diagnostics, key->at, "%s is no parameter of the scenario%s%s", key->name,
            s.best ? "; did you mean " : "", s.best ? s.best : "");
}

/* Whether any row has a value for it. */
static bool has_column(const struct node *rows, const char *name)
{
    for (uint32_t i = 0; i < rows->n; i++)
        if (node_get(rows->items[i], name))
            return true;
    return false;
}

/* Rows that are maps. `strict`: what is no parameter is a mistake; else it is passed over. */
static void take_maps(struct checker *c, const struct params *p, struct tables *t, const struct node *rows, bool strict)
{
    const char **columns = arena_alloc(c->arena, (p->n + 1) * sizeof *columns);
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (has_column(rows, p->items[i]->name))
            columns[n++] = p->items[i]->name;
    for (uint32_t i = 0; strict && i < rows->n; i++)
        for (uint32_t k = 0; k < rows->items[i]->n; k++)
            if (!find_param(p, rows->items[i]->keys[k].name))
                complain_of_column(c, p, &rows->items[i]->keys[k]);
    if (n == 0) {
        if (!strict)
            mistake(c->diagnostics, rows->at, "the scenario has no ${...} for anything in these rows");
        return;
    }
    const char **cells = arena_alloc(c->arena, rows->n * n * sizeof *cells);
    for (uint32_t i = 0; i < rows->n; i++) {
        for (size_t k = 0; k < n; k++) {
            const struct node *value = node_get(rows->items[i], columns[k]);
            const struct muster_param *param = find_param(p, columns[k]);
            if (value && !(node_is_null(value) && param->fallback))
                cells[i * n + k] = cell_text(c, value, param->type, columns[k]);
            else if (!param->fallback)
                mistake(c->diagnostics, rows->items[i]->at, "this row has no value for %s, which has no default",
                        columns[k]);
        }
    }
    add_table(c, t, columns, cells, rows->n, NULL);
}

/* Rows that are lists: values in the order in which the parameters are declared. */
static void take_lists(struct checker *c, const struct params *p, struct tables *t, const struct node *rows)
{
    size_t n = rows->items[0]->n;
    if (n == 0 || n > p->n) {
        mistake(c->diagnostics, rows->items[0]->at, "this row has %zu values for %zu declared parameters", n, p->n);
        return;
    }
    const char **columns = arena_alloc(c->arena, (n + 1) * sizeof *columns);
    const char **cells = arena_alloc(c->arena, rows->n * n * sizeof *cells);
    for (size_t k = 0; k < n; k++)
        columns[k] = p->items[k]->name;
    for (uint32_t i = 0; i < rows->n; i++) {
        if (rows->items[i]->n != n)
            mistake(c->diagnostics, rows->items[i]->at, "this row has %u values, the first has %zu", rows->items[i]->n,
                    n);
        for (size_t k = 0; k < n && k < rows->items[i]->n; k++)
            cells[i * n + k] = cell_text(c, rows->items[i]->items[k], p->items[k]->type, columns[k]);
    }
    add_table(c, t, columns, cells, rows->n, NULL);
}

static void take_rows(struct checker *c, struct params *p, struct tables *t, const struct node *rows, bool strict)
{
    if (!are_rows(c, rows))
        return;
    if (rows->items[0]->kind == NODE_LIST) {
        take_lists(c, p, t, rows);
        return;
    }
    if (p->n == 0)
        infer(c, p, rows);
    take_maps(c, p, t, rows, strict);
}

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* `from: test-workloads.yaml#/workloads`, `from: "#/data/workloads"` of this file. A table of CSV is read before the
 * run, as those of other plugins are. */
static void take_file(struct checker *c, struct params *p, struct tables *t, const struct node *from)
{
    if (from->kind != NODE_SCALAR || !*from->text) {
        mistake(c->diagnostics, from->at, "from: wants a file, as in workloads.yaml#/workloads");
        return;
    }
    autofree char *file = xstrdup(from->text);
    char *hash = strchr(file, '#');
    const char *pointer = hash ? hash + 1 : "";
    if (hash)
        *hash = '\0';
    if (ends_in(file, ".csv")) {
        if (p->n == 0)
            mistake(c->diagnostics, from->at, "from: the columns of a CSV file have no types: declare the parameters");
        add_table(c, t, NULL, NULL, 0, arena_strdup(c->arena, file));
        return;
    }
    const struct node *root = *file ? check_read(c, file, from->at) : c->root;
    const struct node *rows = root ? node_at(root, pointer) : NULL;
    if (rows)
        take_rows(c, p, t, rows, false);
    else if (root)
        mistake(c->diagnostics, from->at, "from: there is no %s in %s", pointer, *file ? file : "this file");
}

/* ---- the matrix ---- */

static void take_axis(struct checker *c, struct params *p, struct tables *t, const struct key *key,
                      const struct node *n)
{
    uint32_t type = MUSTER_TYPE_NONE;
    if (n->kind != NODE_LIST || n->n == 0) {
        mistake(c->diagnostics, n->at, "matrix: %s wants a list of values", key->name);
        return;
    }
    for (uint32_t i = 0; i < n->n; i++)
        type = type_join(type, node_type(n->items[i]));
    struct muster_param *param = find_param(p, key->name);
    if (!param && !check_variable_name(c, key->name, key->at))
        return;
    if (!param)
        param = add_param(c, p, key->name, type);
    const char **columns = arena_alloc(c->arena, 2 * sizeof *columns);
    const char **cells = arena_alloc(c->arena, n->n * sizeof *cells);
    columns[0] = key->name;
    for (uint32_t i = 0; i < n->n; i++)
        cells[i] = cell_text(c, n->items[i], param->type, key->name);
    add_table(c, t, columns, cells, n->n, NULL);
}

static bool is_in_a_table(const struct tables *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++) {
        if (*t->items[i]->file)
            return true; /* perhaps: its columns are not known yet */
        for (const char *const *column = t->items[i]->columns; *column; column++)
            if (strcmp(*column, name) == 0)
                return true;
    }
    return false;
}

static void take_matrix(struct checker *c, struct params *p, struct tables *t, const struct node *matrix)
{
    if (matrix->kind != NODE_MAP || matrix->n == 0) {
        mistake(c->diagnostics, matrix->at, "matrix: wants a map of names to lists of values");
        return;
    }
    for (uint32_t i = 0; i < matrix->n; i++) {
        if (is_in_a_table(t, matrix->keys[i].name))
            mistake(c->diagnostics, matrix->keys[i].at, "matrix: %s has its values from rows already",
                    matrix->keys[i].name);
        else
            take_axis(c, p, t, &matrix->keys[i], matrix->items[i]);
    }
}

void check_params(struct checker *c, const struct node *scenario, struct muster_scenario *s)
{
    const struct node *parameters = node_get(scenario, "parameters"), *matrix = node_get(scenario, "matrix");
    struct params p = {0};
    struct tables t = {0};
    if (!parameters && !matrix)
        return;
    if (parameters) {
        declare_all(c, &p, parameters, true);
        const struct node *rows = node_get(parameters, "rows"), *from = node_get(parameters, "from");
        if (rows && from)
            mistake(c->diagnostics, check_place(parameters, "from"), "from: beside rows: one or the other");
        else if (rows)
            take_rows(c, &p, &t, rows, true);
        else if (from)
            take_file(c, &p, &t, from);
    }
    if (matrix)
        take_matrix(c, &p, &t, matrix);
    for (size_t i = 0; i < p.n; i++) {
        name_add(c, p.items[i]->name, FROM_PARAM, p.items[i]->type);
        if (!p.items[i]->fallback && !is_in_a_table(&t, p.items[i]->name))
            mistake(c->diagnostics, parameters ? check_place(parameters, p.items[i]->name) : scenario->at,
                    "%s has no value: no default, no row and no matrix gives it one", p.items[i]->name);
    }
    const struct muster_table **tables = arena_alloc(c->arena, (t.n + 1) * sizeof *tables);
    for (size_t i = 0; i < t.n; i++)
        tables[i] = t.items[i];
    free(t.items);
    s->tables = tables;
    s->params = as_list(c, &p);
}
