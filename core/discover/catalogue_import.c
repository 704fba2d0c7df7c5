/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions of plugins, copied into the catalogue. Hosts run plugin code: nothing that they say is trusted. */
#include "discover/catalogue_import.h"

#include "base/mem.h"
#include "plan/threshold.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands in several messages: the tables of the last scenario, the cells of its last table. */
struct import {
    struct catalogue *c;
    struct table_info *tables;
    size_t n_tables, cap_tables;
    const char **cells;
    size_t n_cells, cap_cells;
};

static const char *const *copy_list(struct arena *arena, const struct message_list *list)
{
    static const char *const none[] = {NULL};
    if (list->n == 0)
        return none;
    const char **copy = arena_alloc(arena, (list->n + 1) * sizeof *copy);
    for (uint32_t i = 0; i < list->n; i++)
        copy[i] = arena_strdup(arena, list->items[i]);
    return copy;
}

static int add_markers(struct catalogue *c, struct scenario_info *s, const struct message_list *list, struct err *err)
{
    struct marker *markers = arena_alloc(&c->arena, (list->n + 1) * sizeof *markers);
    for (uint32_t i = 0; i < list->n; i++) {
        int r = marker_parse(list->items[i], &c->arena, &markers[i], err);
        if (r < 0)
            return *s->file
                       ? err_prefix(err, "%s:%u: scenario %s: marker %s", s->file, s->line, s->name, list->items[i])
                       : err_prefix(err, "scenario %s: marker %s", s->name, list->items[i]);
    }
    s->markers = markers;
    s->n_markers = list->n;
    return 0;
}

static int take_param(const char *const *parts, struct arena *arena, struct param_info *ret_param)
{
    unsigned long type = strtoul(parts[0], NULL, 10);
    if (type <= TYPE_NONE || type >= TYPE_N)
        return -EPROTO;
    *ret_param = (struct param_info){.type = (enum value_type)type,
                                     .name = arena_strdup(arena, parts[1]),
                                     .fallback = *parts[2] ? arena_strdup(arena, parts[2] + 1) : NULL,
                                     .summary = arena_strdup(arena, parts[3])};
    return 0;
}

static int add_params(struct catalogue *c, const struct message_list *list, struct param_list *ret_params)
{
    uint32_t n = list->n / MESSAGE_PARAM_PARTS;
    if (n == 0)
        return list->n == 0 ? 0 : -EPROTO;
    struct param_info *items = arena_alloc(&c->arena, n * sizeof *items);
    for (uint32_t i = 0; i < n; i++)
        if (take_param(&list->items[i * MESSAGE_PARAM_PARTS], &c->arena, &items[i]) < 0)
            return -EPROTO;
    *ret_params = (struct param_list){items, n};
    return 0;
}

static int add_scenario(struct catalogue *c, const struct msg_scenario *m, struct err *err)
{
    const struct plugin_info *plugin = &c->plugins[c->n_plugins - 1];
    GROW(c->scenarios, c->n_scenarios, c->cap_scenarios);
    struct scenario_info *s = &c->scenarios[c->n_scenarios];
    size_t prefix = strlen(plugin->name) + 1;
    char *id = arena_alloc(&c->arena, prefix + strlen(m->id) + 1);
    sprintf(id, "%s.%s", plugin->name, m->id);
    *s = (struct scenario_info){.plugin = (uint32_t)c->n_plugins - 1,
                                .index = m->index,
                                .id = id,
                                .name = id + prefix,
                                .summary = *m->summary ? arena_strdup(&c->arena, m->summary) : "",
                                .line = m->line,
                                .needs = copy_list(&c->arena, &m->needs),
                                .uses = copy_list(&c->arena, &m->uses),
                                .timeout_ms = m->timeout_ms,
                                .setup_timeout_ms = m->setup_timeout_ms,
                                .teardown_timeout_ms = m->teardown_timeout_ms,
                                .reruns = m->reruns,
                                .rerun_delay_ms = m->rerun_delay_ms};
    /* Scenarios come by file: the one before has most often the same. */
    const struct scenario_info *before = c->n_scenarios > plugin->first ? s - 1 : NULL;
    s->file = before && strcmp(before->file, m->file) == 0 ? before->file : arena_strdup(&c->arena, m->file);
    if (add_params(c, &m->params, &s->params) < 0)
        return err_set(err, -EPROTO, "scenario %s: its host sent a malformed description", s->name);
    int r = add_markers(c, s, &m->markers, err);
    if (r == 0)
        c->n_scenarios++;
    return r;
}

