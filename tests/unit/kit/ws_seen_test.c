/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario can see of a WebSocket besides its messages, what it can send, and the transcript. */
#include "fake_host.h"
#include "local_server.h"
#include "ws_server.h"

#include <muster/kit/data.h>
#include <muster/kit/ws.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct local_server server;
static char folder[] = "/tmp/muster-kit-ws-XXXXXX";

/* The client's frames, told to it: "[c1]text", the first byte and the payload; until it closes. */
static void tell(int fd)
{
    struct server_frame f;
    char text[256];
    while (ws_server_read(fd, &f) == 0) {
        int n = snprintf(text, sizeof text, "[%02x]%.200s", (unsigned)f.first, (const char *)f.payload);
        if (f.first == 0x89)
            ws_server_send(fd, 0x8a, f.payload, f.length);
        else
            ws_server_send(fd, f.first == 0x88 ? 0x88 : 0x81, f.first == 0x88 ? (char *)f.payload : text,
                           f.first == 0x88 ? f.length : (size_t)n);
        int closed = f.first == 0x88;
        free(f.payload);
        if (closed)
            return;
    }
}

static void send_script(int fd)
{
    ws_server_send(fd, 0x89, "are you there", 13);
    ws_server_send(fd, 0x01, "one ", 4);
    ws_server_send(fd, 0x8a, "pong", 4);
    ws_server_send(fd, 0x80, "two", 3);
    ws_server_send(fd, 0x82, "\x00\xff", 2);
    ws_server_send(fd, 0x88, "\x03\xf4later", 7);
}

static void accept_with_long_fields(int fd, const char *head)
{
    char *fields = malloc(40000), *at = fields;
    at += sprintf(at, "X-Rate: 5\r\nx-trace:  abc \r\n");
    for (int i = 0; i < 30; i++)
        at += sprintf(at, "X-Long-%d: %01000d\r\n", i, 7);
    ws_server_accept(fd, head, fields);
    free(fields);
}

static void accept_with_long_extension(int fd, const char *head)
{
    char fields[1024];
    snprintf(fields, sizeof fields,
             "Sec-WebSocket-Extensions: permessage-deflate;%300s\r\n"
             "Sec-WebSocket-Extensions:  \t server_no_context_takeover\r\n",
             "server_no_context_takeover");
    ws_server_accept(fd, head, fields);
}

static void serve(int fd)
{
    char head[4096], text[4200];
    if (local_read_head(fd, head, sizeof head) < 0)
        return;
    if (strstr(head, " /extension"))
        accept_with_long_extension(fd, head);
    else if (strstr(head, " /long"))
        accept_with_long_fields(fd, head);
    else if (strstr(head, " /refuse")) {
        local_write_text(fd, "HTTP/1.1 429 Slow down\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno");
        return;
    } else {
        ws_server_accept(fd, head, "");
    }
    if (strstr(head, " /script")) {
        send_script(fd);
    } else if (strstr(head, " /half")) {
        local_write(fd, "\x81\x0ahalf", 6);
        return;
    } else if (strstr(head, " /away")) { /* and nobody reads what the client sends */
        ws_server_send(fd, 0x88, "\x03\xe9", 2);
        return;
    } else if (strstr(head, "/echo-head")) {
        ws_server_send(fd, 0x81, text, (size_t)snprintf(text, sizeof text, "%s", head));
    }
    tell(fd);
}

static int start(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    server = local_server_start(serve);
    return 0;
}

static const char *transcript_path(void)
{
    static char path[96];
    snprintf(path, sizeof path, "%s/on-failure/ws-frames.txt", folder);
    return path;
}

static int stop(void **state)
{
    (void)state;
    local_server_stop(&server);
    unlink(transcript_path());
    char below[96];
    snprintf(below, sizeof below, "%s/on-failure", folder);
    rmdir(below);
    return rmdir(folder);
}

static struct m_ws *open_ws(struct fake_host *h, const char *path, const struct m_ws_options *o)
{
    char url[128];
    fake_host_init(h);
    h->info.artifacts_dir = folder;
    snprintf(url, sizeof url, "ws://127.0.0.1:%d%s", server.port, path);
    return m_ws_open(&h->ctx, url, o);
}

