/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server may send and what not, as a table: the kinds of cases that the Autobahn test suite has in its groups
 * 1 to 7, 9 and 10, against the kit's client. Compression, its groups 12 and 13, is in ws_deflate_test.c.
 *
 * Each case is sent whole and byte by byte. The client's view (messages, close code, words) and the server's (pongs,
 * the code of the client's close) have to be those of the table.
 */
#include "fake_host.h"
#include "local_server.h"
#include "ws_server.h"

#include <errno.h>
#include <muster/kit/ws.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#define CLOSE_1000   "\x88\x02\x03\xe8"
#define BYTES(text_) text_, sizeof(text_) - 1
#define X25          "xxxxxxxxxxxxxxxxxxxxxxxxx"
#define X125         X25 X25 X25 X25 X25
#define KAPPA        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"

struct conformance {
    const char *name;
    const char *bytes;
    size_t length;
    const char *messages; /* "t:text|b:binary" */
    const char *pongs;    /* payloads that the server got: "|a|b" */
    int close_code, answer;
    const char *words; /* of the close's reason */
};

/* Goes on to an orderly end. */
#define GOOD(name_, bytes_, messages_, pongs_)                                                                         \
    {                                                                                                                  \
        name_, BYTES(bytes_ CLOSE_1000), messages_, pongs_, 1000, 1000, ""                                             \
    }
#define CLOSES(name_, bytes_, messages_, code_, answer_, words_)                                                       \
    {                                                                                                                  \
        name_, BYTES(bytes_), messages_, "", code_, answer_, words_                                                    \
    }
/* This side ends it. */
#define BAD(name_, bytes_, messages_, code_, words_)                                                                   \
    {                                                                                                                  \
        name_, BYTES(bytes_), messages_, "", code_, code_, words_                                                      \
    }

static const struct conformance cases[] = {
    GOOD("1.1 an empty text", "\x81\x00", "t:", ""),
    GOOD("1.1 a text", "\x81\x05Hello", "t:Hello", ""),
    GOOD("1.1 a text of 125 bytes", "\x81\x7d" X125, "t:" X125, ""),
    GOOD("1.1 a text of 126 bytes", "\x81\x7e\x00\x7e" X125 "y", "t:" X125 "y", ""),
    GOOD("1.2 an empty binary", "\x82\x00", "b:", ""),
    GOOD("1.2 a binary that is no UTF-8", "\x82\x02\xfe\xff", "b:\xfe\xff", ""),
    BAD("1.3 a masked frame", "\x81\x81\x01\x02\x03\x04z", "", 1002, "masked a frame"),
    BAD("1.3 a length of 2 bytes that needs none", "\x81\x7e\x00\x05Hello", "", 1002, "shortest form"),
    BAD("1.3 a length of 8 bytes that needs 2", "\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x7f", "", 1002, "shortest form"),
    BAD("1.3 a length with the highest bit", "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00", "", 1002, "highest bit"),

    GOOD("2.1 an empty ping", "\x89\x00", "", "|"),
    GOOD("2.2 a ping", "\x89\x05Hello", "", "|Hello"),
    GOOD("2.3 a ping that is no UTF-8", "\x89\x02\xfe\xff", "", "|\xfe\xff"),
    GOOD("2.4 a ping of 125 bytes", "\x89\x7d" X125, "", "|" X125),
    BAD("2.5 a ping of 126 bytes", "\x89\x7e\x00\x7e" X125 "y", "", 1002, "more than 125 bytes"),
    GOOD("2.7 an empty pong out of the blue", "\x8a\x00", "", ""),
    GOOD("2.8 a pong out of the blue", "\x8a\x02hi", "", ""),
    GOOD("2.9 a pong and a ping", "\x8a\x02hi\x89\x02ho", "", "|ho"),
    GOOD("2.10 several pings",
         "\x89\x01"
         "1\x89\x01"
         "2\x89\x01"
         "3\x89\x01"
         "4",
         "", "|1|2|3|4"),

    BAD("3.1 RSV3", "\x91\x05Hello", "", 1002, "reserved bit"),
    BAD("3.2 RSV2 behind a text",
        "\x81\x01"
        "a\xa1\x01"
        "b",
        "t:a", 1002, "reserved bit"),
    BAD("3.3 RSV2 and RSV3",
        "\xb1\x01"
        "a",
        "", 1002, "reserved bit"),
    BAD("3.4 RSV1 without an extension",
        "\xc1\x01"
        "a",
        "", 1002, "reserved bit"),
    BAD("3.5 RSV1 and RSV3, binary",
        "\xd2\x01"
        "a",
        "", 1002, "reserved bit"),
    BAD("3.6 RSV1 and RSV2 of a ping",
        "\xe9\x01"
        "a",
        "", 1002, "reserved bit"),
    BAD("3.7 all of a close", "\xf8\x00", "", 1002, "reserved bit"),

    BAD("4.1 opcode 3", "\x83\x00", "", 1002, "opcode is reserved"),
    BAD("4.1 opcode 4",
        "\x84\x01"
        "a",
        "", 1002, "opcode is reserved"),
    BAD("4.1 opcode 5 behind a text",
        "\x81\x01"
        "a\x85\x00",
        "t:a", 1002, "opcode is reserved"),
    BAD("4.1 opcode 6", "\x86\x00", "", 1002, "opcode is reserved"),
    BAD("4.1 opcode 7", "\x87\x00", "", 1002, "opcode is reserved"),
    BAD("4.2 opcode 11", "\x8b\x00", "", 1002, "opcode is reserved"),
    BAD("4.2 opcode 12",
        "\x8c\x01"
        "a",
        "", 1002, "opcode is reserved"),
    BAD("4.2 opcode 13 behind a text",
        "\x81\x01"
        "a\x8d\x00",
        "t:a", 1002, "opcode is reserved"),
    BAD("4.2 opcode 14", "\x8e\x00", "", 1002, "opcode is reserved"),
    BAD("4.2 opcode 15", "\x8f\x00", "", 1002, "opcode is reserved"),

    BAD("5.1 a fragmented ping",
        "\x09\x01"
        "a\x80\x01"
        "b",
        "", 1002, "control frame is fragmented"),
    BAD("5.2 a fragmented pong",
        "\x0a\x01"
        "a\x80\x01"
        "b",
        "", 1002, "control frame is fragmented"),
    BAD("5.2 a fragmented close", "\x08\x00", "", 1002, "control frame is fragmented"),
    GOOD("5.3 two fragments", "\x01\x03one\x80\x03two", "t:onetwo", ""),
    GOOD("5.3 three, the first empty", "\x01\x00\x00\x03one\x80\x03two", "t:onetwo", ""),
    GOOD("5.6 a ping between fragments", "\x01\x03one\x89\x01p\x80\x03two", "t:onetwo", "|p"),
    BAD("5.9 a continuation of nothing",
        "\x80\x01"
        "a",
        "", 1002, "continues nothing"),
    BAD("5.12 a continuation of nothing that goes on",
        "\x00\x01"
        "a",
        "", 1002, "continues nothing"),
    BAD("5.15 a continuation behind the end",
        "\x01\x01"
        "a\x80\x01"
        "b\x80\x01"
        "c",
        "t:ab", 1002, "continues nothing"),
    BAD("5.18 a text in a text",
        "\x01\x01"
        "a\x01\x01"
        "b",
        "", 1002, "within a fragmented one"),
    BAD("5.18 a binary in a text",
        "\x01\x01"
        "a\x82\x01"
        "b",
        "", 1002, "within a fragmented one"),
    GOOD("5.19 pings among five fragments",
         "\x01\x01"
         "a\x00\x01"
         "b\x89\x01"
         "1\x00\x01"
         "c\x00\x01"
         "d\x89\x01"
         "2\x80\x01"
         "e",
         "t:abcde", "|1|2"),
    GOOD("5.20 a fragmented binary",
         "\x02\x01"
         "\xff\x80\x01"
         "\xfe",
         "b:\xff\xfe", ""),

    GOOD("6.1 empty fragments", "\x01\x00\x00\x00\x80\x00", "t:", ""),
    GOOD("6.2 text that is not ASCII", "\x81\x0b" KAPPA, "t:" KAPPA, ""),
    GOOD("6.2 fragments within a character", "\x01\x01\xce\x00\x01\xba\x00\x02\xe1\xbd\x80\x01\xb9",
         "t:\xce\xba\xe1\xbd\xb9", ""),
    BAD("6.3 a surrogate behind good text", "\x81\x0e" KAPPA "\xed\xa0\x80", "", 1007, "no UTF-8"),
    BAD("6.3 a surrogate, fragmented", "\x01\x0b" KAPPA "\x80\x03\xed\xa0\x80", "", 1007, "no UTF-8"),
    BAD("6.4 bad in the first fragment: ends at once", "\x01\x0f" KAPPA "\xf4\x90\x80\x80", "", 1007, "no UTF-8"),
    BAD("6.4 a second byte that is too large", "\x01\x02\xf4\x90", "", 1007, "no UTF-8"),
    BAD("6.6 a character that is not whole", "\x81\x01\xce", "", 1007, "within a character"),
    BAD("6.6 the same of four bytes", "\x81\x03\xf0\x9f\x98", "", 1007, "within a character"),
    BAD("6.6 the same, fragmented", "\x01\x01\xe1\x80\x01\xbd", "", 1007, "within a character"),
    GOOD("6.7 the first of each length", "\x81\x0a\x01\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80",
         "t:\x01\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80", ""),
    GOOD("6.9 the last of each length", "\x81\x0a\x7f\xdf\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf",
         "t:\x7f\xdf\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf", ""),
    BAD("6.8 five bytes", "\x81\x05\xf8\x88\x80\x80\x80", "", 1007, "no UTF-8"),
    BAD("6.10 beyond U+10FFFF", "\x81\x04\xf4\x90\x80\x80", "", 1007, "no UTF-8"),
    GOOD("6.11 around the surrogates", "\x81\x06\xed\x9f\xbf\xee\x80\x80", "t:\xed\x9f\xbf\xee\x80\x80", ""),
    BAD("6.12 a continuation byte alone", "\x81\x01\x80", "", 1007, "no UTF-8"),
    BAD("6.13 a first byte and a space", "\x81\x02\xc3 ", "", 1007, "no UTF-8"),
    BAD("6.16 0xfe", "\x81\x01\xfe", "", 1007, "no UTF-8"),
    BAD("6.17 overlong, two bytes", "\x81\x02\xc0\xaf", "", 1007, "no UTF-8"),
    BAD("6.17 overlong, three bytes", "\x81\x03\xe0\x80\xaf", "", 1007, "no UTF-8"),
    BAD("6.17 overlong, four bytes", "\x81\x04\xf0\x80\x80\xaf", "", 1007, "no UTF-8"),
    BAD("6.20 the last surrogate", "\x81\x03\xed\xbf\xbf", "", 1007, "no UTF-8"),
    GOOD("6.22 what stands for no character", "\x81\x07\xef\xbf\xbe\xf0\x9f\xbf\xbf", "t:\xef\xbf\xbe\xf0\x9f\xbf\xbf",
         ""),

    GOOD("7.1.1 a text before the close",
         "\x81\x01"
         "a",
         "t:a", ""),
    CLOSES("7.1.2 two closes", "\x88\x02\x03\xe8\x88\x02\x03\xe9", "", 1000, 1000, ""),
    CLOSES("7.1.3 a ping behind the close", CLOSE_1000 "\x89\x00", "", 1000, 1000, ""),
    CLOSES("7.1.4 a text behind the close",
           CLOSE_1000 "\x81\x01"
                      "a",
           "", 1000, 1000, ""),
    CLOSES("7.1.5 a close within a message",
           "\x01\x01"
           "a" CLOSE_1000 "\x80\x01"
           "b",
           "", 1000, 1000, ""),
    CLOSES("7.3.1 a close without a code", "\x88\x00", "", 1005, 1005, ""),
    BAD("7.3.2 half a code", "\x88\x01\x03", "", 1002, "half a code"),
    CLOSES("7.3.4 a reason",
           "\x88\x06\x03\xe8"
           "bye!",
           "", 1000, 1000, "bye!"),
    CLOSES("7.3.5 a reason of 123 bytes", "\x88\x7d\x03\xe8" X25 X25 X25 X25 "xxxxxxxxxxxxxxxxxxxxxxx", "", 1000, 1000,
           X25 X25 X25 X25 "xxxxxxxxxxxxxxxxxxxxxxx"),
    BAD("7.3.6 a reason of 124 bytes", "\x88\x7e\x00\x7e\x03\xe8" X25 X25 X25 X25 "xxxxxxxxxxxxxxxxxxxxxxxx", "", 1002,
        "more than 125 bytes"),
    BAD("7.5.1 a reason that is no UTF-8", "\x88\x05\x03\xe8\xed\xa0\x80", "", 1007, "reason is no UTF-8"),
    BAD("7.5.1 a reason that ends within a character", "\x88\x03\x03\xe8\xce", "", 1007, "reason is no UTF-8"),
};

struct seen {
    sem_t done; /* the server has seen the client's end */
    char pongs[1024];
    int close_code; /* of the client; 0: none */
    int n_data, closes;
};

static struct seen *seen;
static struct local_server server;

static int code_of(const struct server_frame *f)
{
    return f->length < 2 ? 1005 : f->payload[0] * 256 + f->payload[1];
}

/* Until the client has closed, or is gone. */
static void listen_to_client(int fd)
{
    struct server_frame f;
    while (ws_server_read(fd, &f) == 0) {
        if (f.first == 0x8a) {
            size_t used = strlen(seen->pongs);
            snprintf(seen->pongs + used, sizeof seen->pongs - used, "|%s", (const char *)f.payload);
        } else if (f.first == 0x88) {
            seen->close_code = code_of(&f);
            seen->closes++;
        } else {
            seen->n_data++;
        }
        free(f.payload);
        if (seen->closes)
            break;
    }
    sem_post(&seen->done);
}

static void send_code(int fd, size_t code)
{
    ws_server_send(fd, 0x88, (const unsigned char[]){(unsigned char)(code >> 8), (unsigned char)code}, 2);
}

/* A message of so many bytes in frames of at most so many, with pings between them, and the close. */
static void send_large(int fd, size_t size, size_t part)
{
    char *bytes = malloc(part);
    memset(bytes, 'x', part);
    for (size_t done = 0; done < size; done += part) {
        size_t n = size - done < part ? size - done : part;
        ws_server_send(fd, (done ? 0 : 1) | (done + n == size ? 0x80 : 0), bytes, n);
        if (done == 0)
            ws_server_send(fd, 0x89, "large", 5);
    }
    free(bytes);
    send_code(fd, 1000);
}

static void serve(int fd)
{
    char head[4096];
    if (local_read_head(fd, head, sizeof head) < 0)
        return;
    size_t number = ws_server_number(head);
    ws_server_accept(fd, head, "");
    if (strstr(head, " /whole/"))
        local_write(fd, cases[number].bytes, cases[number].length);
    else if (strstr(head, " /bytes/"))
        for (size_t i = 0; i < cases[number].length; i++)
            local_write(fd, cases[number].bytes + i, 1);
    else if (strstr(head, " /code/"))
        send_code(fd, number);
    else if (strstr(head, " /parts/"))
        send_large(fd, 1 << 20, number);
    else if (strstr(head, " /large/"))
        send_large(fd, number, number);
    listen_to_client(fd);
}

static int start(void **state)
{
    (void)state;
    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (seen == MAP_FAILED || sem_init(&seen->done, 1, 0) < 0)
        return -1;
    server = local_server_start(serve);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    local_server_stop(&server);
    munmap(seen, sizeof *seen);
    return 0;
}

/* What one connection came to. */
struct outcome {
    char messages[1024];
    uint64_t bytes; /* of all messages */
    int close_code, sent_code;
    char reason[256];
};

static struct m_ws *open_case(struct fake_host *h, const char *kind, size_t number)
{
    char url[96];
    fake_host_init(h);
    snprintf(url, sizeof url, "ws://127.0.0.1:%d/%s/%zu", server.port, kind, number);
    seen->pongs[0] = '\0';
    seen->close_code = seen->n_data = seen->closes = 0;
    return m_ws_open(&h->ctx, url, NULL);
}

static void end_case(struct m_ws *ws, struct outcome *o)
{
    o->close_code = m_ws_close_code(ws);
    o->sent_code = m_ws_sent_code(ws);
    snprintf(o->reason, sizeof o->reason, "%s", m_ws_close_reason(ws));
    m_ws_free(ws);
    while (sem_wait(&seen->done) < 0 && errno == EINTR)
        ;
}

static struct outcome run(const char *kind, size_t number)
{
    struct fake_host h;
    struct m_ws_message m;
    struct outcome o = {0};
    struct m_ws *ws = open_case(&h, kind, number);
    while (m_ws_receive(ws, 20000, &m) == M_WS_MESSAGE) {
        size_t used = strlen(o.messages);
        if (m.length < 300)
            snprintf(o.messages + used, sizeof o.messages - used, "%s%c:%s", used ? "|" : "", m.binary ? 'b' : 't',
                     m.data);
        o.bytes += m.length;
    }
    end_case(ws, &o);
    return o;
}

static void check_case(const struct conformance *c, const struct outcome *o, const char *how)
{
    int good = o->close_code == c->close_code && o->sent_code == c->answer && seen->close_code == c->answer &&
               seen->closes == 1 && seen->n_data == 0 && strcmp(o->messages, c->messages) == 0 &&
               strcmp(seen->pongs, c->pongs) == 0 && (*c->words ? strstr(o->reason, c->words) != NULL : !*o->reason);
    if (!good)
        fail_msg("%s, %s: messages \"%s\", pongs \"%s\", close %d \"%s\", we sent %d, the server saw %d", c->name, how,
                 o->messages, seen->pongs, o->close_code, o->reason, o->sent_code, seen->close_code);
}

static void the_table(void **state)
{
    static const char *const ways[] = {"whole", "bytes"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t w = 0; w < 2; w++) {
            struct outcome o = run(ways[w], i);
            check_case(&cases[i], &o, ways[w]);
        }
}

/* 7.7, 7.9, 7.13 */
static void codes_of_a_close(void **state)
{
    static const uint16_t good[] = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010,
                                    1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999};
    static const uint16_t bad[] = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct outcome o = run("code", good[i]);
        assert_int_equal(o.close_code, good[i]);
        assert_int_equal(o.sent_code, good[i]);
        assert_int_equal(seen->close_code, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct outcome o = run("code", bad[i]);
        assert_int_equal(o.close_code, 1002);
        assert_int_equal(seen->close_code, 1002);
        assert_non_null(strstr(o.reason, "code that must not be sent"));
    }
}

/* 1.1, 9.1 to 9.6, 10: lengths around the forms of a length, large messages, many fragments. */
static void lengths_and_fragments(void **state)
{
    static const size_t lengths[] = {127, 128, 65535, 65536, 262144, 4 << 20},
                        parts[] = {64, 1300, 4096, 65536, 262144};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct outcome o = run("large", lengths[i]);
        assert_int_equal(o.bytes, lengths[i]);
        assert_int_equal(o.close_code, 1000);
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct outcome o = run("parts", parts[i]);
        assert_int_equal(o.bytes, 1 << 20);
        assert_int_equal(o.close_code, 1000);
        assert_string_equal(seen->pongs, "|large");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table),
        cmocka_unit_test(codes_of_a_close),
        cmocka_unit_test(lengths_and_fragments),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
