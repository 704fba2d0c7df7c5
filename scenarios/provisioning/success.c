/* SPDX-License-Identifier: Apache-2.0 */
/* Provisioning that succeeds: every step, the first login, many tenants at once. */
#include "common/tenancy.h"

static const char *const steps[] = {
    "validate_request",  "reserve_subdomain", "create_record",       "allocate_quota",
    "create_schema",     "run_migrations",    "seed_reference_data", "create_storage",
    "generate_secrets",  "create_admin_user", "assign_roles",        "configure_network",
    "start_application", "health_check",      "register_monitoring", "activate_tenant"};
#define STEPS ((int)(sizeof steps / sizeof *steps))

static const char *step_text(struct muster_ctx *t, const struct m_json *provisioning, int step, const char *field)
{
    return m_json_str(provisioning, m_fmt(t, "/steps/%d/%s", step, field));
}

static void check_all_steps_done(struct muster_ctx *t, const struct m_json *provisioning)
{
    CHECK_STR(m_json_str(provisioning, "/state"), ==, "done");
    REQUIRE_INT(m_json_count(provisioning, "/steps"), ==, STEPS);
    for (int i = 0; i < STEPS; i++) {
        CHECK_STR(step_text(t, provisioning, i, "name"), ==, steps[i]);
        CHECK_STR(step_text(t, provisioning, i, "state"), ==, "done");
    }
}

SCENARIO(sixteen_steps_run_in_order, .summary = "A new tenant is active after all 16 steps, one after another",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "catches(defect='step-skipped')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.steps", "tenant.resources"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant;
    struct m_json *provisioning;
    STEP("create the tenant and wait until it is active")
    {
        tenant = tenancy_begin(t, platform, "professional");
    }
    STEP("every step is done")
    {
        provisioning = DO(platform, "tenant.steps", ARG("id", tenant.id));
        check_all_steps_done(t, provisioning);
    }
    STEP("no step began before the one before it ended")
    {
        for (int i = 1; i < STEPS; i++)
            CHECK_STR(step_text(t, provisioning, i, "started"), >=, step_text(t, provisioning, i - 1, "ended"));
    }
    STEP("what the steps were to make exists")
    {
        struct m_json *made = DO(platform, "tenant.resources", ARG("id", tenant.id));
        CHECK_INT(m_json_count(made, "/schemas"), ==, 1);
        CHECK_INT(m_json_count(made, "/subdomains"), ==, 1);
        CHECK_INT(m_json_count(made, "/pids"), >=, 1);
        CHECK_INT(m_json_int(made, "/users"), ==, 1);
    }
}

SCENARIO(administrator_can_log_in, .summary = "The tenant's administrator logs in once the tenant is active",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "catches(defect='admin-login-broken')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "session.whoami"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin"), *admin;
    const char *subdomain = tenancy_subdomain(t, NULL), *username = tenancy_admin_name(t, subdomain), *id;
    STEP("order the tenant")
    {
        id = m_json_str(DO(platform, "tenant.create", ORDER(subdomain)), "/id");
    }
    STEP("log in for the first time")
    {
        admin = LOGIN(t, "password", ARG("username", username), ARG("password", TENANT_PASSWORD));
    }
    STEP("he is this tenant's administrator and nothing else")
    {
        struct m_json *me = DO(admin, "session.whoami");
        CHECK_STR(m_json_str(me, "/username"), ==, username);
        CHECK_STR(m_json_str(me, "/role"), ==, "tenant_admin");
        CHECK_STR(m_json_str(me, "/tenant"), ==, id);
    }
}

SCENARIO(tenants_come_side_by_side, .summary = "Tenants that are provisioned at the same time each get all steps",
         .markers = MARKERS("e2e", "priority_p2", "tenant_provisioning", "performance",
                            "catches(defect='step-skipped')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(step_delay_ms)", "tenant.steps"), .timeout_ms = 60000)
{
    enum { COUNT = 6 };
    struct m_session *platform = m_login(t, "admin");
    const char *ids[COUNT];
    uint64_t start = m_now_ms();
    STEP("order them all at once")
    {
        for (int i = 0; i < COUNT; i++) {
            const char *subdomain = tenancy_subdomain(t, NULL);
            struct m_json *begun =
                START(platform, "tenant.create", ORDER(subdomain), ARG("plan", "starter"), ARG("step_delay_ms", 5));
            ids[i] = m_json_str(begun, "/id");
        }
    }
    STEP("wait for all of them")
    {
        for (int i = 0; i < COUNT; i++)
            WAIT_FOR(platform, "tenant.get", "/state", "active", 20000, ARG("id", ids[i]));
        m_metric(t, "provisioning.six_tenants", (double)(m_now_ms() - start), "ms");
    }
    STEP("each has all of its steps")
    {
        for (int i = 0; i < COUNT; i++)
            check_all_steps_done(t, DO(platform, "tenant.steps", ARG("id", ids[i])));
    }
}
