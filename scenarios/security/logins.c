/* SPDX-License-Identifier: Apache-2.0 */
/* Guessing passwords: it locks the account, and it is slowed down. */
#include "common/tenancy.h"

#define WRONG_PASSWORD "Wrong-horse-1"

SCENARIO(failed_logins_lock_the_account, .summary = "After five wrong passwords the right one does not open either",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='lockout-missing')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "user.create", "user.unlock", "session.open"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin"), *guesser = m_nobody(t);
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member user = tenancy_member(t, &tenant, "tenant_member");
    STEP("five wrong passwords")
    {
        for (int i = 0; i < 5; i++)
            REFUSED("invalid_credentials", guesser, "session.open", ARG("username", user.username),
                    ARG("password", WRONG_PASSWORD));
    }
    STEP("the right one is refused too")
    {
        struct m_tried login =
            TRY(guesser, "session.open", ARG("username", user.username), ARG("password", TENANT_PASSWORD));
        CHECK_STR(login.refused, ==, "locked");
        CHECK_STR(m_json_str(login.details, "/retry_after"), !=, NULL);
    }
    STEP("the tenant's administrator opens it")
    {
        DO(tenant.admin, "user.unlock", ARG("id", user.id));
        DO(guesser, "session.open", ARG("username", user.username), ARG("password", TENANT_PASSWORD));
    }
}

SCENARIO(guessing_is_slowed_down, .summary = "Many failed logins for one name are slowed down, known name or not",
         .markers = MARKERS("e2e", "priority_p2", "security", "catches(defect='rate-limit-missing')"),
         .needs = OPERATIONS("session.open"), .timeout_ms = 30000)
{
    struct m_session *guesser = m_nobody(t);
    const char *name = m_unique(t, "nobody");
    int limited_after = 0;
    STEP("guess twenty times for a name that nobody has")
    {
        for (int i = 1; i <= 20 && !limited_after; i++) {
            struct m_tried login = TRY(guesser, "session.open", ARG("username", name), ARG("password", WRONG_PASSWORD));
            if (login.refused && strcmp(login.refused, "slowed_down") == 0) {
                limited_after = i;
                CHECK_STR(m_json_str(login.details, "/retry_after"), !=, NULL);
            } else {
                CHECK_STR(login.refused, ==, "invalid_credentials");
            }
        }
    }
    STEP("not before ten, and not much later")
    {
        CHECK(limited_after > 10 && limited_after <= 12, "guess %d was slowed down", limited_after);
    }
    STEP("others are not slowed down with it")
    {
        REFUSED("invalid_credentials", guesser, "session.open", ARG("username", m_unique(t, "nobody")),
                ARG("password", WRONG_PASSWORD));
    }
}
