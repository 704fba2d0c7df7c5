/* SPDX-License-Identifier: Apache-2.0 */
/* The reference platform from outside: honest, dishonest on request, robust, and gone without a trace. */
#include "bed.h"
#include "ws_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct probe *const groups[] = {probes_provisioning, probes_lifecycle, probes_security,
                                             probes_audit,        probes_websocket, probes_pages};
#define GROUPS (sizeof groups / sizeof groups[0])

static void honest_platform_passes_all(void **state)
{
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    for (size_t g = 0; g < GROUPS; g++) {
        for (const struct probe *p = groups[g]; p->defect; p++) {
            if (!p->honest(&b))
                fail_msg("the honest platform fails the probe of %s", p->defect);
        }
    }
    bed_stop(&b);
}

static void each_defect_is_seen(void **state)
{
    (void)state;
    for (size_t g = 0; g < GROUPS; g++) {
        for (const struct probe *p = groups[g]; p->defect; p++) {
            const char *arguments[] = {"--defect", p->defect, NULL};
            struct bed b;
            bed_start(&b, arguments);
            if (p->honest(&b))
                fail_msg("%s changes nothing that its probe would see", p->defect);
            bed_stop(&b);
        }
    }
}

static void expect(struct bed *b, const char *method, const char *body, const char *path, int status, const char *code)
{
    json_t *answer;
    int got = call(b, b->admin, method, body, &answer, "%s", path);

    if (got != status || strcmp(error_code(answer), code) != 0)
        fail_msg("%s %s: %d %s, not %d %s", method, path, got, error_code(answer), status, code);
    json_decref(answer);
}

static void bad_input_is_answered(void **state)
{
    struct bed b;
    char *big = malloc(1200001);

    (void)state;
    bed_start(&b, NULL);
    expect(&b, "GET", NULL, "/nowhere", 404, "unknown_path");
    expect(&b, "DELETE", NULL, "/v1/tenants", 405, "method_not_allowed");
    expect(&b, "POST", "{\"a\":", "/v1/tenants", 400, "bad_json");
    expect(&b, "POST", "[]", "/v1/tenants", 400, "bad_json");
    expect(&b, "POST", "{\"a\":1,\"a\":2}", "/v1/tenants", 400, "bad_json");
    expect(&b, "POST", "{\"name\":7,\"plan\":{}}", "/v1/tenants", 422, "validation_failed");
    expect(&b, "POST", "{}", "/v1/auth/login", 422, "validation_failed");
    expect(&b, "GET", NULL, "/v1/users?limit=many", 422, "validation_failed");
    expect(&b, "GET", NULL, "/v1/workloads/wl_none", 404, "not_found");
    memset(big, 'x', 1200000);
    big[1200000] = '\0';
    expect(&b, "POST", big, "/v1/tenants", 413, "body_too_large");
    next_header(&b, "Transfer-Encoding: chunked");
    expect(&b, "POST", "{}", "/v1/tenants", 411, "length_required");
    assert_int_equal(call(&b, NULL, "GET", NULL, NULL, "/v1/users"), 401);
    assert_int_equal(call(&b, NULL, "GET", NULL, NULL, "/health"), 200);
    bed_stop(&b);
    free(big);
}

