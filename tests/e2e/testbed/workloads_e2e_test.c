/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replicas, from outside: where they listen, who gets a request, and what becomes of those that misbehave.
 *
 *     testbed-workloads-e2e MUSTER-TESTBED
 */
#include "bed.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#define QUICK_HEALTH "\"health\":{\"interval_ms\":50,\"timeout_ms\":400,\"failures\":2}"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static json_t *view(struct bed *b, const char *id)
{
    json_t *w;

    assert_int_equal(call(b, b->admin, "GET", NULL, &w, "/v1/workloads/%s", id), 200);
    return w;
}

static int post(struct bed *b, const char *id, const char *what, const char *body, json_t **ret_answer)
{
    return call(b, b->admin, "POST", body, ret_answer, "/v1/workloads/%s/%s", id, what);
}

/* Waits until a number of its view is at least this; false after ten seconds. */
static bool reaches(struct bed *b, const char *id, const char *name, int least)
{
    for (int tries = 0; tries < 2000; tries++) {
        json_t *w = view(b, id);
        bool there = number_at(w, name) >= least;
        json_decref(w);
        if (there)
            return true;
        pause_ms(5);
    }
    return false;
}

/* Each listens for itself; who knows the address needs no platform. */
static void replicas_answer_at_their_own_ports(void **state)
{
    char id[32], url[64];
    struct tenant t;
    struct bed b;
    size_t i;
    json_t *process;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"replicas\":2", id);
    json_t *w = view(&b, id);
    memcpy(url, b.url, sizeof url);
    assert_int_equal(json_array_size(json_object_get(w, "processes")), 2);
    json_array_foreach(json_object_get(w, "processes"), i, process)
    {
        json_t *answer;
        snprintf(b.url, sizeof b.url, "http://%s", text_at(process, "address"));
        assert_int_equal(call(&b, NULL, "GET", NULL, NULL, "/health"), 200);
        assert_int_equal(call(&b, NULL, "POST", NULL, &answer, "/request"), 200);
        assert_string_equal(text_at(answer, "replica"), text_at(process, "name"));
        assert_int_equal(number_at(answer, "pid"), number_at(process, "pid"));
        json_decref(answer);
        assert_int_equal(call(&b, NULL, "GET", NULL, NULL, "/nothing"), 404);
    }
    memcpy(b.url, url, sizeof url);
    json_decref(w);
    bed_stop(&b);
}

struct asker {
    struct bed bed;
    const char *id, *body;
    int status;
};

/* A connection of its own: the platform answers others meanwhile. */
static void *ask(void *payload)
{
    struct asker *a = payload;

    a->bed.curl = curl_easy_init();
    a->bed.extra = NULL;
    a->status = call(&a->bed, a->bed.admin, "POST", a->body, NULL, "/v1/workloads/%s/request", a->id);
    curl_easy_cleanup(a->bed.curl);
    return NULL;
}

/* What the asker of `body` is answered when the workload is stopped meanwhile. */
static int asked_and_stopped(struct bed *b, const struct tenant *t, const char *fields, const char *body)
{
    char id[32];
    pthread_t thread;

    make_workload(b, t, fields, id);
    struct asker a = {.bed = *b, .id = id, .body = body};
    assert_int_equal(pthread_create(&thread, NULL, ask, &a), 0);
    assert_true(reaches(b, id, "in_flight", 1));
    assert_int_equal(post(b, id, "stop", NULL, NULL), 202);
    pthread_join(thread, NULL);
    assert_true(workload_becomes(b, id, "stopped"));
    return a.status;
}

/* Who was asked before he is to end answers first, also one that ends at once when it is asked to. */
static void a_stopping_replica_answers_what_it_was_asked(void **state)
{
    static const char *const fields[] = {"\"grace_ms\":10000", "\"grace_ms\":10000,\"image\":\"abrupt\""};
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assert_int_equal(asked_and_stopped(&b, &t, fields[i], "{\"do\":\"wait\",\"amount\":400}"), 200);
    bed_stop(&b);
}

/* An answer that takes longer than its grace is cut with it. */
static void a_stopping_replica_has_no_more_than_its_grace(void **state)
{
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    double start = now();
    assert_int_equal(asked_and_stopped(&b, &t, "\"grace_ms\":300", "{\"do\":\"wait\",\"amount\":30000}"), 503);
    assert_in_range((int)(1000 * (now() - start)), 300, 5000);
    bed_stop(&b);
}

/* Copies of all sockets of a process: as long as they are there, nobody sees that it has closed them. */
static size_t keep_sockets(int pid, int *ret_fds, size_t most)
{
    int process = pidfd_open(pid, 0);
    size_t n = 0;

    assert_true(process >= 0);
    for (int fd = 3; fd < 16 && n < most; fd++) {
        int copy = pidfd_getfd(process, fd, 0);
        if (copy < 0 && errno == EPERM)
            skip(); /* a container that allows no ptrace */
        if (copy >= 0)
            ret_fds[n++] = copy;
    }
    close(process);
    return n;
}

