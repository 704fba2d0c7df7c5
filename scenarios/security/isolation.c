/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants see nothing of each other, and nobody gives himself a role. */
#include "common/tenancy.h"

SCENARIO(tenants_see_nothing_of_each_other, .summary = "Another tenant's records, users and changes are not found",
         .markers = MARKERS("e2e", "priority_p0", "security", "tenant_isolation",
                            "catches(defect='cross-tenant-read')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "customer.create", "customer.list", "customer.get", "customer.update",
                             "customer.delete", "user.get"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    const char *customer;
    STEP("they have a customer")
    {
        struct m_json *made = DO(theirs.admin, "customer.create", ARG("tenant", theirs.id), ARG("name", "Secret"),
                                 ARG("email", "s@example.test"));
        customer = m_json_str(made, "/id");
    }
    STEP("we cannot read it")
    {
        REFUSED("not_found", ours.admin, "customer.list", ARG("tenant", theirs.id));
        REFUSED("not_found", ours.admin, "customer.get", ARG("tenant", theirs.id), ARG("id", customer));
        REFUSED("not_found", ours.admin, "tenant.get", ARG("id", theirs.id));
        REFUSED("not_found", ours.admin, "user.get", ARG("id", m_session_value(theirs.admin, "user_id")));
    }
    STEP("we cannot change it")
    {
        REFUSED("not_found", ours.admin, "customer.update", ARG("tenant", theirs.id), ARG("id", customer),
                ARG("name", "Ours"));
        REFUSED("not_found", ours.admin, "customer.delete", ARG("tenant", theirs.id), ARG("id", customer));
        struct m_json *now = DO(theirs.admin, "customer.get", ARG("tenant", theirs.id), ARG("id", customer));
        CHECK_STR(m_json_str(now, "/name"), ==, "Secret");
    }
    STEP("our lists hold our own only")
    {
        struct m_json *tenants = DO(ours.admin, "tenant.list");
        CHECK_INT(m_json_int(tenants, "/total"), ==, 1);
        CHECK_STR(m_json_str(tenants, "/tenants/0/id"), ==, ours.id);
    }
}

SCENARIO(branding_is_each_tenants_own, .summary = "What one tenant's pages look like is not what another's do",
         .markers = MARKERS("e2e", "priority_p1", "security", "tenant_isolation", "catches(defect='branding-mixed')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "branding.get", "branding.put(color, logo)"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    STEP("each chooses")
    {
        DO(ours.admin, "branding.put", ARG("tenant", ours.id), ARG("name", "Ours"), ARG("color", "#112233"),
           ARG("logo", "O"));
        DO(theirs.admin, "branding.put", ARG("tenant", theirs.id), ARG("name", "Theirs"), ARG("color", "#445566"),
           ARG("logo", "T"));
    }
    STEP("each has what it chose")
    {
        struct m_json *branding = DO(ours.admin, "branding.get", ARG("tenant", ours.id));
        CHECK_STR(m_json_str(branding, "/name"), ==, "Ours");
        CHECK_STR(m_json_str(branding, "/color"), ==, "#112233");
        CHECK_STR(m_json_str(branding, "/logo"), ==, "O");
        CHECK_STR(m_json_str(DO(theirs.admin, "branding.get", ARG("tenant", theirs.id)), "/name"), ==, "Theirs");
    }
    STEP("and nobody chooses for another")
    {
        REFUSED("not_found", ours.admin, "branding.put", ARG("tenant", theirs.id), ARG("name", "Ours"));
        REFUSED("not_found", ours.admin, "branding.get", ARG("tenant", theirs.id));
    }
}

SCENARIO(nobody_raises_his_own_role, .summary = "Neither a member nor an administrator gives himself more rights",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='role-escalation')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "user.create", "user.get", "user.list", "user.update(role)"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member member = tenancy_member(t, &tenant, "tenant_member");
    STEP("a member asks for more")
    {
        REFUSED("forbidden", member.session, "user.update", ARG("id", member.id), ARG("role", "tenant_admin"));
        REFUSED("forbidden", member.session, "user.update", ARG("id", member.id), ARG("role", "platform_admin"));
        struct m_json *now = DO(platform, "user.get", ARG("id", member.id));
        CHECK_STR(m_json_str(now, "/role"), ==, "tenant_member");
    }
    STEP("what a member may not do stays so")
    {
        REFUSED("forbidden", member.session, "user.list", ARG("tenant", tenant.id));
        REFUSED("forbidden", member.session, "tenant.delete", ARG("id", tenant.id));
    }
    STEP("a tenant's administrator grants no role of the platform")
    {
        REFUSED("role_not_grantable", tenant.admin, "user.update", ARG("id", member.id), ARG("role", "platform_admin"));
    }
}