static void frames_can_be_seen(void **state)
{
    static const struct {
        int opcode, fin;
        const char *text;
    } frames[] = {{M_WS_PING, 1, "are you there"}, {M_WS_TEXT, 0, "one "}, {M_WS_PONG, 1, "pong"},
                  {M_WS_CONTINUATION, 1, "two"},   {M_WS_BINARY, 1, ""},   {M_WS_CLOSE, 1, "\x03\xf4later"}};
    struct fake_host h;
    struct m_ws_frame f;
    struct m_ws_message m;
    (void)state;
    struct m_ws *ws = open_ws(&h, "/script", &(struct m_ws_options){.see_frames = 1});
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        assert_int_equal(m_ws_receive_frame(ws, 20000, &f), M_WS_MESSAGE);
        assert_int_equal(f.opcode, frames[i].opcode);
        assert_int_equal(f.fin, frames[i].fin);
        assert_int_equal(f.rsv, 0);
        assert_string_equal(f.data, frames[i].text);
    }
    assert_int_equal(m_ws_receive_frame(ws, 20000, &f), M_WS_CLOSED);
    /* The messages are there all the same. */
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_string_equal(m.data, "one two");
    assert_int_equal(m.frames, 2);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_true(m.binary && m.length == 2 && m.frames == 1);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_int_equal(m_ws_pings(ws), 1);
    assert_int_equal(m_ws_pongs(ws), 1);
    assert_string_equal(m_ws_pong(ws, NULL), "pong");
    assert_int_equal(m_ws_close_code(ws), 1012);
    assert_string_equal(m_ws_close_reason(ws), "later");
    assert_int_equal(m_ws_sent_code(ws), 1012);
    m_ws_free(ws);
    ws = open_ws(&h, "/tell", NULL);
    RUN(&h, m_ws_receive_frame(ws, 0, &f));
    assert_non_null(strstr(h.reason, ".see_frames"));
    m_ws_free(ws);
}

static void frames_can_be_sent(void **state)
{
    static const struct m_ws_frame frames[] = {
        {.opcode = M_WS_TEXT, .data = "one", .length = 3},
        {.opcode = M_WS_CONTINUATION, .fin = 1, .data = "two", .length = 3},
        {.opcode = 11, .fin = 1, .rsv = 5},
    };
    static const char *const told[] = {"[01]one", "[80]two", "[db]"};
    struct fake_host h;
    struct m_ws_message m;
    uint64_t n;
    (void)state;
    struct m_ws *ws = open_ws(&h, "/tell", NULL);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(m_ws_send_frame(ws, &frames[i]), 0);
        assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
        assert_string_equal(m.data, told[i]);
    }
    assert_string_equal(m_ws_pong(ws, &n), "");
    assert_int_equal(n, 0);
    m_ws_ping(ws, "payload");
    m_ws_send(ws, "after");
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_string_equal(m_ws_pong(ws, &n), "payload");
    assert_int_equal(n, 7);
    assert_int_equal(m_ws_sent_code(ws), 0);
    char long_reason[125] = "";
    memset(long_reason, 'r', 124);
    RUN(&h, m_ws_close(ws, 1000, long_reason));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_int_equal(m_ws_close(ws, 4321, "mine"), 4321);
    assert_int_equal(m_ws_sent_code(ws), 4321);
    m_ws_free(ws);
    ws = open_ws(&h, "/tell", NULL);
    assert_int_equal(m_ws_close(ws, 0, NULL), 1005);
    assert_int_equal(m_ws_sent_code(ws), 1005);
    m_ws_free(ws);
}

static void fields_of_the_answer(void **state)
{
    struct fake_host h;
    struct m_ws_refusal why;
    char url[64];
    (void)state;
    struct m_ws *ws = open_ws(&h, "/long", NULL);
    assert_string_equal(m_ws_value(ws, "x-rate"), "5");
    assert_string_equal(m_ws_value(ws, "X-TRACE"), "abc ");
    assert_int_equal(strlen(m_ws_value(ws, "X-Long-29")), 1000);
    assert_null(m_ws_value(ws, "X-Other"));
    assert_non_null(strstr(m_ws_headers(ws), "Upgrade: websocket\nConnection: Upgrade\n"));
    assert_false(m_ws_is_compressed(ws));
    m_ws_free(ws);
    snprintf(url, sizeof url, "ws://127.0.0.1:%d/refuse", server.port);
    assert_null(m_ws_try_open(&h.ctx, url, NULL, &why));
    assert_int_equal(why.status, 429);
    assert_string_equal(why.headers, "Retry-After: 7\nContent-Length: 2\n");
    assert_string_equal(why.body, "no");
}

