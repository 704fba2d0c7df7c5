/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan of fixtures is made of (fixtures.h makes one, and has its rules). */
#ifndef MUSTER_PLAN_FIXTURE_PLAN_H
#define MUSTER_PLAN_FIXTURE_PLAN_H

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

#endif
