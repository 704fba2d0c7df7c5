/* SPDX-License-Identifier: Apache-2.0 */
/* What an account has to be, and what ends with it. */
#include "common/tenancy.h"

SCENARIO(weak_passwords_are_refused, .summary = "A password that is easily guessed is taken nowhere",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='weak-password-accepted')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "user.create", "user.update(password)", "password.change",
                             "session.open"),
         .timeout_ms = 30000)
{
    static const char *const weak[] = {"", "a1", "Short-1", "letters-only", "1234567890123"};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member member = tenancy_member(t, &tenant, "tenant_member");
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++)
        STEP(m_fmt(t, "\"%s\"", weak[i]))
        {
            const char *subdomain = tenancy_subdomain(t, NULL);
            REFUSED("invalid", platform, "tenant.create", ARG("subdomain", subdomain),
                    ARG("admin", tenancy_admin_name(t, subdomain)), ARG("password", weak[i]));
            REFUSED("invalid", tenant.admin, "user.create", ARG("username", m_unique(t, "user")),
                    ARG("password", weak[i]), ARG("role", "tenant_member"));
            REFUSED("invalid", tenant.admin, "user.update", ARG("id", member.id), ARG("password", weak[i]));
            REFUSED("invalid", member.session, "password.change", ARG("current", TENANT_PASSWORD), ARG("new", weak[i]));
        }
    STEP("the good one still is his")
    {
        DO(m_nobody(t), "session.open", ARG("username", member.username), ARG("password", TENANT_PASSWORD));
    }
}

static struct m_session *with_key(struct muster_ctx *t, const struct m_json *key)
{
    return LOGIN(t, "api_key", ARG("key_id", m_json_str(key, "/id")), ARG("secret", m_json_str(key, "/secret")));
}

SCENARIO(deactivated_users_are_out, .summary = "Whoever was deactivated is let in by no token, key or password",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='inactive-user-accepted')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "user.create", "user.update(active)", "api_key.create", "session.open",
                             "session.whoami"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member member = tenancy_member(t, &tenant, "tenant_member");
    struct m_session *by_key = with_key(t, DO(member.session, "api_key.create", ARG("name", m_unique(t, "key"))));
    STEP("his token and his key work")
    {
        DO(member.session, "session.whoami");
        DO(by_key, "session.whoami");
    }
    STEP("he is deactivated")
    {
        struct m_json *now = DO(tenant.admin, "user.update", ARG("id", member.id), ARG("active", (_Bool)0));
        CHECK_INT(m_json_bool(now, "/active"), ==, 0);
    }
    STEP("nothing lets him in")
    {
        REFUSED("token_revoked", member.session, "session.whoami");
        REFUSED("invalid_credentials", by_key, "session.whoami");
        REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", member.username),
                ARG("password", TENANT_PASSWORD));
    }
    STEP("he comes back by his password, and his old token does not")
    {
        DO(tenant.admin, "user.update", ARG("id", member.id), ARG("active", (_Bool)1));
        DO(m_nobody(t), "session.open", ARG("username", member.username), ARG("password", TENANT_PASSWORD));
        REFUSED("token_revoked", member.session, "session.whoami");
    }
}

SCENARIO(deleted_keys_are_refused, .summary = "An API key works until it is deleted, and another one goes on",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='deleted-key-accepted')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "api_key.create", "api_key.list", "api_key.delete", "session.whoami"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_json *first = DO(tenant.admin, "api_key.create", ARG("name", m_unique(t, "key")));
    struct m_json *second = DO(tenant.admin, "api_key.create", ARG("name", m_unique(t, "key")));
    struct m_session *by_first = with_key(t, first), *by_second = with_key(t, second);
    STEP("both keys work")
    {
        DO(by_first, "session.whoami");
        DO(by_second, "session.whoami");
    }
    STEP("the first is deleted")
    {
        DO(tenant.admin, "api_key.delete", ARG("id", m_json_str(first, "/id")));
        REFUSED("invalid_credentials", by_first, "session.whoami");
        DO(by_second, "session.whoami");
        struct m_json *left = DO(tenant.admin, "api_key.list");
        CHECK_INT(m_json_int(left, "/total"), ==, 1);
        CHECK_STR(m_json_str(left, "/keys/0/id"), ==, m_json_str(second, "/id"));
    }
}
