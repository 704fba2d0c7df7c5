/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to the replica that answers it. */
#include "workloads/balancer.h"

#include "events/events.h"
#include "outbound/outbound.h"
#include "tenants/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES_MAX 5   /* so many replicas may have ended under one request */
#define READ_MS   100 /* in which is read what a replica had sent before it ended */

/* A request on its way. The workload and the replica may have gone when the answer comes: they are known by name. */
struct errand {
    struct errand *next;
    struct request *request;
    struct outbound_call *call;
    char workload_id[ID_MAX], replica[ID_MAX], path[128];
    int64_t until_ms;
    int tries;
    lws_sorted_usec_list_t cut_timer;
};

static struct errand *all;

static struct replica *find_replica(const struct workload *w, const char *name)
{
    struct replica *p = w ? w->processes : NULL;

    while (p && strcmp(p->name, name) != 0)
        p = p->next;
    return p;
}

static bool may_serve(const struct replica *p)
{
    return p->state == R_READY || (p->state == R_STARTING && p->port > 0 && defect(p->tb, D_UNREADY_SERVES));
}

/* Those of the same load are asked in turn: the one that stands `turn` behind the first. */
static struct replica *choose(struct workload *w)
{
    unsigned n = 0, least = 0;

    for (const struct replica *p = w->processes; p; p = p->next) {
        if (!may_serve(p))
            continue;
        if (n == 0 || p->in_flight < least) {
            least = p->in_flight;
            n = 0;
        }
        n += p->in_flight == least;
    }
    unsigned skip = n > 0 ? w->turn++ % n : 0;
    for (struct replica *p = n > 0 ? w->processes : NULL; p; p = p->next)
        if (may_serve(p) && p->in_flight == least && skip-- == 0)
            return p;
    return NULL;
}

static void finish(struct errand *e)
{
    struct errand **at = &all;

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    lws_sul_cancel(&e->cut_timer);
    request_complete(e->request);
    free(e);
}

static void refuse(struct errand *e, int status, const char *code, const char *message)
{
    struct workload *w = workload_find(e->request->tb, e->workload_id);

    if (w)
        w->requests_failed++;
    reply_error(e->request, status, code, "%s", message);
    finish(e);
}

/* Whoever gives a nonce with his request gets an answer that is signed with the tenant's key, for him alone. */
static void sign(const struct errand *e, const struct workload *w, json_t *said)
{
    const char *nonce = json_string_value(json_object_get(e->request->json, "nonce"));
    const char *version = json_string_value(json_object_get(said, "version"));
    char signature[SIGNATURE_MAX], text[200];

    if (!nonce || !w || !version)
        return;
    snprintf(text, sizeof text, "%s\n%s\n%s\n%lld", nonce, e->replica, version,
             (long long)json_integer_value(json_object_get(said, "count")));
    if (secret_sign(w->tb, w->tenant_id, text, signature))
        json_object_set_new(said, "signature", json_string(signature));
}

/* In a container it knows a number of its own that nobody else does: here it is that of this machine, or none. */
static void name_process(const struct replica *p, json_t *said)
{
    if (p && p->pid > 0)
        json_object_set_new(said, "pid", json_integer(p->pid));
    else if (p)
        json_object_del(said, "pid");
}

/* Which limit it is that the work of a request can reach. */
static enum limit limit_of_work(const char *path)
{
    return strstr(path, "do=files") ? LIMIT_OPEN_FILES : strstr(path, "do=processes") ? LIMIT_PROCESSES : LIMIT_MEMORY;
}

/* What the replica said: itself, or what it lacked. */
static void pass_on(struct errand *e, struct workload *w, const struct replica *p, const struct outbound_answer *answer)
{
    json_t *said = outbound_json(answer);
    const char *error = json_string_value(json_object_get(said, "error"));

    name_process(p, said);
    if (answer->status == 507 && w)
        workload_limit_reached(w, limit_of_work(e->path), error ? error : "");
    if (answer->status == 200 && said)
        sign(e, w, said);
    if (answer->status == 200 && said)
        reply(e->request, 200, json_incref(said));
    else if (answer->status == 507)
        reply_error(e->request, 507, "limit_reached", "the replica has reached its limits: %s", error ? error : "");
    else if (answer->status == 422)
        reply_error(e->request, 422, "validation_failed", "the replica does not know that work");
    else
        reply_error(e->request, 502, "bad_answer", "the replica answered %d", answer->status);
    json_decref(said);
    finish(e);
}

static void send_errand(struct errand *e);