static int pid_of_busy(struct bed *b, const char *id)
{
    json_t *metrics, *w = view(b, id), *one, *process;
    size_t i, k;
    int pid = 0;

    assert_int_equal(call(b, b->admin, "GET", NULL, &metrics, "/v1/workloads/%s/stats", id), 200);
    json_array_foreach(json_object_get(metrics, "replicas"), i, one)
    {
        json_array_foreach(json_object_get(w, "processes"), k, process)
        {
            if (number_at(one, "in_flight") > 0 && strcmp(text_at(one, "name"), text_at(process, "name")) == 0)
                pid = number_at(process, "pid");
        }
    }
    json_decref(metrics);
    json_decref(w);
    return pid;
}

/* Its connections need not say so, as those to a container whose network has gone with it. */
static void nobody_waits_for_a_replica_that_has_gone(void **state)
{
    char id[32];
    struct tenant t;
    struct bed b;
    pthread_t thread;
    int fds[16];

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"replicas\":2", id);
    struct asker a = {.bed = b, .id = id, .body = "{\"do\":\"wait\",\"amount\":1000}"};
    assert_int_equal(pthread_create(&thread, NULL, ask, &a), 0);
    assert_true(reaches(&b, id, "in_flight", 1));
    int pid = pid_of_busy(&b, id);
    assert_true(pid > 0);
    size_t n = keep_sockets(pid, fds, sizeof fds / sizeof *fds);
    assert_true(n > 1);
    double start = now();
    assert_int_equal(kill(pid, SIGKILL), 0);
    pthread_join(thread, NULL);
    assert_int_equal(a.status, 200); /* by the other one */
    assert_true(now() - start < 5);
    while (n > 0)
        close(fds[--n]);
    bed_stop(&b);
}

/* A request whose replica ended is given to another one, as long as there is one. */
static void a_request_outlives_the_end_of_its_replica(void **state)
{
    char id[32];
    struct tenant t;
    struct bed b;
    json_t *answer;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"replicas\":3", id);
    /* It ends each that it is given to, until there is none. */
    assert_int_equal(post(&b, id, "request", "{\"do\":\"exit\",\"amount\":3}", &answer), 503);
    assert_string_equal(text_at(json_object_get(answer, "error"), "code"), "no_ready_replica");
    json_decref(answer);
    assert_true(reaches(&b, id, "restarts", 3));
    assert_true(workload_becomes(&b, id, "running"));
    json_t *w = view(&b, id);
    assert_non_null(strstr(text_at(w, "last_error"), "a replica ended: status 3"));
    json_decref(w);
    bed_stop(&b);
}

static void a_hung_replica_is_replaced(void **state)
{
    char id[32];
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"replicas\":2," QUICK_HEALTH, id);
    assert_int_equal(post(&b, id, "request", "{\"do\":\"hang\",\"timeout_ms\":50}", NULL), 504);
    assert_true(reaches(&b, id, "restarts", 1));
    assert_true(workload_becomes(&b, id, "running"));
    json_t *w = view(&b, id);
    assert_non_null(strstr(text_at(w, "last_error"), "unhealthy"));
    json_decref(w);
    /* One that says itself that it is not well is no better. */
    assert_int_equal(post(&b, id, "request", "{\"do\":\"sick\"}", NULL), 200);
    assert_true(reaches(&b, id, "restarts", 2));
    assert_true(workload_becomes(&b, id, "running"));
    bed_stop(&b);
}

/* A replica that ends again and again is started less and less often, and the workload says so. */
static void a_crash_loop_is_slowed_down(void **state)
{
    char id[32];
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"image\":\"flapping\"", id);
    assert_true(reaches(&b, id, "restart_pause_ms", 300));
    json_t *w = view(&b, id);
    assert_in_range(number_at(w, "restarts"), 4, 6);
    assert_non_null(strstr(text_at(w, "last_error"), "again and again"));
    json_decref(w);
    bed_stop(&b);
}

/* What a replica may not have it does not get, and it goes on. */
static void a_replica_meets_its_limits(void **state)
{
    static const char *const too_much[] = {"{\"do\":\"memory\",\"amount\":64}", "{\"do\":\"files\",\"amount\":64}"};
    char id[32];
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"limits\":{\"memory_mb\":32,\"nofile\":16}", id);
    for (size_t i = 0; i < sizeof too_much / sizeof *too_much; i++) {
        json_t *answer;
        assert_int_equal(post(&b, id, "request", too_much[i], &answer), 507);
        assert_string_equal(text_at(json_object_get(answer, "error"), "code"), "limit_reached");
        json_decref(answer);
    }
    json_t *w = view(&b, id);
    assert_int_equal(number_at(w, "restarts"), 0);
    assert_non_null(strstr(text_at(w, "last_error"), "the limit of"));
    json_decref(w);
    bed_stop(&b);
}