static void broken_frames_are_answered(void **state)
{
    struct bed b;
    struct ws w, second;
    json_t *m;

    (void)state;
    bed_start(&b, NULL);
    assert_int_equal(ws_open(&b, b.admin, &w), 101);
    assert_non_null(m = ws_next_of(&w, "hello", 2000));
    json_decref(m);
    ws_say(&w, "{nonsense");
    assert_non_null(m = ws_next_of(&w, "error", 2000));
    assert_string_equal(text_at(m, "code"), "bad_message");
    json_decref(m);
    ws_say(&w, "{\"type\":\"subscribe\",\"id\":\"x\",\"topics\":[\"a..b\"]}");
    assert_non_null(m = ws_next_of(&w, "error", 2000));
    assert_string_equal(text_at(m, "code"), "bad_topic");
    assert_string_equal(text_at(m, "id"), "x");
    json_decref(m);
    for (int i = 0; i < 10; i++)
        ws_say(&w, "{\"type\":\"dance\"}");
    assert_int_equal(ws_wait_closed(&w, 2000), 4400);
    ws_end(&w);

    /* Events kept from before the connection, of which none are after the highest number; then the end of the token. */
    assert_int_equal(login(&b, "admin", b.admin_password, b.admin), 200);
    call(&b, b.admin, "POST", "{\"name\":\"early\",\"count\":3}", NULL, "/v1/events");
    assert_int_equal(ws_open(&b, b.admin, &second), 101);
    ws_say(&second, "{\"type\":\"subscribe\",\"topics\":[\"custom.early.*\"],\"since\":9223372036854775807}");
    ws_say(&second, "{\"type\":\"ping\"}");
    assert_non_null(m = ws_next_of(&second, "ack", 2000));
    json_decref(m);
    assert_non_null(m = ws_next(&second, 2000));
    assert_string_equal(text_at(m, "type"), "pong");
    json_decref(m);
    ws_say(&second, "{\"type\":\"subscribe\",\"topics\":[\"custom.early.*\"],\"since\":0}");
    for (int i = 1; i <= 3; i++) {
        assert_non_null(m = ws_next_of(&second, "event", 2000));
        assert_int_equal(number_at(m, "seq"), i);
        json_decref(m);
    }
    assert_int_equal(call(&b, b.admin, "POST", NULL, NULL, "/v1/auth/logout"), 204);
    assert_int_equal(ws_wait_closed(&second, 2000), 4401);
    ws_end(&second);
    bed_stop(&b);
}

static size_t start_processes(struct bed *b, int *ret_pids, size_t max)
{
    struct tenant t;
    char id[32];
    json_t *r, *pid;
    size_t i, n = 0;

    make_tenant(b, &t);
    make_workload(b, &t, "\"replicas\":2,\"image\":\"stubborn\"", id);
    make_workload(b, &t, "\"replicas\":2", id);
    call(b, b->admin, "GET", NULL, &r, "/v1/tenants/%s/resources", t.id);
    json_array_foreach(json_object_get(r, "pids"), i, pid)
    {
        if (n < max)
            ret_pids[n++] = (int)json_integer_value(pid);
    }
    json_decref(r);
    return n;
}

static void assert_gone(const int *pids, size_t n)
{
    for (int tries = 0; tries < 2000; tries++) {
        size_t left = 0;
        for (size_t i = 0; i < n; i++)
            left += pid_alive(pids[i]);
        if (left == 0)
            return;
        pause_ms(5);
    }
    fail_msg("workload processes are left");
}

static void termination_leaves_no_process(void **state)
{
    int pids[16];
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    size_t n = start_processes(&b, pids, 16);
    assert_int_equal(n, 5);
    bed_stop(&b);
    assert_gone(pids, n);
}

static void death_leaves_no_process(void **state)
{
    int pids[16], status;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    size_t n = start_processes(&b, pids, 16);
    kill(b.pid, SIGKILL);
    waitpid(b.pid, &status, 0);
    curl_easy_cleanup(b.curl);
    close(b.input);
    assert_gone(pids, n);
}

static void end_of_input_stops(void **state)
{
    static const char *const arguments[] = {"--stop-on-stdin-eof", NULL};
    struct bed b;
    int status;

    (void)state;
    bed_start(&b, arguments);
    close(b.input);
    assert_int_equal(waitpid(b.pid, &status, 0), b.pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    curl_easy_cleanup(b.curl);
}

/* What a database file keeps: tenants, users, and workloads, which are started again. */
static void data_outlives_the_server(void **state)
{
    char directory[] = "/tmp/testbed-XXXXXX", path[64], port_file[64], id[32];
    struct tenant t;
    struct bed b;

    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/db", directory);
    snprintf(port_file, sizeof port_file, "%s/port", directory);
    const char *arguments[] = {"--db", path, "--port-file", port_file, NULL};
    bed_start(&b, arguments);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"replicas\":2", id);
    bed_stop(&b);
    bed_start(&b, arguments);
    assert_true(workload_becomes(&b, id, "running"));
    assert_int_equal(call(&b, t.token, "GET", NULL, NULL, "/v1/tenants/%s", t.id), 200);
    bed_stop(&b);
    unlink(path);
    unlink(port_file);
    rmdir(directory);
}

