/* SPDX-License-Identifier: Apache-2.0 */
#include "provisioning/steps.h"

const struct step *const provisioning_steps[PROVISIONING_STEPS] = {
    &step_validate_request,  &step_reserve_subdomain, &step_create_record,       &step_allocate_quota,
    &step_create_schema,     &step_run_migrations,    &step_seed_reference_data, &step_create_storage,
    &step_generate_secrets,  &step_create_admin_user, &step_assign_roles,        &step_configure_network,
    &step_start_application, &step_health_check,      &step_register_monitoring, &step_activate_tenant,
};
