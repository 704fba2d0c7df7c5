/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows a scenario's tables have, when files have their say. */
#include "tables/run_tables.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/suggest.h"
#include "plan/glob.h"

#include <errno.h>
#include <string.h>

/* ---- --data ---- */

static bool is_by_id(const struct table_rule *rule, const struct scenario_info *s)
{
    for (size_t len = id_next_prefix(s->id, 0); len; len = id_next_prefix(s->id, len))
        if (strlen(rule->id) == len && memcmp(rule->id, s->id, len) == 0)
            return true;
    return glob_is_glob(rule->id) && glob_match_id(rule->id, s->id);
}

/* `refund_twice` for acme.payments.refund_twice, as elsewhere on the command line, where it is nobody's id. */
static bool is_by_name(const struct table_rule *rule, const struct scenario_info *s)
{
    size_t n = strlen(s->id), m = strlen(rule->id);
    return rule->bare && n > m && s->id[n - m - 1] == '.' && strcmp(s->id + n - m, rule->id) == 0;
}

static bool matches(const struct table_rule *rule, const struct scenario_info *s)
{
    return is_by_id(rule, s) || is_by_name(rule, s);
}

static bool is_nobodys_id(const struct run_tables *t, const struct table_rule *rule)
{
    for (size_t i = 0; i < t->catalogue->n_scenarios; i++)
        if (is_by_id(rule, &t->catalogue->scenarios[i]))
            return false;
    return true;
}

static int parse_rule(struct run_tables *t, const char *text, struct table_rule *ret_rule, struct err *err)
{
    const char *equals = strchr(text, '=');
    bool extends = equals && equals > text && equals[-1] == '+';
    size_t len = equals ? (size_t)(equals - text) - extends : 0;
    if (len == 0 || !equals[1])
        return err_set(err, -EINVAL, "--data %s: it takes ID=FILE, or ID+=FILE for rows that come on top", text);
    *ret_rule = (struct table_rule){text, arena_strndup(&t->arena, text, len), equals + 1, extends, false};
    return 0;
}

static int check_rule(const struct run_tables *t, const struct table_rule *rule, struct err *err)
{
    const struct scenario_info *bare = NULL;
    struct suggestion nearest = suggest_start(rule->id);
    for (size_t i = 0; i < t->catalogue->n_scenarios; i++) {
        const struct scenario_info *s = &t->catalogue->scenarios[i];
        suggest_offer(&nearest, s->id);
        if (!matches(rule, s))
            continue;
        if (s->params.n > 0)
            return 0;
        bare = s;
    }
    if (bare)
        return err_set(err, -ENOENT, "--data %s: scenario %s has no parameters", rule->text, bare->id);
    if (nearest.best)
        return err_set(err, -ENOENT, "--data %s: no scenario matches \"%s\"; did you mean %s?", rule->text, rule->id,
                       nearest.best);
    return err_set(err, -ENOENT, "--data %s: no scenario matches \"%s\"", rule->text, rule->id);
}

int run_tables_init(struct run_tables *t, const struct catalogue *c, const char *const *rules, size_t n,
                    table_reader reader, void *reader_data, struct err *err)
{
    *t = (struct run_tables){.catalogue = c, .reader = reader, .reader_data = reader_data};
    t->rules = arena_alloc(&t->arena, n * sizeof *t->rules + 1);
    for (size_t i = 0; i < n; i++) {
        int e = parse_rule(t, rules[i], &t->rules[i], err);
        if (e == 0) {
            t->rules[i].bare = is_nobodys_id(t, &t->rules[i]);
            e = check_rule(t, &t->rules[i], err);
        }
        if (e < 0)
            return e;
        t->n_rules++;
    }
    return 0;
}

void run_tables_free(struct run_tables *t)
{
    arena_free(&t->arena);
    *t = (struct run_tables){0};
}

/* ---- tables ---- */

static uint32_t column_of(const struct table_info *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i], name) == 0)
            return i;
    return UINT32_MAX;
}

static bool have_common(const struct table_info *a, const struct table_info *b)
{
    for (uint32_t i = 0; i < a->n_columns; i++)
        if (column_of(b, a->columns[i]) != UINT32_MAX)
            return true;
    return false;
}

/* The rows of `more` behind those of `base`; -EINVAL when a column of it is none of base's. */
static int append_rows(struct arena *arena, const struct table_info *base, const struct table_info *more,
                       struct table_info *ret_table, struct err *err)
{
    struct table_info sum = *base;
    uint64_t n = base->n_rows + more->n_rows;
    if (base->n_columns == 0) {
        *ret_table = *more;
        return 0;
    }
    const char **cells = arena_alloc(arena, n * base->n_columns * sizeof *cells);
    struct row_place *places = arena_alloc(arena, n * sizeof *places);
    for (uint64_t i = 0; i < base->n_rows * base->n_columns; i++)
        cells[i] = base->cells[i];
    for (uint64_t i = 0; i < base->n_rows; i++)
        places[i] = base->places ? base->places[i] : (struct row_place){0};
    for (uint32_t k = 0; k < more->n_columns; k++) {
        uint32_t column = column_of(base, more->columns[k]);
        if (column == UINT32_MAX)
            return err_set(err, -EINVAL, "%s: column %s is none of the table's", more->places[0].file,
                           more->columns[k]);
        for (uint64_t row = 0; row < more->n_rows; row++)
            cells[(base->n_rows + row) * base->n_columns + column] = more->cells[row * more->n_columns + k];
    }
    memcpy(places + base->n_rows, more->places, more->n_rows * sizeof *places);
    sum.cells = cells;
    sum.n_rows = n;
    sum.places = places;
    *ret_table = sum;
    return 0;
}