/* Sends bytes on a connection of their own, whose other side the caller reads. */
static int send_bytes(const struct bed *b, const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)b->port)};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, text, strlen(text), 0), (int)strlen(text));
    return fd;
}

/* All that comes until the other side closes. */
static void read_answers(int fd, char *ret_text, size_t size)
{
    size_t len = 0;
    ssize_t n;

    while (len < size - 1 && (n = recv(fd, ret_text + len, size - 1 - len, 0)) > 0)
        len += (size_t)n;
    ret_text[len] = '\0';
    close(fd);
}

/* On a connection that goes on, a body would be taken for the next answer. */
static void no_body_answers_head(void **state)
{
    char answers[4096];
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    read_answers(send_bytes(&b, "HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n"
                                "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                 answers, sizeof answers);
    assert_non_null(strstr(answers, "HTTP/1.1 405 "));
    assert_non_null(strstr(answers, "\r\n\r\nHTTP/1.1 404 "));
    bed_stop(&b);
}

/* Who asks writes into no terminal on which the log is read. */
static void nothing_in_the_log_is_obeyed(void **state)
{
    char answer[1024], log[65536];
    int kept = dup(STDERR_FILENO), caught = memfd_create("log", MFD_CLOEXEC);
    struct bed b;

    (void)state;
    dup2(caught, STDERR_FILENO);
    bed_start(&b, NULL);
    dup2(kept, STDERR_FILENO);
    close(kept);
    read_answers(send_bytes(&b, "GET /esc%1b%5b31m HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), answer,
                 sizeof answer);
    bed_stop(&b);
    ssize_t n = pread(caught, log, sizeof log - 1, 0);
    assert_true(n > 0);
    log[n] = '\0';
    close(caught);
    assert_non_null(strstr(log, " GET /esc?[31m 404 "));
    assert_null(strchr(log, '\x1b'));
}

/* Sends a request without waiting for its answer. */
static int send_request(struct bed *b, const char *workload_id)
{
    char text[2048];

    snprintf(
        text, sizeof text,
        "POST /v1/workloads/%s/request HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAuthorization: Bearer %s\r\n\r\n",
        workload_id, b->admin);
    return send_bytes(b, text);
}

static int first_pid(struct bed *b, const char *workload_id)
{
    json_t *w;

    call(b, b->admin, "GET", NULL, &w, "/v1/workloads/%s", workload_id);
    int pid = number_at(json_array_get(json_object_get(w, "processes"), 0), "pid");
    json_decref(w);
    return pid;
}

/* What a replica may use is what the kernel holds it to. */
static void limits_are_the_kernels(void **state)
{
    char id[32], path[64], line[200], wanted[2][80];
    bool found[2] = {false, false};
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"limits\":{\"memory_mb\":123,\"nofile\":45}", id);
    snprintf(path, sizeof path, "/proc/%d/limits", first_pid(&b, id));
    snprintf(wanted[0], sizeof wanted[0], "%-26s%-21d%-21d", "Max address space", 123 << 20, 123 << 20);
    snprintf(wanted[1], sizeof wanted[1], "%-26s%-21d%-21d", "Max open files", 45, 45);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        for (int i = 0; i < 2; i++)
            found[i] |= strncmp(line, wanted[i], strlen(wanted[i])) == 0;
    fclose(f);
    assert_true(found[0]);
    assert_true(found[1]);
    bed_stop(&b);
}

/* Requests that wait for a frozen replica: one client goes away, another gets its answer from the replacement. */
static void requests_outlive_their_replica(void **state)
{
    char id[32], answer[1024];
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "", id);
    int pid = first_pid(&b, id);
    kill(pid, SIGSTOP);
    int impatient = send_request(&b, id), patient = send_request(&b, id);
    assert_int_equal(call(&b, NULL, "GET", NULL, NULL, "/health"), 200);
    close(impatient);
    assert_int_equal(call(&b, b.admin, "POST", "{\"replicas\":2}", NULL, "/v1/workloads/%s/scale", id), 202);
    assert_true(workload_becomes(&b, id, "running"));
    kill(pid, SIGKILL);
    ssize_t n = recv(patient, answer, sizeof answer - 1, 0);
    assert_true(n > 0);
    answer[n] = '\0';
    assert_non_null(strstr(answer, " 200 "));
    assert_non_null(strstr(answer, "\"count\""));
    close(patient);
    bed_stop(&b);
}

/* One who subscribes and never reads must cost the platform neither its memory nor its pace. */
static void deaf_client_is_cut_off(void **state)
{
    char body[700];
    struct bed b;
    struct ws w;
    json_t *m;

    (void)state;
    bed_start(&b, NULL);
    assert_int_equal(ws_open(&b, b.admin, &w), 101);
    ws_say(&w, "{\"type\":\"subscribe\",\"topics\":[\"custom.*\"]}");
    assert_non_null(m = ws_next_of(&w, "ack", 2000));
    json_decref(m);
    snprintf(body, sizeof body, "{\"name\":\"noise\",\"count\":5000,\"data\":{\"x\":\"%0500d\"}}", 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(call(&b, b.admin, "POST", body, NULL, "/v1/events"), 202);
    int left = 1;
    for (int tries = 0; tries < 1000 && left > 0; tries++) {
        call(&b, NULL, "GET", NULL, &m, "/health");
        left = number_at(json_object_get(m, "counts"), "ws_clients");
        json_decref(m);
        pause_ms(5);
    }
    assert_int_equal(left, 0);
    ws_end(&w);
    bed_stop(&b);
}

static void crashing_workload_fails(void **state)
{
    struct tenant t;
    struct bed b;
    json_t *w;
    char id[32];

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    assert_int_equal(
        call(&b, t.token, "POST", "{\"name\":\"bad\",\"image\":\"crash\"}", &w, "/v1/tenants/%s/workloads", t.id), 202);
    snprintf(id, sizeof id, "%s", text_at(w, "id"));
    json_decref(w);
    assert_true(workload_becomes(&b, id, "failed"));
    assert_int_equal(call(&b, t.token, "POST", NULL, NULL, "/v1/workloads/%s/request", id), 503);
    assert_int_equal(call(&b, t.token, "DELETE", NULL, NULL, "/v1/workloads/%s", id), 202);
    assert_true(workload_becomes(&b, id, NULL));
    bed_stop(&b);
}

/* Of any that a workload may be of: there is one list. */
static void applications_are_of_any_image(void **state)
{
    static const char *const images[] = {"worker", "abrupt", "flapping"};
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        char body[256];
        snprintf(body, sizeof body,
                 "{\"name\":\"t\",\"subdomain\":\"image%zu\",\"plan\":\"starter\",\"image\":\"%s\","
                 "\"admin\":{\"username\":\"image%zu\",\"password\":\"Correct-horse-7\"}}",
                 i, images[i], i);
        assert_int_equal(call(&b, b.admin, "POST", body, NULL, "/v1/tenants"), 202);
    }
    bed_stop(&b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_platform_passes_all),   cmocka_unit_test(each_defect_is_seen),
        cmocka_unit_test(bad_input_is_answered),        cmocka_unit_test(applications_are_of_any_image),
        cmocka_unit_test(broken_frames_are_answered),   cmocka_unit_test(no_body_answers_head),
        cmocka_unit_test(nothing_in_the_log_is_obeyed), cmocka_unit_test(requests_outlive_their_replica),
        cmocka_unit_test(limits_are_the_kernels),       cmocka_unit_test(deaf_client_is_cut_off),
        cmocka_unit_test(crashing_workload_fails),      cmocka_unit_test(termination_leaves_no_process),
        cmocka_unit_test(death_leaves_no_process),      cmocka_unit_test(end_of_input_stops),
        cmocka_unit_test(data_outlives_the_server),
    };

    return bed_main(argc, argv, tests, sizeof tests / sizeof *tests, NULL, NULL);
}
