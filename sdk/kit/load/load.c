/* SPDX-License-Identifier: Apache-2.0 */
/* A load: its clients, when each of their requests is due, its end. */
#include "tally.h"

#include <muster/kit/data.h>

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CLEANUP_NAME "muster.load.stop"

enum { RATE = 50, MOST_CLIENTS = 1000, STACK_BYTES = 1 << 20 };

struct client {
    struct m_load *load;
    unsigned number;
    void *own; /* of .open */
    pthread_t thread;
};

struct m_load {
    struct muster_ctx *t;
    const char *id; /* of its cleanup: no other in this process has it */
    struct m_load_options o;
    struct client *clients;
    struct m_load *next;
    double began_ms;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    uint64_t taken; /* requests that a client has made its own; the k-th is due at k / rate */
    bool stopping, stopped;
    double stopped_ms;
    struct tally tally;
};

/* Of this process; a cleanup in another one finds nothing. */
static struct m_load *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

static double now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* ---- clients ---- */

static double due_ms(const struct m_load *l, uint64_t request)
{
    return l->began_ms + (double)request * 1e3 / l->o.rate;
}

/* False: the load ends before it. The lock is held. */
static bool wait_until(struct m_load *l, double due)
{
    struct timespec at = {.tv_sec = (time_t)(due / 1e3)};
    at.tv_nsec = (long)((due - (double)at.tv_sec * 1e3) * 1e6);
    while (!l->stopping && now_ms() < due)
        pthread_cond_clockwait(&l->changed, &l->lock, CLOCK_MONOTONIC, &at);
    return !l->stopping || due <= l->stopped_ms;
}

/* When the client's next request is due; NAN: there is none. Flat out it is due when it is sent. The first one is sent
 * even when the load ends before any client has begun: of a load that has asked nothing, nothing is known. */
static double next_due(struct m_load *l)
{
    pthread_mutex_lock(&l->lock);
    double due = NAN;
    if (!l->stopping || l->taken == 0) {
        due = due_ms(l, l->taken++);
        if (l->o.rate < 0)
            due = now_ms();
        else if (!wait_until(l, due))
            due = NAN;
    }
    pthread_mutex_unlock(&l->lock);
    return due;
}

static void *be_client(void *argument)
{
    struct client *c = argument;
    struct m_load *l = c->load;
    char name[16];
    snprintf(name, sizeof name, "load %u", c->number);
    pthread_setname_np(pthread_self(), name);
    for (double due; !isnan(due = next_due(l));) {
        struct m_load_result result = l->o.ask(l->t, c->own, l->o.with);
        struct tally_sent sent = {
            .at_ms = due - l->began_ms, .latency_ms = now_ms() - due, .client = c->number, .result = result};
        pthread_mutex_lock(&l->lock);
        load_tally_add(&l->tally, &sent);
        pthread_mutex_unlock(&l->lock);
    }
    return NULL;
}

/* ---- its end ---- */

static void report(struct m_load *l)
{
    struct muster_ctx *t = l->t;
    struct m_load_stats s = load_tally_stats(&l->tally, (l->stopped_ms - l->began_ms) / 1e3);
    const struct {
        const char *name, *unit;
        double value;
    } metrics[] = {{"p50", "ms", s.p50_ms}, {"p95", "ms", s.p95_ms}, {"p99", "ms", s.p99_ms}, {"max", "ms", s.max_ms},
                   {"rate", "1/s", s.rate}, {"sent", "", s.sent},    {"failed", "", s.failed}};
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (!isnan(metrics[i].value))
            m_metric(t, m_fmt(t, "load.%s.%s", l->o.name, metrics[i].name), metrics[i].value, metrics[i].unit);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out)
        load_tally_write(&l->tally, &l->o, s.seconds, out);
    if (out && fclose(out) == 0)
        m_attach(t, m_fmt(t, "load-%s.json", l->o.name), "application/json", text, size);
    free(text);
}

/* Those that were due by then and that nobody had taken. */
static void count_unsent(struct m_load *l)
{
    for (uint64_t k = l->taken > 0 ? l->taken : 1; l->o.rate > 0 && due_ms(l, k) <= l->stopped_ms; k++)
        load_tally_add_unsent(&l->tally, l->stopped_ms - due_ms(l, k));
}

struct m_load_stats m_load_now(struct m_load *l)
{
    pthread_mutex_lock(&l->lock);
    double end = l->stopping ? l->stopped_ms : now_ms();
    struct m_load_stats s = load_tally_stats(&l->tally, (end - l->began_ms) / 1e3);
    pthread_mutex_unlock(&l->lock);
    return s;
}

struct m_load_stats m_load_stop(struct m_load *l)
{
    pthread_mutex_lock(&l->lock);
    bool first = !l->stopping;
    if (first)
        l->stopped_ms = now_ms();
    l->stopping = true;
    pthread_cond_broadcast(&l->changed);
    while (!first && !l->stopped) /* somebody else is at it */
        pthread_cond_wait(&l->changed, &l->lock);
    if (first)
        count_unsent(l);
    pthread_mutex_unlock(&l->lock);
    for (unsigned i = 0; first && i < l->o.clients; i++)
        pthread_join(l->clients[i].thread, NULL);
    if (first)
        report(l);
    pthread_mutex_lock(&l->lock);
    l->stopped = true;
    pthread_cond_broadcast(&l->changed);
    pthread_mutex_unlock(&l->lock);
    return m_load_now(l);
}

