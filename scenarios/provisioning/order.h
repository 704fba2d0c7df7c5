/* SPDX-License-Identifier: Apache-2.0 */
/* What these scenarios look at: the sixteen steps of an order, and what is left of a tenant. */
#ifndef SCENARIOS_ORDER_H
#define SCENARIOS_ORDER_H

#include "common/tenancy.h"

#define STEP_NAMES                                                                                                     \
    "validate_request", "reserve_subdomain", "create_record", "allocate_quota", "create_schema", "run_migrations",     \
        "seed_reference_data", "create_storage", "generate_secrets", "create_admin_user", "assign_roles",              \
        "configure_network", "start_application", "health_check", "register_monitoring", "activate_tenant"
#define STEP_COUNT 16

extern const char *const order_steps[STEP_COUNT];
/* From 1; 0: there is none of this name. */
int order_step_number(const char *name);
/* A text of the step with this number, in what tenant.steps says. */
const char *order_step(struct muster_ctx *t, const struct m_json *steps, int number, const char *field);

/* Those before `failed` are undone, it has failed, those behind it have never run. */
void check_rolled_back(struct muster_ctx *t, struct m_session *platform, const char *id, int failed);
/* All 16 are done. */
void check_all_done(struct muster_ctx *t, struct m_session *platform, const char *id);

/* Nothing is left of it but its record; what the two below ask of the target. */
#define LEFT_OPERATIONS "tenant.resources", "directory.find", "application.request", "mail.list"
void check_nothing_left(struct muster_ctx *t, struct m_session *platform, const char *id, const char *subdomain);

/* Orders it and waits until it has failed; its id. */
const char *order_that_fails(struct muster_ctx *t, struct m_session *platform, const char *subdomain,
                             const char *argument, const char *value);
/* What the platform's directory calls it. */
const char *host_of(struct muster_ctx *t, const char *subdomain);

#endif
