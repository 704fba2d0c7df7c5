/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's http sends what is written, once, and says what it got: against a server that notes every request. */
#include "fake_host.h"
#include "local_server.h"

#include <muster/kit/http.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <zlib.h>

#include <cmocka.h>

/* What the server's process has seen. */
struct seen {
    int requests, connections;
    char head[4096]; /* of the last request */
};

static struct seen *seen;
static struct local_server server;
static char base[64];

static int take_request(int fd)
{
    char rest[4096];
    if (local_read_head(fd, seen->head, sizeof seen->head) < 0)
        return -1;
    seen->requests++;
    const char *length = strcasestr(seen->head, "\r\ncontent-length:");
    size_t n = length ? strtoul(length + 17, NULL, 10) : 0;
    return n < sizeof rest && local_read(fd, rest, n) == 0 ? 0 : -1;
}

static void answer_packed(int fd, int window_bits, const char *coding)
{
    static unsigned char plain[100000], packed[4096];
    char head[160];
    z_stream z = {.next_in = plain, .avail_in = sizeof plain, .next_out = packed, .avail_out = sizeof packed};
    memset(plain, 'x', sizeof plain);
    deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %lu\r\n\r\n", coding,
             z.total_out);
    local_write_text(fd, head);
    local_write(fd, packed, z.total_out);
    deflateEnd(&z);
}

static const struct {
    const char *path, *text;
} answers[] = {
    {"/cut", "HTTP/1.1 507 Full\r\nX-Why: disk\r\nContent-Length: 1000\r\n\r\nonly this"},
    {"/chunk", "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nff\r\n"},
    {"/early", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"},
    {"/two-lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"},
    {"/list-of-lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nabc"},
    {"/same-lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\nContent-Length: 03\r\n\r\nabc"},
    {"/no-number", "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc"},
};

/* 1: the connection goes on. */
static int serve_one(int fd)
{
    const char *path = strchr(seen->head, ' ') + 1;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (strncmp(path, answers[i].path, strlen(answers[i].path)) == 0) {
            local_write_text(fd, answers[i].text);
            return 0;
        }
    if (strncmp(path, "/gone", 5) == 0)
        return 0;
    if (strncmp(path, "/gzip", 5) == 0)
        answer_packed(fd, 15 + 16, "gzip");
    else if (strncmp(path, "/deflate", 8) == 0)
        answer_packed(fd, 15, "deflate");
    else if (strncmp(path, "/login", 6) == 0)
        local_write_text(fd, "HTTP/1.1 204 Fine\r\nSet-Cookie: session=s3cr3t; Path=/\r\n"
                             "Set-Cookie: deep=1; Path=/deep\r\n\r\n");
    else
        local_write_text(fd, "HTTP/1.1 204 Fine\r\n\r\n");
    return 1;
}

static void serve(int fd)
{
    seen->connections++;
    while (take_request(fd) == 0)
        if (!serve_one(fd))
            return;
}

static int start(void **state)
{
    (void)state;
    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (seen == MAP_FAILED)
        return -1;
    server = local_server_start(serve);
    snprintf(base, sizeof base, "http://127.0.0.1:%d", server.port);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    local_server_stop(&server);
    munmap(seen, sizeof *seen);
    return 0;
}

static struct m_http *open_client(struct fake_host *h, const struct m_http_options *options)
{
    fake_host_init(h);
    return m_http_open(&h->ctx, base, options);
}

/* The server reads the request on a connection that was used before, and ends it without an answer. */
static void nothing_is_sent_twice(void **state)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "HEAD"};
    struct fake_host h;
    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        struct m_http *api = open_client(&h, NULL);
        assert_int_equal(m_get(api, "/").status, 204);
        int requests = seen->requests, connections = seen->connections;
        struct m_http_reply r = M_TRY_REQUEST(api, .method = methods[i], .path = "/gone", .body = "{}");
        assert_int_equal(r.status, 0);
        assert_int_equal(r.error_code, 52);
        assert_non_null(strstr(r.error, "not sent again"));
        assert_int_equal(m_get(api, "/after").status, 204);
        assert_int_equal(seen->requests, requests + 2);
        assert_int_equal(seen->connections, connections + 1);
        m_http_close(api);
    }
}

