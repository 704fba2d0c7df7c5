/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants that fail to come to be, and tenants that go: neither may leave anything. */
#include "common/workload.h"

static void check_nothing_left(struct muster_ctx *t, const struct session *platform, const char *id)
{
    struct m_json *left = ANSWER(200, m_get(platform->api, m_fmt(t, "/v1/tenants/%s/resources", id)));
    CHECK_INT(m_json_count(left, "/schemas"), ==, 0);
    CHECK_INT(m_json_count(left, "/subdomains"), ==, 0);
    CHECK_INT(m_json_count(left, "/resources"), ==, 0);
    CHECK_INT(m_json_count(left, "/pids"), ==, 0);
    CHECK_INT(m_json_int(left, "/users"), ==, 0);
    CHECK_INT(m_json_int(left, "/customers"), ==, 0);
    CHECK_INT(m_json_int(left, "/workloads"), ==, 0);
    CHECK_INT(m_json_int(left, "/storage_bytes"), ==, 0);
}

SCENARIO(failed_step_is_rolled_back, .summary = "When a late step fails, what the earlier ones made is undone",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "data_integrity",
                            "catches(defect='rollback-leaves-schema')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    enum { FAILING = 14 };
    struct session platform = login_admin(t);
    const char *subdomain = m_unique(t, "e2e"), *id, *path;
    STEP("order a tenant whose health check fails")
    {
        struct tenant_order order = {.subdomain = subdomain, .fail_at_step = "health_check"};
        id = m_json_str(ANSWER(202, tenant_order(t, &platform, order)), "/tenant/id");
        path = m_fmt(t, "/v1/tenants/%s/provisioning", id);
        REQUIRE(M_UNTIL(t, 10000, 10, tenant_is(t, platform.api, id, "failed")));
    }
    STEP("the steps before it are rolled back, those after it never ran")
    {
        struct m_json *p = ANSWER(200, m_get(platform.api, path));
        CHECK_STR(m_json_str(p, "/state"), ==, "rolled_back");
        for (int i = 1; i <= m_json_count(p, "/steps"); i++) {
            const char *wanted = i < FAILING ? "rolled_back" : i == FAILING ? "failed" : "pending";
            CHECK_STR(m_json_str(p, m_fmt(t, "/steps/%d/state", i - 1)), ==, wanted);
        }
    }
    STEP("nothing is left")
    {
        check_nothing_left(t, &platform, id);
    }
    STEP("the subdomain can be taken again")
    {
        struct m_json *again = ANSWER(202, tenant_order(t, &platform, (struct tenant_order){.subdomain = subdomain}));
        CHECK(M_UNTIL(t, 10000, 10, tenant_is(t, platform.api, m_json_str(again, "/tenant/id"), "active")));
    }
}

SCENARIO(deprovisioning_leaves_nothing, .summary = "A deleted tenant takes its data, users and processes with it",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity",
                            "catches(defect='deprovision-leaves-data')"),
         .uses = USES("testbed"), .timeout_ms = 40000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "professional");
    STEP("fill it")
    {
        ANSWER(201, m_post(tenant.admin.api, tenant_path(t, &tenant, "customers"),
                           m_json_pack(t, "{s:s, s:s}", "name", "Ada", "email", "ada@example.test")));
        tenant_user(t, &tenant, "tenant_member");
        workload_create(t, &tenant, "web", 2);
    }
    STEP("delete it")
    {
        ANSWER(202, m_delete(platform.api, tenant_path(t, &tenant, "")));
        REQUIRE(M_UNTIL(t, 10000, 10, tenant_is(t, platform.api, tenant.id, "deprovisioned")));
    }
    STEP("nothing is left but its record")
    {
        check_nothing_left(t, &platform, tenant.id);
    }
    STEP("its users are nobody any more")
    {
        CHECK_INT(m_get(tenant.admin.api, "/v1/auth/me").status, ==, 401);
        CHECK_REFUSED(401, "invalid_credentials",
                      login_try(t, platform_open(t), tenant.admin.username, tenant.admin.password));
    }
}
