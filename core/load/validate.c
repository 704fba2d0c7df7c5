/* SPDX-License-Identifier: Apache-2.0 */
/* From a plugin's tables to our own: every rule of muster/plugin.h, held. */
#include "load/validate.h"

#include "load/take.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* What the structs of the oldest plugin have, from sdk/abi/1.0/layout.txt: today's sizeof may be more. */
    PLUGIN_1_0 = 72,
    SCENARIO_1_0 = 104,
    CLEANUP_1_0 = 24,
};

static bool is_dotted_name(const char *s)
{
    for (;;) {
        size_t n = strcspn(s, ".");
        if (!take_is_word(s, n))
            return false;
        if (s[n] == '\0')
            return true;
        s += n + 1;
    }
}

static int take_scenario(const struct place *at, struct plugin *p, const struct muster_scenario *theirs,
                         struct muster_scenario *ours)
{
    int r = take_struct(at, "a scenario", ours, sizeof *ours, SCENARIO_1_0, theirs, p->abi_minor);
    if (r < 0 || (r = take_string(at, &p->arena, "the id of a scenario", &ours->id, true)) < 0)
        return r;
    autoerr struct err inner = {0};
    const struct place in = {at->plugin, at->reason, &inner};
    r = take_string(&in, &p->arena, "its file", &ours->file, false);
    if (r < 0)
        ours->file = "";
    else if (!take_is_word(ours->id, strlen(ours->id)))
        r = take_bad(&in, "bad-table", err_set(&inner, -EPROTO, "its id is not a word of A-Z, a-z, 0-9, _ and -"));
    else if (!ours->run && !ours->call)
        r = take_bad(&in, "bad-table", err_set(&inner, -EPROTO, "its function is NULL"));
    else if (ours->run && ours->call)
        r = take_bad(&in, "bad-table", err_set(&inner, -EPROTO, "it has two functions, run and call"));
    else if (ours->flags & ~MUSTER_SCENARIO_FRESH)
        r = take_bad(&in, "newer-minor",
                     err_set(&inner, -EPROTO, "it sets flags 0x%x that this runner does not know: update muster",
                             ours->flags & ~MUSTER_SCENARIO_FRESH));
    else if (ours->reserved || ours->reserved2)
        r = take_bad(
            &in, "newer-minor",
            err_set(&inner, -EPROTO, "it sets a reserved field, which this runner does not know: update muster"));
    else if ((r = take_string(&in, &p->arena, "its summary", &ours->summary, false)) == 0 &&
             (r = take_list(&in, &p->arena, "its list of markers", &ours->markers)) == 0 &&
             (r = take_list(&in, &p->arena, "its list of needs", &ours->needs)) == 0 &&
             (r = take_list(&in, &p->arena, "its list of uses", &ours->uses)) == 0 &&
             (r = take_params(&in, p, &ours->params)) == 0)
        r = take_tables(&in, p, ours->params, &ours->tables);
    return r < 0 ? take_told(at, r, "scenario", ours->id, ours->file, ours->line, &inner) : 0;
}

