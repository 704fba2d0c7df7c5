/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants: their records, and what each keeps of its customers. */
#ifndef TESTBED_TENANTS_H
#define TESTBED_TENANTS_H

#include "server/fields.h"
#include "server/router.h"
#include "store/migrate.h"

#define TENANT_PLANS "starter, professional, enterprise"

/* What the API shows; NULL when there is none. */
json_t *tenant_view(struct testbed *tb, const char *id);

/* False when there is no such tenant. */
bool tenant_status(struct testbed *tb, const char *id, char ret_status[TENANT_STATUS_MAX]);
bool tenant_is_active(struct testbed *tb, const char *id);

/*
 * Brings the tenant's tables to a version, up or down, and tells of it. -1 with the reason when they stay at the
 * version they had: a migration failed, or the tenant has no tables.
 */
int tenant_migrate(struct testbed *tb, const char *id, int to, char ret_why[MIGRATE_WHY_MAX]);
/* The same for a request: false after a 409. */
bool tenant_migrate_for(struct request *r, const char *id, int to);

/* Puts what the body's `quotas` names into a set of quotas. */
void tenant_read_quotas(struct fields *f, json_t *into);

/* The id of the active tenant at this subdomain; false when there is none. */
bool tenant_find(struct testbed *tb, const char *subdomain, char ret_id[ID_MAX]);

/* What an active tenant's pages look like: name, color ("#rrggbb"), logo (a few letters); what was not chosen is made
 * of its name. */
json_t *tenant_branding(struct testbed *tb, const char *id);

/* /v1/tenants, /v1/tenants/{}/customers, /v1/tenants/{}/branding, /v1/tenants/{}/database */
extern const struct route tenants_routes[], customers_routes[], branding_routes[], tenant_database_routes[];

#endif
