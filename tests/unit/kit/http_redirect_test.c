/* SPDX-License-Identifier: Apache-2.0 */
/* What the kit's http makes of redirects: a table of RFC 9110's rules, and what goes along to another server. */
#include "fake_host.h"
#include "local_server.h"

#include <muster/kit/http.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Two, since a redirect may lead to another server. */
static struct local_server servers[2];
static char bases[2][64];

/* "/303/what" redirects to /what; "/302?=URL" to that; everything else is answered with what was asked. */
static void redirect(int fd, const char *path, const char *body)
{
    char text[512], status[8], location[256] = "";
    int query = path[4] == '?';
    snprintf(status, sizeof status, "%.3s", path + 1);
    snprintf(location, sizeof location, "%.*s", (int)strcspn(path + (query ? 6 : 4), " "), path + (query ? 6 : 4));
    snprintf(text, sizeof text, "HTTP/1.1 %s Elsewhere\r\n%s%s%sX-Old: 1\r\nContent-Length: 5\r\n\r\n%s", status,
             *location ? "Location: " : "", location, *location ? "\r\n" : "", body);
    local_write_text(fd, text);
}

static void echo(int fd, const char *head)
{
    char body[4096] = "", answer[128];
    const char *length = strcasestr(head, "\r\ncontent-length:");
    size_t n = length ? strtoul(length + 17, NULL, 10) : 0, used = strlen(head);
    memcpy(body, head, used);
    if (n < sizeof body - used && local_read(fd, body + used, n) < 0)
        return;
    int no_body = strncmp(head, "HEAD ", 5) == 0;
    snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nX-Method: %.*s\r\nContent-Length: %zu\r\n\r\n",
             (int)strcspn(head, " "), head, used + n);
    local_write_text(fd, answer);
    local_write(fd, body, no_body ? 0 : used + n);
}

static void serve(int fd)
{
    char head[2048], rest[64];
    while (local_read_head(fd, head, sizeof head) == 0) {
        const char *path = strchr(head, ' ') + 1;
        if (path[1] != '3') {
            echo(fd, head);
            continue;
        }
        const char *length = strcasestr(head, "\r\ncontent-length:");
        if (length && local_read(fd, rest, strtoul(length + 17, NULL, 10)) < 0)
            return;
        redirect(fd, path, strncmp(head, "HEAD ", 5) == 0 ? "" : "moved");
    }
}

static int start(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        servers[i] = local_server_start(serve);
        snprintf(bases[i], sizeof bases[i], "http://127.0.0.1:%d", servers[i].port);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        local_server_stop(&servers[i]);
    return 0;
}

static const struct {
    const char *status, *method, *becomes;
    int body; /* which is sent once more */
} rules[] = {
    {"301", "GET", "GET", 0},       {"301", "POST", "GET", 0},      {"301", "PUT", "PUT", 1},
    {"301", "HEAD", "HEAD", 0},     {"301", "DELETE", "DELETE", 0}, {"302", "GET", "GET", 0},
    {"302", "POST", "GET", 0},      {"302", "PATCH", "PATCH", 1},   {"302", "DELETE", "DELETE", 0},
    {"303", "GET", "GET", 0},       {"303", "POST", "GET", 0},      {"303", "PUT", "GET", 0},
    {"303", "PATCH", "GET", 0},     {"303", "DELETE", "GET", 0},    {"303", "HEAD", "HEAD", 0},
    {"307", "GET", "GET", 0},       {"307", "POST", "POST", 1},     {"307", "PUT", "PUT", 1},
    {"307", "DELETE", "DELETE", 0}, {"308", "POST", "POST", 1},     {"308", "PATCH", "PATCH", 1},
};

static void the_rules(void **state)
{
    struct fake_host h;
    char path[32], line[128];
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, bases[0], NULL);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        int with_body = strchr("P", rules[i].method[0]) != NULL;
        snprintf(path, sizeof path, "/%s/target", rules[i].status);
        struct m_http_reply r = M_REQUEST(api, .method = rules[i].method, .path = path,
                                          .body = with_body ? "{\"n\":1}" : NULL, .follow = 1);
        assert_int_equal(r.status, 200);
        assert_string_equal(m_http_value(&r, "X-Method"), rules[i].becomes);
        assert_null(m_http_value(&r, "X-Old"));
        assert_int_equal(r.n_redirects, 1);
        snprintf(line, sizeof line, "%s %s %s/target\n", rules[i].status, rules[i].becomes, bases[0]);
        assert_string_equal(r.redirects, line);
        assert_int_equal(strstr(r.body, "{\"n\":1}") != NULL, rules[i].body);
        assert_int_equal(strcasestr(r.body, "content-type:") != NULL, rules[i].body);
    }
    m_http_close(api);
}

