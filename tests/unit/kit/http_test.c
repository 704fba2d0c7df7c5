/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's http against a server that answers, hangs, lies and breaks off. */
#include "fake_host.h"
#include "local_server.h"

#include <muster/kit/http.h>
#include <muster/kit/wait.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct local_server server;
static char base[64];

static void answer_bytes(int fd, const char *status, const char *headers, const char *body, size_t length)
{
    char head[512];
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n", status, length, headers);
    local_write_text(fd, head);
    local_write(fd, body, length);
}

static void answer(int fd, const char *status, const char *headers, const char *body)
{
    answer_bytes(fd, status, headers, body, strlen(body));
}

static void answer_echo(int fd, const char *head)
{
    char body[8192] = "";
    const char *length = strcasestr(head, "\r\ncontent-length:");
    size_t n = length ? strtoul(length + 17, NULL, 10) : 0, used = strlen(head);
    memcpy(body, head, used);
    if (n < sizeof body - used && local_read(fd, body + used, n) == 0)
        answer_bytes(fd, "200 OK", "X-Thing: one\r\nx-thing: two\r\n", body, used + n);
}

/* 1: the connection goes on. */
static int serve_one(int fd, const char *head, int number)
{
    const char *path = strchr(head, ' ') + 1;
    char text[64];
    if (strncmp(path, "/hang", 5) == 0) {
        local_wait_for_end(fd);
        return 0;
    }
    if (strncmp(path, "/cut", 4) == 0) {
        local_write_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this");
        return 0;
    }
    if (strncmp(path, "/drip", 5) == 0) {
        local_write_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nand then nothing");
        local_wait_for_end(fd);
        return 0;
    }
    if (strncmp(path, "/rubbish", 8) == 0) {
        local_write_text(fd, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
        return 0;
    }
    if (strncmp(path, "/redirect", 9) == 0)
        answer(fd, "302 Found", "Location: /number\r\nX-Old: 1\r\n", "moved");
    else if (strncmp(path, "/number", 7) == 0)
        answer(fd, "200 OK", "", (snprintf(text, sizeof text, "%d", number), text));
    else if (strncmp(path, "/error", 6) == 0)
        answer(fd, "500 Oh", "", "{\"code\":\"internal\"}");
    else
        answer_echo(fd, head);
    return 1;
}

static void serve(int fd)
{
    char head[4096];
    for (int number = 1; local_read_head(fd, head, sizeof head) == 0; number++)
        if (!serve_one(fd, head, number))
            return;
}

static int start(void **state)
{
    (void)state;
    server = local_server_start(serve);
    snprintf(base, sizeof base, "http://127.0.0.1:%d/", server.port);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    local_server_stop(&server);
    return 0;
}

static void requests_say_what_they_were_given(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, base, NULL);
    m_http_bearer(api, "tok.en");
    m_http_header(api, "X-Empty", "");
    struct m_http_reply r = m_post(api, "/echo?token=hidden", "{\"a\":1}");
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.body, "POST /echo?token=hidden HTTP/1.1\r\n"));
    assert_non_null(strstr(r.body, "Authorization: Bearer tok.en\r\n"));
    assert_non_null(strstr(r.body, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(r.body, "Content-Length: 7\r\n"));
    assert_non_null(strstr(r.body, "X-Empty:\r\n"));
    assert_null(strstr(r.body, "Expect"));
    assert_non_null(strstr(r.body, "\r\n\r\n{\"a\":1}"));
    assert_string_equal(m_http_value(&r, "X-THING"), "one");
    assert_null(m_http_value(&r, "X-Other"));
    assert_true(r.time_ms > 0);
    /* The log has the request, and none of its secrets. */
    assert_non_null(strstr(h.log, "POST /echo?...: 200"));
    assert_null(strstr(h.log, "hidden"));
    assert_null(strstr(h.log, "tok.en"));
    m_http_close(api);
}

/* The kit's own files are none that the author has. */
static void what_is_logged_has_the_authors_place(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, base, NULL);
    m_get(api, "/number");
    assert_string_equal(h.log_file, __FILE__);
    assert_int_equal(h.log_line, __LINE__ - 2);
    m_http_close(api);
}

static void methods_and_headers_of_one_request(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, base, NULL);
    m_http_bearer(api, "first");
    m_http_header(api, "X-A", "1");
    m_http_header(api, "x-a", "2");
    struct m_http_reply r = M_REQUEST(api, .method = "PATCH", .path = "/echo", .body = "a\0b", .body_len = 3,
                                      .media_type = "application/octet-stream",
                                      .headers = HEADERS("authorization: Bearer other", "If-Match: \"3\""));
    assert_non_null(strstr(r.body, "PATCH /echo "));
    assert_non_null(strstr(r.body, "authorization: Bearer other\r\n"));
    assert_null(strstr(r.body, "first"));
    assert_non_null(strstr(r.body, "If-Match: \"3\"\r\n"));
    assert_non_null(strstr(r.body, "x-a: 2\r\n"));
    assert_null(strstr(r.body, "X-A: 1"));
    assert_non_null(strstr(r.body, "Content-Type: application/octet-stream\r\n"));
    assert_memory_equal(r.body + r.body_len - 3, "a\0b", 3);
    m_http_bearer(api, NULL);
    r = m_delete(api, "/echo");
    assert_non_null(strstr(r.body, "DELETE /echo "));
    assert_null(strcasestr(r.body, "authorization"));
    assert_null(strstr(r.body, "Content-Type"));
    r = m_put(api, "/echo", NULL);
    assert_non_null(strstr(r.body, "PUT /echo "));
    assert_non_null(strstr(r.body, "Content-Length: 0\r\n"));
    m_http_close(api);
}

