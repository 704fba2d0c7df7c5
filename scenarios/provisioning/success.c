/* SPDX-License-Identifier: Apache-2.0 */
/* Provisioning that succeeds: every step, the first login, many tenants at once. */
#include "common/tenant.h"

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
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant;
    struct m_json *provisioning;
    STEP("create the tenant and wait until it is active")
    {
        tenant = tenant_create(t, &platform, "professional");
    }
    STEP("every step is done")
    {
        provisioning = ANSWER(200, m_get(platform.api, tenant_path(t, &tenant, "provisioning")));
        check_all_steps_done(t, provisioning);
    }
    STEP("no step began before the one before it ended")
    {
        for (int i = 1; i < STEPS; i++)
            CHECK_STR(step_text(t, provisioning, i, "started_at"), >=,
                      step_text(t, provisioning, i - 1, "finished_at"));
    }
    STEP("what the steps were to make exists")
    {
        struct m_json *made = ANSWER(200, m_get(platform.api, tenant_path(t, &tenant, "resources")));
        CHECK_INT(m_json_count(made, "/schemas"), ==, 1);
        CHECK_INT(m_json_count(made, "/subdomains"), ==, 1);
        CHECK_INT(m_json_count(made, "/pids"), >=, 1);
        CHECK_INT(m_json_int(made, "/users"), ==, 1);
    }
}

SCENARIO(administrator_can_log_in, .summary = "The tenant's administrator logs in once the tenant is active",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "catches(defect='admin-login-broken')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct m_http *nobody = platform_open(t);
    const char *subdomain = m_unique(t, "e2e"), *username = tenant_admin_name(t, subdomain), *id;
    STEP("order the tenant")
    {
        struct m_json *answer = ANSWER(202, tenant_order(t, &platform, (struct tenant_order){.subdomain = subdomain}));
        id = m_json_str(answer, "/tenant/id");
        REQUIRE(M_UNTIL(t, 10000, 10, tenant_is(t, platform.api, id, "active")));
    }
    STEP("log in for the first time")
    {
        struct m_json *answer = ANSWER(200, login_try(t, nobody, username, TENANT_PASSWORD));
        m_http_bearer(nobody, m_json_str(answer, "/token"));
    }
    STEP("he is this tenant's administrator and nothing else")
    {
        struct m_json *me = ANSWER(200, m_get(nobody, "/v1/auth/me"));
        CHECK_STR(m_json_str(me, "/user/username"), ==, username);
        CHECK_STR(m_json_str(me, "/user/role"), ==, "tenant_admin");
        CHECK_STR(m_json_str(me, "/user/tenant_id"), ==, id);
    }
}

SCENARIO(tenants_come_side_by_side, .summary = "Tenants that are provisioned at the same time each get all steps",
         .markers = MARKERS("e2e", "priority_p2", "tenant_provisioning", "performance",
                            "catches(defect='step-skipped')"),
         .uses = USES("testbed"), .timeout_ms = 60000)
{
    enum { COUNT = 6 };
    struct session platform = login_admin(t);
    const char *ids[COUNT];
    uint64_t start = m_now_ms();
    STEP("order them all at once")
    {
        for (int i = 0; i < COUNT; i++) {
            struct tenant_order order = {.plan = "starter", .step_delay_ms = 5};
            ids[i] = m_json_str(ANSWER(202, tenant_order(t, &platform, order)), "/tenant/id");
        }
    }
    STEP("wait for all of them")
    {
        for (int i = 0; i < COUNT; i++)
            REQUIRE(M_UNTIL(t, 20000, 10, tenant_is(t, platform.api, ids[i], "active")));
        m_metric(t, "provisioning.six_tenants", (double)(m_now_ms() - start), "ms");
    }
    STEP("each has all of its steps")
    {
        for (int i = 0; i < COUNT; i++)
            check_all_steps_done(t, ANSWER(200, m_get(platform.api, m_fmt(t, "/v1/tenants/%s/provisioning", ids[i]))));
    }
}
