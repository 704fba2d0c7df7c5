/* SPDX-License-Identifier: Apache-2.0 */
/* What the reference platform's server makes of a client's frames: the kinds of cases that the Autobahn test suite has
 * for servers; and the evidence that the kit leaves of a connection. */
#include <muster/kit/data.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/ws.h>
#include <muster/muster.h>

#include <signal.h>
#include <unistd.h>

static const char *token(struct muster_ctx *t)
{
    struct m_http *api = m_http_open(t, m_fixture(t, "testbed", "url"), NULL);
    struct m_http_reply login = m_post(api, "/v1/auth/login",
                                       m_json_pack(t, "{s:s, s:s}", "username", m_fixture(t, "testbed", "admin_user"),
                                                   "password", m_fixture(t, "testbed", "admin_password")));
    REQUIRE_INT(login.status, ==, 200);
    return m_json_str(m_json_parse(t, login.body), "/token");
}

static struct m_ws *open_stream(struct muster_ctx *t)
{
    struct m_ws_message m;
    struct m_ws *ws = m_ws_open(t, m_fixture(t, "testbed", "ws"), &(struct m_ws_options){.bearer = token(t)});
    REQUIRE_INT(m_ws_receive(ws, 10000, &m), ==, M_WS_MESSAGE); /* hello */
    return ws;
}

/* A masked head, whose mask changes nothing. */
#define HEAD(first_, length_) first_ length_ "\0\0\0\0"
#define PING                  "{\"type\":\"ping\"}"

/* Of libwebsockets 4.1, which is not held to all of the standard: it takes frames without a mask, answers half a code
 * with the same, and hangs up without a word on a reason that is no UTF-8. */
static const struct {
    const char *name, *bytes;
    uint64_t length;
    int code; /* of the server's close; 0: it answers the ping with a message */
} frames[] = {
#define FRAMES(name_, bytes_, code_)                                                                                   \
    {                                                                                                                  \
        name_, bytes_, sizeof(bytes_) - 1, code_                                                                       \
    }
    FRAMES("a message", HEAD("\x81", "\x8f") PING, 0),
    FRAMES("fragments", HEAD("\x01", "\x81") "{" HEAD("\x00", "\x80") HEAD("\x80", "\x8e") "\"type\":\"ping\"}", 0),
    FRAMES("a ping in between",
           HEAD("\x01", "\x81") "{" HEAD("\x89", "\x81") "p" HEAD("\x80", "\x8e") "\"type\":\"ping\"}", 0),
    FRAMES("a pong out of the blue", HEAD("\x8a", "\x81") "p" HEAD("\x81", "\x8f") PING, 0),
    FRAMES("RSV1", HEAD("\xc1", "\x8f") PING, 1002),
    FRAMES("RSV2", HEAD("\xa1", "\x8f") PING, 1002),
    FRAMES("opcode 3", HEAD("\x83", "\x80"), 1002),
    FRAMES("opcode 11", HEAD("\x8b", "\x80"), 1002),
    FRAMES("a fragmented ping", HEAD("\x09", "\x81") "p", 1002),
    FRAMES("a continuation of nothing", HEAD("\x80", "\x81") "p", 1002),
    FRAMES("a text in a text", HEAD("\x01", "\x81") "{" HEAD("\x81", "\x8f") PING, 1002),
    FRAMES("no UTF-8", HEAD("\x81", "\x82") "\xc3\x28", 1007),
    FRAMES("a binary", HEAD("\x82", "\x81") "x", 1003),
    FRAMES("a close", HEAD("\x88", "\x82") "\x03\xe8", 1000),
    FRAMES("a close with a reason",
           HEAD("\x88", "\x85") "\x0f\xa0"
                                "bye",
           4000),
    FRAMES("a code that must not be sent", HEAD("\x88", "\x82") "\x03\xed", 1002),
};

SCENARIO(frames_of_clients, .uses = USES("testbed"), .timeout_ms = 60000)
{
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        struct m_ws_message m = {.data = ""};
        struct m_ws *ws = open_stream(t);
        m_ws_send_raw(ws, frames[i].bytes, frames[i].length);
        int outcome = m_ws_receive(ws, 10000, &m);
        LOG("%s: close %d %s, message %s", frames[i].name, m_ws_close_code(ws), m_ws_close_reason(ws), m.data);
        CHECK_INT(outcome, ==, frames[i].code ? M_WS_CLOSED : M_WS_MESSAGE);
        CHECK_INT(m_ws_close_code(ws), ==, frames[i].code);
        m_ws_free(ws);
    }
}

SCENARIO(crashes_in_a_stream, .uses = USES("testbed"))
{
    struct m_ws *ws = open_stream(t);
    m_ws_send(ws, PING);
    raise(SIGSEGV);
}

SCENARIO(hangs_in_a_stream, .uses = USES("testbed"), .timeout_ms = 5000)
{
    struct m_ws *ws = open_stream(t);
    m_ws_send(ws, PING);
    for (;;)
        pause();
}

MUSTER_PLUGIN("e2e.frames", "1.0.0")
