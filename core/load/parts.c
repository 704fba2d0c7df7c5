/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin's fixtures and step functions. */
#include "load/take.h"

#include <errno.h>
#include <string.h>

enum {
    FIXTURE_1_1 = 96,
    STEP_1_1 = 56,
};

static int take_fixture(const struct place *at, struct plugin *p, const struct muster_fixture *theirs,
                        struct muster_fixture *ours)
{
    int r = take_struct(at, "a fixture", ours, sizeof *ours, FIXTURE_1_1, theirs, p->abi_minor);
    if (r < 0 || (r = take_string(at, &p->arena, "the name of a fixture", &ours->name, true)) < 0)
        return r;
    autoerr struct err inner = {0};
    const struct place in = {at->plugin, at->reason, &inner};
    r = take_string(&in, &p->arena, "its file", &ours->file, false);
    if (r < 0)
        ours->file = "";
    else if (!take_is_word(ours->name, strlen(ours->name)))
        r = take_bad(&in, "bad-table", err_set(&inner, -EPROTO, "its name is not a word of A-Z, a-z, 0-9, _ and -"));
    else if (!ours->setup)
        r = take_bad(&in, "bad-table", err_set(&inner, -EPROTO, "its set-up is NULL"));
    else if (ours->scope < MUSTER_SCOPE_ATTEMPT || ours->scope > MUSTER_SCOPE_RUN)
        r = take_bad(
            &in, "newer-minor",
            err_set(&inner, -EPROTO, "it has scope %u, which this runner does not know: MUSTER_SCOPE_*", ours->scope));
    else if (ours->reserved)
        r = take_bad(&in, "newer-minor",
                     err_set(&inner, -EPROTO, "it sets a reserved field, which this runner does not know"));
    else if ((r = take_string(&in, &p->arena, "its summary", &ours->summary, false)) == 0 &&
             (r = take_list(&in, &p->arena, "its list of uses", &ours->uses)) == 0)
        r = take_params(&in, p, &ours->params);
    return r < 0 ? take_told(at, r, "fixture", ours->name, ours->file, ours->line, &inner) : 0;
}

int take_fixtures(const struct place *at, const struct muster_plugin *theirs, struct plugin *p)
{
    int r = take_check_table(at, "fixtures", theirs->fixtures, theirs->n_fixtures);
    if (r < 0)
        return r;
    p->fixtures = arena_alloc(&p->arena, theirs->n_fixtures * sizeof *p->fixtures + 1);
    for (uint64_t i = 0; i < theirs->n_fixtures; i++) {
        struct muster_fixture *f = &p->fixtures[p->n_fixtures];
        if (!theirs->fixtures[i])
            continue;
        r = take_fixture(at, p, theirs->fixtures[i], f);
        if (r < 0)
            return r;
        for (uint32_t k = 0; k < p->n_fixtures; k++)
            if (strcmp(p->fixtures[k].name, f->name) == 0)
                return take_bad(at, "bad-table",
                                err_set(at->err, -EEXIST, "it has two fixtures with the name %s", f->name));
        p->n_fixtures++;
    }
    struct plugin_fixture *entries = arena_alloc(&p->arena, p->n_fixtures * sizeof *entries + 1);
    for (uint32_t i = 0; i < p->n_fixtures; i++) {
        const struct muster_fixture *f = &p->fixtures[i];
        entries[i] = (struct plugin_fixture){.name = f->name,
                                             .scope = f->scope,
                                             .setup = f->setup,
                                             .ready = f->ready,
                                             .teardown = f->teardown,
                                             .params = take_shapes(&p->arena, f->params)};
    }
    p->fixture_entries = entries;
    return 0;
}

static int take_step(const struct place *at, struct plugin *p, const struct muster_step *theirs,
                     struct muster_step *ours)
{
    int r = take_struct(at, "a step", ours, sizeof *ours, STEP_1_1, theirs, p->abi_minor);
    if (r < 0 || (r = take_string(at, &p->arena, "the name of a step", &ours->name, true)) < 0)
        return r;
    autoerr struct err inner = {0};
    const struct place in = {at->plugin, at->reason, &inner};
    r = take_string(&in, &p->arena, "its file", &ours->file, false);
    if (r < 0)
        ours->file = "";
    else if (!take_is_word(ours->name, strlen(ours->name)) || strchr(ours->name, '-'))
        r = take_bad(&in, "bad-table", err_set(&inner, -EPROTO, "its name is not a word of A-Z, a-z, 0-9 and _"));
    else if (!ours->call)
        r = take_bad(&in, "bad-table", err_set(&inner, -EPROTO, "its function is NULL"));
    else if (ours->returns > MUSTER_TYPE_JSON)
        r = take_bad(&in, "newer-minor",
                     err_set(&inner, -EPROTO, "it returns type %u, which this runner does not know", ours->returns));
    else if ((r = take_string(&in, &p->arena, "its summary", &ours->summary, false)) == 0 &&
             (r = take_list(&in, &p->arena, "its list of uses", &ours->uses)) == 0 &&
             (r = take_list(&in, &p->arena, "its list of needs", &ours->needs)) == 0)
        r = take_params(&in, p, &ours->params);
    return r < 0 ? take_told(at, r, "step", ours->name, ours->file, ours->line, &inner) : 0;
}

int take_steps(const struct place *at, const struct muster_plugin *theirs, struct plugin *p)
{
    int r = take_check_table(at, "steps", theirs->steps, theirs->n_steps);
    if (r < 0)
        return r;
    p->steps = arena_alloc(&p->arena, theirs->n_steps * sizeof *p->steps + 1);
    for (uint64_t i = 0; i < theirs->n_steps; i++) {
        struct muster_step *s = &p->steps[p->n_steps];
        if (!theirs->steps[i])
            continue;
        r = take_step(at, p, theirs->steps[i], s);
        if (r < 0)
            return r;
        for (uint32_t k = 0; k < p->n_steps; k++)
            if (strcmp(p->steps[k].name, s->name) == 0)
                return take_bad(at, "bad-table",
                                err_set(at->err, -EEXIST, "it has two steps with the name %s", s->name));
        p->n_steps++;
    }
    return 0;
}
