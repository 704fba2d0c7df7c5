/* SPDX-License-Identifier: Apache-2.0 */
/* Who came and went, and what others did to a tenant: it stands in that tenant's own trail, whole. */
#include "audit/chain.h"

#include <stdlib.h>
#include <time.h>

#define DAY_S (24 * 3600)

SCENARIO(comings_and_goings_are_recorded,
         .summary = "Logging in and out, and what lets somebody in, stand in the trail under him",
         .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "security",
                            "catches(defect='audit-accounts-missing')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "user.create", "session.close", "password.change", "api_key.create",
                             "api_key.delete"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member member = tenancy_member(t, &tenant, "tenant_member");
    STEP("he has logged in")
    {
        AUDIT_ONLY(tenant.admin, ARG("action", "auth.login"), ARG("actor", member.username), ARG("outcome", "ok"));
    }
    STEP("he makes a key, and deletes it")
    {
        struct m_json *key = DO(member.session, "api_key.create", ARG("name", m_unique(t, "key")));
        AUDIT_ONLY(tenant.admin, ARG("action", "api_key.create"), ARG("actor", member.username));
        DO(member.session, "api_key.delete", ARG("id", m_json_str(key, "/id")));
        AUDIT_ONLY(tenant.admin, ARG("action", "api_key.delete"), ARG("actor", member.username));
    }
    STEP("he fails to change his password, and does")
    {
        REFUSED("invalid_credentials", member.session, "password.change", ARG("current", "Wrong-horse-1"),
                ARG("new", "Another-horse-8"));
        AUDIT_ONLY(tenant.admin, ARG("action", "auth.password"), ARG("actor", member.username),
                   ARG("outcome", "failed"));
        DO(member.session, "password.change", ARG("current", TENANT_PASSWORD), ARG("new", "Another-horse-8"));
        AUDIT_ONLY(tenant.admin, ARG("action", "auth.password"), ARG("actor", member.username), ARG("outcome", "ok"));
    }
    STEP("he logs out")
    {
        DO(member.session, "session.close");
        AUDIT_ONLY(tenant.admin, ARG("action", "auth.logout"), ARG("actor", member.username));
    }
}

SCENARIO(a_tenant_sees_what_is_done_to_it,
         .summary = "What the platform's administrator does to a tenant's things stands in the tenant's own trail",
         .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "catches(defect='audit-tenant-missing')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "tenant.update", "customer.create", "customer.delete", "user.create",
                             "user.update", "user.delete"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *who = m_session_value(platform, "username");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member member = tenancy_member(t, &tenant, "tenant_member");
    STEP("its data")
    {
        struct m_json *made = DO(platform, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
                                 ARG("email", "ada@example.test"));
        const char *id = m_json_str(made, "/id");
        AUDIT_ONLY(tenant.admin, ARG("action", "customer.create"), ARG("entity", id), ARG("actor", who));
        DO(platform, "customer.delete", ARG("tenant", tenant.id), ARG("id", id));
        AUDIT_ONLY(tenant.admin, ARG("action", "customer.delete"), ARG("entity", id), ARG("actor", who));
    }
    STEP("its users")
    {
        DO(platform, "user.update", ARG("id", member.id), ARG("active", (_Bool)0));
        AUDIT_ONLY(tenant.admin, ARG("action", "user.update"), ARG("entity", member.id), ARG("actor", who));
        DO(platform, "user.delete", ARG("id", member.id));
        AUDIT_ONLY(tenant.admin, ARG("action", "user.delete"), ARG("entity", member.id), ARG("actor", who));
    }
    STEP("itself")
    {
        DO(platform, "tenant.update", ARG("id", tenant.id), ARG("name", "Another name"));
        AUDIT_ONLY(tenant.admin, ARG("action", "tenant.update"), ARG("entity", tenant.id), ARG("actor", who));
    }
}

/* Seconds since 1970 of "2026-11-30T08:12:00.123Z"; -1: it is no time. */
static time_t seconds_of(const char *at)
{
    struct tm tm = {.tm_isdst = 0};
    int taken = 0;
    if (!at || sscanf(at, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
                      &tm.tm_sec, &taken) != 6)
        return -1;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return timegm(&tm);
}

/* Whether the time says more than the second, and so in which order things happened within it. */
static int is_within_a_second(const char *at)
{
    const char *fraction = at ? strchr(at, '.') : NULL;
    return fraction && strtod(fraction, NULL) > 0;
}

SCENARIO(entries_are_complete, .summary = "Each entry says who did what to what, when, and what came of it",
         .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "catches(defect='audit-type-missing')",
                            "catches(defect='audit-time-wrong')", "catches(defect='times-cut')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "customer.create", "user.create"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member member = tenancy_member(t, &tenant, "tenant_member");
    DO(member.session, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
       ARG("email", "ada@example.test"));
    struct m_json *all = DO(tenant.admin, "audit.list", ARG("limit", 1000));
    time_t before = 0;
    int within = 0; /* a second */
    REQUIRE_INT(m_json_count(all, "/entries"), >, 3);
    for (int64_t i = 0; i < m_json_count(all, "/entries"); i++) {
        const struct m_json *entry = m_json_item(m_json_at(all, "/entries"), (uint64_t)i);
        const char *action = m_json_str(entry, "/action"), *at = m_json_str(entry, "/at");
        for (const char *const *part =
                 (const char *const[]){"/actor", "/action", "/entity_type", "/entity_id", "/outcome", NULL};
             *part; part++) {
            const char *text = m_json_str(entry, *part);
            CHECK(text && *text, "%s has no %s", action, *part + 1);
        }
        /* The platform's clock may be another one. */
        time_t now = time(NULL), its = seconds_of(at);
        CHECK(its > now - DAY_S && its < now + DAY_S, "%s was at %s", action, at);
        CHECK_INT(its, >=, before, "%s was at %s, before the entry in front of it", action, at);
        before = its;
        within += is_within_a_second(at);
    }
    CHECK_INT(within, >, 0, "each of them was at the very begin of a second");
}
