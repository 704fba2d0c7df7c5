/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The room outbound against real servers: the platform's own (on the same loop: whoever waits for it would wait for
 * ever), a unix socket, servers that refuse, babble or say nothing, and aiosmtpd.
 *
 *     outbound_test MAIL_SINK FOLDER
 */
#include "common/clock.h"
#include "outbound/mail.h"
#include "outbound/outbound.h"
#include "server/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static struct testbed tb;
static const char *mail_sink, *folder;

/* What was heard of one call. */
struct heard {
    int times, status;
    char error[256], body[4096];
    size_t len;
};

static void hear(const struct outbound_answer *answer, void *payload)
{
    struct heard *h = payload;

    h->times++;
    h->status = answer->status;
    h->len = answer->len;
    snprintf(h->error, sizeof h->error, "%s", answer->error ? answer->error : "");
    snprintf(h->body, sizeof h->body, "%s", answer->body);
}

static void tick(lws_sorted_usec_list_t *timer)
{
    (void)timer; /* wakes the loop */
}

static bool turn_until(const int *times, int wanted, int64_t ms)
{
    lws_sorted_usec_list_t timer = {0};
    int64_t until = clock_mono_ms() + ms;

    while (*times < wanted && clock_mono_ms() < until) {
        lws_sul_schedule(tb.lws, 0, &timer, tick, 20 * 1000);
        lws_service(tb.lws, 0);
    }
    lws_sul_cancel(&timer);
    return *times >= wanted;
}

static struct heard ask(const struct outbound_request *request)
{
    struct heard h = {0};

    assert_non_null(outbound_request(&tb, request, hear, &h));
    assert_int_equal(h.times, 0); /* never from inside */
    assert_true(turn_until(&h.times, 1, 20000));
    return h;
}

/* ---- the platform's own server ----------------------------------------------------------------------------------- */

static struct request *deferred;

static void answer_late(lws_sorted_usec_list_t *timer)
{
    (void)timer;
    if (!deferred)
        return;
    reply(deferred, 200, json_pack("{s:s}", "late", "yes"));
    request_complete(deferred);
    deferred = NULL;
}

static void serve(struct request *r)
{
    static lws_sorted_usec_list_t timer;

    r->tb->opt.quiet = true;
    if (strcmp(r->path, "/late") == 0) {
        answer_late(NULL); /* one at a time */
        deferred = r;
        r->deferred = true;
        lws_sul_schedule(tb.lws, 0, &timer, answer_late, 50 * 1000);
    } else if (strcmp(r->path, "/moved") == 0) {
        reply_header(r, "Location", "/late");
        reply(r, 302, json_object());
    } else if (strcmp(r->path, "/long") == 0) {
        char *text = calloc(1, OUTBOUND_ANSWER_MAX + 2);
        memset(text, 'x', OUTBOUND_ANSWER_MAX + 1);
        reply(r, 200, json_string(text));
        free(text);
    } else {
        reply(r, 201,
              json_pack("{s:s, s:s, s:s, s:s#}", "method", r->method_name, "path", r->path, "key", r->key_id, "body",
                        r->body ? r->body : "", (int)r->body_len));
    }
}

static int no_websocket(struct testbed *bed, struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t len)
{
    (void)bed;
    (void)wsi;
    (void)reason;
    (void)in;
    (void)len;
    return 0;
}

static const char *own(const char *path)
{
    static char url[200];

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", http_port(&tb), path);
    return url;
}

static void asks_this_very_loop(void **state)
{
    static const char *const headers[] = {"X-Muster-Key: opener", NULL};
    struct heard h = ask(&(struct outbound_request){
        .method = "PATCH", .url = own("/thing"), .headers = headers, .body = "{\"a\":1}", .len = 7});

    (void)state;
    assert_string_equal(h.error, "");
    assert_int_equal(h.status, 201);
    assert_string_equal(h.body,
                        "{\"method\":\"PATCH\",\"path\":\"/thing\",\"key\":\"opener\",\"body\":\"{\\\"a\\\":1}\"}");
    assert_int_equal(h.len, strlen(h.body));
}

static void several_go_side_by_side(void **state)
{
    struct heard late = {0}, soon = {0};

    (void)state;
    outbound_request(&tb, &(struct outbound_request){.url = own("/late")}, hear, &late);
    outbound_request(&tb, &(struct outbound_request){.url = own("/soon")}, hear, &soon);
    assert_true(turn_until(&soon.times, 1, 20000));
    assert_int_equal(late.times, 0);
    assert_true(turn_until(&late.times, 1, 20000));
    assert_string_equal(late.body, "{\"late\":\"yes\"}");
}

static void redirections_are_answers(void **state)
{
    (void)state;
    assert_int_equal(ask(&(struct outbound_request){.url = own("/moved")}).status, 302);
}

static void too_long_an_answer_is_an_error(void **state)
{
    struct heard h = ask(&(struct outbound_request){.url = own("/long")});

    (void)state;
    assert_string_equal(h.error, "the answer is too long");
}

