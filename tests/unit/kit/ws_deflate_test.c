/* SPDX-License-Identifier: Apache-2.0 */
/*
 * permessage-deflate (RFC 7692): what is offered and what of the answer is taken, as a table; and messages both ways
 * with every parameter, the kinds of cases of the Autobahn test suite's groups 12 and 13.
 */
#include "extension.h"
#include "fake_host.h"
#include "handshake.h"
#include "local_server.h"
#include "ws_server.h"

#include <muster/kit/ws.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

static struct local_server server;

/* ---- the handshake ---- */

static void what_is_offered(void **state)
{
    static const struct {
        struct m_ws_options options;
        const char *text;
    } cases[] = {
        {{.deflate = 0, .server_no_context = 1}, ""},
        {{.deflate = 1}, "permessage-deflate; client_max_window_bits"},
        {{.deflate = 1, .client_window_bits = 9, .server_window_bits = 8},
         "permessage-deflate; client_max_window_bits=9; server_max_window_bits=8"},
        {{.deflate = 1, .server_no_context = 1, .client_no_context = 1},
         "permessage-deflate; client_max_window_bits; server_no_context_takeover; client_no_context_takeover"},
    };
    char text[200];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ws_extension_offer(&cases[i].options, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
    assert_non_null(ws_extension_option_fault(&(struct m_ws_options){.deflate = 1, .client_window_bits = 8}));
    assert_non_null(ws_extension_option_fault(&(struct m_ws_options){.deflate = 1, .server_window_bits = 16}));
    assert_null(ws_extension_option_fault(&(struct m_ws_options){.deflate = 1, .server_window_bits = 8}));
}

#define PLAIN                                                                                                          \
    {                                                                                                                  \
        .deflate = 1                                                                                                   \
    }

static void what_is_taken_of_the_answer(void **state)
{
    static const struct {
        struct m_ws_options options;
        const char *values, *fault; /* NULL: it is good */
        struct extension is;
    } cases[] = {
        {PLAIN, NULL, NULL, {0}},
        {PLAIN, "permessage-deflate", NULL, {1, 0, 0, 15, 15}},
        {PLAIN, "Permessage-Deflate ; server_no_context_takeover;client_no_context_takeover", NULL, {1, 1, 1, 15, 15}},
        {PLAIN,
         "permessage-deflate; server_max_window_bits=10; client_max_window_bits=\"12\"",
         NULL,
         {1, 0, 0, 10, 12}},
        {{.deflate = 1, .server_window_bits = 9},
         "permessage-deflate; server_max_window_bits=8",
         NULL,
         {1, 0, 0, 8, 15}},
        {{.deflate = 1, .client_window_bits = 10, .client_no_context = 1},
         "permessage-deflate",
         NULL,
         {1, 0, 1, 15, 10}},
        {{.deflate = 0}, "permessage-deflate", "not offered", {0}},
        {PLAIN, "x-webkit-deflate-frame", "not offered", {0}},
        {PLAIN, "", "not offered", {0}},
        {PLAIN, "permessage-deflate, permessage-deflate", "more than the one", {0}},
        {PLAIN, "permessage-deflate; x=1", "unknown", {0}},
        {PLAIN, "permessage-deflate;", "unknown", {0}},
        {PLAIN, "permessage-deflate; server_no_context_takeover=1", "value that has none", {0}},
        {PLAIN, "permessage-deflate; server_no_context_takeover; server_no_context_takeover", "twice", {0}},
        {PLAIN, "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", "twice", {0}},
        {PLAIN, "permessage-deflate; server_max_window_bits", "8 to 15", {0}},
        {PLAIN, "permessage-deflate; server_max_window_bits=7", "8 to 15", {0}},
        {PLAIN, "permessage-deflate; server_max_window_bits=16", "8 to 15", {0}},
        {PLAIN, "permessage-deflate; server_max_window_bits=010", "8 to 15", {0}},
        {PLAIN, "permessage-deflate; client_max_window_bits=8", "8 bits", {0}},
        {PLAIN, "permessage-deflate junk", "can't be read", {0}},
        {{.deflate = 1, .server_window_bits = 9},
         "permessage-deflate; server_max_window_bits=10",
         "more than was",
         {0}},
        {{.deflate = 1, .server_window_bits = 9}, "permessage-deflate", "without the server_max", {0}},
        {{.deflate = 1, .client_window_bits = 9},
         "permessage-deflate; client_max_window_bits=10",
         "more than was",
         {0}},
        {{.deflate = 1, .server_no_context = 1}, "permessage-deflate", "without the server_no_context", {0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct extension e;
        const char *fault = ws_extension_read(cases[i].values, &cases[i].options, &e);
        if (!fault != !cases[i].fault || (fault && !strstr(fault, cases[i].fault)))
            fail_msg("%s: %s", cases[i].values ? cases[i].values : "NULL", fault ? fault : "good");
        if (!fault && memcmp(&e, &cases[i].is, sizeof e) != 0)
            fail_msg("%s: %d %d %d %d %d", cases[i].values ? cases[i].values : "NULL", e.on, e.server_forgets,
                     e.client_forgets, e.server_bits, e.client_bits);
    }
}

/* ---- the other side, with zlib used in its own way ---- */

struct peer {
    z_stream in, out;
    int in_forgets, out_forgets;
};

static void peer_open(struct peer *p, int in_bits, int out_bits, int in_forgets, int out_forgets)
{
    *p = (struct peer){.in_forgets = in_forgets, .out_forgets = out_forgets};
    inflateInit2(&p->in, -in_bits);
    deflateInit2(&p->out, 1, Z_DEFLATED, -out_bits, 8, Z_DEFAULT_STRATEGY);
}

static void peer_close(struct peer *p)
{
    inflateEnd(&p->in);
    deflateEnd(&p->out);
}

/* 0, or -1 when it can't be unpacked with the window that was agreed. */
static int peer_unpack(struct peer *p, const struct server_frame *f, unsigned char *room, size_t size, size_t *ret_n)
{
    unsigned char *all = malloc(f->length + 4);
    memcpy(all, f->payload, f->length);
    memcpy(all + f->length, "\0\0\xff\xff", 4);
    p->in.next_in = all;
    p->in.avail_in = (uInt)(f->length + 4);
    p->in.next_out = room;
    p->in.avail_out = (uInt)size;
    int r = inflate(&p->in, Z_SYNC_FLUSH);
    *ret_n = size - p->in.avail_out;
    free(all);
    if (p->in_forgets)
        inflateReset(&p->in);
    return (r == Z_OK || r == Z_BUF_ERROR) && !p->in.avail_in ? 0 : -1;
}

static size_t peer_pack(struct peer *p, const void *bytes, size_t n, unsigned char *room, size_t size)
{
    if (!n) {
        room[0] = 0;
        return 1;
    }
    p->out.next_in = (unsigned char *)(uintptr_t)bytes;
    p->out.avail_in = (uInt)n;
    p->out.next_out = room;
    p->out.avail_out = (uInt)size;
    deflate(&p->out, Z_SYNC_FLUSH);
    if (p->out_forgets)
        deflateReset(&p->out);
    return size - p->out.avail_out - 4;
}

#define ROOM (2u << 20)

/* Packed, in `parts` fragments. */
static void send_packed(int fd, int opcode, const unsigned char *packed, size_t n, size_t parts)
{
    for (size_t i = 0; i < parts; i++) {
        size_t from = n * i / parts, to = n * (i + 1) / parts;
        ws_server_send(fd, (i ? 0 : 0x40 | opcode) | (i + 1 == parts ? 0x80 : 0), packed + from, to - from);
    }
}

/* Sends everything back. An unpacked or broken message ends it with 1008. */
static void echo(int fd, struct peer *p, size_t parts)
{
    static unsigned char plain[ROOM], packed[ROOM];
    struct server_frame f;
    while (ws_server_read(fd, &f) == 0) {
        size_t n = 0;
        if (f.first == 0x88) {
            ws_server_send(fd, 0x88, f.payload, f.length);
            free(f.payload);
            return;
        }
        int bad = !(f.first & 0x40) || peer_unpack(p, &f, plain, sizeof plain, &n) < 0;
        if (bad)
            ws_server_send(fd, 0x88, "\x03\xf0not unpacked", 14);
        else
            send_packed(fd, f.first & 15, packed, peer_pack(p, plain, n, packed, sizeof packed), parts);
        free(f.payload);
    }
}

/* ---- messages ---- */

static const struct {
    struct m_ws_options options;
    const char *answer;
    int in_bits, out_bits, in_forgets, out_forgets; /* of the server */
    size_t parts;
} variants[] = {
    {PLAIN, "permessage-deflate", 15, 15, 0, 0, 1},
    {PLAIN, "permessage-deflate", 15, 15, 0, 0, 7},
    {{.deflate = 1, .server_no_context = 1}, "permessage-deflate; server_no_context_takeover", 15, 15, 0, 1, 1},
    {{.deflate = 1, .client_no_context = 1}, "permessage-deflate; client_no_context_takeover", 15, 15, 1, 0, 3},
    {PLAIN, "permessage-deflate; client_no_context_takeover; server_no_context_takeover", 15, 15, 1, 1, 1},
    {PLAIN, "permessage-deflate; client_max_window_bits=9", 9, 15, 0, 0, 1},
    {{.deflate = 1, .client_window_bits = 9}, "permessage-deflate", 9, 15, 0, 0, 1},
    {{.deflate = 1, .server_window_bits = 9}, "permessage-deflate; server_max_window_bits=9", 15, 9, 0, 0, 1},
    {{.deflate = 1, .server_window_bits = 10, .client_window_bits = 10, .server_no_context = 1, .client_no_context = 1},
     "permessage-deflate; server_max_window_bits=10; client_max_window_bits=10; server_no_context_takeover; "
     "client_no_context_takeover",
     10,
     10,
     1,
     1,
     2},
};

static void serve_bad(int fd, const char *head)
{
    struct server_frame f;
    if (strstr(head, " /continued"))
        local_write(fd, "\x41\x01\x00\xc0\x01\x00", 6);
    else if (strstr(head, " /ping"))
        local_write(fd, "\xc9\x00", 2);
    else if (strstr(head, " /rsv2"))
        local_write(fd, "\xa1\x00", 2);
    else if (strstr(head, " /garbage"))
        ws_server_send(fd, 0xc1, "\xff\xff\xff\xff", 4);
    else if (strstr(head, " /latin1")) /* a stored block of 0xe9 */
        ws_server_send(fd, 0xc1, "\x00\x01\x00\xfe\xff\xe9\x00", 7);
    if (ws_server_read(fd, &f) == 0) {
        free(f.payload);
        local_wait_for_end(fd);
    }
}

static void send_bomb(int fd)
{
    static unsigned char plain[ROOM], packed[ROOM];
    struct peer p;
    peer_open(&p, 15, 15, 0, 0);
    size_t n = peer_pack(&p, plain, sizeof plain, packed, sizeof packed);
    ws_server_send(fd, 0xc2, packed, n);
    peer_close(&p);
    local_wait_for_end(fd);
}

static void send_odd(int fd)
{
    struct server_frame f;
    ws_server_send(fd, 0xc1, "\x00", 1);                                          /* empty */
    ws_server_send(fd, 0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7);                  /* "Hello", of RFC 7692, 7.2.3.1 */
    ws_server_send(fd, 0xc1, "\xf2\x00\x11\x00\x00", 5);                          /* again, by the window, 7.2.3.2 */
    ws_server_send(fd, 0xc1, "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11); /* not compressed, 7.2.3.3 */
    ws_server_send(fd, 0xc1, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8);              /* a last block, 7.2.3.4 */
    ws_server_send(fd, 0xc1, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13); /* two blocks, 7.2.3.5 */
    ws_server_send(fd, 0x81, "plain", 5);                                                 /* may be mixed */
    ws_server_send(fd, 0x88, "\x03\xe8", 2);
    if (ws_server_read(fd, &f) == 0)
        free(f.payload);
}

static void serve(int fd)
{
    char head[4096], fields[512];
    struct peer p;
    if (local_read_head(fd, head, sizeof head) < 0)
        return;
    int variant = strstr(head, " /variant/") != NULL;
    size_t number = variant ? ws_server_number(head) : 0;
    snprintf(fields, sizeof fields, "Sec-WebSocket-Extensions: %s\r\n", variants[number].answer);
    ws_server_accept(fd, head, fields);
    if (strstr(head, " /odd"))
        send_odd(fd);
    else if (strstr(head, " /bomb"))
        send_bomb(fd);
    else if (!variant)
        serve_bad(fd, head);
    if (!variant)
        return;
    peer_open(&p, variants[number].in_bits, variants[number].out_bits, variants[number].in_forgets,
              variants[number].out_forgets);
    echo(fd, &p, variants[number].parts);
    peer_close(&p);
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

static const char *url_of(const char *path, size_t number)
{
    static char url[96];
    snprintf(url, sizeof url, "ws://127.0.0.1:%d/%s/%zu", server.port, path, number);
    return url;
}

/* Words that repeat, so that there is something to refer to, and change, so that it is not all the same. */
static void make_text(char *text, size_t n, unsigned seed)
{
    static const char *const words[] = {"payment ", "refund ", "tenant ", "order ", "{\"id\":", "},", "7", "42 "};
    for (size_t i = 0; i < n;) {
        seed = seed * 1103515245u + 12345u;
        for (const char *w = words[seed >> 16 & 7]; *w && i < n; w++)
            text[i++] = *w;
    }
}

static void check_echo(struct m_ws *ws, char *text, size_t n, unsigned seed, int binary, size_t parts)
{
    struct m_ws_message m;
    make_text(text, n, seed);
    assert_int_equal(m_ws_send_bytes(ws, text, n, binary), 0);
    if (m_ws_receive(ws, 20000, &m) != M_WS_MESSAGE)
        fail_msg("%zu bytes: %d %s", n, m_ws_close_code(ws), m_ws_close_reason(ws));
    assert_int_equal(m.length, n);
    assert_memory_equal(m.data, text, n);
    assert_int_equal(m.binary, binary);
    assert_true(m.compressed);
    assert_int_equal(m.frames, parts);
}

static void messages_of_every_size_and_parameter(void **state)
{
    static const size_t sizes[] = {0, 1, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072, 1 << 20};
    static char text[1 << 20];
    (void)state;
    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
        struct fake_host h;
        fake_host_init(&h);
        struct m_ws *ws = m_ws_open(&h.ctx, url_of("variant", v), &variants[v].options);
        assert_true(m_ws_is_compressed(ws));
        assert_string_equal(m_ws_value(ws, "sec-websocket-extensions"), variants[v].answer);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (unsigned seed = 0; seed < 2; seed++)
                check_echo(ws, text, sizes[s], seed, (int)(seed & 1), variants[v].parts);
        for (unsigned seed = 0; seed < 200; seed++) /* the same context all the time */
            check_echo(ws, text, 300, seed % 3, 0, variants[v].parts);
        assert_int_equal(m_ws_close(ws, 1000, ""), 1000);
        m_ws_free(ws);
    }
}

static void examples_of_the_rfc(void **state)
{
    static const char *const texts[] = {"", "Hello", "Hello", "Hello", "Hello", "Hello", "plain"};
    struct m_ws_options o = PLAIN;
    struct m_ws_message m;
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("odd", 0), &o);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (m_ws_receive(ws, 20000, &m) != M_WS_MESSAGE)
            fail_msg("message %zu: %d %s", i, m_ws_close_code(ws), m_ws_close_reason(ws));
        assert_string_equal(m.data, texts[i]);
        assert_int_equal(m.compressed, i < 6);
    }
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
    assert_int_equal(m_ws_close_code(ws), 1000);
    m_ws_free(ws);
}

static void what_breaks_it(void **state)
{
    static const struct {
        const char *path, *words;
        int code;
    } cases[] = {
        {"continued", "reserved bit", 1002}, {"ping", "reserved bit", 1002},         {"rsv2", "reserved bit", 1002},
        {"garbage", "no DEFLATE", 1007},     {"latin1", "within a character", 1007}, {"bomb", ".max_message", 1009},
    };
    struct m_ws_options o = {.deflate = 1, .max_message = 1 << 20};
    struct m_ws_message m;
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct m_ws *ws = m_ws_open(&h.ctx, url_of(cases[i].path, 0), &o);
        assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_CLOSED);
        assert_int_equal(m_ws_close_code(ws), cases[i].code);
        assert_int_equal(m_ws_sent_code(ws), cases[i].code);
        if (!strstr(m_ws_close_reason(ws), cases[i].words))
            fail_msg("%s: %s", cases[i].path, m_ws_close_reason(ws));
        m_ws_free(ws);
    }
}

static void one_that_was_not_asked_for(void **state)
{
    struct m_ws_refusal why;
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    assert_null(m_ws_try_open(&h.ctx, url_of("variant", 0), NULL, &why));
    assert_non_null(strstr(why.reason, "extension that was not offered"));
    assert_non_null(strstr(why.headers, "Sec-WebSocket-Extensions: permessage-deflate\n"));
    RUN(&h, m_ws_open(&h.ctx, url_of("variant", 0), &(struct m_ws_options){.deflate = 1, .client_window_bits = 8}));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "client_window_bits"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_offered),
        cmocka_unit_test(what_is_taken_of_the_answer),
        cmocka_unit_test(messages_of_every_size_and_parameter),
        cmocka_unit_test(examples_of_the_rfc),
        cmocka_unit_test(what_breaks_it),
        cmocka_unit_test(one_that_was_not_asked_for),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
