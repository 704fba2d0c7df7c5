/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens end, and cannot be made at home. */
#include "common/tenant.h"
#include "security/signing.h"

static struct m_http_reply who_am_i(struct m_http *api, const char *token)
{
    m_http_bearer(api, token);
    return m_get(api, "/v1/auth/me");
}

SCENARIO(expired_token_is_refused, .summary = "A token works until it expires, and not longer",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='expired-token-accepted')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    struct m_http *api = platform_open(t);
    const char *token;
    STEP("a token with a short life")
    {
        struct m_json *issued =
            ANSWER(201, m_post(platform.api, "/v1/tokens",
                               m_json_pack(t, "{s:s, s:i}", "user_id", tenant.admin.user_id, "ttl_ms", 400)));
        token = m_json_str(issued, "/token");
        CHECK_INT(who_am_i(api, token).status, ==, 200);
    }
    STEP("it ends by itself")
    {
        CHECK(M_UNTIL(t, 3000, 20, who_am_i(api, token).status == 401));
        CHECK_REFUSED(401, "token_expired", who_am_i(api, token));
    }
}

SCENARIO(ended_tokens_are_refused, .summary = "Logging out, revoking and a new password end tokens",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='revoked-token-accepted')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    struct session first = login(t, tenant.admin.username, TENANT_PASSWORD);
    struct session second = login(t, tenant.admin.username, TENANT_PASSWORD);
    struct session third = login(t, tenant.admin.username, TENANT_PASSWORD);
    STEP("log the first out")
    {
        ANSWER(204, m_post(first.api, "/v1/auth/logout", NULL));
        CHECK_REFUSED(401, "token_revoked", who_am_i(first.api, first.token));
    }
    STEP("revoke the second")
    {
        ANSWER(204, m_delete(platform.api, m_fmt(t, "/v1/tokens/%s", second.token_id)));
        CHECK_REFUSED(401, "token_revoked", who_am_i(second.api, second.token));
    }
    STEP("the third still works, until another session changes the password")
    {
        CHECK_INT(who_am_i(third.api, third.token).status, ==, 200);
        ANSWER(204, m_post(tenant.admin.api, "/v1/auth/password",
                           m_json_pack(t, "{s:s, s:s}", "current", TENANT_PASSWORD, "new", "Another-horse-8")));
        CHECK_INT(who_am_i(third.api, third.token).status, ==, 401);
    }
}

SCENARIO(forged_tokens_are_refused, .summary = "A token without a signature, or with changed claims, is refused",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='unsigned-token-accepted')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    struct m_http *api = platform_open(t);
    const char *real = tenant.admin.token;
    STEP("the real one works")
    {
        CHECK_INT(who_am_i(api, real).status, ==, 200);
    }
    STEP("the same claims with alg none")
    {
        CHECK_REFUSED(401, "invalid_token", who_am_i(api, jwt_unsigned(t, real)));
    }
    STEP("another role under the old signature")
    {
        CHECK_REFUSED(401, "invalid_token", who_am_i(api, jwt_with_role(t, real, "platform_admin")));
    }
    STEP("no token at all, and one that is none")
    {
        CHECK_REFUSED(401, "missing_credentials", who_am_i(api, NULL));
        CHECK_REFUSED(401, "invalid_token", who_am_i(api, "not.a.token"));
    }
}
