/* SPDX-License-Identifier: Apache-2.0 */
/* The platform ends and begins again: the trail goes on where it was. */
#include "audit/chain.h"

SCENARIO(the_trail_goes_on_after_a_restart, PARAMS((str, how)), .tables = TABLES(AXIS("how", "kill", "stop")),
         .summary = "After a restart of the platform the chain has all that it had, and goes on behind it",
         .markers = MARKERS("e2e", "priority_p0", "audit_compliance", "data_integrity", "serial",
                            "catches(defect='audit-begins-again')"),
         .needs = OPERATIONS(AUDIT_OPERATIONS, "audit.get", "audit.verify", "customer.create", "platform.restart(how)"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    int64_t newest = audit_newest(platform);
    const char *before = m_json_text(t, DO(platform, "audit.get", ARG("seq", newest)), "");
    STEP("the platform ends, begins again, and something happens")
    {
        DO(platform, "platform.restart", ARG("how", how));
        DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
           ARG("email", "ada@example.test"));
    }
    STEP("what was written is what it was")
    {
        CHECK_STR(m_json_text(t, DO(platform, "audit.get", ARG("seq", newest)), ""), ==, before);
    }
    STEP("the next entries follow it, and the whole holds")
    {
        struct m_json *later = DO(platform, "audit.list", ARG("after", newest), ARG("order", "asc"));
        CHECK_INT(m_json_int(later, "/entries/0/seq"), ==, newest + 1);
        AUDIT_ONLY(platform, ARG("after", newest), ARG("tenant", tenant.id), ARG("action", "customer.create"));
        struct m_json *verified = DO(platform, "audit.verify");
        CHECK_INT(m_json_bool(verified, "/ok"), ==, 1);
    }
}