static void cancelled_calls_say_nothing(void **state)
{
    struct heard h = {0}, other = {0};

    (void)state;
    struct outbound_call *call = outbound_request(&tb, &(struct outbound_request){.url = own("/late")}, hear, &h);
    turn_until(&h.times, 1, 30); /* it is under way */
    outbound_cancel(call);
    outbound_cancel(NULL);
    outbound_cancel(outbound_request(&tb, &(struct outbound_request){.url = own("/never")}, hear, &h));
    outbound_request(&tb, &(struct outbound_request){.url = own("/late")}, hear, &other);
    assert_true(turn_until(&other.times, 1, 20000));
    assert_int_equal(h.times, 0);
}

/* ---- servers that are none --------------------------------------------------------------------------------------- */

/* Takes one connection in a process of its own and says this; NULL: nothing, until the other side goes. */
static pid_t say_once(int listener, const char *words)
{
    pid_t pid = fork();
    char buf[4096];

    if (pid != 0) {
        close(listener);
        return pid;
    }
    int c = accept(listener, NULL, NULL);
    ssize_t n = read(c, buf, sizeof buf);
    if (words && n > 0)
        n = write(c, words, strlen(words));
    while (!words && n > 0)
        n = read(c, buf, sizeof buf);
    _exit(0);
}

static int listen_tcp(char *ret_url, size_t room)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    snprintf(ret_url, room, "http://127.0.0.1:%d/", ntohs(at.sin_port));
    return fd;
}

static void asks_a_unix_socket(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    snprintf(at.sun_path, sizeof at.sun_path, "%.90s/socket", folder);
    unlink(at.sun_path);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 1), 0);
    pid_t pid = say_once(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
    struct heard h = ask(&(struct outbound_request){.url = "http://engine/version", .unix_socket = at.sun_path});
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    unlink(at.sun_path);
    assert_string_equal(h.error, "");
    assert_string_equal(h.body, "OK");
}

static void silence_ends_in_time(void **state)
{
    char url[100];
    pid_t pid = say_once(listen_tcp(url, sizeof url), NULL);
    struct heard h = ask(&(struct outbound_request){.url = url, .timeout_ms = 150});

    (void)state;
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_non_null(strstr(h.error, "timed out"));
    assert_int_equal(h.status, 0);
}

static void no_http_is_an_error(void **state)
{
    char url[100];
    pid_t pid = say_once(listen_tcp(url, sizeof url), "220 hello, I am something else\r\n");
    struct heard h = ask(&(struct outbound_request){.url = url});

    (void)state;
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_string_not_equal(h.error, "");
}

static void refused_and_unspeakable(void **state)
{
    char url[100];

    (void)state;
    close(listen_tcp(url, sizeof url));
    assert_non_null(strstr(ask(&(struct outbound_request){.url = url}).error, "connect"));
    assert_string_not_equal(ask(&(struct outbound_request){.url = "file:///etc/hostname"}).error, "");
    assert_string_not_equal(ask(&(struct outbound_request){.url = "not a URL"}).error, "");
}

