/* SPDX-License-Identifier: Apache-2.0 */
/* Replicas: started and ended by the driver, asked for their health over HTTP. */
#include "workloads/replica.h"

#include "common/crypto.h"
#include "outbound/outbound.h"
#include "workloads/drivers.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_LIMIT_MS 20000 /* for a replica to become ready; one that takes longer has failed */
#define FIRST_PAUSE_MS 2     /* between the first looks at a starting one, which are then less and less frequent */
#define PAUSE_MAX_MS   100

const char *replica_state_name(enum replica_state state)
{
    static const char *const names[] = {
        [R_STARTING] = "starting", [R_READY] = "ready", [R_UNHEALTHY] = "unhealthy", [R_STOPPING] = "stopping"};

    return names[state];
}

static void ask_health(lws_sorted_usec_list_t *timer);

static void ask_in(struct replica *p, int64_t ms)
{
    lws_sul_schedule(p->tb->lws, 0, &p->health_timer, ask_health, (lws_usec_t)ms * 1000 + 1);
}

static void become(struct replica *p, enum replica_state state)
{
    if (p->state == state || p->state == R_STOPPING)
        return;
    p->state = state;
    if (state == R_READY && p->ready_ms == 0)
        p->ready_ms = clock_mono_ms();
    if (p->workload)
        p->heard->changed(p->workload);
}

/* A starting one is looked at again soon: it is most often ready at once. */
static void not_ready_yet(struct replica *p)
{
    int64_t lived = clock_mono_ms() - p->started_ms, pause = lived / 4;

    if (lived > START_LIMIT_MS) {
        p->tb->driver->kill(p->instance, SIGKILL);
        return;
    }
    ask_in(p, pause < FIRST_PAUSE_MS ? FIRST_PAUSE_MS : pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause);
}

static void is_not_well(struct replica *p)
{
    p->bad_checks++;
    if (p->bad_checks >= p->health.failures && !defect(p->tb, D_HUNG_STAYS)) {
        /* Its end is what the reconciler acts on. */
        p->tb->driver->kill(p->instance, SIGKILL);
        return;
    }
    ask_in(p, p->health.interval_ms);
    become(p, R_UNHEALTHY);
}

static void health_told(const struct outbound_answer *answer, void *payload)
{
    struct replica *p = payload;
    bool well = !answer->error && answer->status == 200;

    p->asking = NULL;
    if (!p->instance || p->state == R_STOPPING)
        return;
    if (!well)
        snprintf(p->health_error, sizeof p->health_error, answer->error ? "%.80s" : "/health says %.3s",
                 answer->error           ? answer->error
                 : answer->status == 503 ? "503"
                                         : "no");
    if (well) {
        p->health_checks++;
        p->bad_checks = 0;
        ask_in(p, p->health.interval_ms);
        become(p, R_READY);
    } else if (p->state == R_STARTING) {
        not_ready_yet(p);
    } else {
        is_not_well(p);
    }
}

static void ask_health(lws_sorted_usec_list_t *timer)
{
    struct replica *p = lws_container_of(timer, struct replica, health_timer);
    char url[128];

    if (p->asking || p->port == 0)
        return;
    snprintf(url, sizeof url, "http://%s:%d/health", p->host, p->port);
    const struct outbound_request request = {.url = url, .timeout_ms = p->health.timeout_ms};
    p->asking = outbound_request(p->tb, &request, health_told, p);
    if (!p->asking)
        ask_in(p, p->health.interval_ms);
}

/* ---- what the driver tells --------------------------------------------------------------------------------------- */

static void runs(void *owner, const struct instance_place *place)
{
    struct replica *p = owner;

    p->pid = place->pid;
    p->port = place->port;
    snprintf(p->host, sizeof p->host, "%s", place->host);
    if (p->state == R_STARTING)
        ask_in(p, 0);
}

static void stop_asking(struct replica *p)
{
    lws_sul_cancel(&p->health_timer);
    outbound_cancel(p->asking);
    p->asking = NULL;
}

static void stop_draining(struct replica *p)
{
    lws_sul_cancel(&p->drain_timer);
    p->drain_until_ms = 0;
}

static void ended(void *owner, const struct instance_end *end)
{
    struct replica *p = owner;

    stop_asking(p);
    stop_draining(p);
    p->instance = NULL;
    p->tb->metrics.processes_exited++;
    if (p->workload)
        p->heard->ended(p->workload, p, end);
}

