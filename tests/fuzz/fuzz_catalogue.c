/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes what a host, which runs a plugin's constructors, may say of it: a catalogue is made of any packets, its parts
 * hang together, and a plugin that is refused leaves nothing in it.
 */
#include "base/cleanup.h"
#include "discover/catalogue_import.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good)
        abort();
}

static void look_at_list(const char *const *list)
{
    for (; *list; list++)
        must(strlen(*list) < CATALOGUE_MOST);
}

static void look_at_params(const struct param_list *params)
{
    for (uint32_t i = 0; i < params->n; i++)
        must(params->items[i].type > TYPE_NONE && params->items[i].type < TYPE_N && params->items[i].name);
}

static void look_at_scenario(const struct scenario_info *s)
{
    must(s->id && s->name && s->summary && s->file);
    look_at_list(s->needs);
    look_at_list(s->uses);
    look_at_params(&s->params);
    for (uint32_t i = 0; i < s->n_tables; i++) {
        const struct table_info *t = &s->tables[i];
        for (size_t k = 0; k < (size_t)t->n_rows * t->n_columns; k++)
            must(!t->cells[k] || strlen(t->cells[k]) < CATALOGUE_MOST);
    }
}

static void look_at(const struct catalogue *c)
{
    for (size_t i = 0; i < c->n_scenarios; i++)
        look_at_scenario(&c->scenarios[i]);
    for (size_t i = 0; i < c->n_fixtures; i++) {
        look_at_list(c->fixtures[i].uses);
        look_at_params(&c->fixtures[i].params);
    }
    for (size_t i = 0; i < c->n_steps; i++)
        look_at_params(&c->steps[i].params);
    for (size_t i = 0; i < c->n_plugins; i++) {
        const struct plugin_info *p = &c->plugins[i];
        must((size_t)p->first + p->count <= c->n_scenarios);
        must((size_t)p->first_fixture + p->n_fixtures <= c->n_fixtures);
        must((size_t)p->first_step + p->n_steps <= c->n_steps);
    }
}

/* Twice, as two plugins: the second one's ids are taken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct catalogue c = {0};
    for (int k = 0; k < 2; k++) {
        autoerr struct err err = {0};
        struct host host = {.path = (char *)"fuzzed.so", .provider = size % 7 == 3};
        size_t before = c.n_plugins, scenarios = c.n_scenarios;
        if (size > 0)
            buf_add(&host.catalogue, (const char *)data, size);
        int r = catalogue_import(&host, &c, &err);
        if (r == 0 && c.n_plugins > before)
            r = catalogue_admit(&c, &err);
        look_at(&c);
        must(r == 0 || err.code == r);
        if (r < 0 && c.n_plugins > before) {
            catalogue_drop_last(&c);
            must(c.n_plugins == before && c.n_scenarios == scenarios);
        }
        buf_free(&host.catalogue);
    }
    catalogue_free(&c);
    return 0;
}
