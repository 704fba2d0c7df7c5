/* SPDX-License-Identifier: Apache-2.0 */
/* What is written down: changes with their author, deletions, denials; and who may read it. */
#include "audit/chain.h"

static const char *customer_create(struct muster_ctx *t, const struct tenancy *tenant, const char *name)
{
    struct m_json *made = DO(tenant->admin, "customer.create", ARG("tenant", tenant->id), ARG("name", name),
                             ARG("email", m_fmt(t, "%s@example.test", name)));
    return m_json_str(made, "/id");
}

SCENARIO(changes_name_their_author, .summary = "Each change stands in the trail under the user who made it",
         .markers = MARKERS("e2e", "priority_p0", "audit_compliance", "catches(defect='audit-wrong-actor')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "customer.create", "customer.update"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *id;
    STEP("the tenant's administrator makes a customer and changes it")
    {
        id = customer_create(t, &tenant, "ada");
        DO(tenant.admin, "customer.update", ARG("tenant", tenant.id), ARG("id", id), ARG("name", "Ada L."));
    }
    STEP("both stand under his name, in this order")
    {
        struct m_json *found = DO(platform, "audit.list", ARG("entity", id));
        REQUIRE_INT(m_json_int(found, "/total"), ==, 2);
        CHECK_STR(m_json_str(found, "/entries/0/action"), ==, "customer.create");
        CHECK_STR(m_json_str(found, "/entries/1/action"), ==, "customer.update");
        for (int i = 0; i < 2; i++) {
            CHECK_STR(m_json_str(found, m_fmt(t, "/entries/%d/actor", i)), ==, tenant.admin_name);
            CHECK_STR(m_json_str(found, m_fmt(t, "/entries/%d/tenant", i)), ==, tenant.id);
            CHECK_STR(m_json_str(found, m_fmt(t, "/entries/%d/outcome", i)), ==, "ok");
        }
    }
    STEP("the tenant itself stands under the platform's administrator")
    {
        AUDIT_ONLY(platform, ARG("action", "tenant.create"), ARG("entity", tenant.id),
                   ARG("actor", m_session_value(platform, "username")));
    }
}

SCENARIO(deletions_are_recorded, .summary = "What is deleted leaves an entry that says who deleted it",
         .markers = MARKERS("e2e", "priority_p0", "audit_compliance", "catches(defect='audit-gap')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "customer.create", "customer.delete", "user.create", "user.delete"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member member = tenancy_member(t, &tenant, "tenant_member");
    STEP("a customer")
    {
        const char *id = customer_create(t, &tenant, "brief");
        DO(tenant.admin, "customer.delete", ARG("tenant", tenant.id), ARG("id", id));
        AUDIT_ONLY(platform, ARG("action", "customer.delete"), ARG("outcome", "ok"), ARG("entity", id));
    }
    STEP("a user")
    {
        DO(tenant.admin, "user.delete", ARG("id", member.id));
        AUDIT_ONLY(platform, ARG("action", "user.delete"), ARG("outcome", "ok"), ARG("entity", member.id));
    }
    STEP("the tenant")
    {
        START(platform, "tenant.delete", ARG("id", tenant.id));
        AUDIT_ONLY(platform, ARG("action", "tenant.delete"), ARG("outcome", "ok"), ARG("entity", tenant.id));
    }
}

SCENARIO(denials_are_recorded, .summary = "Failed logins and refused requests stand in the trail",
         .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "security",
                            "catches(defect='audit-denials-missing')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "audit.get", "user.create", "session.open", "workload.create",
                             "customer.list"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    struct member viewer = tenancy_member(t, &ours, "tenant_viewer");
    STEP("a wrong password")
    {
        REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", viewer.username),
                ARG("password", "Wrong-horse-1"));
        AUDIT_ONLY(platform, ARG("action", "auth.login"), ARG("outcome", "failed"), ARG("actor", viewer.username));
    }
    STEP("a role that does not suffice")
    {
        REFUSED("forbidden", viewer.session, "workload.create", ARG("tenant", ours.id), ARG("name", "w"));
        int64_t seq = AUDIT_ONLY(platform, ARG("action", "access.denied"), ARG("actor", viewer.username));
        struct m_json *entry = DO(platform, "audit.get", ARG("seq", seq));
        CHECK_STR(m_json_str(entry, "/outcome"), ==, "denied");
        CHECK_STR_HAS(m_json_str(entry, "/entity"), ours.id);
    }
    STEP("another tenant's data")
    {
        REFUSED("not_found", ours.admin, "customer.list", ARG("tenant", theirs.id));
        AUDIT_ONLY(platform, ARG("action", "access.denied"), ARG("actor", ours.admin_name));
    }
}

SCENARIO(a_tenant_reads_its_own_trail, .summary = "A tenant's administrator reads his tenant's entries and no others",
         .markers = MARKERS("e2e", "priority_p2", "audit_compliance", "tenant_isolation",
                            "catches(defect='audit-wrong-actor')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "customer.create"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    customer_create(t, &ours, "ours");
    customer_create(t, &theirs, "theirs");
    STEP("his own change is there")
    {
        AUDIT_ONLY(ours.admin, ARG("action", "customer.create"), ARG("actor", ours.admin_name));
    }
    STEP("theirs are not, whatever he asks for")
    {
        struct m_json *all = DO(ours.admin, "audit.list", ARG("limit", 1000));
        for (int64_t i = 0; i < m_json_count(all, "/entries"); i++)
            CHECK_STR(m_json_str(all, m_fmt(t, "/entries/%d/tenant", (int)i)), ==, ours.id);
        REFUSED("not_found", ours.admin, "audit.list", ARG("tenant", theirs.id));
    }
}
