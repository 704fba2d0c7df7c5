/* SPDX-License-Identifier: Apache-2.0 */
/* What is written stays written, and can be proved to be so. */
#include "audit/chain.h"

SCENARIO(entries_cannot_be_rewritten, .summary = "Nobody changes or removes an entry, and the attempt is recorded",
         .markers = MARKERS("e2e", "priority_p0", "audit_compliance", "data_integrity",
                            "catches(defect='audit-rewrite')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    static const char *const methods[] = {"PUT", "PATCH", "DELETE"};
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    const char *query = m_fmt(t, "action=tenant.create&entity_id=%s", tenant.id);
    int64_t seq = audit_only(t, &platform, query), newest = audit_newest(t, &platform);
    const char *path = m_fmt(t, "/v1/audit/%" PRId64, seq);
    const char *before = m_json_text(t, ANSWER(200, m_get(platform.api, path)), "");
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        STEP(m_fmt(t, "%s is refused to the highest role there is", methods[i]))
        {
            CHECK_REFUSED(405, "method_not_allowed",
                          M_REQUEST(platform.api, .method = methods[i], .path = path,
                                    .body = "{\"actor\":\"somebody\",\"detail\":\"else\"}"));
        }
    }
    STEP("the entry is what it was")
    {
        CHECK_STR(m_json_text(t, ANSWER(200, m_get(platform.api, path)), ""), ==, before);
    }
    STEP("the attempts stand in the trail")
    {
        struct m_json *found =
            audit_query(t, &platform, m_fmt(t, "action=audit.tamper&outcome=denied&since_seq=%" PRId64, newest));
        CHECK_INT(m_json_int(found, "/total"), >=, 3);
    }
}

SCENARIO(the_chain_holds, .summary = "Each entry carries the hash of the one before, recomputed outside the platform",
         .markers = MARKERS("e2e", "priority_p0", "audit_compliance", "data_integrity",
                            "catches(defect='audit-chain-broken')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    int64_t start = audit_newest(t, &platform);
    STEP("write a dozen entries")
    {
        struct tenant tenant = tenant_create(t, &platform, "starter");
        for (int i = 0; i < 10; i++)
            ANSWER(201, m_post(tenant.admin.api, tenant_path(t, &tenant, "customers"),
                               m_json_pack(t, "{s:s, s:s}", "name", "Zo\xc3\xab \"Z\"\n", "email",
                                           m_fmt(t, "z%d@example.test", i))));
    }
    STEP("recompute the stretch that holds them")
    {
        /* From the newest before, so that the first of ours has a predecessor. */
        struct m_json *entries = audit_query(t, &platform, m_fmt(t, "since_seq=%" PRId64 "&limit=1000", start - 1));
        REQUIRE_INT(m_json_count(entries, "/entries"), >, 12);
        chain_check(t, entries);
    }
    STEP("the platform finds the same")
    {
        struct m_json *verdict = ANSWER(200, m_get(platform.api, "/v1/audit/verify"));
        CHECK_INT(m_json_bool(verdict, "/ok"), ==, 1);
        CHECK_INT(m_json_int(verdict, "/entries"), >, start);
    }
}