/* A file that a plugin names is relative to the plugin's folder. */
static char *beside_plugin(const struct run_tables *t, const struct scenario_info *s, const char *file)
{
    const char *plugin = t->catalogue->plugins[s->plugin].path, *slash = strrchr(plugin, '/');
    if (*file == '/' || !slash)
        return xstrdup(file);
    return xasprintf("%.*s/%s", (int)(slash - plugin), plugin, file);
}

static int prefix_scenario(struct err *err, const struct scenario_info *s)
{
    return *s->file ? err_prefix(err, "scenario %s (%s:%u)", s->id, s->file, s->line)
                    : err_prefix(err, "scenario %s", s->id);
}

static int read_own_file(struct run_tables *t, const struct scenario_info *s, struct table_info *table, struct err *err)
{
    struct table_info more;
    if (!table->file || !*table->file)
        return 0;
    autofree char *path = beside_plugin(t, s, table->file);
    int e = t->reader(t->reader_data, path, &s->params, &t->arena, &more, err);
    if (e == 0)
        e = append_rows(&t->arena, table, &more, table, err);
    return e < 0 ? prefix_scenario(err, s) : 0;
}

/* The scenario's tables as they are being put together. */
struct assembly {
    struct run_tables *tables;
    const struct scenario_info *scenario;
    struct table_info *items; /* with room for one more for each rule */
    bool *complete;           /* of each: its own file has been read, or it is one */
    uint32_t n;
};

static void replace(struct assembly *a, const struct table_info *by)
{
    uint32_t n = 0, at = UINT32_MAX;
    for (uint32_t i = 0; i < a->n; i++) {
        bool goes = have_common(by, &a->items[i]);
        if (goes && at == UINT32_MAX)
            at = n++; /* the first one's place in the order */
        else if (!goes) {
            a->items[n] = a->items[i];
            a->complete[n++] = a->complete[i];
        }
    }
    if (at == UINT32_MAX)
        at = n++;
    a->items[at] = *by;
    a->complete[at] = true;
    a->n = n;
}

static int extend(struct assembly *a, const struct table_info *by, struct err *err)
{
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < a->n; i++) {
        if (!have_common(by, &a->items[i]))
            continue;
        if (found != UINT32_MAX)
            return err_set(err, -EINVAL, "%s: it has columns of two tables", by->places[0].file);
        found = i;
    }
    if (found == UINT32_MAX)
        return err_set(err, -EINVAL, "%s: no table has its columns: = in place of += adds it as a table",
                       by->places[0].file);
    return append_rows(&a->tables->arena, &a->items[found], by, &a->items[found], err);
}

static int apply(struct assembly *a, const struct table_rule *rule, struct err *err)
{
    struct table_info table;
    int e = a->tables->reader(a->tables->reader_data, rule->what, &a->scenario->params, &a->tables->arena, &table, err);
    if (e == 0 && rule->extends)
        e = extend(a, &table, err);
    else if (e == 0)
        replace(a, &table);
    return e < 0 ? err_prefix(err, "--data %s: scenario %s", rule->text, a->scenario->id) : 0;
}

/* Without rules about it only the files are read; with them, of a table that is replaced not even its file. */
static int read_own_files(struct assembly *a, bool only_nameless, struct err *err)
{
    int e = 0;
    for (uint32_t i = 0; i < a->n && e == 0; i++) {
        if (a->complete[i] || (only_nameless && a->items[i].n_columns > 0))
            continue;
        e = read_own_file(a->tables, a->scenario, &a->items[i], err);
        a->complete[i] = true;
    }
    return e;
}

static int assemble(struct assembly *a, struct err *err)
{
    const struct run_tables *t = a->tables;
    /* A table that takes its columns from its file has to be read before it is known which one a rule is about. */
    int e = 0;
    bool any = false;
    for (size_t i = 0; i < t->n_rules && e == 0; i++) {
        if (!matches(&t->rules[i], a->scenario))
            continue;
        if (!any)
            e = read_own_files(a, true, err);
        any = true;
        if (e == 0 && t->rules[i].extends)
            e = read_own_files(a, false, err);
        if (e == 0)
            e = apply(a, &t->rules[i], err);
    }
    return e < 0 ? e : read_own_files(a, false, err);
}

static bool is_as_it_is(const struct run_tables *t, const struct scenario_info *s)
{
    for (uint32_t i = 0; i < s->n_tables; i++)
        if (s->tables[i].file && *s->tables[i].file)
            return false;
    for (size_t i = 0; i < t->n_rules; i++)
        if (matches(&t->rules[i], s))
            return false;
    return true;
}

int run_tables_of(void *tables, const struct scenario_info *s, const struct table_info **ret_tables, uint32_t *ret_n,
                  struct err *err)
{
    struct run_tables *t = tables;
    if (is_as_it_is(t, s))
        return 0;
    size_t room = s->n_tables + t->n_rules;
    struct assembly a = {.tables = t,
                         .scenario = s,
                         .items = arena_alloc(&t->arena, room * sizeof *a.items + 1),
                         .complete = arena_alloc(&t->arena, room + 1),
                         .n = s->n_tables};
    for (uint32_t i = 0; i < s->n_tables; i++)
        a.items[i] = s->tables[i];
    int e = assemble(&a, err);
    if (e < 0)
        return e;
    *ret_tables = a.items;
    *ret_n = a.n;
    return 0;
}
