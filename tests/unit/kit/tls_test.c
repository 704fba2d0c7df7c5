/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's http and ws over TLS, with and without trust and client certificates; and http over a unix socket. */
#include "fake_host.h"
#include "handshake.h"
#include "local_server.h"
#include "tls_files.h"

#include <muster/kit/http.h>
#include <muster/kit/target.h>
#include <muster/kit/ws.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define LARGE (200 * 1024)

static struct local_server server;
static char folder[] = "/tmp/muster-kit-tls-XXXXXX";

static const char *in_folder(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void answer_http(SSL *tls)
{
    char text[256], name[64] = "nobody";
    X509 *peer = SSL_get1_peer_certificate(tls);
    if (peer)
        X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name, sizeof name);
    X509_free(peer);
    int n = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(name), name);
    SSL_write(tls, text, n);
}

/* The answer and two messages leave at once: TLS holds more than the first read takes. */
static void answer_ws(SSL *tls, const char *head)
{
    static const unsigned char large[10] = {0x82, 127, 0, 0, 0, 0, 0, LARGE >> 16, LARGE >> 8 & 0xff, LARGE & 0xff};
    static char frame[sizeof large + LARGE];
    char key[64] = "", accept[HANDSHAKE_ACCEPT_SIZE], text[512], rest[256];
    ws_handshake_header(head, "Sec-WebSocket-Key", key, sizeof key);
    ws_handshake_accept(key, accept);
    int n = snprintf(text, sizeof text,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: %s\r\n\r\n\x81\x05hello",
                     accept);
    SSL_write(tls, text, n);
    memset(frame, 'x', sizeof frame);
    memcpy(frame, large, sizeof large);
    SSL_write(tls, frame, (int)sizeof frame);
    while (SSL_read(tls, rest, sizeof rest) > 0)
        ;
}

static void talk(SSL *tls)
{
    char head[4096];
    size_t n = 0;
    while (n + 1 < sizeof head && SSL_read(tls, head + n, 1) == 1) {
        head[++n] = '\0';
        if (n < 4 || strcmp(head + n - 4, "\r\n\r\n") != 0)
            continue;
        if (strcasestr(head, "\r\nupgrade:")) {
            answer_ws(tls, head);
            return;
        }
        answer_http(tls);
        if (strcasestr(head, "\r\nconnection: close"))
            return; /* others wait */
        n = 0;
    }
}

static void serve(int fd)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_file(context, in_folder("server.pem"), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context, in_folder("server.key"), SSL_FILETYPE_PEM);
    SSL_CTX_load_verify_locations(context, in_folder("ca.pem"), NULL);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL *tls = SSL_new(context);
    SSL_set_fd(tls, fd);
    if (SSL_accept(tls) == 1)
        talk(tls);
    SSL_free(tls);
    SSL_CTX_free(context);
}

static int start(void **state)
{
    (void)state;
    if (!mkdtemp(folder) || tls_files_write(folder) < 0)
        return -1;
    server = local_server_start(serve);
    return 0;
}

static int stop(void **state)
{
    static const char *const files[] = {"ca.pem", "server.pem", "server.key", "client.pem", "client.key", "socket"};
    (void)state;
    local_server_stop(&server);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(in_folder(files[i]));
    return rmdir(folder);
}

static const char *url_of(const char *scheme)
{
    static char url[64];
    snprintf(url, sizeof url, "%s://127.0.0.1:%d/", scheme, server.port);
    return url;
}

static struct m_http_reply ask(struct fake_host *h, const struct m_http_options *options)
{
    struct m_http *api = m_http_open(&h->ctx, url_of("https"), options);
    struct m_http_reply r = M_TRY_REQUEST(api, .method = "GET", .path = "/");
    struct m_http_reply kept = m_http_keep(&r);
    m_http_close(api);
    return kept;
}

static void http_trusts_whom_it_is_told(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http_reply r = ask(&h, &(struct m_http_options){.ca_file = in_folder("ca.pem")});
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, "nobody");
    r = ask(&h, NULL);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.error, "certificate"));
    r = ask(&h, &(struct m_http_options){.insecure = 1});
    assert_int_equal(r.status, 200);
}