static void answered(const struct outbound_answer *answer, void *payload)
{
    struct errand *e = payload;
    struct workload *w = workload_find(e->request->tb, e->workload_id);
    struct replica *p = find_replica(w, e->replica);

    e->call = NULL;
    lws_sul_cancel(&e->cut_timer);
    if (w) {
        w->requests++;
        w->traffic.bytes_left -= (int64_t)answer->len;
    }
    if (p) {
        p->requests += !answer->error;
        if (!answer->error || !defect(p->tb, D_IN_FLIGHT_LEAKS))
            replica_answered(p);
    }
    if (!answer->error)
        pass_on(e, w, p, answer);
    else if (answer->status != 0)
        refuse(e, 502, "bad_answer", "the replica ended in the middle of its answer");
    else if (clock_mono_ms() >= e->until_ms)
        refuse(e, 504, "no_answer", "the replica did not answer in time");
    else
        send_errand(e);
}

static void send_errand(struct errand *e)
{
    struct testbed *tb = e->request->tb;
    struct workload *w = workload_find(tb, e->workload_id);
    struct replica *p = w && e->tries++ < TRIES_MAX ? choose(w) : NULL;
    char url[256];

    if (!p) {
        refuse(e, 503, "no_ready_replica", w ? "no replica is ready" : "the workload has gone");
        return;
    }
    snprintf(url, sizeof url, "http://%s:%d%s", p->host, p->port, e->path);
    const struct outbound_request request = {
        .method = "POST", .url = url, .body = "", .timeout_ms = e->until_ms - clock_mono_ms() + 1};
    snprintf(e->replica, sizeof e->replica, "%s", p->name);
    p->in_flight++;
    e->call = outbound_request(tb, &request, answered, e);
    if (!e->call) {
        replica_answered(p);
        refuse(e, 503, "no_ready_replica", "there is no memory for a request");
    }
}

/* Each second brings as much as may pass in it; what is not used is lost. Who has overdrawn waits until it is made up.
 */
static bool may_pass(struct workload *w)
{
    int64_t now = clock_mono_ms(), most = w->limits.of[LIMIT_TRAFFIC];

    if (most == 0)
        return true;
    w->traffic.bytes_left += most * (now - w->traffic.as_of_ms) / 1000;
    if (w->traffic.bytes_left > most)
        w->traffic.bytes_left = most;
    w->traffic.as_of_ms = now;
    return w->traffic.bytes_left > 0;
}

static bool admit(struct workload *w, struct request *r)
{
    enum limit limit = LIMIT_CONNECTIONS;

    if (defect(w->tb, D_TRAFFIC_UNLIMITED))
        return true;
    if (workload_in_flight(w) < w->limits.of[LIMIT_CONNECTIONS]) {
        limit = LIMIT_TRAFFIC;
        if (may_pass(w))
            return true;
    }
    reply_error(r, 429, "limit_reached", "the workload may have %d %s", w->limits.of[limit], limit_name(limit));
    reply_error_details(r, json_pack("{s:s, s:i}", "limit", limit_name(limit), "value", w->limits.of[limit]));
    reply_header(r, "Retry-After", "1");
    workload_limit_reached(w, limit, "a request was refused");
    return false;
}

void balancer_request(struct workload *w, struct request *r, const char *path, int64_t timeout_ms)
{
    if (!admit(w, r))
        return;
    struct errand *e = calloc(1, sizeof *e);

    if (!e)
        return; /* answered with 500 by who sees no answer */
    r->deferred = true;
    e->request = r;
    e->until_ms = clock_mono_ms() + timeout_ms;
    e->next = all;
    all = e;
    snprintf(e->workload_id, sizeof e->workload_id, "%s", w->id);
    snprintf(e->path, sizeof e->path, "%s", path);
    send_errand(e);
}

static void cut(lws_sorted_usec_list_t *timer)
{
    outbound_give_up(lws_container_of(timer, struct errand, cut_timer)->call, "the replica has ended");
}

/* A process that ends closes its connections; a container takes its network with it, and then nobody does. */
void balancer_replica_ended(const struct replica *p)
{
    for (struct errand *e = all; e; e = e->next)
        if (e->call && strcmp(e->replica, p->name) == 0)
            lws_sul_schedule(p->tb->lws, 0, &e->cut_timer, cut, (lws_usec_t)READ_MS * 1000);
}

void balancer_stop(void)
{
    while (all) {
        outbound_cancel(all->call);
        refuse(all, 503, "no_ready_replica", "the platform stops");
    }
}
