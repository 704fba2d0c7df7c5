/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a case needs for itself while it runs, from its scenario's markers:
 *
 *     lock("db")              nobody else who has this lock runs at the same time
 *     group("api", max=3)     at most three of the group do
 *     weight(4)               it counts as four attempts of -j
 *     serial                  it runs alone
 *
 * Pure values; names are borrowed from the scenario.
 */
#ifndef MUSTER_PLAN_CLAIMS_H
#define MUSTER_PLAN_CLAIMS_H

#include "plan/catalogue.h"

enum { CLAIMS_MAX = 16 };

struct claim {
    bool group;
    const char *name;
    uint32_t max; /* who may run at the same time; 1 of a lock */
    const struct marker *marker;
};

struct claims {
    struct claim items[CLAIMS_MAX]; /* each name once */
    uint32_t n;
    uint32_t weight; /* at least 1 */
    bool serial;
};

/* -EINVAL names the scenario and the marker that it cannot make sense of. Arguments are known_check()'s. */
int claims_of(const struct scenario_info *s, struct claims *ret_claims, struct err *err);
/* Whether claims_of() would find any: quick. */
bool claims_any(const struct scenario_info *s);

#endif