static int open_descriptors(void)
{
    int n = 0;

    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* A socket that is connected to the server of this test. */
static bool is_client(int fd)
{
    struct sockaddr_in at = {0};
    socklen_t len = sizeof at;

    return getpeername(fd, (struct sockaddr *)&at, &len) == 0 && at.sin_family == AF_INET &&
           ntohs(at.sin_port) == http_port(&tb);
}

/* Workloads are started while calls go on. */
static void connections_are_not_inherited(void **state)
{
    struct heard h = {0};

    (void)state;
    outbound_request(&tb, &(struct outbound_request){.url = own("/late")}, hear, &h);
    turn_until(&h.times, 1, 20);
    assert_int_equal(h.times, 0);
    int found = 0;
    for (int fd = 3; fd < 256; fd++) {
        if (!is_client(fd))
            continue;
        found++;
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    assert_true(found > 0);
    assert_true(turn_until(&h.times, 1, 20000));
}

static void stopping_ends_what_goes_on(void **state)
{
    struct heard h = {0};
    int before;

    (void)state;
    turn_until(&h.times, 1, 50);
    before = open_descriptors();
    outbound_request(&tb, &(struct outbound_request){.url = own("/late")}, hear, &h);
    turn_until(&h.times, 1, 20);
    outbound_stop(&tb);
    assert_int_equal(outbound_start(&tb), 0);
    turn_until(&h.times, 1, 200);
    assert_int_equal(h.times, 0);
    assert_true(open_descriptors() <= before);
}

/* ---- mail -------------------------------------------------------------------------------------------------------- */

static pid_t mail_server;
static int mail_output;

static void start_mail(const char *refuse, char *ret_url, size_t room)
{
    const char *python = access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : "python3";
    const char *argv[] = {python, "-I", mail_sink, "--folder", folder, "--refuse", refuse, NULL};
    char line[200] = "";
    int out[2];
    posix_spawn_file_actions_t actions;

    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    assert_int_equal(posix_spawnp(&mail_server, python, &actions, NULL, (char *const *)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    for (size_t n = 0; n + 1 < sizeof line && read(out[0], line + n, 1) == 1 && line[n] != '\n'; n++)
        ;
    json_t *greeting = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
    assert_non_null(greeting);
    snprintf(ret_url, room, "smtp://127.0.0.1:%d", (int)json_integer_value(json_object_get(greeting, "port")));
    json_decref(greeting);
    mail_output = out[0]; /* it says more */
}

static void stop_mail(void)
{
    if (!mail_server)
        return;
    kill(mail_server, SIGTERM);
    assert_int_equal(waitpid(mail_server, NULL, 0), mail_server);
    close(mail_output);
    mail_server = 0;
}

static struct heard send_mail(const struct outbound_mail *mail)
{
    struct heard h = {0};

    assert_non_null(outbound_mail(&tb, mail, hear, &h));
    assert_int_equal(h.times, 0);
    assert_true(turn_until(&h.times, 1, 20000));
    return h;
}

static const char *text_of(const json_t *mail, const char *name)
{
    const char *text = json_string_value(json_object_get(mail, name));

    return text ? text : "";
}

#define SUBJECT                                                                                                        \
    "Wîllkommen, \xe2\x82\xac\xe2\x82\xac\xe2\x82\xac bei einem Mieter, dessen Name länger ist als ein Wort\nBcc: "  \
    "x@y.z"
#define TEXT "Guten Tag,\n.\nzwei Punkte: ..\nund ein ‚Ende‘\n"

static void mails_arrive_as_they_were_meant(void **state)
{
    char url[64], path[300];
    struct outbound_mail mail = {
        .server = url, .from = "platform@example.test", .to = "ada@example.test", .subject = SUBJECT, .text = TEXT};

    (void)state;
    start_mail("gone@*", url, sizeof url);
    struct heard h = send_mail(&mail);
    assert_string_equal(h.error, "");
    snprintf(path, sizeof path, "%s/000001.json", folder);
    json_t *got = json_load_file(path, 0, NULL);
    assert_non_null(got);
    assert_string_equal(json_string_value(json_array_get(json_object_get(got, "to"), 0)), "ada@example.test");
    assert_int_equal(json_array_size(json_object_get(got, "to")), 1);
    assert_string_equal(text_of(got, "from"), "platform@example.test");
    assert_string_equal(text_of(got, "text"), TEXT);
    assert_null(json_object_get(json_object_get(got, "headers"), "bcc"));
    assert_non_null(json_object_get(json_object_get(got, "headers"), "message-id"));
    assert_non_null(json_object_get(json_object_get(got, "headers"), "date"));
    assert_memory_equal(text_of(got, "subject"), SUBJECT, sizeof("Wîllkommen, ") - 1);
    assert_non_null(strstr(text_of(got, "subject"), "als ein Wort"));
    json_decref(got);
    mail.to = "gone@example.test";
    h = send_mail(&mail);
    assert_non_null(strstr(h.error, "550"));
    assert_int_equal(h.status, 550);
    stop_mail();
    mail.to = "ada@example.test";
    assert_non_null(strstr(send_mail(&mail).error, "connect"));
}

static int start(void **state)
{
    static const struct http_uses uses = {.dispatch = serve, .websocket = no_websocket};

    (void)state;
    tb.opt.listen = "127.0.0.1";
    return http_start(&tb, &uses) == 0 && outbound_start(&tb) == 0 ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    stop_mail();
    answer_late(NULL);
    outbound_stop(&tb);
    lws_context_destroy(tb.lws);
    return 0;
}

static bool prepare_folder(void)
{
    char path[4096];

    mkdir(folder, 0700);
    for (int i = 1; i < 10; i++) {
        snprintf(path, sizeof path, "%s/%06d.json", folder, i);
        unlink(path);
        snprintf(path, sizeof path, "%s/%06d.eml", folder, i);
        unlink(path);
    }
    return access(folder, W_OK) == 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_this_very_loop),
        cmocka_unit_test(several_go_side_by_side),
        cmocka_unit_test(redirections_are_answers),
        cmocka_unit_test(too_long_an_answer_is_an_error),
        cmocka_unit_test(cancelled_calls_say_nothing),
        cmocka_unit_test(asks_a_unix_socket),
        cmocka_unit_test(silence_ends_in_time),
        cmocka_unit_test(no_http_is_an_error),
        cmocka_unit_test(refused_and_unspeakable),
        cmocka_unit_test(connections_are_not_inherited),
        cmocka_unit_test(mails_arrive_as_they_were_meant),
        cmocka_unit_test(stopping_ends_what_goes_on),
    };

    if (argc != 3) {
        fprintf(stderr, "usage: %s MAIL_SINK FOLDER\n", argv[0]);
        return 2;
    }
    mail_sink = argv[1];
    folder = argv[2];
    return prepare_folder() ? cmocka_run_group_tests(tests, start, stop) : 2;
}
