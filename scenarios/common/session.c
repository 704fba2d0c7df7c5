/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the platform and logging in to it. */
#include "common/session.h"

const char *platform_value(struct muster_ctx *t, const char *key)
{
    /* Who gives the run a platform needs no fixture for it. */
    const char *value = m_target(t, "url") ? m_target(t, key) : m_fixture(t, "testbed", key);
    if (!value || !*value)
        SKIP("the platform has no %s: give --set %s=..., or no --set url, to have one started", key, key);
    return value;
}

int platform_is_gone(struct muster_ctx *t)
{
    return !m_target(t, "url") && !m_fixture(t, "testbed", "url");
}

struct m_http *platform_open(struct muster_ctx *t)
{
    return m_http_open(t, platform_value(t, "url"), NULL);
}

struct m_http_reply login_try(struct muster_ctx *t, struct m_http *api, const char *username, const char *password)
{
    return m_post(api, "/v1/auth/login", m_json_pack(t, "{s:s, s:s}", "username", username, "password", password));
}

struct session login(struct muster_ctx *t, const char *username, const char *password)
{
    struct session s = {.api = platform_open(t), .username = username, .password = password};
    struct m_json *answer = ANSWER(200, login_try(t, s.api, username, password));
    s.token = m_json_str(answer, "/token");
    s.token_id = m_json_str(answer, "/token_id");
    s.user_id = m_json_str(answer, "/user/id");
    m_http_bearer(s.api, s.token);
    return s;
}

struct session login_admin(struct muster_ctx *t)
{
    return login(t, platform_value(t, "admin_user"), platform_value(t, "admin_password"));
}
