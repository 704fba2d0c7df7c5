/* SPDX-License-Identifier: Apache-2.0 */
/* The sixteen, in their order, each defined beside those that it is kin to. */
#ifndef TESTBED_PROVISIONING_STEPS_H
#define TESTBED_PROVISIONING_STEPS_H

#include "provisioning/run.h"

extern const struct step *const provisioning_steps[PROVISIONING_STEPS];

/* step_place.c */
extern const struct step step_validate_request, step_reserve_subdomain, step_create_record, step_allocate_quota;
/* step_data.c */
extern const struct step step_create_schema, step_run_migrations, step_seed_reference_data, step_create_storage,
    step_generate_secrets;
/* step_people.c */
extern const struct step step_create_admin_user, step_assign_roles, step_activate_tenant;
/* step_application.c */
extern const struct step step_configure_network, step_start_application, step_health_check, step_register_monitoring;

#endif