CLEANUP(stop_load, CLEANUP_NAME)
{
    pthread_mutex_lock(&all_lock);
    struct m_load *l = all;
    while (l && strcmp(l->id, payload) != 0)
        l = l->next;
    pthread_mutex_unlock(&all_lock);
    m_called_at_(NULL, 0); /* by nobody: the author's last call has nothing to do with it */
    if (!l || l->stopped)
        return;
    struct m_load_stats s = m_load_stop(l);
    if (s.failed > 0)
        LOG_AT(MUSTER_LOG_WARNING, "load %s: %.0f of %.0f requests failed, and nobody ended it to see", l->o.name,
               s.failed, s.sent);
}

/* ---- its beginning ---- */

static void check_options(struct muster_ctx *t, const struct m_load_options *o)
{
    if (!o->ask)
        ERROR("m_load_start: .ask is missing: what a client does");
    if (o->clients > MOST_CLIENTS)
        ERROR("m_load_start: %u clients: there may be %d", o->clients, MOST_CLIENTS);
    if (isnan(o->rate) || isinf(o->rate) || (o->rate < 0 && o->rate > M_LOAD_FLAT_OUT) || o->rate < M_LOAD_FLAT_OUT)
        ERROR("m_load_start: the rate %g is neither above 0 nor M_LOAD_FLAT_OUT", o->rate);
    for (const char *p = o->name ? o->name : ""; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
            ERROR("m_load_start: the name \"%s\" has more than letters, digits, \"_\" and \"-\" in it", o->name);
}

static struct m_load *make(struct muster_ctx *t, const struct m_load_options *o)
{
    static unsigned number;
    struct m_load *l = calloc(1, sizeof *l);
    unsigned clients = o->clients ? o->clients : 1;
    if (!l || !(l->clients = calloc(clients, sizeof *l->clients))) {
        free(l);
        ERROR("m_load_start: out of memory for %u clients", clients);
    }
    l->t = t;
    l->o = *o;
    l->o.clients = clients;
    if (l->o.rate >= 0 && l->o.rate <= 0)
        l->o.rate = RATE;
    unsigned own = __atomic_add_fetch(&number, 1, __ATOMIC_RELAXED);
    l->o.name = o->name && *o->name ? m_keep(t, o->name, strlen(o->name)) : m_fmt(t, "%u", own);
    l->id = m_fmt(t, "%s %u", l->o.name, own);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->changed, NULL);
    pthread_mutex_lock(&all_lock);
    l->next = all;
    all = l;
    pthread_mutex_unlock(&all_lock);
    return l;
}

/* No signal of the scenario's is to be taken by the threads, which start with their maker's mask. How many began. */
static int start_clients(struct m_load *l, unsigned *ret_started)
{
    pthread_attr_t attributes;
    sigset_t every, before;
    int error = pthread_attr_init(&attributes);
    if (error)
        return error;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    unsigned i = 0;
    for (; i < l->o.clients && !(error = pthread_create(&l->clients[i].thread, &attributes, be_client, &l->clients[i]));
         i++)
        ;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    *ret_started = i;
    return error;
}

struct m_load *m_load_start(struct muster_ctx *t, const struct m_load_options *o)
{
    check_options(t, o);
    struct m_load *l = make(t, o);
    for (unsigned i = 0; i < l->o.clients; i++)
        l->clients[i] = (struct client){.load = l, .number = i, .own = o->open ? o->open(t, i, o->with) : NULL};
    M_DEFER(CLEANUP_NAME, l->id);
    l->began_ms = now_ms();
    unsigned started = 0;
    int error = start_clients(l, &started);
    if (!error)
        return l;
    unsigned wanted = l->o.clients;
    l->o.clients = started;
    m_load_stop(l);
    ERROR("m_load_start: starting client %u of %u: %s (%s)", started, wanted, strerrorname_np(error), strerror(error));
}

/* ---- checks ---- */

struct m_outcome m_load_ended_(struct m_load *l)
{
    struct m_load_stats s = m_load_stop(l);
    struct m_outcome o = m_outcome_(s.sent > 0 && s.failed <= 0, NULL, "all");
    if (!o.passed) {
        snprintf(o.left, sizeof o.left, "%.0f of %.0f", s.done, s.sent);
        load_tally_describe(&l->tally, o.message, sizeof o.message);
    }
    return o;
}

struct m_outcome m_compare_load_(struct m_load *l, size_t offset, uint32_t orders, double bound)
{
    struct m_load_stats s = m_load_now(l);
    double value;
    memcpy(&value, (const char *)&s + offset, sizeof value);
    struct m_outcome o = m_outcome_(!isnan(value) && m_holds_((value > bound) - (value < bound), orders), NULL, NULL);
    if (!o.passed) {
        m_double_text_(o.left, sizeof o.left, value);
        m_double_text_(o.right, sizeof o.right, bound);
        pthread_mutex_lock(&l->lock);
        load_tally_describe(&l->tally, o.message, sizeof o.message);
        pthread_mutex_unlock(&l->lock);
    }
    return o;
}
