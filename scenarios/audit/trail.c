/* SPDX-License-Identifier: Apache-2.0 */
/* What is written down: changes with their author, deletions, denials; and who may read it. */
#include "audit/chain.h"

static const char *customer_create(struct muster_ctx *t, const struct tenant *tenant, const char *name)
{
    const char *body = m_json_pack(t, "{s:s, s:s}", "name", name, "email", m_fmt(t, "%s@example.test", name));
    return m_json_str(ANSWER(201, m_post(tenant->admin.api, tenant_path(t, tenant, "customers"), body)), "/id");
}

SCENARIO(changes_name_their_author, .summary = "Each change stands in the trail under the user who made it",
         .markers = MARKERS("e2e", "priority_p0", "audit_compliance", "catches(defect='audit-wrong-actor')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    const char *id;
    STEP("the tenant's administrator makes a customer and changes it")
    {
        id = customer_create(t, &tenant, "ada");
        ANSWER(200, m_patch(tenant.admin.api, tenant_path(t, &tenant, m_fmt(t, "customers/%s", id)),
                            "{\"name\":\"Ada L.\"}"));
    }
    STEP("both stand under his name, in this order")
    {
        struct m_json *found = audit_query(t, &platform, m_fmt(t, "entity_id=%s", id));
        REQUIRE_INT(m_json_int(found, "/total"), ==, 2);
        CHECK_STR(m_json_str(found, "/entries/0/action"), ==, "customer.create");
        CHECK_STR(m_json_str(found, "/entries/1/action"), ==, "customer.update");
        for (int i = 0; i < 2; i++) {
            CHECK_STR(m_json_str(found, m_fmt(t, "/entries/%d/actor", i)), ==, tenant.admin.username);
            CHECK_STR(m_json_str(found, m_fmt(t, "/entries/%d/tenant", i)), ==, tenant.id);
            CHECK_STR(m_json_str(found, m_fmt(t, "/entries/%d/outcome", i)), ==, "ok");
        }
    }
    STEP("the tenant itself stands under the platform's administrator")
    {
        audit_only(t, &platform, m_fmt(t, "action=tenant.create&entity_id=%s&actor=%s", tenant.id, platform.username));
    }
}

SCENARIO(deletions_are_recorded, .summary = "What is deleted leaves an entry that says who deleted it",
         .markers = MARKERS("e2e", "priority_p0", "audit_compliance", "catches(defect='audit-gap')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    struct session member = tenant_user(t, &tenant, "tenant_member");
    STEP("a customer")
    {
        const char *id = customer_create(t, &tenant, "brief");
        ANSWER(204, m_delete(tenant.admin.api, tenant_path(t, &tenant, m_fmt(t, "customers/%s", id))));
        audit_only(t, &platform, m_fmt(t, "action=customer.delete&outcome=ok&entity_id=%s", id));
    }
    STEP("a user")
    {
        ANSWER(204, m_delete(tenant.admin.api, m_fmt(t, "/v1/users/%s", member.user_id)));
        audit_only(t, &platform, m_fmt(t, "action=user.delete&outcome=ok&entity_id=%s", member.user_id));
    }
    STEP("the tenant")
    {
        ANSWER(202, m_delete(platform.api, tenant_path(t, &tenant, "")));
        audit_only(t, &platform, m_fmt(t, "action=tenant.delete&outcome=ok&entity_id=%s", tenant.id));
    }
}

SCENARIO(denials_are_recorded, .summary = "Failed logins and refused requests stand in the trail",
         .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "security",
                            "catches(defect='audit-denials-missing')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant ours = tenant_create(t, &platform, "starter"), theirs = tenant_create(t, &platform, "starter");
    struct session viewer = tenant_user(t, &ours, "tenant_viewer");
    STEP("a wrong password")
    {
        CHECK_INT(login_try(t, platform_open(t), viewer.username, "Wrong-horse-1").status, ==, 401);
        audit_only(t, &platform, m_fmt(t, "action=auth.login&outcome=failed&actor=%s", viewer.username));
    }
    STEP("a role that does not suffice")
    {
        CHECK_INT(m_post(viewer.api, tenant_path(t, &ours, "workloads"), "{\"name\":\"w\"}").status, ==, 403);
        int64_t seq = audit_only(t, &platform, m_fmt(t, "action=access.denied&actor=%s", viewer.username));
        struct m_json *entry = ANSWER(200, m_get(platform.api, m_fmt(t, "/v1/audit/%" PRId64, seq)));
        CHECK_STR(m_json_str(entry, "/outcome"), ==, "denied");
        CHECK_STR_HAS(m_json_str(entry, "/entity_id"), tenant_path(t, &ours, "workloads"));
    }
    STEP("another tenant's data")
    {
        CHECK_INT(m_get(ours.admin.api, tenant_path(t, &theirs, "customers")).status, ==, 404);
        audit_only(t, &platform, m_fmt(t, "action=access.denied&actor=%s", ours.admin.username));
    }
}

SCENARIO(a_tenant_reads_its_own_trail, .summary = "A tenant's administrator reads his tenant's entries and no others",
         .markers = MARKERS("e2e", "priority_p2", "audit_compliance", "tenant_isolation",
                            "catches(defect='audit-wrong-actor')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant ours = tenant_create(t, &platform, "starter"), theirs = tenant_create(t, &platform, "starter");
    customer_create(t, &ours, "ours");
    customer_create(t, &theirs, "theirs");
    STEP("his own change is there")
    {
        audit_only(t, &ours.admin, m_fmt(t, "action=customer.create&actor=%s", ours.admin.username));
    }
    STEP("theirs are not, whatever he asks for")
    {
        struct m_json *all = audit_query(t, &ours.admin, "limit=1000");
        for (int64_t i = 0; i < m_json_count(all, "/entries"); i++)
            CHECK_STR(m_json_str(all, m_fmt(t, "/entries/%d/tenant", (int)i)), ==, ours.id);
        CHECK_REFUSED(404, "not_found", m_get(ours.admin.api, m_fmt(t, "/v1/audit?tenant=%s", theirs.id)));
    }
}