static void paths_are_sent_as_they_are(void **state)
{
    static const char *const paths[] = {
        "/a/../b", "/./x", "//double", "/%2e%2E/%41", "/x?a=/../b&c=d#e", "/#", "/{}|\\^`\"<>", "/\xc3\xa4", "/a/..",
    };
    struct fake_host h;
    char line[128];
    (void)state;
    struct m_http *api = open_client(&h, NULL);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        snprintf(line, sizeof line, "GET %s HTTP/1.1\r\n", paths[i]);
        assert_int_equal(m_get(api, paths[i]).status, 204);
        assert_memory_equal(seen->head, line, strlen(line));
    }
    m_get(api, NULL);
    assert_memory_equal(seen->head, "GET / HTTP/1.1\r\n", 16);
    m_get(api, "?q");
    assert_memory_equal(seen->head, "GET /?q HTTP/1.1\r\n", 18);
    M_REQUEST(api, .method = "OPTIONS", .path = "*");
    assert_memory_equal(seen->head, "OPTIONS * HTTP/1.1\r\n", 20);
    m_http_close(api);
    snprintf(line, sizeof line, "%s/api/../v1//", base);
    api = m_http_open(&h.ctx, line, NULL);
    m_get(api, "/x/..");
    assert_memory_equal(seen->head, "GET /api/../v1/x/.. HTTP/1.1\r\n", 30);
    m_get(api, "?q");
    assert_memory_equal(seen->head, "GET /api/../v1?q HTTP/1.1\r\n", 27);
    m_http_close(api);
}

static void paths_that_would_be_something_else(void **state)
{
    static const char *const paths[] = {"@evil.test/", "x", ":80/", "/a b", "/a\r\nX: y", "/\x7f", "/\t"};
    struct fake_host h;
    (void)state;
    struct m_http *api = open_client(&h, NULL);
    int requests = seen->requests;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        RUN(&h, m_get(api, paths[i]));
        assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
        assert_non_null(strstr(h.reason, "the path "));
    }
    assert_int_equal(seen->requests, requests);
    m_http_close(api);
}

static void headers_cannot_break_out(void **state)
{
    struct fake_host h;
    (void)state;
    struct m_http *api = open_client(&h, NULL);
    int requests = seen->requests;
#define REFUSED(statement_, words_)                                                                                    \
    RUN(&h, statement_);                                                                                               \
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);                                                                    \
    assert_non_null(strstr(h.reason, words_));                                                                         \
    assert_null(strstr(h.reason, "hidden"))
    REFUSED(m_http_header(api, "X-A", "hidden\r\nX-B: 2"), "\"X-A\": a CR or LF");
    REFUSED(m_http_header(api, "X-A", "hidden\n"), "\"X-A\": a CR or LF");
    REFUSED(m_http_header(api, "X-A", "hidden\x01"), "control character");
    REFUSED(m_http_header(api, "X A", "hidden"), "\"X A\": its name");
    REFUSED(m_http_header(api, "X-A:", "hidden"), "its name");
    REFUSED(m_http_header(api, "", "hidden"), "its name");
    REFUSED(m_http_bearer(api, "hidden\r\nX-B: 2"), "\"Authorization\": a CR or LF");
    REFUSED(M_TRY_REQUEST(api, .path = "/", .headers = HEADERS("X-A: hidden\rX-B: 2")), "\"X-A\": a CR or LF");
    REFUSED(M_TRY_REQUEST(api, .path = "/", .headers = HEADERS("X-A;")), "no colon");
    REFUSED(M_TRY_REQUEST(api, .path = "/", .body = "x", .media_type = "a/b\r\nX: y"), "\"Content-Type\": a CR or LF");
    REFUSED(M_TRY_REQUEST(api, .method = "GET /x HTTP/1.1\r\nX:", .path = "/"), "the method ");
    REFUSED(M_TRY_REQUEST(api, .method = "", .path = "/"), "the method ");
    assert_int_equal(seen->requests, requests);
    M_REQUEST(api, .path = "/", .headers = HEADERS("X-Tab: a\tb", "X-Empty:", "X-No-Space:c", "X-Wide:   d "));
    assert_non_null(strstr(seen->head, "X-Tab: a\tb\r\nX-Empty:\r\nX-No-Space:c\r\nX-Wide:   d \r\n"));
    m_http_close(api);
}

static void a_method_that_is_null_is_get(void **state)
{
    struct fake_host h;
    (void)state;
    struct m_http *api = open_client(&h, NULL);
    assert_int_equal(M_REQUEST(api, .path = "/x").status, 204);
    assert_memory_equal(seen->head, "GET /x HTTP/1.1\r\n", 17);
    RUN(&h, M_REQUEST(api, .path = "/cut"));
    assert_non_null(strstr(h.reason, "GET /cut: the answer, 507, is no good"));
    m_http_close(api);
}

static void what_came_of_a_broken_answer_is_kept(void **state)
{
    struct fake_host h;
    (void)state;
    struct m_http *api = open_client(&h, NULL);
    struct m_http_reply r = M_TRY_REQUEST(api, .path = "/cut");
    assert_int_equal(r.status, 507);
    assert_string_equal(m_http_value(&r, "x-why"), "disk");
    assert_string_equal(r.body, "only this");
    assert_int_equal(r.error_code, 18);
    r = M_TRY_REQUEST(api, .path = "/chunk");
    assert_int_equal(r.status, 503);
    assert_string_equal(r.body, "hello");
    assert_non_null(r.error);
    assert_non_null(strstr(h.log, "GET /chunk: 503, but "));
    r = M_TRY_REQUEST(api, .path = "/early"); /* no answer but a hint of one */
    assert_int_equal(r.status, 0);
    assert_non_null(r.error);
    m_http_close(api);
}