static int by_source(const void *a, const void *b)
{
    const struct muster_scenario *l = a, *r = b;
    int order = strcmp(l->file, r->file);
    if (order == 0)
        order = (l->line > r->line) - (l->line < r->line);
    return order ? order : strcmp(l->id, r->id);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int find_duplicate(const struct place *at, const struct plugin *p)
{
    const char **ids = xcalloc(p->n_scenarios + 1, sizeof *ids);
    for (uint32_t i = 0; i < p->n_scenarios; i++)
        ids[i] = p->scenarios[i].id;
    qsort(ids, p->n_scenarios, sizeof *ids, by_id);
    int r = 0;
    for (uint32_t i = 1; i < p->n_scenarios && r == 0; i++)
        if (strcmp(ids[i - 1], ids[i]) == 0)
            r = take_bad(at, "duplicate-scenario",
                         err_set(at->err, -EEXIST, "it has two scenarios with the id %s", ids[i]));
    free(ids);
    return r;
}

static int take_scenarios(const struct place *at, const struct muster_plugin *theirs, struct plugin *p)
{
    int r = take_check_table(at, "scenarios", theirs->scenarios, theirs->n_scenarios);
    if (r < 0)
        return r;
    p->scenarios = arena_alloc(&p->arena, theirs->n_scenarios * sizeof *p->scenarios + 1);
    for (uint64_t i = 0; i < theirs->n_scenarios; i++) {
        if (!theirs->scenarios[i])
            continue;
        r = take_scenario(at, p, theirs->scenarios[i], &p->scenarios[p->n_scenarios]);
        if (r < 0)
            return r;
        p->n_scenarios++;
    }
    qsort(p->scenarios, p->n_scenarios, sizeof *p->scenarios, by_source);
    struct plugin_entry *entries = arena_alloc(&p->arena, p->n_scenarios * sizeof *entries + 1);
    for (uint32_t i = 0; i < p->n_scenarios; i++)
        entries[i] = (struct plugin_entry){.setup = p->scenarios[i].setup,
                                           .run = p->scenarios[i].run,
                                           .teardown = p->scenarios[i].teardown,
                                           .call = p->scenarios[i].call,
                                           .params = take_shapes(&p->arena, p->scenarios[i].params),
                                           .operations = operations_among(&p->arena, p->scenarios[i].needs)};
    p->entries = entries;
    return find_duplicate(at, p);
}

static int take_cleanups(const struct place *at, const struct muster_plugin *theirs, struct plugin *p)
{
    int r = take_check_table(at, "cleanups", theirs->cleanups, theirs->n_cleanups);
    if (r < 0)
        return r;
    p->cleanups = arena_alloc(&p->arena, theirs->n_cleanups * sizeof *p->cleanups + 1);
    for (uint64_t i = 0; i < theirs->n_cleanups; i++) {
        struct muster_cleanup *c = &p->cleanups[p->n_cleanups];
        if (!theirs->cleanups[i])
            continue;
        r = take_struct(at, "a cleanup", c, sizeof *c, CLEANUP_1_0, theirs->cleanups[i], p->abi_minor);
        if (r < 0 || (r = take_string(at, &p->arena, "the name of a cleanup", &c->name, true)) < 0)
            return r;
        if (!c->run)
            return take_bad(at, "bad-table", err_set(at->err, -EPROTO, "cleanup %s: its function is NULL", c->name));
        for (uint32_t k = 0; k < p->n_cleanups; k++)
            if (strcmp(p->cleanups[k].name, c->name) == 0)
                return take_bad(at, "bad-table",
                                err_set(at->err, -EEXIST, "it has two cleanups with the name %s", c->name));
        p->n_cleanups++;
    }
    return 0;
}

int plugin_normalise(const struct muster_plugin *theirs, struct plugin *p, const char **ret_reason, struct err *err)
{
    struct muster_plugin table;
    const struct place at = {"", ret_reason, err};
    uint32_t minor;
    memcpy(&minor, &theirs->abi_minor, sizeof minor);
    int r = take_struct(&at, "struct muster_plugin", &table, sizeof table, PLUGIN_1_0, theirs, minor);
    if (r < 0)
        return r;
    *p = (struct plugin){.abi_minor = minor,
                         .name = table.name,
                         .version = table.version,
                         .summary = table.summary,
                         .thresholds = table.thresholds,
                         .fresh = table.flags & MUSTER_PLUGIN_FRESH};
    if ((r = take_string(&at, &p->arena, "its name", &p->name, true)) < 0 ||
        (r = take_string(&at, &p->arena, "its version", &p->version, true)) < 0 ||
        (r = take_string(&at, &p->arena, "its summary", &p->summary, false)) < 0 ||
        (r = take_list(&at, &p->arena, "its list of thresholds", &p->thresholds)) < 0)
        return r;
    if (!is_dotted_name(p->name))
        return take_bad(&at, "bad-table",
                        err_set(err, -EPROTO,
                                "its name \"%s\" is not made of words of A-Z, a-z, 0-9, _ and - with dots between",
                                p->name));
    if (table.flags & ~MUSTER_PLUGIN_FRESH)
        return take_bad(&at, "newer-minor",
                        err_set(err, -EPROTO, "it sets flags 0x%x that this runner does not know: update muster",
                                table.flags & ~MUSTER_PLUGIN_FRESH));
    if (table.reserved)
        return take_bad(
            &at, "newer-minor",
            err_set(err, -EPROTO, "it sets a reserved field, which this runner does not know: update muster"));
    if ((r = take_scenarios(&at, &table, p)) < 0)
        return r;
    if ((r = take_cleanups(&at, &table, p)) < 0 || (r = take_fixtures(&at, &table, p)) < 0 ||
        (r = take_steps(&at, &table, p)) < 0)
        return r;
    if (p->n_scenarios + p->n_fixtures + p->n_steps == 0)
        return take_bad(
            &at, "no-scenarios",
            err_set(err, -EPROTO, "it has no scenarios: did the linker drop them, or is there no SCENARIO?"));
    for (uint32_t i = 0; i < p->n_scenarios; i++)
        p->fresh = p->fresh || (p->scenarios[i].flags & MUSTER_SCENARIO_FRESH);
    return 0;
}
