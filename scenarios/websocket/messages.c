/* SPDX-License-Identifier: Apache-2.0 */
/* What a listener says: in one piece or in many, and how often he may be wrong. */
#include "websocket/stream.h"

/* ---- pieces ------------------------------------------------------------------------------------------------------ */

/* A question with letters of several bytes in its id, and `blanks` that mean nothing. */
static const char *question(struct muster_ctx *t, const char *id, int blanks)
{
    return m_fmt(t, "{\"type\":\"ping\",%*s\"id\":\"%s\"}", blanks, "", id);
}

/* In frames of so many bytes each, with a ping of the protocol's own behind the first, and none in the last. */
static void send_in_pieces(struct m_ws *ws, const char *text, size_t each)
{
    size_t len = strlen(text);
    for (size_t at = 0; at < len; at += each) {
        m_ws_send_frame(ws, &(struct m_ws_frame){.opcode = at == 0 ? M_WS_TEXT : M_WS_CONTINUATION,
                                                 .data = text + at,
                                                 .length = len - at < each ? len - at : each});
        if (at == 0)
            m_ws_ping(ws, "between");
    }
    m_ws_send_frame(ws, &(struct m_ws_frame){.opcode = M_WS_CONTINUATION, .fin = 1, .data = ""});
}

/* The very next message, so that one answer too many is seen by who comes next. */
static void expect_answer(struct muster_ctx *t, struct m_ws *ws, const char *id)
{
    struct m_ws_message m;
    REQUIRE_INT(m_ws_receive(ws, STREAM_MS, &m), ==, M_WS_MESSAGE);
    struct m_json *answer = m_json_parse(t, m.data);
    CHECK_STR(m_json_str(answer, "/type"), ==, "pong");
    CHECK_STR(m_json_str(answer, "/id"), ==, id);
}

SCENARIO(pieces_make_one_message,
         .summary = "A message that comes in pieces is one message, wherever it is cut and whatever comes between",
         .markers = MARKERS("e2e", "priority_p2", "websocket", "catches(defect='fragments-as-messages')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    static const struct {
        const char *what;
        int blanks;
        size_t each; /* 0: in one frame */
    } ways[] = {{"in two", 0, 30},
                {"letter by letter, also within letters", 0, 1},
                {"long, in many", 20000, 1000},
                {"long, in one", 20000, 0}};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_ws *ws = stream_open(t, tenant.admin);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        STEP(ways[i].what)
        {
            const char *id = m_fmt(t, "\u00fc\u20ac\U0001F600-%s", m_unique(t, "ask"));
            uint64_t pongs = m_ws_pongs(ws);
            if (ways[i].each)
                send_in_pieces(ws, question(t, id, ways[i].blanks), ways[i].each);
            else
                m_ws_send(ws, question(t, id, ways[i].blanks));
            expect_answer(t, ws, id);
            CHECK_UINT(m_ws_pongs(ws) - pongs, ==, ways[i].each ? 1 : 0);
        }
    m_ws_free(ws);
}

/* ---- nonsense ---------------------------------------------------------------------------------------------------- */

enum { BAD_IN_A_ROW = 10 };

static void say_nonsense(struct muster_ctx *t, struct m_ws *ws, int times)
{
    static const char *const nonsense[] = {"nonsense",
                                           "{\"type\":\"sing\"}",
                                           "{}",
                                           "[]",
                                           "{\"type\":\"subscribe\"}",
                                           "{\"type\":\"subscribe\",\"topics\":[\"a..b\"]}",
                                           "{\"type\":\"subscribe\",\"topics\":[\"a.b\"],\"since\":\"yesterday\"}"};
    struct m_ws_message m;
    for (int i = 0; i < times; i++) {
        m_ws_send(ws, nonsense[(size_t)i % (sizeof nonsense / sizeof *nonsense)]);
        REQUIRE_INT(m_ws_receive(ws, STREAM_MS, &m), ==, M_WS_MESSAGE);
        CHECK_STR(m_json_str(m_json_parse(t, m.data), "/type"), ==, "error");
    }
}

SCENARIO(patience_with_nonsense_ends,
         .summary = "Who talks nonsense is told so; only when he says nothing else, so often in a row, his stream ends",
         .markers = MARKERS("e2e", "priority_p2", "websocket", "security", "catches(defect='bad-messages-add-up')",
                            "catches(defect='bad-messages-unlimited')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *name = m_unique(t, "sense");
    struct m_ws *ws = stream_open(t, tenant.admin), *other = stream_open(t, tenant.admin);
    struct m_ws_message m;
    STEP("not yet often enough, and again after each word of sense")
    {
        say_nonsense(t, ws, BAD_IN_A_ROW - 1);
        CHECK_STR(m_json_str(stream_ask(t, ws, "ping", "[]"), "/type"), ==, "pong");
        say_nonsense(t, ws, BAD_IN_A_ROW - 1);
        CHECK_STR(m_json_str(stream_ask(t, ws, "subscribe", topic_of(t, name)), "/type"), ==, "ack");
        say_nonsense(t, ws, BAD_IN_A_ROW - 1);
        publish(&tenant, name, 1);
        stream_expect(t, ws, name);
    }
    STEP("once more")
    {
        m_ws_send(ws, "nonsense");
        int outcome;
        do
            outcome = m_ws_receive(ws, STREAM_MS, &m); /* that this is nonsense, too */
        while (outcome == M_WS_MESSAGE);
        CHECK_INT(outcome, ==, M_WS_CLOSED);
        CHECK_INT(m_ws_close_code(ws), ==, 4400);
    }
    STEP("and nobody else's does")
    {
        CHECK_STR(m_json_str(stream_ask(t, other, "ping", "[]"), "/type"), ==, "pong");
    }
    m_ws_free(ws);
    m_ws_free(other);
}