static void http_shows_its_certificate(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    struct m_http_options o = {
        .ca_file = in_folder("ca.pem"), .cert_file = in_folder("client.pem"), .key_file = in_folder("client.key")};
    assert_string_equal(ask(&h, &o).body, "tester");
    o.key_file = in_folder("server.key");
    assert_non_null(ask(&h, &o).error);
}

static void ws_reads_all_that_tls_holds(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    struct m_ws_refusal why;
    (void)state;
    fake_host_init(&h);
    struct m_ws *ws = m_ws_open(&h.ctx, url_of("wss"), &(struct m_ws_options){.ca_file = in_folder("ca.pem")});
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_string_equal(m.data, "hello");
    assert_int_equal(m_ws_receive(ws, 20000, &m), M_WS_MESSAGE);
    assert_true(m.binary && m.length == LARGE);
    m_ws_free(ws);
    assert_null(m_ws_try_open(&h.ctx, url_of("wss"), NULL, &why));
    assert_non_null(strstr(why.reason, "certificate"));
}

/* Answers one request on the socket, if it is for `engine`. */
static pid_t engine_start(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    unlink(in_folder("socket"));
    memcpy(at.sun_path, in_folder("socket"), strlen(in_folder("socket")) + 1);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 1), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char head[2048];
        int fd = accept(listener, NULL, NULL);
        if (local_read_head(fd, head, sizeof head) == 0)
            local_write_text(fd, strstr(head, "Host: engine\r\n") ? "HTTP/1.1 204 Fine\r\n\r\n"
                                                                  : "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");
        local_wait_for_end(fd);
        _exit(0);
    }
    close(listener);
    return pid;
}

static void http_over_a_unix_socket(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    pid_t pid = engine_start();
    struct m_http *api =
        m_http_open(&h.ctx, "http://engine", &(struct m_http_options){.unix_socket = in_folder("socket")});
    assert_int_equal(m_get(api, "/v1/version").status, 204);
    m_http_close(api);
    waitpid(pid, NULL, 0);
}

static const char document[] =
    "{\"target\":\"tls\",\"values\":{\"url\":{},\"ca\":{},\"socket\":{}},\"words\":{},\"errors\":[],"
    "\"http\":{\"base\":\"${url}\",\"headers\":{\"Connection\":\"close\"},\"tls\":{\"ca\":\"${ca}\",\"verify\":true}},"
    "\"logins\":{\"certificate\":{\"takes\":{\"certificate\":{\"type\":\"str\"},\"key\":{\"type\":\"str\"}},"
    "\"requests\":[],\"result\":{},\"send\":{\"tls\":{\"certificate\":\"${certificate}\",\"key\":\"${key}\"}}}},"
    "\"identities\":{},\"operations\":{"
    "\"who.get\":{\"takes\":{},\"requests\":[{\"path\":\"/who\"}],\"result\":{\"who\":{\"body\":true}}},"
    "\"engine.get\":{\"takes\":{},\"requests\":[{\"path\":\"/v1\",\"base\":\"http://engine\",\"unix_socket\":"
    "\"${socket}\"}],\"result\":{}}}}";

static void operations_show_certificates(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    h.document = document;
    fake_host_set(&h, "url", url_of("https"));
    fake_host_set(&h, "ca", in_folder("ca.pem"));
    fake_host_set(&h, "socket", in_folder("socket"));
    struct m_session *tester =
        LOGIN(t, "certificate", ARG("certificate", in_folder("client.pem")), ARG("key", in_folder("client.key")));
    struct m_json *who = DO(tester, "who.get");
    assert_string_equal(m_json_str(who, "/who"), "tester");
    m_json_free(who);
    who = DO(m_nobody(t), "who.get");
    assert_string_equal(m_json_str(who, "/who"), "nobody");
    m_json_free(who);
    pid_t pid = engine_start();
    m_json_free(DO(m_nobody(t), "engine.get"));
    kill(pid, SIGKILL); /* the session keeps its connection */
    waitpid(pid, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_trusts_whom_it_is_told),  cmocka_unit_test(http_shows_its_certificate),
        cmocka_unit_test(ws_reads_all_that_tls_holds),  cmocka_unit_test(http_over_a_unix_socket),
        cmocka_unit_test(operations_show_certificates),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
