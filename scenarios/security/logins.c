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

static void guess(struct muster_ctx *t, const char *username, int times)
{
    for (int i = 0; i < times; i++)
        REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", username),
                ARG("password", WRONG_PASSWORD));
}

static void get_in(struct muster_ctx *t, const char *username)
{
    m_json_free(DO(m_nobody(t), "session.open", ARG("username", username), ARG("password", TENANT_PASSWORD)));
}

SCENARIO(good_logins_are_a_new_start,
         .summary = "Wrong passwords count from the last good login on, or from when an administrator has opened",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='failures-add-up')",
                            "catches(defect='guesses-add-up')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "user.create", "user.unlock", "policy.put(lock_after)",
                             "session.open"),
         .timeout_ms = 30000)
{
    enum { ALLOWED = 4 };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member one = tenancy_member(t, &tenant, "tenant_member"),
                  other = tenancy_member(t, &tenant, "tenant_member");
    DO(tenant.admin, "policy.put", ARG("tenant", tenant.id), ARG("lock_after", ALLOWED));
    STEP("so many mistakes that they would lock twice, and be slowed down, were they one row")
    {
        for (int i = 0; i < 4; i++) {
            guess(t, one.username, ALLOWED - 1);
            get_in(t, one.username);
        }
    }
    STEP("an account that was opened has all of its tries again")
    {
        guess(t, other.username, ALLOWED);
        REFUSED("locked", m_nobody(t), "session.open", ARG("username", other.username),
                ARG("password", TENANT_PASSWORD));
        DO(tenant.admin, "user.unlock", ARG("id", other.id));
        guess(t, other.username, ALLOWED - 1);
        get_in(t, other.username);
    }
}

SCENARIO(names_are_one_users,
         .summary = "A name that differs in capitals or blanks is another one, and opens nobody's account",
         .markers = MARKERS("e2e", "priority_p2", "security", "catches(defect='login-in-any-case')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "user.create", "session.open"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member user = tenancy_member(t, &tenant, "tenant_member");
    const char *name = user.username;
    const char *const others[] = {m_fmt(t, "%c%s", name[0] - 'a' + 'A', name + 1), m_fmt(t, " %s", name),
                                  m_fmt(t, "%s ", name), m_fmt(t, "%s%%", name),
                                  m_fmt(t, "%.*s_", (int)strlen(name) - 1, name)};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        STEP(others[i])
        {
            REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", others[i]),
                    ARG("password", TENANT_PASSWORD));
        }
    STEP("and his own is his")
    {
        get_in(t, name);
    }
}