static void measured(void *owner, const struct instance_usage *usage)
{
    struct replica *p = owner;
    int64_t now = clock_mono_ms();

    p->awaited = false;
    if (!usage)
        return;
    if (p->measured_ms > 0 && now > p->measured_ms)
        p->cpu_percent = (int)((usage->cpu_us - p->usage.cpu_us) / (10 * (now - p->measured_ms)));
    p->usage = *usage;
    p->measured_ms = now;
}

static void resized(void *owner, bool done)
{
    struct replica *p = owner;

    p->resizing = false;
    p->outdated |= !done;
    if (p->workload)
        p->heard->changed(p->workload);
}

static const struct driver_told told = {.runs = runs, .ended = ended, .measured = measured, .resized = resized};

int replica_open_driver(struct testbed *tb, const char *name)
{
    const char *colon = strchr(name, ':');

    tb->driver = driver_named(name);
    if (tb->driver)
        return tb->driver->open(tb, colon ? colon + 1 : NULL, &told);
    fprintf(stderr, "muster-testbed: --driver: there is none called %s; there are: %s\n", name, DRIVER_NAMES);
    return -1;
}

/* ---- from above -------------------------------------------------------------------------------------------------- */

struct replica *replica_start(const struct replica_spec *spec)
{
    struct replica *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    crypto_new_id("rep", p->name);
    snprintf(p->workload_id, sizeof p->workload_id, "%s", spec->workload_id);
    snprintf(p->tenant_id, sizeof p->tenant_id, "%s", spec->tenant_id);
    snprintf(p->version, sizeof p->version, "%s", spec->version);
    p->tb = spec->tb;
    p->workload = spec->workload;
    p->heard = spec->heard;
    p->index = spec->index;
    p->grace_ms = spec->grace_ms;
    p->limits = spec->limits;
    p->health = spec->health;
    struct instance_order order = {.name = p->name,
                                   .tenant_id = spec->tenant_id,
                                   .workload_id = spec->workload_id,
                                   .image = spec->image,
                                   .version = spec->version,
                                   .limits = p->limits};

    if (defect(p->tb, D_REPLICA_UNLIMITED))
        for (enum limit i = 0; i < LIMIT_COUNT; i++)
            order.limits.of[i] = limit_range(i).highest;
    p->instance = p->tb->driver->start(&order, p);
    if (!p->instance) {
        int error = errno;
        free(p);
        errno = error;
        return NULL;
    }
    clock_now_text(p->started_at);
    p->started_ms = clock_mono_ms();
    p->tb->metrics.processes_started++;
    return p;
}

/* What is left of its grace is the driver's. */
static void end_drain(lws_sorted_usec_list_t *timer)
{
    struct replica *p = lws_container_of(timer, struct replica, drain_timer);
    int64_t left = p->drain_until_ms - clock_mono_ms();

    stop_draining(p);
    p->tb->driver->stop(p->instance, left > 0 ? (int)left : 0);
}

void replica_answered(struct replica *p)
{
    p->in_flight--;
    if (p->in_flight == 0 && p->drain_until_ms > 0)
        end_drain(&p->drain_timer);
}

static void drain(struct replica *p)
{
    p->drain_until_ms = clock_mono_ms() + p->grace_ms;
    lws_sul_schedule(p->tb->lws, 0, &p->drain_timer, end_drain, (lws_usec_t)p->grace_ms * 1000 + 1);
}

void replica_stop(struct replica *p)
{
    if (p->state == R_STOPPING || !p->instance)
        return;
    p->state = R_STOPPING;
    stop_asking(p);
    if (defect(p->tb, D_DRAIN_CUTS))
        p->tb->driver->kill(p->instance, SIGKILL);
    else if (p->in_flight > 0)
        drain(p);
    else
        p->tb->driver->stop(p->instance, p->grace_ms);
}

void replica_kill(struct replica *p, int signal)
{
    if (p->instance)
        p->tb->driver->kill(p->instance, signal);
}

void replica_resize(struct replica *p, const struct limits *limits)
{
    struct limits real = *limits;

    if (defect(p->tb, D_CPU_LIMIT_STAYS) && real.of[LIMIT_CPU] < p->limits.of[LIMIT_CPU])
        real.of[LIMIT_CPU] = p->limits.of[LIMIT_CPU];
    p->limits = *limits;
    p->resizing = true;
    p->tb->driver->resize(p->instance, &real);
}

void replica_measure(struct replica *p)
{
    if (p->awaited || !p->instance || p->state == R_STOPPING)
        return;
    p->awaited = true;
    p->tb->driver->measure(p->instance);
}

void replica_leave(struct replica *p)
{
    stop_asking(p);
    p->workload = NULL;
}

void replica_free(struct replica *p)
{
    stop_asking(p);
    stop_draining(p);
    free(p);
}
