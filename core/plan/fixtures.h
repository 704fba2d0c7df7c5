/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which fixtures the selected cases need.
 *
 * What scenarios and fixtures say that they use (uses.h) is resolved against the catalogue: the own plugin's fixtures
 * first, then those of all others. The same fixture with the same arguments is one *instance*; of a plugin-scoped one
 * each plugin whose scenarios use it has its own. Instances use instances, without a cycle: a run-scoped one only
 * run-scoped ones, a plugin-scoped one these and plugin-scoped ones, an attempt-scoped one any. An attempt-scoped
 * instance lives in the attempts of its own plugin's scenarios; the others, *shared* ones, in processes of their own.
 *
 * Every instance stands behind those that it uses. Cases that are skipped need nothing; what nobody needs is not in
 * here.
 *
 * Pure: no processes, no clock. The catalogue and the selection must outlive the plan.
 */
#ifndef MUSTER_PLAN_FIXTURES_H
#define MUSTER_PLAN_FIXTURES_H

#include "plan/catalogue.h"
#include "plan/idmap.h"
#include "plan/select.h"

struct fixture_use {
    const char *alias; /* the user's name for it */
    uint32_t instance;
};

struct fixture_instance {
    uint32_t fixture;          /* index into catalogue.fixtures */
    uint32_t user_plugin;      /* plugin scope: whose scenarios use it; else UINT32_MAX */
    const char *label;         /* "postgres(version=15)": unique in the plan, for people and for folders */
    const char *const *values; /* of its parameters, in their order */
    const struct fixture_use *uses;
    uint32_t n_uses;
    uint32_t n_cases; /* that need it, also by way of others; 0 for attempt scope */
};

/* What a case needs. Cases of a scenario share it where they can. */
struct case_fixtures {
    const struct fixture_use *uses; /* the scenario's own */
    uint32_t n_uses;
    const uint32_t *shared; /* instances, each behind those that it uses */
    uint32_t n_shared;
    const uint32_t *local; /* of attempt scope; the same */
    uint32_t n_local;
};

struct fixture_plan {
    struct arena arena;
    struct fixture_instance *instances;
    size_t n_instances, cap_instances;
    size_t n_shared;                    /* of them */
    const struct case_fixtures **cases; /* by their place in the selection; NULL: the case needs none */
    struct idmap keys;
};

#define autofixtures __attribute__((cleanup(fixtures_free)))

/* -EINVAL: *err names the scenario or the fixture with its file and line, and what is wrong with which of its uses. A
 * selection without uses costs one look at each case. */
int fixtures_plan(const struct catalogue *c, const struct selection *selection, struct fixture_plan *ret_plan,
                  struct err *err);
void fixtures_free(struct fixture_plan *p);
/* NULL: none. */
static inline const struct case_fixtures *fixtures_of(const struct fixture_plan *p, size_t i)
{
    return p->cases ? p->cases[i] : NULL;
}
/* "attempt", "plugin", "run". */
const char *fixture_scope_name(enum fixture_scope scope);

#endif