/* A value of more than 256 bytes was as good as none, so that an extension nobody had offered was taken. */
static void long_extensions_are_read(void **state)
{
    struct fake_host h;
    struct m_ws_refusal why;
    char url[64];
    (void)state;
    fake_host_init(&h);
    snprintf(url, sizeof url, "ws://127.0.0.1:%d/extension", server.port);
    assert_null(m_ws_try_open(&h.ctx, url, NULL, &why));
    assert_non_null(strstr(why.reason, "not offered"));
    assert_null(m_ws_try_open(&h.ctx, url, &(struct m_ws_options){.deflate = 1}, &why));
    assert_non_null(strstr(why.reason, "more than the one extension"));
}

static void handshakes_say_what_is_written(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    struct m_ws *ws = open_ws(&h, "/a/../echo-head?x=/../y", &(struct m_ws_options){.headers = HEADERS("X-A: 1")});
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_memory_equal(m.data, "GET /a/../echo-head?x=/../y HTTP/1.1\r\n", 38);
    assert_non_null(strstr(m.data, "X-A: 1\r\n"));
    m_ws_free(ws);
    char url[64];
    snprintf(url, sizeof url, "ws://127.0.0.1:%d/tell", server.port);
#define REFUSED(...)                                                                                                   \
    RUN(&h, m_ws_open(&h.ctx, url, &(struct m_ws_options){__VA_ARGS__}));                                              \
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);                                                                    \
    assert_null(strstr(h.reason, "hidden"))
    REFUSED(.headers = HEADERS("X-A: hidden\r\nX-B: 2"));
    assert_non_null(strstr(h.reason, "\"X-A\""));
    REFUSED(.headers = HEADERS("no colon"));
    REFUSED(.headers = HEADERS("X A: hidden"));
    REFUSED(.bearer = "hidden\n");
    REFUSED(.subprotocol = "hidden\r\n");
}

static void a_close_counts_for_more_than_a_broken_send(void **state)
{
    struct fake_host h;
    (void)state;
    struct m_ws *ws = open_ws(&h, "/away", NULL);
    for (int i = 0; i < 100000 && m_ws_send(ws, "on and on and on") == 0; i++)
        ;
    assert_int_equal(m_ws_close_code(ws), 1001);
    m_ws_free(ws);
}

static const char *transcript(void)
{
    static char text[128 * 1024];
    FILE *f = fopen(transcript_path(), "re");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

static void a_transcript_is_written(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    struct m_ws *ws = open_ws(&h, "/tell?token=hidden-0", &(struct m_ws_options){.bearer = "hidden-1"});
    m_secret(&h.ctx, "hidden-2");
    m_ws_send(ws, "{\"type\":\"login\",\"password\":\"hidden-3\",\"pin\":\"hidden-2\",\"t\":\"hidden-1\"}");
    m_ws_receive(ws, 20000, &m);
    m_ws_ping(ws, "p\x01");
    m_ws_send_raw(ws, "\x8b\x80\0\0\0\0", 6);
    m_ws_receive(ws, 20000, &m);
    m_ws_close(ws, 1000, "done");
    m_ws_free(ws);
    ws = open_ws(&h, "/half", NULL);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_string_equal(m_ws_close_reason(ws), "the server closed it, within a frame");
    m_ws_free(ws);
    const char *text = transcript();
    static const char *const lines[] = {
        " opened: ws://127.0.0.1:",
        "/tell?token=***\n",
        (" > text fin masked, 70 bytes "
         "\"{\"type\":\"login\",\"password\":\"***\",\"pin\":\"***\",\"t\":\"***\"}\"\n"),
        " < text fin, 74 bytes \"[81]{\"type\":\"login\",\"password\":\"***\"",
        " > ping fin masked, 2 bytes \"p\\x01\"\n",
        " < pong fin, 2 bytes \"p\\x01\"\n",
        " > 6 raw bytes 8b 80 00 00 00 00\n",
        " < text fin, 4 bytes \"[8b]\"\n",
        " > close fin masked, 6 bytes 1000 \"done\"\n",
        " < close fin, 6 bytes 1000 \"done\"\n",
        " ended, 1000: done\n",
        " < text fin, 10 bytes of which 4 came \"half\"\n",
        " ended, 1006: the server closed it, within a frame\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(text, lines[i]))
            fail_msg("not in the transcript: %s\n%s", lines[i], text);
    assert_null(strstr(text, "hidden"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transcript_is_written),
        cmocka_unit_test(frames_can_be_seen),
        cmocka_unit_test(frames_can_be_sent),
        cmocka_unit_test(fields_of_the_answer),
        cmocka_unit_test(long_extensions_are_read),
        cmocka_unit_test(handshakes_say_what_is_written),
        cmocka_unit_test(a_close_counts_for_more_than_a_broken_send),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
