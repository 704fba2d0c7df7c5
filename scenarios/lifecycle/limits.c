/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas: what a plan does not allow is refused, and changes nothing. */
#include "common/workload.h"

static struct m_http_reply new_workload(struct muster_ctx *t, const struct tenant *tenant, int replicas)
{
    return m_post(tenant->admin.api, tenant_path(t, tenant, "workloads"),
                  m_json_pack(t, "{s:s, s:i}", "name", m_unique(t, "w"), "replicas", replicas));
}

SCENARIO(quotas_hold, .summary = "Workloads, replicas and customers beyond the plan are refused",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "tenant_isolation",
                            "catches(defect='quota-ignored')"),
         .uses = USES("testbed"), .timeout_ms = 40000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter"); /* 2 workloads, 4 replicas */
    struct m_http *api = tenant.admin.api;
    const char *id;
    STEP("replicas")
    {
        CHECK_REFUSED(403, "quota_exceeded", new_workload(t, &tenant, 5));
        id = workload_create(t, &tenant, "web", 3);
        CHECK_REFUSED(403, "quota_exceeded", m_post(api, workload_path(t, id, "scale"), "{\"replicas\":5}"));
        CHECK(workload_runs(t, &tenant, id, 3, NULL));
    }
    STEP("workloads")
    {
        workload_create(t, &tenant, "worker", 1);
        CHECK_REFUSED(403, "quota_exceeded", new_workload(t, &tenant, 0));
    }
    STEP("customers, after the platform lowered the quota")
    {
        ANSWER(200, m_patch(platform.api, tenant_path(t, &tenant, ""), "{\"quotas\":{\"customers\":1}}"));
        ANSWER(201,
               m_post(api, tenant_path(t, &tenant, "customers"), "{\"name\":\"One\",\"email\":\"one@example.test\"}"));
        CHECK_REFUSED(
            403, "quota_exceeded",
            m_post(api, tenant_path(t, &tenant, "customers"), "{\"name\":\"Two\",\"email\":\"two@example.test\"}"));
    }
    STEP("nothing of it was counted")
    {
        struct m_json *now = ANSWER(200, m_get(api, tenant_path(t, &tenant, "")));
        CHECK_INT(m_json_int(now, "/usage/workloads"), ==, 2);
        CHECK_INT(m_json_int(now, "/usage/replicas"), ==, 4);
        CHECK_INT(m_json_int(now, "/usage/customers"), ==, 1);
    }
}
