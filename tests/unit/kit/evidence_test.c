/* SPDX-License-Identifier: Apache-2.0 */
/* The evidence that the kit leaves of exchanges: what is in it, and what is not. */
#include "evidence.h"

#include "fake_host.h"
#include "local_server.h"

#include <muster/kit/data.h>
#include <muster/kit/evidence.h>
#include <muster/kit/http.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct local_server server;
static char base[64], folder[] = "/tmp/muster-kit-evidence-XXXXXX";

static void serve(int fd)
{
    char head[4096], rest[8192];
    while (local_read_head(fd, head, sizeof head) == 0) {
        const char *length = strcasestr(head, "\r\ncontent-length:");
        size_t n = length ? strtoul(length + 17, NULL, 10) : 0;
        if (n > sizeof rest || local_read(fd, rest, n) < 0)
            return;
        if (strstr(head, " /cut")) {
            local_write_text(fd, "HTTP/1.1 200 Fine\r\nContent-Length: 99\r\n\r\nbroken");
            return;
        }
        local_write_text(fd, "HTTP/1.1 201 Made\r\nSet-Cookie: session=jar-hidden; Path=/\r\nX-Api-Key: key-hidden\r\n"
                             "X-Request: 7\r\nLocation: /x?token=query-hidden\r\nContent-Length: 46\r\n\r\n"
                             "{\"id\":5,\"access_token\":\"made-hidden\",\n\"n\":\"\x01\"}");
    }
}

static int start(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    server = local_server_start(serve);
    snprintf(base, sizeof base, "http://127.0.0.1:%d", server.port);
    return 0;
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/on-failure/%s", folder, name);
    return path;
}

static int stop(void **state)
{
    (void)state;
    local_server_stop(&server);
    unlink(path_of("http-exchanges.txt"));
    unlink(path_of("cut.txt"));
    rmdir(path_of(""));
    return rmdir(folder);
}