static int add_fixture(struct catalogue *c, const struct msg_fixture *m)
{
    GROW(c->fixtures, c->n_fixtures, c->cap_fixtures);
    struct fixture_info *f = &c->fixtures[c->n_fixtures];
    *f = (struct fixture_info){.plugin = (uint32_t)c->n_plugins - 1,
                               .index = m->index,
                               .scope = (enum fixture_scope)m->scope,
                               .name = arena_strdup(&c->arena, m->name),
                               .summary = arena_strdup(&c->arena, m->summary),
                               .file = arena_strdup(&c->arena, m->file),
                               .line = m->line,
                               .uses = copy_list(&c->arena, &m->uses),
                               .setup_timeout_ms = m->setup_timeout_ms,
                               .ready_timeout_ms = m->ready_timeout_ms,
                               .teardown_timeout_ms = m->teardown_timeout_ms,
                               .health_interval_ms = m->health_interval_ms};
    if (m->scope < SCOPE_ATTEMPT || m->scope > SCOPE_RUN)
        return -EPROTO;
    c->n_fixtures++;
    return add_params(c, &m->params, &f->params);
}

static int add_step(struct catalogue *c, const struct msg_step_function *m)
{
    GROW(c->steps, c->n_steps, c->cap_steps);
    struct step_info *s = &c->steps[c->n_steps];
    *s = (struct step_info){.plugin = (uint32_t)c->n_plugins - 1,
                            .name = arena_strdup(&c->arena, m->name),
                            .summary = arena_strdup(&c->arena, m->summary),
                            .file = arena_strdup(&c->arena, m->file),
                            .line = m->line,
                            .returns = (enum value_type)m->returns,
                            .timeout_ms = m->timeout_ms,
                            .uses = copy_list(&c->arena, &m->uses),
                            .needs = copy_list(&c->arena, &m->needs)};
    if (m->returns >= TYPE_N)
        return -EPROTO;
    c->n_steps++;
    return add_params(c, &m->params, &s->params);
}

static int add_cleanup(struct catalogue *c, const struct msg_cleanup_function *m)
{
    GROW(c->cleanups, c->n_cleanups, c->cap_cleanups);
    c->cleanups[c->n_cleanups++] = (struct cleanup_info){arena_strdup(&c->arena, m->name), m->timeout_ms};
    return 0;
}

/* The last table has all of its cells. */
static int end_table(struct import *a)
{
    if (a->n_tables == 0)
        return 0;
    struct table_info *t = &a->tables[a->n_tables - 1];
    if (t->n_columns == 0 ? a->n_cells > 0 : a->n_cells % t->n_columns != 0)
        return -EPROTO;
    const char **cells = arena_alloc(&a->c->arena, a->n_cells * sizeof *cells + 1);
    if (a->n_cells > 0) /* else there may be none yet, not even a place for them */
        memcpy(cells, a->cells, a->n_cells * sizeof *cells);
    t->cells = cells;
    t->n_rows = t->n_columns ? a->n_cells / t->n_columns : 0;
    a->n_cells = 0;
    return 0;
}

/* The last scenario has all of its tables. */
static int end_scenario(struct import *a)
{
    if (a->n_tables == 0)
        return 0;
    int r = end_table(a);
    struct table_info *tables = arena_alloc(&a->c->arena, a->n_tables * sizeof *tables);
    memcpy(tables, a->tables, a->n_tables * sizeof *tables);
    struct scenario_info *s = &a->c->scenarios[a->c->n_scenarios - 1];
    s->tables = tables;
    s->n_tables = (uint32_t)a->n_tables;
    a->n_tables = 0;
    return r;
}

static int add_table(struct import *a, const struct msg_table *m)
{
    struct catalogue *c = a->c;
    if (c->n_scenarios == c->plugins[c->n_plugins - 1].first || (m->more && a->n_tables == 0))
        return -EPROTO;
    int r = m->more ? 0 : end_table(a);
    if (!m->more) {
        GROW(a->tables, a->n_tables, a->cap_tables);
        a->tables[a->n_tables++] = (struct table_info){.columns = copy_list(&c->arena, &m->columns),
                                                       .n_columns = m->columns.n,
                                                       .file = arena_strdup(&c->arena, m->file)};
    }
    for (uint32_t i = 0; i < m->cells.n; i++) {
        const char *cell = m->cells.items[i];
        GROW(a->cells, a->n_cells, a->cap_cells);
        a->cells[a->n_cells++] = *cell ? arena_strdup(&c->arena, cell + 1) : NULL;
    }
    return r;
}

