/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and calling the platform. */
#include "bed.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

const char *bed_program;

void pause_ms(int ms)
{
    poll(NULL, 0, ms);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void remove_tree(const char *path)
{
    assert_int_equal(nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

bool pid_alive(int pid)
{
    char path[64], state = 'X';

    if (kill(pid, 0) != 0)
        return false;
    /* One that is dead but not yet waited for by its new parent counts as gone. */
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
        state = 'X';
    fclose(f);
    return state != 'Z' && state != 'X';
}

const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

const char *error_code(const json_t *answer)
{
    return text_at(json_object_get(answer, "error"), "code");
}

int number_at(const json_t *object, const char *name)
{
    return (int)json_integer_value(json_object_get(object, name));
}

static void run_program(const char *const *arguments, int in, int out)
{
    const char *argv[24] = {bed_program};
    int n = 1;

    for (; arguments && *arguments && n < 23; arguments++)
        argv[n++] = *arguments;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    close_range(3, ~0U, 0);
    execv(bed_program, (char *const *)argv);
    _exit(127);
}

static void read_ready_line(struct bed *b, int fd)
{
    FILE *f = fdopen(fd, "r");
    char line[2048];

    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    json_t *ready = json_loads(line, 0, NULL);
    assert_non_null(ready);
    snprintf(b->url, sizeof b->url, "%s", text_at(ready, "url"));
    snprintf(b->admin_password, sizeof b->admin_password, "%s", text_at(ready, "admin_password"));
    b->port = atoi(strrchr(b->url, ':') + 1);
    assert_int_equal(number_at(ready, "pid"), b->pid);
    json_decref(ready);
}

void bed_start(struct bed *b, const char *const *arguments)
{
    int in[2], out[2];

    memset(b, 0, sizeof *b);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    b->pid = fork();
    assert_true(b->pid >= 0);
    if (b->pid == 0)
        run_program(arguments, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    b->input = in[1];
    read_ready_line(b, out[0]);
    b->curl = curl_easy_init();
    assert_int_equal(login(b, "admin", b->admin_password, b->admin), 200);
}

void bed_stop(struct bed *b)
{
    int status;

    kill(b->pid, SIGTERM);
    assert_int_equal(waitpid(b->pid, &status, 0), b->pid);
    curl_easy_cleanup(b->curl);
    curl_slist_free_all(b->extra);
    close(b->input);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

struct body {
    char *data;
    size_t len;
};

static size_t take(char *data, size_t size, size_t n, void *payload)
{
    struct body *body = payload;
    char *grown = realloc(body->data, body->len + size * n + 1);

    if (!grown)
        return 0;
    body->data = grown;
    memcpy(body->data + body->len, data, size * n);
    body->len += size * n;
    body->data[body->len] = '\0';
    return size * n;
}

void next_header(struct bed *b, const char *format, ...)
{
    char line[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    b->extra = curl_slist_append(b->extra, line);
}

int call(struct bed *b, const char *token, const char *method, const char *body, json_t **ret_json, const char *path,
         ...)
{
    char url[2048];
    struct body answer = {0};
    long status = 0;
    va_list args;
    size_t base = (size_t)snprintf(url, sizeof url, "%s", b->url);

    va_start(args, path);
    vsnprintf(url + base, sizeof url - base, path, args);
    va_end(args);
    if (token)
        next_header(b, "Authorization: Bearer %s", token);
    curl_easy_reset(b->curl);
    curl_easy_setopt(b->curl, CURLOPT_URL, url);
    curl_easy_setopt(b->curl, CURLOPT_TIMEOUT_MS, 20000L);
    curl_easy_setopt(b->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(b->curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(b->curl, CURLOPT_HTTPHEADER, b->extra);
    if (strcmp(method, "GET") != 0) {
        curl_easy_setopt(b->curl, CURLOPT_CUSTOMREQUEST, method);
        curl_easy_setopt(b->curl, CURLOPT_POSTFIELDS, body ? body : "");
    }
    assert_int_equal(curl_easy_perform(b->curl), CURLE_OK);
    curl_easy_getinfo(b->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(b->extra);
    b->extra = NULL;
    if (ret_json)
        *ret_json = answer.data ? json_loads(answer.data, JSON_DECODE_ANY, NULL) : NULL;
    free(answer.data);
    return (int)status;
}

int login(struct bed *b, const char *username, const char *password, char *ret_token)
{
    char body[400];
    json_t *answer;

    snprintf(body, sizeof body, "{\"username\":\"%s\",\"password\":\"%s\"}", username, password);
    int status = call(b, NULL, "POST", body, &answer, "/v1/auth/login");
    if (ret_token)
        snprintf(ret_token, TOKEN_MAX, "%s", text_at(answer, "token"));
    json_decref(answer);
    return status;
}

void unique(char *buf, size_t size, const char *prefix)
{
    static int n;

    snprintf(buf, size, "%s%d", prefix, ++n);
}

static bool becomes(struct bed *b, const char *path, const char *status)
{
    for (int tries = 0; tries < 1000; tries++) {
        json_t *answer;
        int code = call(b, b->admin, "GET", NULL, &answer, "%s", path);
        bool there = status ? strcmp(text_at(answer, "status"), status) == 0 : code == 404;
        json_decref(answer);
        if (there)
            return true;
        pause_ms(5);
    }
    return false;
}

bool tenant_becomes(struct bed *b, const char *id, const char *status)
{
    char path[100];

    snprintf(path, sizeof path, "/v1/tenants/%s", id);
    return becomes(b, path, status);
}

bool workload_becomes(struct bed *b, const char *id, const char *status)
{
    char path[100];

    snprintf(path, sizeof path, "/v1/workloads/%s", id);
    return becomes(b, path, status);
}

void make_tenant(struct bed *b, struct tenant *t)
{
    char body[512];
    json_t *answer;

    unique(t->subdomain, sizeof t->subdomain, "sub");
    unique(t->admin_name, sizeof t->admin_name, "anna");
    snprintf(body, sizeof body,
             "{\"name\":\"Tenant\",\"subdomain\":\"%s\",\"plan\":\"starter\",\"admin\":{\"username\":\"%s\","
             "\"password\":\"%s\"}}",
             t->subdomain, t->admin_name, PASSWORD);
    assert_int_equal(call(b, b->admin, "POST", body, &answer, "/v1/tenants"), 202);
    snprintf(t->id, sizeof t->id, "%s", text_at(json_object_get(answer, "tenant"), "id"));
    json_decref(answer);
    assert_true(tenant_becomes(b, t->id, "active"));
    login(b, t->admin_name, PASSWORD, t->token);
}

void make_user(struct bed *b, const struct tenant *t, const char *role, char *ret_name, char *ret_id, char *ret_token)
{
    char body[400];
    json_t *answer;

    unique(ret_name, 32, "user");
    snprintf(body, sizeof body, "{\"username\":\"%s\",\"password\":\"%s\",\"role\":\"%s\"%s%s%s}", ret_name, PASSWORD,
             role, t ? ",\"tenant_id\":\"" : "", t ? t->id : "", t ? "\"" : "");
    assert_int_equal(call(b, b->admin, "POST", body, &answer, "/v1/users"), 201);
    snprintf(ret_id, 32, "%s", text_at(answer, "id"));
    json_decref(answer);
    assert_int_equal(login(b, ret_name, PASSWORD, ret_token), 200);
}

void make_workload(struct bed *b, const struct tenant *t, const char *fields, char *ret_id)
{
    char body[256], name[32];
    json_t *answer;

    unique(name, sizeof name, "w");
    snprintf(body, sizeof body, "{\"name\":\"%s\"%s%s}", name, fields[0] ? "," : "", fields);
    assert_int_equal(call(b, t->token, "POST", body, &answer, "/v1/tenants/%s/workloads", t->id), 202);
    snprintf(ret_id, 32, "%s", text_at(answer, "id"));
    json_decref(answer);
    assert_true(workload_becomes(b, ret_id, "running"));
}

int bed_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n, CMFixtureFunction setup,
             CMFixtureFunction teardown)
{
    char own[] = "/tmp/testbed-XXXXXX";

    if (argc != 2 || !mkdtemp(own)) {
        fprintf(stderr, "usage: %s MUSTER-TESTBED\n", argv[0]);
        return 2;
    }
    bed_program = argv[1];
    setenv("TMPDIR", own, 1);
    signal(SIGPIPE, SIG_IGN); /* platforms die while they are told something */
    curl_global_init(CURL_GLOBAL_ALL);
    int failed = _cmocka_run_group_tests("tests", tests, n, setup, teardown);
    curl_global_cleanup();
    nftw(own, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return failed ? 1 : 0;
}
