/* SPDX-License-Identifier: Apache-2.0 */
/* Who may listen, and to what. */
#include "websocket/stream.h"

SCENARIO(tenants_hear_only_their_own, .summary = "A tenant's user receives no event of another tenant",
         .markers = MARKERS("e2e", "priority_p0", "websocket", "security", "tenant_isolation",
                            "catches(defect='event-cross-tenant')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant ours = tenant_create(t, &platform, "starter"), theirs = tenant_create(t, &platform, "starter");
    const char *name = m_unique(t, "event");
    struct m_ws *ws = stream_open(t, &ours.admin);
    STEP("their topics cannot be asked for")
    {
        struct m_json *answer = stream_ask(t, ws, "subscribe", m_fmt(t, "[\"tenant.%s.custom.*\"]", theirs.id));
        CHECK_STR(m_json_str(answer, "/code"), ==, "forbidden_topic");
    }
    STEP("a topic that both use brings our own events only")
    {
        stream_ask(t, ws, "subscribe", topic_of(t, name));
        publish(t, &theirs, name, 3);
        publish(t, &ours, name, 1);
        CHECK_STR(m_json_str(stream_next(t, ws), "/event/tenant_id"), ==, ours.id);
    }
    m_ws_free(ws);
}

static int refused_with(struct muster_ctx *t, const char *token)
{
    struct m_ws_refusal why = {0};
    struct m_ws *ws = m_ws_try_open(t, stream_url(t), &(struct m_ws_options){.bearer = token}, &why);
    if (!ws && !why.status)
        ERROR("no WebSocket: %s", why.reason);
    m_ws_free(ws);
    return why.status;
}

SCENARIO(listening_needs_a_valid_token, .summary = "Without a valid token there is no stream",
         .markers = MARKERS("e2e", "priority_p0", "websocket", "security", "catches(defect='ws-token-unchecked')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "starter");
    struct session gone = login(t, tenant.admin.username, tenant.admin.password);
    STEP("no token, and none that was ever issued")
    {
        CHECK_INT(refused_with(t, NULL), ==, 401);
        CHECK_INT(refused_with(t, "not.a.token"), ==, 401);
    }
    STEP("a token that was logged out")
    {
        ANSWER(204, m_post(gone.api, "/v1/auth/logout", NULL));
        CHECK_INT(refused_with(t, gone.token), ==, 401);
    }
    STEP("a valid one opens it, and ends it when it is revoked")
    {
        struct session brief = login(t, tenant.admin.username, tenant.admin.password);
        struct m_ws *ws = stream_open(t, &brief);
        struct m_ws_message m;
        ANSWER(204, m_delete(platform.api, m_fmt(t, "/v1/tokens/%s", brief.token_id)));
        CHECK_INT(m_ws_receive(ws, STREAM_MS, &m), ==, M_WS_CLOSED);
        CHECK_INT(m_ws_close_code(ws), ==, 4401);
        m_ws_free(ws);
    }
}