static void they_are_followed_on_request_only(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, bases[0], NULL);
    struct m_http_reply r = m_get(api, "/302/target");
    assert_int_equal(r.status, 302);
    assert_string_equal(r.body, "moved");
    assert_string_equal(r.redirects, "");
    assert_int_equal(r.n_redirects, 0);
    r = M_REQUEST(api, .path = "/300/target", .follow = 1); /* a choice, and the scenario's */
    assert_int_equal(r.status, 300);
    r = M_REQUEST(api, .path = "/304", .follow = 1);
    assert_int_equal(r.status, 304);
    m_http_close(api);
    api = m_http_open(&h.ctx, bases[0], NULL);
    r = M_REQUEST(api, .path = "/302", .follow = 1); /* without a Location */
    assert_int_equal(r.status, 302);
    m_http_close(api);
}

static void several_in_a_row(void **state)
{
    struct fake_host h;
    char path[256] = "/target", expected[256];
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, bases[0], NULL);
    struct m_http_reply r =
        M_REQUEST(api, .method = "PUT", .path = "/308/302/303/a/../b?x=1", .body = "1", .follow = 1);
    snprintf(expected, sizeof expected, "308 PUT %s/302/303/b?x=1\n302 PUT %s/303/b?x=1\n303 GET %s/b?x=1\n", bases[0],
             bases[0], bases[0]);
    assert_string_equal(r.redirects, expected);
    assert_int_equal(r.n_redirects, 3);
    assert_memory_equal(r.body, "GET /b?x=1 ", 11);
    assert_non_null(strstr(h.log, "200 after 3 redirects"));
    for (int i = 0; i < 10; i++) {
        char longer[256];
        snprintf(longer, sizeof longer, "/302%.250s", path);
        memcpy(path, longer, sizeof path);
    }
    assert_int_equal(M_REQUEST(api, .path = path, .follow = 1).n_redirects, 10);
    char eleven[300];
    snprintf(eleven, sizeof eleven, "/302%s", path);
    r = M_TRY_REQUEST(api, .path = eleven, .follow = 1);
    assert_non_null(r.error);
    assert_non_null(strstr(r.error, "more than 10 times"));
    assert_int_equal(r.error_code, 47);
    assert_int_equal(r.status, 302);
    assert_string_equal(m_http_value(&r, "location"), "/target");
    m_http_close(api);
}

/* The two servers differ in their port. */
static void what_is_personal_stays_with_its_server(void **state)
{
    struct fake_host h;
    char path[256];
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, bases[0], NULL);
    m_http_bearer(api, "tok.en");
    m_http_header(api, "X-Mine", "1");
    struct m_http_reply r =
        M_REQUEST(api, .path = "/302/here", .headers = HEADERS("Cookie: a=b", "Host: own.test"), .follow = 1);
    assert_non_null(strstr(r.body, "Bearer tok.en"));
    assert_non_null(strstr(r.body, "Cookie: a=b"));
    assert_non_null(strstr(r.body, "Host: own.test"));
    snprintf(path, sizeof path, "/302?=%s/there", bases[1]);
    r = M_REQUEST(api, .path = path, .headers = HEADERS("Cookie: a=b", "Host: own.test"), .follow = 1);
    assert_memory_equal(r.body, "GET /there ", 11);
    assert_null(strcasestr(r.body, "authorization"));
    assert_null(strcasestr(r.body, "cookie"));
    assert_null(strstr(r.body, "own.test"));
    assert_non_null(strstr(r.body, "X-Mine: 1"));
    /* And it stays so on the way back. */
    snprintf(path, sizeof path, "/302?=%s/302?=%s/back", bases[1], bases[0]);
    r = M_REQUEST(api, .path = path, .follow = 1);
    assert_memory_equal(r.body, "GET /back ", 10);
    assert_null(strcasestr(r.body, "authorization"));
    m_http_close(api);
}

static void only_to_http(void **state)
{
    static const char *const urls[] = {"ftp://127.0.0.1/x", "file:///etc/passwd", "muster://x/",
                                       "ftp://x/?token=hidden"};
    struct fake_host h;
    char path[256];
    (void)state;
    fake_host_init(&h);
    struct m_http *api = m_http_open(&h.ctx, bases[0], NULL);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        snprintf(path, sizeof path, "/301?=%s", urls[i]);
        struct m_http_reply r = M_TRY_REQUEST(api, .path = path, .follow = 1);
        assert_int_equal(r.status, 301);
        assert_non_null(r.error);
        assert_memory_equal(strstr(r.error, "to ") + 3, urls[i], strcspn(urls[i], "?"));
        assert_null(strstr(r.error, "hidden"));
        assert_non_null(strstr(r.error, "only http and https"));
    }
    m_http_close(api);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules),        cmocka_unit_test(they_are_followed_on_request_only),
        cmocka_unit_test(several_in_a_row), cmocka_unit_test(what_is_personal_stays_with_its_server),
        cmocka_unit_test(only_to_http),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