static void add_plugin(struct catalogue *c, const struct host *host, const struct msg_plugin *m)
{
    GROW(c->plugins, c->n_plugins, c->cap_plugins);
    c->plugins[c->n_plugins++] = (struct plugin_info){.path = arena_strdup(&c->arena, host->path),
                                                      .name = arena_strdup(&c->arena, m->name),
                                                      .version = arena_strdup(&c->arena, m->version),
                                                      .summary = arena_strdup(&c->arena, m->summary),
                                                      .abi_minor = m->abi_minor,
                                                      .fresh = m->fresh,
                                                      .named = copy_list(&c->arena, &m->named),
                                                      .thresholds = copy_list(&c->arena, &m->thresholds),
                                                      .first = (uint32_t)c->n_scenarios,
                                                      .first_fixture = (uint32_t)c->n_fixtures,
                                                      .first_step = (uint32_t)c->n_steps,
                                                      .first_cleanup = (uint32_t)c->n_cleanups};
}

/* Off is the command line's word. */
static int check_thresholds(struct catalogue *c, struct err *err)
{
    const struct plugin_info *p = &c->plugins[c->n_plugins - 1];
    for (size_t i = 0; p->thresholds[i]; i++) {
        struct threshold t;
        int r = threshold_parse(p->thresholds[i], &c->arena, &t, err);
        if (r == 0 && t.off)
            r = err_set(err, -EINVAL, "off is for the command line");
        if (r < 0)
            return err_prefix(err, "threshold %s", p->thresholds[i]);
    }
    return 0;
}

bool catalogue_import_takes(enum message_type type)
{
    return type == MSG_PLUGIN || type == MSG_SCENARIO || type == MSG_TABLE || type == MSG_FIXTURE ||
           type == MSG_STEP_FUNCTION || type == MSG_CLEANUP_FUNCTION;
}

static int admit(struct import *a, const struct message *m, struct err *err)
{
    int r = m->type == MSG_TABLE ? 0 : end_scenario(a);
    if (r == 0 && m->type == MSG_SCENARIO)
        return add_scenario(a->c, &m->scenario, err);
    if (r == 0 && m->type == MSG_TABLE)
        r = add_table(a, &m->table);
    else if (r == 0 && m->type == MSG_FIXTURE)
        r = add_fixture(a->c, &m->fixture);
    else if (r == 0 && m->type == MSG_STEP_FUNCTION)
        r = add_step(a->c, &m->step_function);
    else if (r == 0 && m->type == MSG_CLEANUP_FUNCTION)
        r = add_cleanup(a->c, &m->cleanup_function);
    return r < 0 ? err_set(err, r, "its host sent a malformed description") : 0;
}

/* Plugins that are always found must not take a name from anybody's own steps. */
#define OURS "muster."

/* What belongs to the plugin is everything behind what was there before it. */
static void count_parts(struct catalogue *c, bool provider, bool yields)
{
    struct plugin_info *p = &c->plugins[c->n_plugins - 1];
    if (provider)
        c->n_scenarios = p->first;
    p->provider = provider;
    p->yields = yields || strncmp(p->name, OURS, strlen(OURS)) == 0;
    p->count = (uint32_t)c->n_scenarios - p->first;
    p->n_fixtures = (uint32_t)c->n_fixtures - p->first_fixture;
    p->n_steps = (uint32_t)c->n_steps - p->first_step;
    p->n_cleanups = (uint32_t)c->n_cleanups - p->first_cleanup;
}

int catalogue_import(struct host *host, struct catalogue *c, struct err *err)
{
    struct import a = {.c = c};
    struct arena arena = {0};
    struct message m;
    const char *p = host->catalogue.data, *end = p + host->catalogue.len;
    bool named = false;
    int r = 0;
    while (r == 0 && message_decode(&p, end, &arena, &m) == 0) {
        if (m.type == MSG_PLUGIN && !named) {
            add_plugin(c, host, &m.plugin);
            host->fresh = m.plugin.fresh;
            host->file = m.plugin.file;
            named = true;
            r = check_thresholds(c, err);
        } else if (named) {
            r = admit(&a, &m, err);
        }
    }
    if (r == 0 && end_scenario(&a) < 0)
        r = err_set(err, -EPROTO, "its host sent a malformed description");
    if (named)
        count_parts(c, host->provider, host->yields);
    free(a.tables);
    free(a.cells);
    arena_free(&arena);
    return r;
}