static void connections_are_used_again(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, base, NULL);
    struct m_http_reply r = m_get(api, "/number");
    assert_string_equal(r.body, "1");
    struct m_http_reply kept = m_http_keep(&r);
    assert_string_equal(m_get(api, "/number").body, "2");
    assert_string_equal(kept.body, "1");
    m_http_close(api);
}

static void redirects_are_followed_on_request_only(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, base, NULL);
    struct m_http_reply r = m_get(api, "/redirect");
    assert_int_equal(r.status, 302);
    assert_string_equal(m_http_value(&r, "location"), "/number");
    r = M_REQUEST(api, .method = "GET", .path = "/redirect", .follow = 1);
    assert_int_equal(r.status, 200);
    assert_null(m_http_value(&r, "x-old"));
    m_http_close(api);
}

static void a_status_is_an_answer(void **state)
{
    struct fake_host h;
    struct m_http_reply r = {0};
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, base, NULL);
    RUN(&h, r = m_get(api, "/error"));
    assert_int_equal(h.stopped, 0);
    assert_int_equal(r.status, 500);
    m_http_close(api);
}

/* Error verdicts with curl's words; the same through m_try_request() is a reply. */
static void no_answer_is_an_error(void **state)
{
    static const struct {
        const char *path, *words;
        int code, status;
        uint32_t timeout_ms;
    } cases[] = {{"/cut", "transfer closed", 18, 200, 60000},
                 {"/hang", "timed out", 28, 0, 300},
                 {"/drip", "timed out", 28, 200, 2000}, /* its head comes first */
                 {"/rubbish", "", 0, 0, 60000}};
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct m_http *api = m_http_open(&h.ctx, base, &(struct m_http_options){.timeout_ms = cases[i].timeout_ms});
        uint64_t before = m_now_ms();
        RUN(&h, m_get(api, cases[i].path));
        assert_true(m_now_ms() - before < 20000);
        assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
        assert_non_null(strstr(h.reason, cases[i].path));
        assert_non_null(strstr(h.reason, cases[i].words));
        struct m_http_reply r = M_TRY_REQUEST(api, .method = "GET", .path = cases[i].path);
        assert_int_equal(r.status, cases[i].status);
        assert_non_null(r.error);
        assert_true(cases[i].code == 0 || r.error_code == cases[i].code);
        m_http_close(api);
    }
}

static void a_closed_port_is_an_error(void **state)
{
    struct local_server gone = local_server_start(serve);
    char url[64];
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", gone.port);
    local_server_stop(&gone);
    struct m_http *api = m_http_open(&h.ctx, url, NULL);
    struct m_http_reply r = M_TRY_REQUEST(api, .method = "GET", .path = "/");
    assert_int_equal(r.error_code, 7);
    m_http_close(api);
    RUN(&h, m_http_open(&h.ctx, "not a url", NULL));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
}

static void bodies_have_a_cap(void **state)
{
    struct m_http_options small = {.max_body = 20};
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, base, &small);
    struct m_http_reply r = M_TRY_REQUEST(api, .method = "GET", .path = "/echo");
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.error, "larger than 20 bytes"));
    r = m_get(api, "/number");
    assert_int_equal(r.status, 200);
    m_http_close(api);
}

static void the_attempts_deadline_ends_a_request(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, base, NULL);
    fake_host_deadline(&h, 400);
    uint64_t before = m_now_ms();
    RUN(&h, m_get(api, "/hang"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_true(m_now_ms() - before < 20000);
    m_http_close(api);
}

/* As in a tear-down that begins with nothing left of its time. No time is little time, and not all time. */
static void a_request_without_time_left_ends(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, base, NULL);
    h.ends_at_ms = 1; /* long ago */
    assert_int_equal(m_remaining_ms(&h.ctx), 0);
    RUN(&h, m_get(api, "/hang"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    m_http_close(api);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_say_what_they_were_given),
        cmocka_unit_test(what_is_logged_has_the_authors_place),
        cmocka_unit_test(methods_and_headers_of_one_request),
        cmocka_unit_test(connections_are_used_again),
        cmocka_unit_test(redirects_are_followed_on_request_only),
        cmocka_unit_test(a_status_is_an_answer),
        cmocka_unit_test(no_answer_is_an_error),
        cmocka_unit_test(a_closed_port_is_an_error),
        cmocka_unit_test(bodies_have_a_cap),
        cmocka_unit_test(the_attempts_deadline_ends_a_request),
        cmocka_unit_test(a_request_without_time_left_ends),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
