/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants see nothing of each other, and nobody gives himself a role. */
#include "common/tenant.h"

SCENARIO(tenants_see_nothing_of_each_other, .summary = "Another tenant's records, users and changes are not found",
         .markers = MARKERS("e2e", "priority_p0", "security", "tenant_isolation",
                            "catches(defect='cross-tenant-read')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant ours = tenant_create(t, &platform, "starter"), theirs = tenant_create(t, &platform, "starter");
    const char *customers = tenant_path(t, &theirs, "customers"), *customer;
    STEP("they have a customer")
    {
        struct m_json *made =
            ANSWER(201, m_post(theirs.admin.api, customers, "{\"name\":\"Secret\",\"email\":\"s@example.test\"}"));
        customer = m_fmt(t, "%s/%s", customers, m_json_str(made, "/id"));
    }
    STEP("we cannot read it")
    {
        CHECK_REFUSED(404, "not_found", m_get(ours.admin.api, customers));
        CHECK_REFUSED(404, "not_found", m_get(ours.admin.api, customer));
        CHECK_REFUSED(404, "not_found", m_get(ours.admin.api, tenant_path(t, &theirs, "")));
        CHECK_REFUSED(404, "not_found", m_get(ours.admin.api, m_fmt(t, "/v1/users/%s", theirs.admin.user_id)));
    }
    STEP("we cannot change it")
    {
        CHECK_REFUSED(404, "not_found", m_patch(ours.admin.api, customer, "{\"name\":\"Ours\"}"));
        CHECK_REFUSED(404, "not_found", m_delete(ours.admin.api, customer));
        CHECK_JSON(m_get(theirs.admin.api, customer).body, "/name", "\"Secret\"");
    }
    STEP("our lists hold our own only")
    {
        struct m_json *tenants = ANSWER(200, m_get(ours.admin.api, "/v1/tenants"));
        CHECK_INT(m_json_int(tenants, "/total"), ==, 1);
        CHECK_STR(m_json_str(tenants, "/tenants/0/id"), ==, ours.id);
    }
}

SCENARIO(nobody_raises_his_own_role, .summary = "Neither a member nor an administrator gives himself more rights",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='role-escalation')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    struct session member = tenant_user(t, &tenant, "tenant_member");
    const char *self = m_fmt(t, "/v1/users/%s", member.user_id);
    STEP("a member asks for more")
    {
        CHECK_INT(m_patch(member.api, self, "{\"role\":\"tenant_admin\"}").status, ==, 403);
        CHECK_INT(m_patch(member.api, self, "{\"role\":\"platform_admin\"}").status, ==, 403);
        CHECK_JSON(m_get(platform.api, self).body, "/role", "\"tenant_member\"");
    }
    STEP("what a member may not do stays so")
    {
        CHECK_REFUSED(403, "forbidden", m_get(member.api, m_fmt(t, "/v1/users?tenant=%s", tenant.id)));
        CHECK_REFUSED(403, "forbidden", m_delete(member.api, tenant_path(t, &tenant, "")));
    }
    STEP("a tenant's administrator grants no role of the platform")
    {
        CHECK_REFUSED(403, "role_not_grantable", m_patch(tenant.admin.api, self, "{\"role\":\"platform_admin\"}"));
    }
}
