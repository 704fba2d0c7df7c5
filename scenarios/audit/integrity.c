/* SPDX-License-Identifier: Apache-2.0 */
/* What is written stays written, and can be proved to be so. */
#include "audit/chain.h"

SCENARIO(entries_cannot_be_rewritten, .summary = "Nobody changes or removes an entry, and the attempt is recorded",
         .markers = MARKERS("e2e", "priority_p0", "audit_compliance", "data_integrity",
                            "catches(defect='audit-rewrite')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "audit.get", "audit.replace", "audit.update", "audit.delete"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    int64_t seq = AUDIT_ONLY(platform, ARG("action", "tenant.create"), ARG("entity", tenant.id));
    int64_t newest = audit_newest(platform);
    const char *before = m_json_text(t, DO(platform, "audit.get", ARG("seq", seq)), "");
    STEP("it is refused to the highest role there is to replace, change and remove it")
    {
        REFUSED("not_allowed", platform, "audit.replace", ARG("seq", seq), ARG("actor", "somebody"),
                ARG("detail", "else"));
        REFUSED("not_allowed", platform, "audit.update", ARG("seq", seq), ARG("actor", "somebody"),
                ARG("detail", "else"));
        REFUSED("not_allowed", platform, "audit.delete", ARG("seq", seq));
    }
    STEP("the entry is what it was")
    {
        CHECK_STR(m_json_text(t, DO(platform, "audit.get", ARG("seq", seq)), ""), ==, before);
    }
    STEP("the attempts stand in the trail")
    {
        struct m_json *found =
            DO(platform, "audit.list", ARG("action", "audit.tamper"), ARG("outcome", "denied"), ARG("after", newest));
        CHECK_INT(m_json_int(found, "/total"), >=, 3);
    }
}

SCENARIO(the_chain_holds, .summary = "Each entry carries the hash of the one before, recomputed outside the platform",
         .markers = MARKERS("e2e", "priority_p0", "audit_compliance", "data_integrity",
                            "catches(defect='audit-chain-broken')", "catches(defect='audit-outcome-unhashed')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "audit.verify", "customer.create", "session.open",
                             "tenant.update(name)"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    int64_t start = audit_newest(platform);
    STEP("write a dozen entries, of what was done, what has failed and what was refused")
    {
        struct tenancy tenant = tenancy_begin(t, platform, "starter");
        REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", tenant.admin_name),
                ARG("password", "Wrong-horse-1"));
        REFUSED("forbidden", tenant.admin, "tenant.update", ARG("id", tenant.id), ARG("name", "Another"));
        for (int i = 0; i < 10; i++)
            DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Zo\xc3\xab \"Z\"\n"),
               ARG("email", m_fmt(t, "z%d@example.test", i)));
    }
    STEP("recompute the stretch that holds them")
    {
        /* From the newest before, so that the first of ours has a predecessor. */
        struct m_json *entries = DO(platform, "audit.list", ARG("after", start - 1), ARG("limit", 1000));
        REQUIRE_INT(m_json_count(entries, "/entries"), >, 12);
        chain_check(t, entries);
        chain_tells(t, entries);
    }
    STEP("the platform finds the same")
    {
        struct m_json *verdict = DO(platform, "audit.verify");
        CHECK_INT(m_json_bool(verdict, "/ok"), ==, 1);
        CHECK_INT(m_json_int(verdict, "/entries"), >, start);
    }
}

/* More than whoever looks at a chain takes at a time. */
enum { LONG_CHAIN = 600 };

static int64_t entries_of(struct m_session *platform)
{
    return m_json_int(DO(platform, "audit.verify"), "/entries");
}

SCENARIO(the_whole_chain_is_verified, .summary = "However long the chain is, it is verified up to its newest entry",
         .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "data_integrity",
                            "catches(defect='audit-verify-stops')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "audit.verify", "setting.put"), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    STEP("there are that many entries")
    {
        for (int64_t n = entries_of(platform); n < LONG_CHAIN; n++)
            m_json_free(DO(tenant.admin, "setting.put", ARG("tenant", tenant.id), ARG("key", "entry"),
                           ARG("value", m_fmt(t, "%d", (int)n))));
    }
    STEP("the end that the platform comes to is the newest there was, or one of those that others have added since")
    {
        int64_t newest = audit_newest(platform);
        struct m_json *verdict = DO(platform, "audit.verify");
        const char *head = m_json_str(verdict, "/head");
        if (!head)
            SKIP("the platform does not tell how far it has come");
        CHECK_INT(m_json_bool(verdict, "/ok"), ==, 1);
        struct m_json *since = DO(platform, "audit.list", ARG("after", newest - 1), ARG("limit", 1000));
        int found = 0;
        for (int64_t i = 0; i < m_json_count(since, "/entries") && !found; i++)
            found = strcmp(m_json_str(since, m_fmt(t, "/entries/%d/hash", (int)i)), head) == 0;
        CHECK(found, "the last entry that was verified is none of those from %d on", (int)newest);
    }
}
