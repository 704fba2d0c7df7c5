/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants that fail to come to be, and tenants that go: neither may leave anything. */
#include "common/tenancy.h"

static void check_nothing_left(struct muster_ctx *t, struct m_session *platform, const char *id)
{
    struct m_json *left = DO(platform, "tenant.resources", ARG("id", id));
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
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(fail_at_step)", "tenant.steps", "tenant.resources"),
         .timeout_ms = 30000)
{
    enum { FAILING = 14 };
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, NULL), *id;
    STEP("order a tenant whose health check fails")
    {
        struct m_json *begun = START(platform, "tenant.create", ORDER(subdomain), ARG("fail_at_step", "health_check"));
        id = m_json_str(begun, "/id");
        WAIT_FOR(platform, "tenant.get", "/state", "failed", 10000, ARG("id", id));
    }
    STEP("the steps before it are rolled back, those after it never ran")
    {
        struct m_json *p = DO(platform, "tenant.steps", ARG("id", id));
        CHECK_STR(m_json_str(p, "/state"), ==, "rolled_back");
        for (int i = 1; i <= m_json_count(p, "/steps"); i++) {
            const char *wanted = i < FAILING ? "rolled_back" : i == FAILING ? "failed" : "pending";
            CHECK_STR(m_json_str(p, m_fmt(t, "/steps/%d/state", i - 1)), ==, wanted);
        }
    }
    STEP("nothing is left")
    {
        check_nothing_left(t, platform, id);
    }
    STEP("the subdomain can be taken again")
    {
        DO(platform, "tenant.create", ORDER(subdomain));
    }
}

SCENARIO(deprovisioning_leaves_nothing, .summary = "A deleted tenant takes its data, users and processes with it",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity",
                            "catches(defect='deprovision-leaves-data')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.resources", "customer.create", "user.create",
                             "workload.create", "session.whoami", "session.open"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    STEP("fill it")
    {
        DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
           ARG("email", "ada@example.test"));
        DO(tenant.admin, "user.create", ARG("username", m_unique(t, "user")), ARG("password", TENANT_PASSWORD),
           ARG("role", "tenant_member"));
        DO(tenant.admin, "workload.create", ARG("tenant", tenant.id), ARG("name", m_unique(t, "w")),
           ARG("replicas", 2));
    }
    STEP("delete it")
    {
        DO(platform, "tenant.delete", ARG("id", tenant.id));
    }
    STEP("nothing is left but its record")
    {
        check_nothing_left(t, platform, tenant.id);
    }
    STEP("its users are nobody any more")
    {
        REFUSED("invalid_token", tenant.admin, "session.whoami");
        REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", tenant.admin_name),
                ARG("password", TENANT_PASSWORD));
    }
}
