/* SPDX-License-Identifier: Apache-2.0 */
/* Who may listen, and to what. */
#include "websocket/stream.h"

SCENARIO(tenants_hear_only_their_own, .summary = "A tenant's user receives no event of another tenant",
         .markers = MARKERS("e2e", "priority_p0", "websocket", "security", "tenant_isolation",
                            "catches(defect='event-cross-tenant')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    const char *name = m_unique(t, "event");
    struct m_ws *ws = stream_open(t, ours.admin);
    STEP("their topics cannot be asked for")
    {
        struct m_json *answer = stream_ask(t, ws, "subscribe", m_fmt(t, "[\"tenant.%s.custom.*\"]", theirs.id));
        CHECK_STR(m_json_str(answer, "/code"), ==, "forbidden_topic");
    }
    STEP("a topic that both use brings our own events only")
    {
        stream_ask(t, ws, "subscribe", topic_of(t, name));
        publish(&theirs, name, 3);
        publish(&ours, name, 1);
        CHECK_STR(m_json_str(stream_next(t, ws), "/event/tenant_id"), ==, ours.id);
    }
    m_ws_free(ws);
}

static struct m_session *log_in(struct muster_ctx *t, const struct tenancy *tenant)
{
    return LOGIN(t, "password", ARG("username", tenant->admin_name), ARG("password", TENANT_PASSWORD));
}

SCENARIO(listening_needs_a_valid_token, .summary = "Without a valid token there is no stream",
         .markers = MARKERS("e2e", "priority_p0", "websocket", "security", "catches(defect='ws-token-unchecked')"),
         .needs = OPERATIONS(STREAM_OPERATIONS, "session.close", "token.revoke"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_session *gone = log_in(t, &tenant);
    STEP("no token, and none that was ever issued")
    {
        REFUSED("unauthenticated", m_nobody(t), "event.watch");
        REFUSED("invalid_token", LOGIN(t, "token", ARG("token", "not.a.token")), "event.watch");
    }
    STEP("a token that was logged out")
    {
        DO(gone, "session.close");
        REFUSED("token_revoked", gone, "event.watch");
    }
    STEP("a valid one opens it, and ends it when it is revoked")
    {
        struct m_session *brief = log_in(t, &tenant);
        struct m_ws *ws = stream_open(t, brief);
        struct m_ws_message m;
        DO(platform, "token.revoke", ARG("id", m_session_value(brief, "token_id")));
        CHECK_INT(m_ws_receive(ws, STREAM_MS, &m), ==, M_WS_CLOSED);
        CHECK_INT(m_ws_close_code(ws), ==, 4401);
        m_ws_free(ws);
    }
}
