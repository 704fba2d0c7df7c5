/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the platform and logging in to it. */
#include "common/session.h"

static const char *target(struct muster_ctx *t, const char *key, const char *example)
{
    const char *value = m_target(t, key);
    if (!value || !*value)
        SKIP("no platform to run against: give --set %s=%s (muster-testbed prints its own)", key, example);
    return value;
}

struct m_http *platform_open(struct muster_ctx *t)
{
    return m_http_open(t, target(t, "url", "http://127.0.0.1:8080"), NULL);
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
    return login(t, target(t, "admin_user", "admin"), target(t, "admin_password", "..."));
}
