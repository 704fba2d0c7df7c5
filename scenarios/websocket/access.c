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

SCENARIO(the_list_has_all_of_ones_own,
         .summary = "A tenant's list of events has all of its own, whatever others do between",
         .markers = MARKERS("e2e", "priority_p1", "websocket", "tenant_isolation", "catches(defect='event-list-cut')",
                            "catches(defect='events-of-all')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "event.publish", "event.list"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    const char *name = m_unique(t, "event");
    int64_t before = m_json_int(DO(ours.admin, "event.list", ARG("limit", 1)), "/last");
    STEP("theirs and ours, by turns")
    {
        for (int i = 0; i < 3; i++) {
            publish(&theirs, name, 2);
            publish(&ours, name, 1);
        }
    }
    STEP("ours are there, theirs are not")
    {
        struct m_json *list = DO(ours.admin, "event.list", ARG("after", before),
                                 ARG("topic", m_fmt(t, "custom.%s.*", name)), ARG("limit", 1000));
        REQUIRE_INT(m_json_count(list, "/events"), ==, 3);
        for (int i = 0; i < 3; i++) {
            CHECK_STR(m_json_str(list, m_fmt(t, "/events/%d/tenant_id", i)), ==, ours.id);
            CHECK_INT(m_json_int(list, m_fmt(t, "/events/%d/id", i)), >, before);
        }
    }
    STEP("a page of two is the first two, and what is behind the last is nothing")
    {
        struct m_json *page = DO(ours.admin, "event.list", ARG("after", before),
                                 ARG("topic", m_fmt(t, "custom.%s.*", name)), ARG("limit", 2));
        CHECK_INT(m_json_count(page, "/events"), ==, 2);
        struct m_json *none = DO(ours.admin, "event.list", ARG("after", m_json_int(page, "/last")),
                                 ARG("topic", m_fmt(t, "custom.%s.*", name)));
        CHECK_INT(m_json_count(none, "/events"), ==, 0);
    }
}
