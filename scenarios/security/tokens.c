/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens end, and cannot be made at home. */
#include "common/tenancy.h"

#include <muster/kit/auth.h>

static struct m_session *log_in(struct muster_ctx *t, const struct tenancy *tenant)
{
    return LOGIN(t, "password", ARG("username", tenant->admin_name), ARG("password", TENANT_PASSWORD));
}

static struct m_session *bearer(struct muster_ctx *t, const char *token)
{
    return LOGIN(t, "token", ARG("token", token));
}

static int is_refused(struct m_session *session)
{
    struct m_tried now = TRY(session, "session.whoami");
    m_json_free(now.result);
    m_json_free(now.details);
    return now.refused != NULL;
}

SCENARIO(expired_token_is_refused, .summary = "A token works until it expires, and not longer",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='expired-token-accepted')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "token.issue(ttl_ms)", "session.whoami"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin"), *brief;
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    STEP("a token with a short life")
    {
        struct m_json *issued =
            DO(platform, "token.issue", ARG("user", m_session_value(tenant.admin, "user_id")), ARG("ttl_ms", 1000));
        brief = bearer(t, m_json_str(issued, "/token"));
        DO(brief, "session.whoami");
    }
    STEP("it ends by itself")
    {
        CHECK(M_UNTIL(t, 8000, 20, is_refused(brief)));
        REFUSED("token_expired", brief, "session.whoami");
    }
}

SCENARIO(ended_tokens_are_refused, .summary = "Logging out, revoking and a new password end tokens",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='revoked-token-accepted')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "session.whoami", "session.close", "token.revoke", "password.change"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_session *first = log_in(t, &tenant), *second = log_in(t, &tenant), *third = log_in(t, &tenant);
    STEP("log the first out")
    {
        DO(first, "session.close");
        REFUSED("token_revoked", first, "session.whoami");
    }
    STEP("revoke the second")
    {
        DO(platform, "token.revoke", ARG("id", m_session_value(second, "token_id")));
        REFUSED("token_revoked", second, "session.whoami");
    }
    STEP("the third still works, until another session changes the password")
    {
        DO(third, "session.whoami");
        DO(tenant.admin, "password.change", ARG("current", TENANT_PASSWORD), ARG("new", "Another-horse-8"));
        REFUSED("token_revoked", third, "session.whoami");
    }
}

SCENARIO(forged_tokens_are_refused, .summary = "A token that the platform has not made as it is, is refused",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='unsigned-token-accepted')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "session.whoami"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *real = m_session_value(tenant.admin, "token");
    if (!real)
        SKIP("the target's login `password` gives no token that could be forged");
    STEP("the real one works")
    {
        DO(bearer(t, real), "session.whoami");
    }
    struct m_jwt_forging known = {.claims = "{\"role\": \"platform_admin\"}"};
    for (const struct m_jwt_forgery *f = m_jwt_forgeries(t, real, &known); f->name; f++)
        STEP(f->name)
        {
            LOG("%s", f->what);
            REFUSED("invalid_token", bearer(t, f->token), "session.whoami");
        }
    STEP("no token at all, and one that is none")
    {
        REFUSED("unauthenticated", m_nobody(t), "session.whoami");
        REFUSED("invalid_token", bearer(t, "not.a.token"), "session.whoami");
    }
}