static void lengths_that_differ(void **state)
{
    struct fake_host h;
    (void)state;
    struct m_http *api = open_client(&h, NULL);
    struct m_http_reply r = M_TRY_REQUEST(api, .path = "/two-lengths");
    assert_non_null(r.error);
    assert_non_null(strstr(r.error, "two Content-Lengths that differ: 2 and 3"));
    assert_int_equal(r.status, 200);
    r = M_TRY_REQUEST(api, .path = "/list-of-lengths");
    assert_non_null(r.error);
    assert_non_null(strstr(r.error, "two Content-Lengths that differ: 2 and 3"));
    r = M_TRY_REQUEST(api, .path = "/no-number");
    assert_non_null(r.error);
    assert_int_equal(r.error_code, 8);
    assert_string_equal(m_get(api, "/same-lengths").body, "abc");
    m_http_close(api);
}

static void only_http_is_spoken(void **state)
{
    static const struct {
        const char *url, *words;
    } cases[] = {
        {"127.0.0.1:8080", "no http:// or https:// in front"},
        {"localhost:8080/api", "no http:// or https:// in front"},
        {"localhost", "no http:// or https:// in front"},
        {"ftp://host.test/", "its scheme is ftp"},
        {"file:///etc/passwd", "its scheme is file"},
        {"gopher://h.test", "its scheme is gopher"},
        {"muster://h.test/x", "its scheme is muster"},
        {"http://h.test/?a=1", "a query or fragment"},
        {"http://h.test/#x", "a query or fragment"},
    };
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        RUN(&h, m_http_open(&h.ctx, cases[i].url, NULL));
        assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
        assert_non_null(strstr(h.reason, cases[i].words));
    }
}

static void compression_is_asked_for_by_option(void **state)
{
    static const char *const paths[] = {"/gzip", "/deflate"};
    struct m_http_options packed = {.compressed = 1}, small = {.compressed = 1, .max_body = 50000};
    struct fake_host h;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct m_http *api = open_client(&h, NULL);
        struct m_http_reply r = m_get(api, paths[i]);
        assert_true(r.body_len < 4096);
        assert_null(strcasestr(seen->head, "accept-encoding"));
        m_http_close(api);
        api = open_client(&h, &packed);
        r = m_get(api, paths[i]);
        assert_int_equal(r.body_len, 100000);
        assert_true(strspn(r.body, "x") == 100000);
        assert_non_null(strstr(seen->head, "Accept-Encoding: gzip, deflate\r\n"));
        m_http_close(api);
        api = open_client(&h, &small); /* the cap is of what it is unpacked to */
        r = M_TRY_REQUEST(api, .path = paths[i]);
        assert_non_null(r.error);
        assert_non_null(strstr(r.error, "larger than 50000 bytes"));
        m_http_close(api);
    }
}

static void cookies_are_kept_by_option(void **state)
{
    struct m_http_options jar = {.cookies = 1};
    struct fake_host h;
    (void)state;
    struct m_http *api = open_client(&h, NULL);
    m_get(api, "/login");
    m_get(api, "/x");
    assert_null(strcasestr(seen->head, "cookie"));
    m_http_close(api);
    api = open_client(&h, &jar);
    m_get(api, "/login");
    m_get(api, "/x");
    assert_non_null(strstr(seen->head, "Cookie: session=s3cr3t\r\n"));
    m_get(api, "/deep/x");
    assert_non_null(strstr(seen->head, "deep=1"));
    RUN(&h, M_REQUEST(api, .path = "/x", .headers = HEADERS("Cookie: a=b")));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    m_http_close(api);
    api = open_client(&h, &jar); /* another user */
    m_get(api, "/x");
    assert_null(strcasestr(seen->head, "cookie"));
    m_http_close(api);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_sent_twice),
        cmocka_unit_test(paths_are_sent_as_they_are),
        cmocka_unit_test(paths_that_would_be_something_else),
        cmocka_unit_test(headers_cannot_break_out),
        cmocka_unit_test(a_method_that_is_null_is_get),
        cmocka_unit_test(what_came_of_a_broken_answer_is_kept),
        cmocka_unit_test(lengths_that_differ),
        cmocka_unit_test(only_http_is_spoken),
        cmocka_unit_test(compression_is_asked_for_by_option),
        cmocka_unit_test(cookies_are_kept_by_option),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
