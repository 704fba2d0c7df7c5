/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of a scenario: its tables checked, and multiplied. */
#include "plan/cases.h"

#include "base/buf.h"
#include "base/suggest.h"
#include "plan/case_id.h"
#include "plan/idmap.h"
#include "plan/values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { NO_TABLE = UINT32_MAX };

/* Where a parameter has its value from. */
struct param_source {
    uint32_t table; /* NO_TABLE: its fallback */
    uint32_t column;
};

/* What is being checked. */
struct checking {
    struct case_set *set;
    json_check json;
    struct err *err;
};

/* "table 2, row 3, ", or the line of the file that the row is from. */
static void add_place(struct buf *out, const struct case_set *set, uint32_t table, uint64_t row)
{
    const struct table_info *t = &set->tables[table];
    if (t->places && t->places[row].file) {
        buf_addf(out, "%s:%u", t->places[row].file, t->places[row].line);
        return;
    }
    if (set->n_tables > 1)
        buf_addf(out, "table %u, ", table + 1);
    buf_addf(out, "row %" PRIu64, row + 1);
}

/* "scenario acme.pay.refund (pay.c:12): <message>", -EINVAL. */
__attribute__((format(printf, 2, 3))) static int refuse(const struct checking *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *message = xvasprintf(fmt, ap);
    va_end(ap);
    const struct scenario_info *s = c->set->scenario;
    int e = *s->file ? err_set(c->err, -EINVAL, "scenario %s (%s:%u): %s", s->id, s->file, s->line, message)
                     : err_set(c->err, -EINVAL, "scenario %s: %s", s->id, message);
    free(message);
    return e;
}

static int refuse_cell(const struct checking *c, uint32_t table, uint64_t row, uint32_t column, const char *why)
{
    autobuf struct buf place = {0};
    add_place(&place, c->set, table, row);
    return refuse(c, "%s, column %s: %s", buf_str(&place), c->set->tables[table].columns[column], why);
}

const struct param_info *param_find(const struct param_list *params, const char *name, size_t len)
{
    for (uint32_t i = 0; i < params->n; i++)
        if (strncmp(params->items[i].name, name, len) == 0 && !params->items[i].name[len])
            return &params->items[i];
    return NULL;
}

int param_unknown(const struct param_list *params, const char *name, struct err *err)
{
    struct suggestion s = suggest_start(name);
    for (uint32_t i = 0; i < params->n; i++)
        suggest_offer(&s, params->items[i].name);
    if (s.best)
        return err_set(err, -EINVAL, "no parameter has the name %s; did you mean %s?", name, s.best);
    return err_set(err, -EINVAL, "no parameter has the name %s", name);
}

/* ---- columns -------------------------------------------------------------------------------------------- */

static int take_column(const struct checking *c, uint32_t table, uint32_t column)
{
    const struct case_set *set = c->set;
    const struct param_list *params = &set->scenario->params;
    const char *name = set->tables[table].columns[column];
    const struct param_info *p = param_find(params, name, strlen(name));
    if (!p) {
        autoerr struct err err = {0};
        param_unknown(params, name, &err);
        return refuse(c, "table %u, column %s: %s", table + 1, name, err_text(&err));
    }
    if (strcmp(name, "repeat") == 0)
        return refuse(c, "table %u, column repeat: ids have that name for the rounds of --repeat: choose another",
                      table + 1);
    struct param_source *source = &set->sources[p - params->items];
    if (source->table == table)
        return refuse(c, "table %u has two columns %s", table + 1, name);
    if (source->table != NO_TABLE)
        return refuse(c, "column %s is in table %u and in table %u", name, source->table + 1, table + 1);
    *source = (struct param_source){table, column};
    return 0;
}

static int take_columns(const struct checking *c)
{
    struct case_set *set = c->set;
    uint32_t n = set->scenario->params.n;
    set->sources = arena_alloc(&set->arena, (n + 1) * sizeof *set->sources);
    for (uint32_t i = 0; i < n; i++)
        set->sources[i] = (struct param_source){NO_TABLE, 0};
    for (uint32_t t = 0; t < set->n_tables; t++) {
        for (uint32_t k = 0; k < set->tables[t].n_columns; k++) {
            int e = take_column(c, t, k);
            if (e < 0)
                return e;
        }
    }
    return 0;
}

