/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tenants of a scenario's own. Each gets a name that nobody else has, and is on the ledger before it is asked for: the
 * cleanup "tenant.delete" finds it by its subdomain, so that it is removed even when its id was never learned.
 */
#ifndef SCENARIOS_TENANT_H
#define SCENARIOS_TENANT_H

#include "common/session.h"

#define TENANT_PASSWORD "Correct-horse-7"

struct tenant {
    const char *id, *subdomain;
    struct session admin; /* its administrator, logged in */
};

/* What a request for a tenant says. Zero is the default of each. */
struct tenant_order {
    const char *plan;         /* professional */
    const char *subdomain;    /* a unique one */
    const char *admin_name;   /* tenant_admin_name() of the subdomain */
    const char *fail_at_step; /* none */
    int step_delay_ms;
};

/* Puts the tenant on the ledger, then asks for it. The answer is the caller's to judge. */
struct m_http_reply tenant_order(struct muster_ctx *t, const struct session *platform, struct tenant_order order);
const char *tenant_admin_name(struct muster_ctx *t, const char *subdomain);

/* A tenant that is active, with its administrator logged in. */
struct tenant tenant_create(struct muster_ctx *t, const struct session *platform, const char *plan);
/* One more user of it, with a tenant role, logged in. */
struct session tenant_user(struct muster_ctx *t, const struct tenant *tenant, const char *role);
/* Removes those with this subdomain, however far they are, and waits for their end; how many there were. */
int tenant_remove(struct muster_ctx *t, const char *subdomain);
/* "/v1/tenants/ID/..." with what `rest` names, or "/v1/tenants/ID" for "". */
const char *tenant_path(struct muster_ctx *t, const struct tenant *tenant, const char *rest);

/* 1 when the tenant has this status now: for M_UNTIL. */
int tenant_is(struct muster_ctx *t, struct m_http *api, const char *id, const char *status);

#endif
