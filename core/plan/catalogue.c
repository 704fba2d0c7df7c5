/* SPDX-License-Identifier: Apache-2.0 */
/* Letting plugins into the catalogue: no two scenarios have one id. */
#include "plan/catalogue.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *value_type_name(enum value_type type)
{
    static const char *const names[TYPE_N] = {"none", "i32", "i64", "u64", "f64", "bool", "str", "json"};
    return type < TYPE_N ? names[type] : "unknown";
}

static int duplicate(const struct catalogue *c, uint32_t old, uint32_t new, struct err *err)
{
    const struct scenario_info *a = &c->scenarios[old], *b = &c->scenarios[new];
    const struct plugin_info *plugin = &c->plugins[a->plugin];
    if (plugin == &c->plugins[c->n_plugins - 1])
        return err_set(err, -EEXIST, "scenario %s is defined twice (%s:%u and %s:%u)", b->id, a->file, a->line, b->file,
                       b->line);
    return err_set(err, -EEXIST, "scenario %s (%s:%u) is already in %s (%s:%u, plugin %s %s)", b->id, b->file, b->line,
                   plugin->path, a->file, a->line, plugin->name, plugin->version);
}

int catalogue_admit(struct catalogue *c, struct err *err)
{
    assert(c->n_plugins > 0);
    const struct plugin_info *p = &c->plugins[c->n_plugins - 1];
    assert((size_t)p->first + p->count == c->n_scenarios);
    idmap_reserve(&c->ids, p->count);
    for (uint32_t i = p->first; i < p->first + p->count; i++) {
        const char *id = c->scenarios[i].id;
        uint32_t old = idmap_put(&c->ids, id, strlen(id), i);
        if (old == IDMAP_NONE)
            continue;
        int e = duplicate(c, old, i, err);
        /* A refused plugin's ids must not stand in the way of a later one. */
        while (i-- > p->first)
            idmap_undo(&c->ids, c->scenarios[i].id, strlen(c->scenarios[i].id));
        return e;
    }
    return 0;
}

void catalogue_drop_last(struct catalogue *c)
{
    assert(c->n_plugins > 0);
    c->n_plugins--;
    c->n_scenarios = c->plugins[c->n_plugins].first;
    c->n_fixtures = c->plugins[c->n_plugins].first_fixture;
    c->n_steps = c->plugins[c->n_plugins].first_step;
    c->n_cleanups = c->plugins[c->n_plugins].first_cleanup;
}

size_t catalogue_asked_for(const struct catalogue *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_plugins; i++)
        n += !c->plugins[i].provider;
    return n;
}

void catalogue_free(struct catalogue *c)
{
    free(c->plugins);
    free(c->scenarios);
    free(c->fixtures);
    free(c->steps);
    free(c->cleanups);
    idmap_free(&c->ids);
    arena_free(&c->arena);
    *c = (struct catalogue){0};
}
