/* SPDX-License-Identifier: Apache-2.0 */
/* When things happened: by the clock, and in their order. */
#include "common/tenancy.h"

/* Times as "2026-11-30T08:12:00.123Z", which sort as they are. */
static void check_series(struct muster_ctx *t, const struct m_json *list, const char *name)
{
    const char *before = "";
    int within = 0; /* a second */
    REQUIRE_INT(m_json_count(list, ""), >, 3);
    for (int64_t i = 0; i < m_json_count(list, ""); i++) {
        const char *at = m_json_str(m_json_item(list, (uint64_t)i), name), *fraction = at ? strchr(at, '.') : NULL;
        REQUIRE_STR(at, !=, NULL);
        within += fraction && strspn(fraction, ".0") < strcspn(fraction, "Z");
        CHECK(strcmp(at, before) >= 0, "%s is before %s, which comes first", at, before);
        before = at;
    }
    CHECK_INT(within, >, 0, "each of them was at the very begin of a second");
}

SCENARIO(times_tell_the_order,
         .summary = "What happens is dated within the second, and not before what has happened first",
         .markers = MARKERS("e2e", "priority_p2", "data_integrity", "catches(defect='times-cut')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.steps", "event.list", "customer.create"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    STEP("the steps of its provisioning")
    {
        struct m_json *steps = DO(platform, "tenant.steps", ARG("id", tenant.id));
        check_series(t, m_json_at(steps, "/steps"), "/started");
        check_series(t, m_json_at(steps, "/steps"), "/ended");
    }
    STEP("what it does")
    {
        for (int i = 0; i < 5; i++)
            DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
               ARG("email", m_fmt(t, "ada-%d@example.test", i)));
        struct m_json *events =
            DO(tenant.admin, "event.list", ARG("topic", m_fmt(t, "tenant.%s.*", tenant.id)), ARG("limit", 1000));
        check_series(t, m_json_at(events, "/events"), "/at");
    }
}