/* One that has more processes than it may is ended, and says why. */
static void too_many_processes_end_a_replica(void **state)
{
    char id[32];
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"limits\":{\"processes\":3}", id);
    assert_int_equal(post(&b, id, "request", "{\"do\":\"processes\",\"amount\":2}", NULL), 200);
    assert_int_equal(post(&b, id, "request", "{\"do\":\"processes\",\"amount\":2}", NULL), 200);
    assert_true(reaches(&b, id, "restarts", 1));
    json_t *w = view(&b, id);
    assert_non_null(strstr(text_at(w, "last_error"), "5 processes, of at most 3"));
    json_decref(w);
    bed_stop(&b);
}

/* A fifth of a core does 200 ms of work in a second, less the first share and the last halt. Raised to a whole one
 * while it runs, it is not halted any more. */
static void a_share_of_the_cpu_is_no_more(void **state)
{
    char id[32];
    struct tenant t;
    struct bed b;

    (void)state;
    bed_start(&b, NULL);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"limits\":{\"cpu_percent\":20}", id);
    double start = now();
    assert_int_equal(post(&b, id, "request", "{\"do\":\"cpu\",\"amount\":200}", NULL), 200);
    assert_true(now() - start > 0.6);
    assert_int_equal(post(&b, id, "resize", "{\"cpu_percent\":100}", NULL), 202);
    assert_true(workload_becomes(&b, id, "running"));
    assert_int_equal(post(&b, id, "request", "{\"do\":\"cpu\",\"amount\":200}", NULL), 200);
    json_t *w = view(&b, id);
    assert_int_equal(number_at(w, "restarts"), 0);
    json_decref(w);
    bed_stop(&b);
}

static bool has_alert(struct bed *b, const struct tenant *t, const char *state)
{
    bool there = false;

    for (int tries = 0; tries < 2000 && !there; tries++) {
        json_t *alerts;
        call(b, b->admin, "GET", NULL, &alerts, "/v1/tenants/%s/alerts?state=%s", t->id, state);
        there = number_at(alerts, "total") == 1;
        json_decref(alerts);
        pause_ms(there ? 0 : 5);
    }
    return there;
}

/* Limits, rules, and an alert that is raised: the next life of the platform knows them, and resolves it. */
static void rules_and_alerts_outlive_the_platform(void **state)
{
    static const char rules[] = "{\"rules\":{\"big\":{\"kind\":\"memory_mb\",\"over\":40}}}";
    static const char size[] = "{\"metric\":\"cpu_percent\",\"target\":50,\"max\":2}";
    char folder[] = "/tmp/testbed-XXXXXX", path[64], id[32];
    struct tenant t;
    struct bed b;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/db", folder);
    const char *arguments[] = {"--db", path, NULL};
    bed_start(&b, arguments);
    make_tenant(&b, &t);
    make_workload(&b, &t, "\"limits\":{\"connections\":7}", id);
    assert_int_equal(post(&b, id, "autoscale", size, NULL), 202);
    assert_int_equal(call(&b, b.admin, "PUT", rules, NULL, "/v1/workloads/%s/alert-rules", id), 200);
    assert_int_equal(post(&b, id, "request", "{\"do\":\"memory\",\"amount\":50}", NULL), 200);
    assert_true(has_alert(&b, &t, "raised"));
    bed_stop(&b);
    bed_start(&b, arguments);
    assert_true(workload_becomes(&b, id, "running"));
    json_t *w = view(&b, id);
    assert_int_equal(number_at(json_object_get(w, "limits"), "connections"), 7);
    assert_int_equal(number_at(json_object_get(w, "autoscale"), "target"), 50);
    json_decref(w);
    assert_true(has_alert(&b, &t, "resolved"));
    bed_stop(&b);
    remove_tree(folder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replicas_answer_at_their_own_ports),
        cmocka_unit_test(a_stopping_replica_answers_what_it_was_asked),
        cmocka_unit_test(a_stopping_replica_has_no_more_than_its_grace),
        cmocka_unit_test(nobody_waits_for_a_replica_that_has_gone),
        cmocka_unit_test(a_request_outlives_the_end_of_its_replica),
        cmocka_unit_test(a_hung_replica_is_replaced),
        cmocka_unit_test(a_crash_loop_is_slowed_down),
        cmocka_unit_test(a_replica_meets_its_limits),
        cmocka_unit_test(too_many_processes_end_a_replica),
        cmocka_unit_test(a_share_of_the_cpu_is_no_more),
        cmocka_unit_test(rules_and_alerts_outlive_the_platform),
    };

    return bed_main(argc, argv, tests, sizeof tests / sizeof *tests, NULL, NULL);
}