static const char *file_text(const char *name)
{
    static char text[128 * 1024];
    FILE *f = fopen(path_of(name), "re");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

static void host_init(struct fake_host *h)
{
    fake_host_init(h);
    h->info.artifacts_dir = folder;
}

static void exchanges_are_written_down(void **state)
{
    static const char login[] = "{\"user\": \"ann\", \"password\": \"pass-hidden\\\" on\", \"pin\": \"mark-hidden\"}";
    struct fake_host h;
    (void)state;
    host_init(&h);
    m_secret(&h.ctx, "mark-hidden");
    struct m_http *api = m_http_open(&h.ctx, base, &(struct m_http_options){.cookies = 1});
    m_http_bearer(api, "bearer-hidden");
    M_REQUEST(api, .method = "POST", .path = "/login?limit=5&token=query-hidden#bearer-hidden", .body = login);
    m_get(api, "/again");
    M_TRY_REQUEST(api, .path = "/cut");
    m_http_close(api);
    const char *text = file_text("http-exchanges.txt");
    assert_null(strstr(text, "hidden"));
    assert_non_null(strstr(text, "#1 request at "));
    assert_non_null(strstr(text, "> POST /login?limit=5&token=***#*** HTTP/1.1\n"));
    assert_non_null(strstr(text, "> Authorization: ***\n"));
    assert_non_null(strstr(text, "> Content-Type: application/json\n"));
    assert_non_null(strstr(text, "> {\"user\": \"ann\", \"password\": \"***"));
    assert_non_null(strstr(text, "\", \"pin\": \"***\"}\n"));
    assert_non_null(strstr(text, "#1 answer after "));
    assert_non_null(strstr(text, "< HTTP/1.1 201 Made\n< Set-Cookie: ***\n< X-Api-Key: ***\n< X-Request: 7\n"
                                 "< Location: /x?token=***\n"));
    assert_non_null(strstr(text, "< {\"id\":5,\"access_token\":\"***\",\n< \"n\":\"\\x01\"}\n"));
    assert_non_null(strstr(text, "> GET /again HTTP/1.1\n"));
    assert_non_null(strstr(text, "> Cookie: ***\n"));
    assert_non_null(strstr(text, "#3 answer after "));
    assert_non_null(strstr(text, "< HTTP/1.1 200 Fine\n< Content-Length: 99\n< \n< broken\n! "));
}

static void what_was_not_sent_is_named(void **state)
{
    struct local_server gone = local_server_start(serve);
    struct fake_host h;
    char url[64];
    (void)state;
    host_init(&h);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", gone.port);
    local_server_stop(&gone);
    struct m_http *api = m_http_open(&h.ctx, url, NULL);
    M_TRY_REQUEST(api, .path = "/x");
    m_http_close(api);
    assert_non_null(strstr(file_text("http-exchanges.txt"), "GET could not be sent to http://127.0.0.1:"));
    api = m_http_open(&h.ctx, "http://ann:word-hidden@127.0.0.1:1", NULL);
    M_TRY_REQUEST(api, .path = "/x");
    m_http_close(api);
    assert_non_null(strstr(file_text("http-exchanges.txt"), "GET could not be sent to http://***@127.0.0.1:1\n"));
}

static void large_bodies_are_cut(void **state)
{
    struct fake_host h;
    char *body = calloc(1, 8001);
    (void)state;
    host_init(&h);
    memset(body, 'y', 8000);
    memcpy(body + 2046, "mark-hidden", 11); /* a secret that the cut would halve */
    m_secret(&h.ctx, "mark-hidden");
    struct m_http *api = m_http_open(&h.ctx, base, NULL);
    m_post(api, "/large", body);
    m_http_close(api);
    free(body);
    const char *text = strstr(file_text("http-exchanges.txt"), "POST /large");
    assert_non_null(text);
    assert_non_null(strstr(text, "yy**\n> ... of 8000 bytes\n"));
}

static void the_file_holds_the_newest(void **state)
{
    static struct evidence cut = EVIDENCE("cut.txt");
    struct fake_host h;
    char line[128];
    (void)state;
    host_init(&h);
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(line, sizeof line, "line %d of those that are written here, one after the other\n", i);
        evidence_add(&h.ctx, &cut, line, (size_t)n);
    }
    const char *text = file_text("cut.txt");
    assert_true(strlen(text) <= 64 * 1024 + 64);
    assert_memory_equal(text, "(what came before is left out)\nline ", 36);
    assert_non_null(strstr(text, "\nline 4999 of"));
    assert_null(strstr(text, "\nline 1000 of"));
    free(cut.recent);
    close(cut.fd);
}

static void where_nothing_can_be_written_nothing_changes(void **state)
{
    static struct evidence nowhere = EVIDENCE("nowhere.txt");
    char text[] = "x\n";
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    evidence_add(&h.ctx, &nowhere, text, 2);
    evidence_add(&h.ctx, &nowhere, text, 2);
    assert_int_equal(nowhere.fd, -1);
    free(nowhere.recent);
}

static void a_text_may_be_shown(void **state)
{
    static const char text[] = "{\"password\": \"geheim\",\n\"a\": \"known-hidden\x01\"} http://ann:word@host/";
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    m_secret(&h.ctx, "known-hidden");
    assert_string_equal(m_shown(&h.ctx, text, sizeof text - 1, 400),
                        "{\"password\": \"***\",\\n\"a\": \"***\\x01\"} http://***@host/");
    assert_string_equal(m_shown(&h.ctx, "abcdef", 6, 3), "abc...");
    assert_string_equal(m_shown(&h.ctx, "", 0, 3), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchanges_are_written_down), cmocka_unit_test(what_was_not_sent_is_named),
        cmocka_unit_test(large_bodies_are_cut),       cmocka_unit_test(a_text_may_be_shown),
        cmocka_unit_test(the_file_holds_the_newest),  cmocka_unit_test(where_nothing_can_be_written_nothing_changes),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
