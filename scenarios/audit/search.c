/* SPDX-License-Identifier: Apache-2.0 */
/* Finding entries again: by what they say, in either order, and a stretch at a time. */
#include "audit/chain.h"

/* Who looks is a tenant's administrator: nothing is added to his trail while he does. */
#define SEARCH_OPERATIONS AUDIT_OPERATIONS, "customer.create", "customer.delete", "user.create", "session.open"

/* A trail with several kinds of things, actors and outcomes: all of it, oldest first. */
static struct m_json *trail_of(struct muster_ctx *t, const struct tenancy *tenant)
{
    struct member member = tenancy_member(t, tenant, "tenant_member");
    struct m_json *made = DO(member.session, "customer.create", ARG("tenant", tenant->id), ARG("name", "Ada"),
                             ARG("email", "ada@example.test"));
    DO(tenant->admin, "customer.delete", ARG("tenant", tenant->id), ARG("id", m_json_str(made, "/id")));
    REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", member.username),
            ARG("password", "Wrong-horse-1"));
    struct m_json *all = DO(tenant->admin, "audit.list", ARG("limit", 1000));
    REQUIRE_INT(m_json_count(all, "/entries"), >, 5);
    CHECK_INT(m_json_int(all, "/total"), ==, m_json_count(all, "/entries"));
    return all;
}

static const char *nth(struct muster_ctx *t, const struct m_json *list, int64_t i, const char *pointer)
{
    const char *text = m_json_str(list, m_fmt(t, "/entries/%d%s", (int)i, pointer));
    return text ? text : "";
}

static int64_t seq_of(struct muster_ctx *t, const struct m_json *list, int64_t i)
{
    return m_json_int(list, m_fmt(t, "/entries/%d/seq", (int)i));
}

static int64_t count_those(struct muster_ctx *t, const struct m_json *list, const char *pointer, const char *value)
{
    int64_t found = 0;
    for (int64_t i = 0; i < m_json_count(list, "/entries"); i++)
        found += strcmp(nth(t, list, i, pointer), value) == 0;
    return found;
}

SCENARIO(
    entries_are_found_by_what_they_say,
    .summary = "Whoever looks for an actor, an action, a thing or an outcome finds all those entries and no others",
    .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "catches(defect='audit-filter-ignored')"),
    .needs = OPERATIONS(SEARCH_OPERATIONS), .timeout_ms = 60000)
{
    /* What can be asked for, and where an entry says it. */
    static const char *const filters[][2] = {
        {"actor", "/actor"},      {"action", "/action"},   {"entity_type", "/entity_type"},
        {"entity", "/entity_id"}, {"outcome", "/outcome"}, {"tenant", "/tenant"}};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_json *all = trail_of(t, &tenant);
    for (size_t f = 0; f < sizeof filters / sizeof filters[0]; f++)
        STEP(m_fmt(t, "by %s", filters[f][0]))
        {
            for (int64_t i = 0; i < m_json_count(all, "/entries"); i++) {
                const char *value = nth(t, all, i, filters[f][1]);
                struct m_json *found = DO(tenant.admin, "audit.list", ARG(filters[f][0], value), ARG("limit", 1000));
                int64_t wanted = count_those(t, all, filters[f][1], value);
                CHECK_INT(m_json_count(found, "/entries"), ==, wanted, "%s", value);
                CHECK_INT(m_json_int(found, "/total"), ==, wanted, "%s", value);
                CHECK_INT(count_those(t, found, filters[f][1], value), ==, wanted, "%s", value);
                m_json_free(found);
            }
        }
}

SCENARIO(the_trail_is_read_in_stretches,
         .summary = "Read forwards, backwards, by pages or on from an entry, the trail has each entry once",
         .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "catches(defect='audit-read-again')"),
         .needs = OPERATIONS(SEARCH_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_json *all = trail_of(t, &tenant);
    int64_t n = m_json_count(all, "/entries");
    STEP("forwards, as it happened")
    {
        for (int64_t i = 1; i < n; i++)
            CHECK_INT(seq_of(t, all, i), >, seq_of(t, all, i - 1));
    }
    STEP("backwards")
    {
        struct m_json *newest_first = DO(tenant.admin, "audit.list", ARG("order", "desc"), ARG("limit", 1000));
        REQUIRE_INT(m_json_count(newest_first, "/entries"), ==, n);
        for (int64_t i = 0; i < n; i++)
            CHECK_INT(seq_of(t, newest_first, i), ==, seq_of(t, all, n - 1 - i));
    }
    STEP("on from each entry")
    {
        for (int64_t i = 0; i < n; i++) {
            struct m_json *rest = DO(tenant.admin, "audit.list", ARG("after", seq_of(t, all, i)), ARG("limit", 1000));
            CHECK_INT(m_json_count(rest, "/entries"), ==, n - 1 - i);
            if (m_json_count(rest, "/entries") > 0)
                CHECK_INT(seq_of(t, rest, 0), ==, seq_of(t, all, i + 1));
            m_json_free(rest);
        }
    }
    STEP("by pages of two")
    {
        for (int64_t from = 0; from < n; from += 2) {
            struct m_json *page = DO(tenant.admin, "audit.list", ARG("limit", 2), ARG("offset", from));
            CHECK_INT(m_json_int(page, "/total"), ==, n);
            REQUIRE_INT(m_json_count(page, "/entries"), ==, n - from < 2 ? n - from : 2);
            for (int64_t i = 0; i < m_json_count(page, "/entries"); i++)
                CHECK_INT(seq_of(t, page, i), ==, seq_of(t, all, from + i));
            m_json_free(page);
        }
    }
}
