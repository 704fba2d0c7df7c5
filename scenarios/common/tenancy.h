/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tenants of a scenario's own, by operations of whatever platform the run's target is. Each is on the ledger before it
 * is asked for: the cleanup "tenancy.end" finds it by its subdomain, so that it is removed even when its id was never
 * learned.
 */
#ifndef SCENARIOS_TENANCY_H
#define SCENARIOS_TENANCY_H

#include <muster/kit/data.h>
#include <muster/kit/target.h>
#include <muster/kit/wait.h>

#define TENANT_PASSWORD "Correct-horse-7"

/* What the functions below ask of the target: .needs = OPERATIONS(TENANCY_OPERATIONS, ...) */
#define TENANCY_OPERATIONS                                                                                             \
    "tenant.create(subdomain, plan, admin, password)", "tenant.get(id)", "tenant.list(subdomain)", "tenant.delete(id)"

struct tenancy {
    const char *id, *subdomain, *admin_name;
    struct m_session *admin; /* its administrator, logged in */
};

struct member {
    const char *id, *username; /* and TENANT_PASSWORD */
    struct m_session *session;
};

/* A subdomain that nobody has, or the given one: what is made under it is removed at the end. */
const char *tenancy_subdomain(struct muster_ctx *t, const char *wanted);
/* What an order has to have, besides what is said of it: ORDER(subdomain), ARG("plan", "starter") */
#define ORDER(subdomain_)                                                                                              \
    ARG("subdomain", (subdomain_)), ARG("admin", tenancy_admin_name(t, (subdomain_))), ARG("password", TENANT_PASSWORD)
const char *tenancy_admin_name(struct muster_ctx *t, const char *subdomain);

/* A tenant that is active, with its administrator logged in. */
struct tenancy tenancy_begin(struct muster_ctx *t, struct m_session *platform, const char *plan);
/* One more user of it, with a tenant role, logged in; by user.create. */
struct member tenancy_member(struct muster_ctx *t, const struct tenancy *tenant, const char *role);
/* Removes those with this subdomain, however far they are, and waits for their end; how many were not gone before. */
int64_t tenancy_remove(struct muster_ctx *t, struct m_session *platform, const char *subdomain);
/* How many tenants have this subdomain. */
int64_t tenancy_count(struct muster_ctx *t, struct m_session *platform, const char *subdomain);

/* A value of the target by which scenarios know something of this platform. One that does not say it skips them. */
const char *tenancy_value(struct muster_ctx *t, const char *name);

#endif
