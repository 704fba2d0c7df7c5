/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's ws against a server that speaks well, badly, slowly or not at all. */
#include "fake_host.h"
#include "handshake.h"
#include "local_server.h"

#include <muster/kit/wait.h>
#include <muster/kit/ws.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PAD_126 16 * 1024

static struct local_server server;

/* One unmasked frame of less than 64 KiB. */
static void frame(int fd, int first_byte, const void *payload, size_t n)
{
    unsigned char head[4] = {(unsigned char)first_byte, (unsigned char)(n < 126 ? n : 126), (unsigned char)(n >> 8),
                             (unsigned char)n};
    local_write(fd, head, n < 126 ? 2 : 4);
    local_write(fd, payload, n);
}

static void frame_text(int fd, int first_byte, const char *text)
{
    frame(fd, first_byte, text, strlen(text));
}

/* One masked frame of less than 126 bytes; its first byte, or -1. */
static int read_frame(int fd, char payload[126], size_t *ret_length)
{
    unsigned char head[6];
    if (local_read(fd, head, 2) < 0 || !(head[1] & 0x80) || (head[1] & 0x7f) > 125 || local_read(fd, head + 2, 4) < 0)
        return -1;
    size_t n = head[1] & 0x7f;
    if (local_read(fd, payload, n) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        payload[i] = (char)(payload[i] ^ head[2 + i % 4]);
    payload[n] = '\0';
    *ret_length = n;
    return head[0];
}

static void echo_until_close(int fd)
{
    char payload[126];
    size_t n;
    for (;;) {
        int first = read_frame(fd, payload, &n);
        if (first < 0)
            return;
        if (first == 0x88) {
            frame(fd, 0x88, payload, n);
            return;
        }
        frame(fd, first == 0x89 ? 0x8a : first, payload, n);
    }
}

/* Pings and goes on only when the pong has come. */
static void send_fragments(int fd)
{
    char payload[126];
    size_t n;
    frame_text(fd, 0x01, "one ");
    frame_text(fd, 0x89, "are you there");
    if (read_frame(fd, payload, &n) != 0x8a || strcmp(payload, "are you there") != 0)
        return;
    frame_text(fd, 0x00, "two ");
    frame_text(fd, 0x80, "three");
    echo_until_close(fd);
}

static void send_large(int fd)
{
    static char block[PAD_126];
    memset(block, 'x', sizeof block);
    frame(fd, 0x02, block, sizeof block);
    for (int i = 0; i < 14; i++)
        frame(fd, 0x00, block, sizeof block);
    frame(fd, 0x80, block, sizeof block);
    local_wait_for_end(fd);
}

static void talk(int fd, const char *path)
{
    if (strncmp(path, "/fragments", 10) == 0)
        send_fragments(fd);
    else if (strncmp(path, "/large", 6) == 0)
        send_large(fd);
    else if (strncmp(path, "/silent", 7) == 0)
        local_wait_for_end(fd);
    else if (strncmp(path, "/masked", 7) == 0)
        local_write(fd, "\x81\x81\x01\x02\x03\x04z", 7), local_wait_for_end(fd);
    else if (strncmp(path, "/latin1", 7) == 0)
        frame_text(fd, 0x81, "caf\xe9"), local_wait_for_end(fd);
    else if (strncmp(path, "/leave", 6) == 0)
        frame_text(fd, 0x81, "last words"), frame(fd, 0x88, "\x11\x31gone away", 11), local_wait_for_end(fd);
    else if (strncmp(path, "/vanish", 7) == 0)
        frame_text(fd, 0x81, "hello");
    else
        echo_until_close(fd);
}

static void accept_handshake(int fd, const char *head, const char *path)
{
    char key[64] = "", accept[HANDSHAKE_ACCEPT_SIZE], text[512];
    ws_handshake_header(head, "Sec-WebSocket-Key", key, sizeof key);
    ws_handshake_accept(strncmp(path, "/accept", 7) == 0 ? "0123456789abcdef01234===" : key, accept);
    int greet = strncmp(path, "/greet", 6) == 0;
    int protocol = strncmp(path, "/protocol", 9) == 0;
    /* The greeting leaves together with the answer's head. */
    int n = snprintf(text, sizeof text,
                     "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
                     "%sSec-WebSocket-Accept: %s\r\n\r\n%s",
                     protocol ? "Sec-WebSocket-Protocol: v2.events\r\n" : "", accept, greet ? "\x81\x05hello" : "");
    local_write(fd, text, (size_t)n);
    talk(fd, path);
}

static void serve(int fd)
{
    char head[4096];
    if (local_read_head(fd, head, sizeof head) < 0)
        return;
    const char *path = strchr(head, ' ') + 1;
    if (strncmp(path, "/deny", 5) == 0)
        local_write_text(fd, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 18\r\n\r\n{\"code\":\"no-go\"}  ");
    else if (strncmp(path, "/plain", 6) == 0)
        local_write_text(fd, "HTTP/1.1 200 OK\r\n\r\nan ordinary page");
    else if (strncmp(path, "/rubbish", 8) == 0)
        local_write_text(fd, "220 mail.example ESMTP\r\n\r\n");
    else if (strncmp(path, "/halfway", 8) == 0)
        local_write_text(fd, "HTTP/1.1 101 Switching Prot");
    else if (strncmp(path, "/mute", 5) == 0)
        local_wait_for_end(fd);
    else
        accept_handshake(fd, head, path);
}

static int start(void **state)
{
    (void)state;
    server = local_server_start(serve);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    local_server_stop(&server);
    return 0;
}

static const char *url_of(const char *path)
{
    static char url[128];
    snprintf(url, sizeof url, "ws://127.0.0.1:%d%s", server.port, path);
    return url;
}

static void messages_go_and_come(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/echo"), NULL);
    assert_int_equal(m_ws_send(ws, "first"), 0);
    assert_int_equal(m_ws_send_bytes(ws, "a\0b", 3, 1), 0);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_string_equal(m.data, "first");
    assert_false(m.binary);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_true(m.binary && m.length == 3);
    assert_memory_equal(m.data, "a\0b", 4);
    m_ws_ping(ws, "p");
    assert_int_equal(m_ws_receive(ws, 100, &m), M_WS_TIMEOUT);
    assert_int_equal(m_ws_pongs(ws), 1);
    assert_int_equal(m_ws_close(ws, 1000, "done"), 1000);
    assert_string_equal(m_ws_close_reason(ws), "done");
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_int_equal(m_ws_send(ws, "late"), -1);
    m_ws_free(ws);
}

static void fragments_are_joined_and_pings_answered(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/fragments"), NULL);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_string_equal(m.data, "one two three");
    assert_int_equal(m_ws_close(ws, 0, NULL), 1005);
    m_ws_free(ws);
}

static int is_third(const struct m_ws_message *m, void *user)
{
    ++*(int *)user;
    return strcmp(m->data, "3") == 0;
}

static void receiving_until_a_message_matches(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    int seen = 0;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/echo"), NULL);
    for (const char *const *text = (const char *const[]){"1", "2", "3", "4", NULL}; *text; text++)
        m_ws_send(ws, *text);
    assert_int_equal(m_ws_receive_until(ws, 2000, &m, is_third, &seen), M_WS_MESSAGE);
    assert_string_equal(m.data, "3");
    assert_int_equal(seen, 3);
    assert_int_equal(m_ws_receive_until(ws, 50, &m, is_third, &seen), M_WS_TIMEOUT);
    assert_int_equal(seen, 4);
    m_ws_free(ws);
}

static void a_frame_may_come_with_the_handshake(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/greet"), NULL);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_string_equal(m.data, "hello");
    m_ws_free(ws);
}

static void large_messages_and_their_limit(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/large"), NULL);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_int_equal(m.length, 16 * PAD_126);
    m_ws_free(ws);
    ws = m_ws_open(&h.ctx, url_of("/large"), &(struct m_ws_options){.max_message = 100000});
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_int_equal(m_ws_close_code(ws), 1009);
    m_ws_free(ws);
}

static void what_servers_must_not_send(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/masked"), NULL);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_int_equal(m_ws_close_code(ws), 1002);
    m_ws_free(ws);
    ws = m_ws_open(&h.ctx, url_of("/latin1"), NULL);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_int_equal(m_ws_close_code(ws), 1007);
    m_ws_free(ws);
}

static void servers_that_end_the_connection(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/leave"), NULL);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_string_equal(m.data, "last words");
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_int_equal(m_ws_close_code(ws), 4401);
    assert_string_equal(m_ws_close_reason(ws), "gone away");
    m_ws_free(ws);
    ws = m_ws_open(&h.ctx, url_of("/vanish"), NULL);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_int_equal(m_ws_close_code(ws), 1006);
    m_ws_free(ws);
}

static void a_silent_server_costs_its_time_only(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/silent"), NULL);
    uint64_t before = m_now_ms();
    assert_int_equal(m_ws_receive(ws, 120, &m), M_WS_TIMEOUT);
    assert_int_equal(m_ws_receive(ws, 0, &m), M_WS_TIMEOUT);
    uint64_t took = m_now_ms() - before;
    assert_true(took >= 119 && took < 20000);
    fake_host_deadline(&h, 300);
    before = m_now_ms();
    assert_int_equal(m_ws_receive(ws, 60000, &m), M_WS_TIMEOUT);
    assert_true(m_now_ms() - before < 20000);
    m_ws_free(ws);
}

static void raw_bytes_reach_the_server(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/echo"), NULL);
    /* "Hi" behind a mask of zeros, in two halves; then an unmasked frame, on which this server hangs up. */
    assert_int_equal(m_ws_send_raw(ws, "\x81\x82\0\0\0", 5), 0);
    assert_int_equal(m_ws_send_raw(ws, "\0Hi", 3), 0);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_string_equal(m.data, "Hi");
    m_ws_send_raw(ws, "\x81\x02Hi", 4);
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_int_equal(m_ws_close_code(ws), 1006);
    m_ws_free(ws);
}

static void handshakes_that_fail(void **state)
{
    static const struct {
        const char *path, *words;
        int status;
    } cases[] = {
        {"/deny", "401", 401},           {"/plain", "200", 200},  {"/rubbish", "not HTTP", 0},
        {"/halfway", "ended during", 0}, {"/mute", "in time", 0}, {"/accept", "Sec-WebSocket-Accept", 0},
    };
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct m_ws_refusal why;
        struct m_ws_options o = {.timeout_ms = strcmp(cases[i].words, "in time") == 0 ? 200 : 60000};
        uint64_t before = m_now_ms();
        assert_null(m_ws_try_open(&h.ctx, url_of(cases[i].path), &o, &why));
        assert_true(m_now_ms() - before < 30000);
        assert_int_equal(why.status, cases[i].status);
        assert_non_null(strstr(why.reason, cases[i].words));
        if (why.status == 401)
            assert_string_equal(why.body, "{\"code\":\"no-go\"}  ");
        RUN(&h, m_ws_open(&h.ctx, url_of(cases[i].path), &o));
        assert_int_equal(h.stopped, cases[i].status ? MUSTER_STOP_FAIL : MUSTER_STOP_ERROR);
    }
}

static void urls_and_ports_that_lead_nowhere(void **state)
{
    struct local_server gone = local_server_start(serve);
    struct m_ws_refusal why;
    struct fake_host h;
    char url[64];
    (void)state;
    fake_host_init(&h);
    assert_null(m_ws_try_open(&h.ctx, "http://127.0.0.1/", NULL, &why));
    assert_non_null(strstr(why.reason, "ws or wss"));
    assert_null(m_ws_try_open(&h.ctx, NULL, NULL, &why));
    assert_non_null(strstr(why.reason, "--set NAME=ws://"));
    snprintf(url, sizeof url, "ws://127.0.0.1:%d/", gone.port);
    local_server_stop(&gone);
    assert_null(m_ws_try_open(&h.ctx, url, NULL, &why));
    assert_int_equal(why.status, 0);
    assert_true(why.reason[0] != '\0');
}

static void subprotocols_must_be_taken(void **state)
{
    struct m_ws_options offer = {.subprotocol = "v1.events, v2.events"};
    struct m_ws_refusal why;
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("/protocol"), &offer);
    assert_string_equal(m_ws_subprotocol(ws), "v2.events");
    m_ws_free(ws);
    assert_null(m_ws_try_open(&h.ctx, url_of("/protocol"), NULL, &why));
    assert_null(m_ws_try_open(&h.ctx, url_of("/echo"), &offer, &why));
}

static void the_accept_key_of_the_rfc(void **state)
{
    char accept[HANDSHAKE_ACCEPT_SIZE];
    (void)state;
    assert_int_equal(ws_handshake_accept("dGhlIHNhbXBsZSBub25jZQ==", accept), 0);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_go_and_come),
        cmocka_unit_test(fragments_are_joined_and_pings_answered),
        cmocka_unit_test(receiving_until_a_message_matches),
        cmocka_unit_test(a_frame_may_come_with_the_handshake),
        cmocka_unit_test(large_messages_and_their_limit),
        cmocka_unit_test(what_servers_must_not_send),
        cmocka_unit_test(servers_that_end_the_connection),
        cmocka_unit_test(a_silent_server_costs_its_time_only),
        cmocka_unit_test(raw_bytes_reach_the_server),
        cmocka_unit_test(handshakes_that_fail),
        cmocka_unit_test(urls_and_ports_that_lead_nowhere),
        cmocka_unit_test(subprotocols_must_be_taken),
        cmocka_unit_test(the_accept_key_of_the_rfc),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