/* ---- values --------------------------------------------------------------------------------------------- */

static int check_value(const struct checking *c, const struct param_info *p, const char *text, struct err *err)
{
    int e = value_check(p->type, text, err);
    if (e == 0 && p->type == TYPE_JSON && c->json) {
        e = c->json(text, err);
        if (e < 0)
            err_prefix(err, "it is not JSON");
    }
    return e;
}

static int check_fallback(const struct checking *c, const struct param_info *p, const struct param_source *source)
{
    autoerr struct err err = {0};
    if (!p->fallback && source->table == NO_TABLE)
        return refuse(c, "parameter %s has no value: it stands in no table, and has no fallback", p->name);
    if (p->fallback && check_value(c, p, p->fallback, &err) < 0)
        return refuse(c, "parameter %s: its fallback: %s", p->name, err_text(&err));
    return 0;
}

static const char *cell_of(const struct table_info *t, uint64_t row, uint32_t column)
{
    return t->cells[row * t->n_columns + column];
}

/* The rows of one column; *ret_longest: bytes of its longest value. */
static int check_column(const struct checking *c, uint32_t table, uint32_t column, size_t *ret_longest)
{
    const struct table_info *t = &c->set->tables[table];
    const struct param_info *p = param_find(&c->set->scenario->params, t->columns[column], strlen(t->columns[column]));
    for (uint64_t row = 0; row < t->n_rows; row++) {
        const char *text = cell_of(t, row, column);
        autoerr struct err err = {0};
        if (!text && !p->fallback)
            return refuse_cell(c, table, row, column, "it has no value, and the parameter no fallback");
        if (text && check_value(c, p, text, &err) < 0)
            return refuse_cell(c, table, row, column, err_text(&err));
        size_t len = strlen(text ? text : p->fallback) + 1;
        *ret_longest = len > *ret_longest ? len : *ret_longest;
    }
    return 0;
}

static int check_values(const struct checking *c)
{
    const struct case_set *set = c->set;
    size_t total = 0;
    for (uint32_t i = 0; i < set->scenario->params.n; i++) {
        const struct param_info *p = &set->scenario->params.items[i];
        const struct param_source *source = &set->sources[i];
        int e = check_fallback(c, p, source);
        size_t longest = p->fallback ? strlen(p->fallback) + 1 : 0;
        if (e == 0 && source->table != NO_TABLE)
            e = check_column(c, source->table, source->column, &longest);
        if (e < 0)
            return e;
        total += longest;
    }
    if (total > CASE_VALUES_MAX)
        return refuse(c, "the longest values of its parameters have %zu bytes together; %d is the most", total,
                      CASE_VALUES_MAX);
    return 0;
}

/* ---- rows ----------------------------------------------------------------------------------------------- */

static int refuse_same_rows(const struct checking *c, uint32_t table, uint64_t first, uint64_t second)
{
    autobuf struct buf places = {0};
    add_place(&places, c->set, table, first);
    buf_adds(&places, " and ");
    add_place(&places, c->set, table, second);
    return refuse(c, "%s have the same values: their cases would have the same id", buf_str(&places));
}

/* Different rows give different ids, so that the rows of each table have to be compared, and not the cases. */
static int check_rows_differ(const struct checking *c, uint32_t table)
{
    const struct case_set *set = c->set;
    const struct table_info *t = &set->tables[table];
    struct arena keys = {0};
    struct idmap seen = {0};
    autobuf struct buf key = {0};
    int e = 0;
    idmap_reserve(&seen, t->n_rows);
    for (uint64_t row = 0; row < t->n_rows && e == 0; row++) {
        buf_clear(&key);
        for (uint32_t k = 0; k < t->n_columns; k++) {
            const char *text = cell_of(t, row, k);
            if (!text)
                text = param_find(&set->scenario->params, t->columns[k], strlen(t->columns[k]))->fallback;
            buf_add(&key, text, strlen(text) + 1);
        }
        char *kept = memcpy(arena_alloc(&keys, key.len + 1), buf_str(&key), key.len);
        uint32_t before = idmap_put(&seen, kept, key.len, (uint32_t)row);
        if (before != IDMAP_NONE)
            e = refuse_same_rows(c, table, before, row);
    }
    idmap_free(&seen);
    arena_free(&keys);
    return e;
}

