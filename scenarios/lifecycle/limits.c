/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas: what a plan does not allow is refused, and changes nothing. */
#include "common/service.h"

SCENARIO(quotas_hold, .summary = "Workloads, replicas and customers beyond the plan are refused",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "tenant_isolation",
                            "catches(defect='quota-ignored')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.scale", "tenant.update(quotas)", "customer.create"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter"); /* 2 workloads, 4 replicas */
    struct m_session *admin = tenant.admin;
    const char *id;
    STEP("replicas")
    {
        REFUSED("quota_exceeded", admin, "workload.create", ARG("tenant", tenant.id), ARG("name", m_unique(t, "w")),
                ARG("replicas", 5));
        id = service_begin(t, &tenant, "web", 3);
        REFUSED("quota_exceeded", admin, "workload.scale", ARG("id", id), ARG("replicas", 5));
        CHECK(service_runs(t, &tenant, id, 3, NULL));
    }
    STEP("workloads")
    {
        service_begin(t, &tenant, "worker", 1);
        REFUSED("quota_exceeded", admin, "workload.create", ARG("tenant", tenant.id), ARG("name", m_unique(t, "w")),
                ARG("replicas", 0));
    }
    STEP("customers, after the platform lowered the quota")
    {
        DO(platform, "tenant.update", ARG("id", tenant.id),
           ARG("quotas", m_json_parse(t, m_json_pack(t, "{s:i}", "customers", 1))));
        DO(admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "One"), ARG("email", "one@example.test"));
        REFUSED("quota_exceeded", admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Two"),
                ARG("email", "two@example.test"));
    }
    STEP("nothing of it was counted")
    {
        struct m_json *now = DO(admin, "tenant.get", ARG("id", tenant.id));
        CHECK_INT(m_json_int(now, "/usage/workloads"), ==, 2);
        CHECK_INT(m_json_int(now, "/usage/replicas"), ==, 4);
        CHECK_INT(m_json_int(now, "/usage/customers"), ==, 1);
    }
}
