/* SPDX-License-Identifier: Apache-2.0 */
/* Listening: by which topics, how many at a time, from when on, and until when. */
#include "common/fixtures.h"
#include "websocket/stream.h"

SCENARIO(topics_are_whole,
         .summary = "A topic brings its own events, one that ends in * all below it, and neither more",
         .markers = MARKERS("e2e", "priority_p1", "websocket", "catches(defect='event-by-prefix')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *name = m_unique(t, "name"), *longer = m_fmt(t, "%sx", name), *last = m_unique(t, "last");
    const struct {
        const char *what, *topic;
    } ways[] = {
        {"as it is", m_fmt(t, "custom.%s.event", name)},
        {"* in place of its last part", m_fmt(t, "custom.%s.*", name)},
        {"* in place of one in the middle", m_fmt(t, "tenant.*.custom.%s", name)},
        {"* for several parts", m_fmt(t, "tenant.%s.*", tenant.id)},
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        STEP(ways[i].what)
        {
            int all = i == 3; /* all of the tenant's, so the longer one's, too */
            struct m_ws *ws = stream_open(t, tenant.admin);
            struct m_json *ack =
                stream_ask(t, ws, "subscribe", m_fmt(t, "[\"%s\", \"custom.%s.event\"]", ways[i].topic, last));
            CHECK_INT(m_json_count(ack, "/topics"), ==, 2);
            publish(&tenant, longer, 1);
            publish(&tenant, name, 1);
            publish(&tenant, last, 1);
            if (all)
                stream_expect(t, ws, longer);
            stream_expect(t, ws, name);
            stream_expect(t, ws, last);
            m_ws_free(ws);
        }
    STEP("one that goes on is another one")
    {
        struct m_ws *ws = stream_open(t, tenant.admin);
        stream_ask(t, ws, "subscribe", m_fmt(t, "[\"custom.%s\", \"custom\", \"custom.%s.event\"]", name, last));
        publish(&tenant, name, 1);
        publish(&tenant, last, 1);
        stream_expect(t, ws, last);
        m_ws_free(ws);
    }
}

SCENARIO(everybody_who_listens_is_reached, .summary = "An event reaches each of several who listen, and each once",
         .markers = MARKERS("e2e", "priority_p1", "websocket", "catches(defect='event-first-two')"),
         .uses = USES("clients(count=6, plan=starter)"), .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    const struct clients *listeners = clients_of(t);
    const char *name = m_unique(t, "all"), *last = m_unique(t, "last");
    struct m_ws *all[CLIENTS_MOST];
    for (int64_t i = 0; i < listeners->n; i++) {
        all[i] = stream_open(t, listeners->all[i]);
        stream_ask(t, all[i], "subscribe", topic_of(t, name));
        stream_ask(t, all[i], "subscribe", topic_of(t, last));
    }
    publish(&listeners->tenant, name, 1);
    publish(&listeners->tenant, last, 1);
    for (int64_t i = 0; i < listeners->n; i++)
        STEP(m_fmt(t, "listener %d", (int)i + 1))
        {
            stream_expect(t, all[i], name);
            stream_expect(t, all[i], last);
            m_ws_free(all[i]);
        }
}

/* Sends {"type": "subscribe", "since": the event with this id}. */
static void listen_from(struct muster_ctx *t, struct m_ws *ws, const char *name, int64_t since)
{
    m_ws_send(ws, m_fmt(t, "{\"type\":\"subscribe\",\"id\":\"again\",\"topics\":%s,\"since\":%" PRId64 "}",
                        topic_of(t, name), since));
}

SCENARIO(whoever_comes_back_has_missed_nothing,
         .summary = "Whoever listens on from the last event that he had gets those behind it, each once",
         .markers = MARKERS("e2e", "priority_p1", "websocket", "catches(defect='event-replay-again')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *name = m_unique(t, "back");
    int64_t had = 0;
    STEP("he hears three, and goes")
    {
        struct m_ws *ws = stream_open(t, tenant.admin);
        stream_ask(t, ws, "subscribe", topic_of(t, name));
        publish(&tenant, name, 3);
        for (int n = 0; n < 3; n++)
            had = m_json_int(stream_next(t, ws), "/event/id");
        CHECK_INT(m_ws_close(ws, 1000, "done"), ==, 1000);
        m_ws_free(ws);
    }
    int64_t missed[5];
    STEP("four happen while he is away, and one when he is back")
    {
        struct m_json *sent =
            DO(tenant.admin, "event.publish", ARG("name", name), ARG("tenant", tenant.id), ARG("count", 4));
        struct m_ws *ws = stream_open(t, tenant.admin);
        listen_from(t, ws, name, had);
        for (int n = 0; n < 4; n++)
            missed[n] = m_json_int(stream_next(t, ws), "/event/id");
        DO(tenant.admin, "event.publish", ARG("name", name), ARG("tenant", tenant.id));
        missed[4] = m_json_int(stream_next(t, ws), "/event/id");
        m_ws_free(ws);
        CHECK_INT(missed[0], >=, m_json_int(sent, "/first"));
        CHECK_INT(missed[3], <=, m_json_int(sent, "/last"));
    }
    STEP("each came once, in their order")
    {
        for (int n = 1; n < 5; n++)
            CHECK_INT(missed[n], >, missed[n - 1]);
    }
}

SCENARIO(whoever_comes_back_to_several_topics_has_missed_none,
         .summary = "Whoever listens on to several topics gets what he missed of each, in order, and each once",
         .markers = MARKERS("e2e", "priority_p1", "websocket", "catches(defect='event-replay-first')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *names[] = {m_unique(t, "one"), m_unique(t, "two"), m_unique(t, "three")}, *last = m_unique(t, "last");
    enum { NAMES = sizeof names / sizeof *names };
    struct m_json *first = DO(tenant.admin, "event.publish", ARG("name", last), ARG("tenant", tenant.id));
    STEP("they happen by turns while he is away")
    {
        for (int i = 0; i < 2 * NAMES; i++)
            publish(&tenant, names[i % NAMES], 1);
    }
    STEP("two topics bring the second's and the third's, which both match once")
    {
        struct m_ws *ws = stream_open(t, tenant.admin);
        m_ws_send(ws, m_fmt(t,
                            "{\"type\":\"subscribe\",\"id\":\"again\",\"since\":%" PRId64
                            ",\"topics\":[\"custom.%s.event\","
                            "\"custom.%s.event\",\"custom.%s.*\",\"custom.%s.event\"]}",
                            m_json_int(first, "/first"), names[1], names[2], names[2], last));
        publish(&tenant, last, 1);
        for (int i = 0; i < 2; i++) {
            stream_expect(t, ws, names[1]);
            stream_expect(t, ws, names[2]);
        }
        stream_expect(t, ws, last);
        m_ws_free(ws);
    }
}

SCENARIO(a_stream_ends_with_its_token, .summary = "Each stream ends when the token ends with which it was opened",
         .markers = MARKERS("e2e", "priority_p0", "websocket", "security", "catches(defect='ws-outlives-token')",
                            "catches(defect='expired-token-accepted')"),
         .needs = OPERATIONS(STREAM_OPERATIONS, "token.issue(ttl_ms)", "token.revoke"), .timeout_ms = 30000)
{
    enum { STREAMS = 3 };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *user = m_session_value(tenant.admin, "user_id");
    for (int expires = 0; expires < 2; expires++)
        STEP(expires ? "it expires" : "it is revoked")
        {
            struct m_json *issued =
                DO(platform, "token.issue", ARG("user", user), ARG("ttl_ms", expires ? 1500 : 600000));
            struct m_session *brief = LOGIN(t, "token", ARG("token", m_json_str(issued, "/token")));
            struct m_ws *all[STREAMS], *other = stream_open(t, tenant.admin);
            struct m_ws_message m;
            for (int i = 0; i < STREAMS; i++)
                REQUIRE(all[i] = OPEN(brief, "event.watch"));
            if (!expires)
                DO(platform, "token.revoke", ARG("id", m_json_str(issued, "/id")));
            for (int i = 0; i < STREAMS; i++) {
                int outcome;
                do
                    outcome = m_ws_receive(all[i], STREAM_MS, &m); /* the greeting */
                while (outcome == M_WS_MESSAGE);
                CHECK_INT(outcome, ==, M_WS_CLOSED);
                CHECK_INT(m_ws_close_code(all[i]), ==, 4401);
                m_ws_free(all[i]);
            }
            struct m_json *alive = stream_ask(t, other, "ping", "[]");
            CHECK_STR(m_json_str(alive, "/type"), ==, "pong");
            m_ws_free(other);
        }
}

SCENARIO(pings_are_answered,
         .summary = "Whoever asks whether the stream is alive is told so, by the id of his question",
         .markers = MARKERS("e2e", "priority_p2", "websocket", "catches(defect='ping-unanswered')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_ws *ws = stream_open(t, tenant.admin);
    for (int i = 0; i < 3; i++)
        CHECK_STR(m_json_str(stream_ask(t, ws, "ping", "[]"), "/type"), ==, "pong");
    m_ws_free(ws);
}