static int refuse_product(const struct checking *c)
{
    autobuf struct buf text = {0};
    uint64_t product = 1;
    bool overflow = false;
    for (uint32_t t = 0; t < c->set->n_tables; t++) {
        buf_addf(&text, "%s%" PRIu64, t ? " x " : "", c->set->tables[t].n_rows);
        overflow |= __builtin_mul_overflow(product, c->set->tables[t].n_rows, &product);
    }
    if (c->set->n_tables > 1 && !overflow)
        buf_addf(&text, " = %" PRIu64, product);
    return refuse(c, "its tables give %s%s cases; %d is the most", buf_str(&text), overflow ? " (over 2^64)" : "",
                  CASES_MAX);
}

static int count_cases(const struct checking *c)
{
    struct case_set *set = c->set;
    uint64_t n = 1;
    for (uint32_t t = 0; t < set->n_tables; t++) {
        const struct table_info *table = &set->tables[t];
        if (table->n_rows == 0)
            return refuse(c, "table %u has no rows, so that nothing of it would be run", t + 1);
        if (table->n_columns == 0)
            return refuse(c, "table %u has no columns", t + 1);
        if (table->n_rows > CASES_MAX || (n *= table->n_rows) > CASES_MAX)
            return refuse_product(c);
    }
    set->n = (uint32_t)n;
    return 0;
}

int cases_open(const struct scenario_info *s, const struct table_info *tables, uint32_t n_tables, json_check check_json,
               struct case_set *ret_set, struct err *err)
{
    autocases struct case_set set = {.scenario = s, .tables = tables, .n_tables = n_tables};
    const struct checking c = {&set, check_json, err};
    int e = count_cases(&c);
    if (e == 0)
        e = take_columns(&c);
    if (e == 0)
        e = check_values(&c);
    for (uint32_t t = 0; t < n_tables && e == 0; t++)
        e = check_rows_differ(&c, t);
    if (e < 0)
        return e;
    *ret_set = set;
    set = (struct case_set){0};
    return 0;
}

/* ---- cases ---------------------------------------------------------------------------------------------- */

void case_values(const struct case_set *set, uint32_t i, const char **ret_values)
{
    const struct param_list *params = &set->scenario->params;
    for (uint32_t p = 0; p < params->n; p++)
        ret_values[p] = params->items[p].fallback;
    uint64_t left = i;
    for (uint32_t t = set->n_tables; t-- > 0; left /= set->tables[t].n_rows) {
        uint64_t row = left % set->tables[t].n_rows;
        for (uint32_t p = 0; p < params->n; p++) {
            if (set->sources[p].table != t)
                continue;
            const char *text = cell_of(&set->tables[t], row, set->sources[p].column);
            ret_values[p] = text ? text : params->items[p].fallback;
        }
    }
}

const char *case_id(const struct case_set *set, const char *const *values, struct arena *arena)
{
    const struct param_list *params = &set->scenario->params;
    if (set->n_tables == 0)
        return set->scenario->id;
    const char **names = xcalloc(2 * (size_t)params->n + 1, sizeof *names), **shown = names + params->n;
    uint32_t n = 0;
    for (uint32_t p = 0; p < params->n; p++) {
        if (set->sources[p].table == NO_TABLE)
            continue;
        names[n] = params->items[p].name;
        shown[n++] = values[p];
    }
    autobuf struct buf id = {0};
    case_id_add(&id, set->scenario->id, names, shown, n);
    free(names);
    return arena_strndup(arena, id.data, id.len);
}

void case_set_free(struct case_set *set)
{
    arena_free(&set->arena);
    *set = (struct case_set){0};
}
