/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers: each has one call under way that carries its life on: create, start, look, wait for its end, look,
 * remove. What is asked of it besides (signals, measures, limits) goes beside that.
 */
#include "workloads/driver_docker.h"

#include "workloads/docker_engine.h"
#include "workloads/docker_image.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT        8080
#define LIFE_MS     (30 * 24 * 3600 * 1000LL) /* as long as one call may wait for an end */
#define KILLED      128                       /* an exit status beyond is by a signal */
#define NOBODY      "65534:65534"
#define PATH_LENGTH 256

struct instance {
    struct instance *next;
    void *owner;
    char name[128], id[65]; /* "" before it is made */
    struct limits limits, wanted;
    struct outbound_call *life, *stats, *update;
    lws_sorted_usec_list_t kill_timer, answer_timer;
    bool running, stopping, measuring, resizing;
    int grace_ms;
    struct instance_end end;
    char reason[200];
};

static struct {
    struct docker_engine engine;
    const struct driver_told *told;
    struct instance *all;
} driver;

static int docker_start_driver(struct testbed *tb, const char *where, const struct driver_told *told)
{
    char program[sizeof tb->exe + 32];
    const char *slash = strrchr(tb->exe, '/');

    driver.told = told;
    snprintf(program, sizeof program, "%.*s/" DOCKER_IMAGE_PROGRAM, (int)(slash - tb->exe), tb->exe);
    return docker_open(&driver.engine, tb, where, program);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* METHOD /containers/ID/WHAT */
static struct outbound_call *ask(struct instance *i, const char *method, const char *what, json_t *json,
                                 int64_t timeout_ms, outbound_fn *done)
{
    char path[PATH_LENGTH];

    snprintf(path, sizeof path, "/containers/%s%s", i->id, what);
    return docker_ask(&driver.engine,
                      &(struct docker_request){.method = method, .path = path, .json = json, .timeout_ms = timeout_ms},
                      done, i);
}

static void nobody_listens(const struct outbound_answer *answer, void *payload)
{
    (void)answer, (void)payload;
}

static void send_signal(const struct instance *i, int signal)
{
    char path[PATH_LENGTH];

    if (!i->running)
        return;
    snprintf(path, sizeof path, "/containers/%s/kill?signal=%d", i->id, signal);
    docker_ask(&driver.engine, &(struct docker_request){.method = "POST", .path = path}, nobody_listens, NULL);
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static void forget(struct instance *i)
{
    struct instance **at = &driver.all;

    while (*at != i)
        at = &(*at)->next;
    *at = i->next;
    lws_sul_cancel(&i->kill_timer);
    lws_sul_cancel(&i->answer_timer);
    outbound_cancel(i->life);
    outbound_cancel(i->stats);
    outbound_cancel(i->update);
    free(i);
}

static void tell_end(struct instance *i)
{
    char reason[sizeof i->reason];
    void *owner = i->owner;
    struct instance_end end = i->end;

    memcpy(reason, i->reason, sizeof reason);
    end.reason = reason[0] ? reason : NULL;
    forget(i);
    driver.told->ended(owner, &end);
}

static void removed(const struct outbound_answer *answer, void *payload)
{
    struct instance *i = payload;

    (void)answer;
    i->life = NULL;
    tell_end(i);
}

/* It is told when it is gone, so that nothing of it is left by then. */
static void finish(struct instance *i)
{
    i->running = false;
    lws_sul_cancel(&i->kill_timer);
    if (i->id[0])
        i->life = ask(i, "DELETE", "?force=1&v=1", NULL, 0, removed);
    if (!i->life)
        tell_end(i);
}

static void never_ran(struct instance *i, const char *words)
{
    i->end = (struct instance_end){.code = -1};
    snprintf(i->reason, sizeof i->reason, "%s", words);
    finish(i);
}

static void wait_for_end(struct instance *i);

static void looked_at_last(const struct outbound_answer *answer, void *payload)
{
    struct instance *i = payload;
    char words[sizeof i->reason];
    json_t *doc = outbound_json(answer), *state = json_object_get(doc, "State");

    i->life = NULL;
    if (json_is_true(json_object_get(state, "Running"))) { /* only the waiting has ended */
        wait_for_end(i);
    } else if (docker_refused(answer, words, sizeof words)) {
        never_ran(i, words);
    } else {
        int status = (int)json_integer_value(json_object_get(state, "ExitCode"));
        i->end = (struct instance_end){.signaled = status > KILLED, .code = status > KILLED ? status - KILLED : status};
        if (json_is_true(json_object_get(state, "OOMKilled")))
            snprintf(i->reason, sizeof i->reason, "more memory than its %d MiB", i->limits.of[LIMIT_MEMORY]);
        finish(i);
    }
    json_decref(doc);
}

static void ended(const struct outbound_answer *answer, void *payload)
{
    struct instance *i = payload;

    (void)answer;
    i->life = ask(i, "GET", "/json", NULL, 0, looked_at_last);
    if (!i->life)
        never_ran(i, "memory is short");
}

static void wait_for_end(struct instance *i)
{
    i->life = ask(i, "POST", "/wait", NULL, LIFE_MS, ended);
    if (!i->life)
        never_ran(i, "memory is short");
}

static void grace_over(lws_sorted_usec_list_t *timer)
{
    send_signal(lws_container_of(timer, struct instance, kill_timer), SIGKILL);
}

static void begin_to_stop(struct instance *i)
{
    send_signal(i, SIGTERM);
    lws_sul_schedule(driver.engine.tb->lws, 0, &i->kill_timer, grace_over, (lws_usec_t)i->grace_ms * 1000 + 1);
}

/* One that is not there yet is stopped as soon as it is. */
static void docker_stop(struct instance *i, int grace_ms)
{
    i->stopping = true;
    i->grace_ms = grace_ms;
    if (i->running)
        begin_to_stop(i);
}

static void docker_kill(struct instance *i, int signal)
{
    send_signal(i, signal);
}

/* ---- start ------------------------------------------------------------------------------------------------------- */

static void looked_at_first(const struct outbound_answer *answer, void *payload)
{
    struct instance *i = payload;
    char words[sizeof i->reason];
    json_t *doc = outbound_json(answer);
    const char *address = json_string_value(json_object_get(json_object_get(doc, "NetworkSettings"), "IPAddress"));
    json_t *state = json_object_get(doc, "State");
    struct instance_place place = {
        .host = address, .port = PORT, .pid = (int)json_integer_value(json_object_get(state, "Pid"))};

    i->life = NULL;
    if (docker_refused(answer, words, sizeof words)) {
        never_ran(i, words);
    } else if (json_is_true(json_object_get(state, "Running")) && (!address || !*address)) {
        never_ran(i, "the Docker Engine's default network gives it no address");
    } else {
        bool runs = json_is_true(json_object_get(state, "Running"));
        i->running = runs;
        wait_for_end(i);
        if (runs && i->stopping)
            begin_to_stop(i);
        if (runs)
            driver.told->runs(i->owner, &place);
    }
    json_decref(doc);
}

static void started(const struct outbound_answer *answer, void *payload)
{
    struct instance *i = payload;
    char words[sizeof i->reason];

    i->life = NULL;
    if (docker_refused(answer, words, sizeof words))
        never_ran(i, words);
    else if (!(i->life = ask(i, "GET", "/json", NULL, 0, looked_at_first)))
        never_ran(i, "memory is short");
}

static void created(const struct outbound_answer *answer, void *payload)
{
    struct instance *i = payload;
    char words[sizeof i->reason];
    json_t *doc = outbound_json(answer);
    const char *id = json_string_value(json_object_get(doc, "Id"));

    i->life = NULL;
    if (docker_refused(answer, words, sizeof words)) {
        never_ran(i, words);
    } else {
        snprintf(i->id, sizeof i->id, "%s", id ? id : "");
        if (!(i->life = ask(i, "POST", "/start", NULL, 0, started)))
            never_ran(i, "memory is short");
    }
    json_decref(doc);
}

static void put_limits(json_t *host, const struct limits *l)
{
    json_int_t memory = (json_int_t)l->of[LIMIT_MEMORY] * 1024 * 1024;

    json_object_set_new(host, "Memory", json_integer(memory));
    json_object_set_new(host, "MemorySwap", json_integer(memory));
    json_object_set_new(host, "NanoCpus", json_integer((json_int_t)l->of[LIMIT_CPU] * 10000000));
    json_object_set_new(host, "PidsLimit", json_integer(l->of[LIMIT_PROCESSES]));
}

static json_t *order_body(const struct instance_order *order)
{
    int files = order->limits.of[LIMIT_OPEN_FILES];
    json_t *host = json_pack("{s:b, s:[s], s:[{s:s, s:i, s:i}]}", "ReadonlyRootfs", 1, "CapDrop", "ALL", "Ulimits",
                             "Name", "nofile", "Soft", files, "Hard", files);

    char memory[16];

    put_limits(host, &order->limits);
    /* It is told its memory too: so it can refuse what is too much, where the engine would end it. */
    snprintf(memory, sizeof memory, "%d", order->limits.of[LIMIT_MEMORY]);
    return json_pack("{s:s, s:[s, s, s, s, s, s, s, s], s:s, s:o, s:o}", "Image", driver.engine.image, "Cmd", "--image",
                     order->image, "--version", order->version, "--name", order->name, "--memory-mb", memory, "User",
                     NOBODY, "Labels", docker_labels(&driver.engine, order->tenant_id, order->workload_id),
                     "HostConfig", host);
}

static struct instance *docker_start(const struct instance_order *order, void *owner)
{
    struct instance *i = calloc(1, sizeof *i);
    char path[PATH_LENGTH];

    if (!i)
        return NULL;
    i->owner = owner;
    i->limits = order->limits;
    snprintf(i->name, sizeof i->name, "%s-%s", driver.engine.image, order->name);
    snprintf(path, sizeof path, "/containers/create?name=%s", i->name);
    i->life =
        docker_ask(&driver.engine, &(struct docker_request){.method = "POST", .path = path, .json = order_body(order)},
                   created, i);
    if (!i->life) {
        free(i);
        errno = ENOMEM;
        return NULL;
    }
    i->next = driver.all;
    driver.all = i;
    return i;
}

static void docker_end_driver(void)
{
    while (driver.all)
        forget(driver.all);
    docker_close(&driver.engine);
}

/* ---- measures and limits ----------------------------------------------------------------------------------------- */

static json_int_t number_at(json_t *doc, const char *part, const char *name)
{
    return json_integer_value(json_object_get(json_object_get(doc, part), name));
}

static void measured(const struct outbound_answer *answer, void *payload)
{
    struct instance *i = payload;
    char words[sizeof i->reason];
    json_t *doc = outbound_json(answer);
    struct instance_usage usage = {.memory_bytes = number_at(doc, "memory_stats", "usage"),
                                   .processes = (int)number_at(doc, "pids_stats", "current")};
    json_t *cpu = json_object_get(json_object_get(doc, "cpu_stats"), "cpu_usage");

    usage.cpu_us = json_integer_value(json_object_get(cpu, "total_usage")) / 1000;
    i->stats = NULL;
    /* Of one that has ended meanwhile everything is 0. */
    bool known = !docker_refused(answer, words, sizeof words) && usage.processes > 0;
    json_decref(doc);
    driver.told->measured(i->owner, known ? &usage : NULL);
}

static void resized(const struct outbound_answer *answer, void *payload)
{
    struct instance *i = payload;
    char words[sizeof i->reason];
    bool done = !docker_refused(answer, words, sizeof words);

    i->update = NULL;
    if (done)
        i->limits = i->wanted;
    driver.told->resized(i->owner, done);
}

/* What can't be asked is told in the next turn of the loop. */
static void tell_nothing(lws_sorted_usec_list_t *timer)
{
    struct instance *i = lws_container_of(timer, struct instance, answer_timer);
    bool measuring = i->measuring, resizing = i->resizing;

    i->measuring = i->resizing = false;
    if (measuring)
        driver.told->measured(i->owner, NULL);
    if (resizing)
        driver.told->resized(i->owner, false);
}

static void tell_soon(struct instance *i)
{
    lws_sul_schedule(driver.engine.tb->lws, 0, &i->answer_timer, tell_nothing, 1);
}

static void docker_measure(struct instance *i)
{
    if (i->running && !i->stats)
        i->stats = ask(i, "GET", "/stats?stream=false&one-shot=true", NULL, 0, measured);
    if (i->stats)
        return;
    i->measuring = true;
    tell_soon(i);
}

/* The engine sets the number of open files when it starts a container, and what runs in it its memory: never again. */
static void docker_resize(struct instance *i, const struct limits *limits)
{
    bool same = limits->of[LIMIT_OPEN_FILES] == i->limits.of[LIMIT_OPEN_FILES] &&
                limits->of[LIMIT_MEMORY] == i->limits.of[LIMIT_MEMORY];
    json_t *host = json_object();

    i->wanted = *limits;
    put_limits(host, limits);
    if (i->running && !i->update && same)
        i->update = ask(i, "POST", "/update", json_incref(host), 0, resized);
    json_decref(host);
    if (i->update)
        return;
    i->resizing = true;
    tell_soon(i);
}

static const char *docker_holds(enum limit limit)
{
    switch (limit) {
    case LIMIT_MEMORY:
    case LIMIT_CPU:
    case LIMIT_PROCESSES:
        return "cgroup";
    case LIMIT_OPEN_FILES:
        return "RLIMIT_NOFILE";
    default:
        return NULL;
    }
}

const struct driver driver_docker = {
    .name = "docker",
    .open = docker_start_driver,
    .close = docker_end_driver,
    .start = docker_start,
    .stop = docker_stop,
    .kill = docker_kill,
    .measure = docker_measure,
    .resize = docker_resize,
    .holds = docker_holds,
};
