/* SPDX-License-Identifier: Apache-2.0 */
/* Guessing passwords: it locks the account, and it is slowed down. */
#include "common/tenant.h"

SCENARIO(failed_logins_lock_the_account, .summary = "After five wrong passwords the right one does not open either",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='lockout-missing')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    struct session user = tenant_user(t, &tenant, "tenant_member");
    struct m_http *api = platform_open(t);
    STEP("five wrong passwords")
    {
        for (int i = 0; i < 5; i++)
            CHECK_REFUSED(401, "invalid_credentials", login_try(t, api, user.username, "Wrong-horse-1"));
    }
    STEP("the right one is refused too")
    {
        struct m_http_reply r = login_try(t, api, user.username, user.password);
        CHECK_STR(m_http_value(&r, "Retry-After"), !=, NULL);
        CHECK_REFUSED(423, "account_locked", r);
    }
    STEP("the tenant's administrator opens it")
    {
        ANSWER(200, m_post(tenant.admin.api, m_fmt(t, "/v1/users/%s/unlock", user.user_id), NULL));
        CHECK_INT(login_try(t, api, user.username, user.password).status, ==, 200);
    }
}

SCENARIO(guessing_is_slowed_down, .summary = "Many failed logins for one name are answered 429, known name or not",
         .markers = MARKERS("e2e", "priority_p2", "security", "catches(defect='rate-limit-missing')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct m_http *api = platform_open(t);
    const char *nobody = m_unique(t, "nobody");
    int limited_after = 0;
    STEP("guess twenty times for a name that nobody has")
    {
        for (int i = 1; i <= 20 && !limited_after; i++) {
            struct m_http_reply r = login_try(t, api, nobody, "Wrong-horse-1");
            if (r.status == 429) {
                limited_after = i;
                CHECK_STR(m_http_value(&r, "Retry-After"), !=, NULL);
            } else {
                CHECK_REFUSED(401, "invalid_credentials", r);
            }
        }
    }
    STEP("not before ten, and not much later")
    {
        CHECK_INT(limited_after, >, 10);
        CHECK_INT(limited_after, <=, 12);
    }
    STEP("others are not slowed down with it")
    {
        CHECK_REFUSED(401, "invalid_credentials", login_try(t, api, m_unique(t, "nobody"), "Wrong-horse-1"));
    }
}
