/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders of tenants, made up by a factory: what DO(platform, "tenant.create", ARGS(order), ...) takes besides the
 * password. The same seed makes the same, but for subdomains, which nobody else has.
 */
#ifndef SCENARIOS_FACTORIES_H
#define SCENARIOS_FACTORIES_H

#include "common/tenancy.h"

/* NULL: made up. */
struct m_json *create_provisioning_workflow_tenant(struct muster_ctx *t, const char *company, const char *subdomain,
                                                   const char *plan);
/* Different ones, all of the plan "professional", in ret_orders[count]. */
void create_isolation_test_tenants(struct muster_ctx *t, int count, struct m_json **ret_orders);

/* A tenant from an order: it is on the ledger before it is asked for, active, and its administrator is logged in. */
struct tenancy tenancy_order(struct muster_ctx *t, struct m_session *platform, const struct m_json *order);

#endif
