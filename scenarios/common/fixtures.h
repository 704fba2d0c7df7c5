/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scenarios just use, on any platform with tenants: .uses = USES("tenant"), and here what it gives.
 *
 *     SCENARIO(plans_have_limits, .uses = USES("tenant(plan=starter)"), .needs = OPERATIONS(TENANCY_OPERATIONS))
 *     {
 *         const struct tenancy *shop = tenant_of(t);
 *         REFUSED("quota", shop->admin, "workload.create", ARG("tenant", shop->id), ARG("name", "one-too-many"));
 *     }
 *
 * Each attempt has its own, made when it begins and removed when it ends, whatever becomes of it. What a fixture asks
 * of the target is named beside it, for the .needs of who uses it: a platform that lacks it skips the scenario.
 *
 *     admin                     the platform's administrator
 *     tenant(plan=professional) TENANCY_OPERATIONS
 *     two_tenants(plan=...)     TENANCY_OPERATIONS
 *     people                    TENANCY_OPERATIONS, PEOPLE_OPERATIONS: a tenant, and a user of each role
 *     clients(count=4)          TENANCY_OPERATIONS: a tenant, and that many sessions of its administrator
 */
#ifndef SCENARIOS_FIXTURES_H
#define SCENARIOS_FIXTURES_H

#include "common/people.h"

#define CLIENTS_MOST 64

struct m_session *admin_of(struct muster_ctx *t);
/* NULL: its login gives no token. */
const char *admin_token_of(struct muster_ctx *t);

const struct tenancy *tenant_of(struct muster_ctx *t);

struct two_tenants {
    struct tenancy ours, theirs;
};
const struct two_tenants *two_tenants_of(struct muster_ctx *t);

/* people.all[i] has the role people.roles[i]. */
struct people_of_tenant {
    struct tenancy tenant;
    struct people people;
};
const struct people_of_tenant *people_of(struct muster_ctx *t);
/* The one with this role; NULL: the target has no such role. */
const struct member *people_with_role(struct muster_ctx *t, const char *role);

/* For m_parallel(), or one after the other: each has a connection of its own. */
struct clients {
    struct tenancy tenant;
    struct m_session *all[CLIENTS_MOST];
    int64_t n;
};
const struct clients *clients_of(struct muster_ctx *t);

#endif
