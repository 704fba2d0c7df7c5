/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants that fail to come to be, and tenants that go: neither may leave anything. */
#include "provisioning/order.h"

#include <string.h>

/* How often this tenant's events say so of a step. */
static int times_told(struct muster_ctx *t, struct m_session *platform, const char *id, const char *step,
                      const char *state)
{
    struct m_json *heard =
        DO(platform, "event.list", ARG("topic", m_fmt(t, "tenant.%s.tenant.step", id)), ARG("limit", 200));
    int times = 0;
    for (int64_t i = 0; i < m_json_count(heard, "/events"); i++)
        times += strcmp(m_json_str(heard, m_fmt(t, "/events/%d/data/name", (int)i)), step) == 0 &&
                 strcmp(m_json_str(heard, m_fmt(t, "/events/%d/data/state", (int)i)), state) == 0;
    return times;
}

SCENARIO(failed_step_is_rolled_back, PARAMS((str, step)), .tables = TABLES(AXIS("step", STEP_NAMES)),
         .summary = "Whichever step fails, what those before it made is undone, and it is told",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "data_integrity",
                            "catches(defect='step-outcome-untold')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(fail_at_step)", "tenant.steps", "event.list",
                             "audit.list", LEFT_OPERATIONS),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, NULL), *id;
    STEP("order a tenant of which this step fails")
    {
        id = order_that_fails(t, platform, subdomain, "fail_at_step", step);
    }
    STEP("the steps before it are rolled back, those after it never ran")
    {
        check_rolled_back(t, platform, id, order_step_number(step));
    }
    STEP("nothing is left")
    {
        check_nothing_left(t, platform, id, subdomain);
    }
    STEP("events and the audit trail say which step it was")
    {
        CHECK_INT(times_told(t, platform, id, step, "failed"), ==, 1);
        CHECK_INT(m_json_int(DO(platform, "audit.list", ARG("entity", id), ARG("action", "tenant.step"),
                                ARG("outcome", "failed")),
                             "/total"),
                  ==, 1);
    }
}

SCENARIO(failed_deployment_is_rolled_back, .summary = "A tenant whose application does not start leaves nothing behind",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "data_integrity",
                            "catches(defect='rollback-leaves-schema')", "catches(defect='record-stays')",
                            "catches(defect='files-stay')", "catches(defect='route-stays')",
                            "catches(defect='capacity-stays-taken')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(image)", "tenant.steps", LEFT_OPERATIONS),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, NULL), *id;
    STEP("order a tenant with an application that ends as soon as it starts")
    {
        id = order_that_fails(t, platform, subdomain, "image", "crash");
    }
    STEP("it is the health check that has found out")
    {
        check_rolled_back(t, platform, id, order_step_number("health_check"));
    }
    STEP("nothing is left")
    {
        check_nothing_left(t, platform, id, subdomain);
    }
    STEP("the subdomain can be taken again")
    {
        DO(platform, "tenant.create", ORDER(subdomain));
    }
}

SCENARIO(failed_tenant_is_provisioned_again,
         .summary = "A tenant that has failed can be tried again, and is complete then",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity",
                            "catches(defect='retry-skips-data')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(fail_at_step)", "tenant.steps", "tenant.retry",
                             "setting.list", "session.whoami"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin"), *admin;
    const char *subdomain = tenancy_subdomain(t, NULL), *id;
    STEP("order a tenant that fails at its last step")
    {
        id = order_that_fails(t, platform, subdomain, "fail_at_step", order_steps[STEP_COUNT - 1]);
    }
    STEP("try it again")
    {
        struct m_json *again = DO(platform, "tenant.retry", ARG("id", id));
        CHECK_STR(m_json_str(again, "/id"), ==, id);
        CHECK_INT(m_json_int(again, "/attempt"), ==, 2);
        check_all_done(t, platform, id);
    }
    STEP("it is a tenant like any other")
    {
        admin =
            LOGIN(t, "password", ARG("username", tenancy_admin_name(t, subdomain)), ARG("password", TENANT_PASSWORD));
        CHECK_STR(m_json_str(DO(admin, "session.whoami"), "/tenant"), ==, id);
        CHECK_STR(m_json_str(DO(admin, "setting.list", ARG("tenant", id)), "/settings/currency"), ==, "EUR");
    }
    STEP("one that is active is not tried again")
    {
        REFUSED("invalid_state", platform, "tenant.retry", ARG("id", id));
    }
}

SCENARIO(failed_tenants_names_are_free,
         .summary = "What a failed tenant was called another may take, and then it is not tried again",
         .markers = MARKERS("e2e", "priority_p2", "tenant_provisioning", "data_integrity",
                            "catches(defect='duplicate-subdomain')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(fail_at_step)", "tenant.retry", "directory.find"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, NULL), *id;
    STEP("order a tenant that fails")
    {
        id = order_that_fails(t, platform, subdomain, "fail_at_step", "assign_roles");
    }
    STEP("another takes its subdomain")
    {
        DO(platform, "tenant.create", ARG("subdomain", subdomain), ARG("name", "The other"),
           ARG("admin", m_unique(t, "other")), ARG("password", TENANT_PASSWORD));
    }
    STEP("the first is not tried again, and the host is the other's")
    {
        REFUSED("taken", platform, "tenant.retry", ARG("id", id));
        struct m_json *known = DO(m_nobody(t), "directory.find", ARG("host", host_of(t, subdomain)));
        CHECK_STR(m_json_str(known, "/entries/0/name"), ==, "The other");
    }
}

SCENARIO(deprovisioning_leaves_nothing, .summary = "A deleted tenant takes its data, users and processes with it",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity",
                            "catches(defect='deprovision-leaves-data')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "customer.create", "user.create", "workload.create", "session.whoami",
                             "session.open", LEFT_OPERATIONS),
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
        check_nothing_left(t, platform, tenant.id, tenant.subdomain);
    }
    STEP("its users are nobody any more")
    {
        REFUSED("invalid_token", tenant.admin, "session.whoami");
        REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", tenant.admin_name),
                ARG("password", TENANT_PASSWORD));
    }
}
