/* SPDX-License-Identifier: Apache-2.0 */
/* Requests in the background while other steps do something, each of them counted: the kit `load` as steps. */
#include <muster/kit/data.h>
#include <muster/kit/load_of.h>

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

/* Of this process. */
struct named {
    struct named *next;
    const char *name;
    struct m_load *load;
    struct m_load_operation operation;
};
static struct named *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct named *find(const char *name)
{
    pthread_mutex_lock(&lock);
    struct named *n = all;
    while (n && strcmp(n->name, name) != 0)
        n = n->next;
    pthread_mutex_unlock(&lock);
    return n;
}

static struct named *add(struct muster_ctx *t, const char *name)
{
    if (find(name))
        ERROR("load: there is one of the name %s already", name);
    struct named *n = calloc(1, sizeof *n);
    if (!n)
        ERROR("load: out of memory");
    n->name = m_keep(t, name, strlen(name));
    return n;
}

static void put(struct named *n)
{
    pthread_mutex_lock(&lock);
    n->next = all;
    all = n;
    pthread_mutex_unlock(&lock);
}

#define LOAD_PARAMS                                                                                                    \
    (i32, clients, "1", "Each with a login and a connection of its own"),                                              \
        (f64, rate, "50", "Requests a second, of all together; -1: as many as can be")

DATA_STEP(none, load_operation,
          PARAMS((str, name, NULL, "Of the metrics load.NAME.x"), (str, operation, NULL, "Of the run's target"),
                 (json, arguments, "{}", "What it takes"),
                 (str, by, "", "An identity of the target; without it the first one"), LOAD_PARAMS),
          .summary = "An operation in the background, again and again until load_end", .uses = USES("target"))
{
    struct named *n = add(t, name);
    n->operation = (struct m_load_operation){.operation = m_keep(t, operation, strlen(operation)),
                                             .identity = *by ? m_keep(t, by, strlen(by)) : NULL,
                                             .arguments = m_keep(t, arguments, strlen(arguments))};
    put(n);
    n->load = M_LOAD(t, .name = n->name, .clients = (unsigned)clients, .rate = rate, M_OF_OPERATION(&n->operation));
}

DATA_STEP(none, load_url,
          PARAMS((str, name, NULL, "Of the metrics load.NAME.x"),
                 (str, url, NULL, "What is got; 400 and above is a failure"), LOAD_PARAMS),
          .summary = "GET of a URL in the background, again and again until load_end")
{
    struct named *n = add(t, name);
    put(n);
    n->load =
        M_LOAD(t, .name = n->name, .clients = (unsigned)clients, .rate = rate, M_OF_URL(m_keep(t, url, strlen(url))));
}

/* JSON has no NAN: what was not measured is null. */
static const char *number(struct muster_ctx *t, double value)
{
    return isfinite(value) ? m_fmt(t, "%.3f", value) : "null";
}

DATA_STEP(json, load_end,
          PARAMS((str, name, NULL, "As it was begun"),
                 (bool, judge, "true", "Check that requests were sent, and that none failed")),
          .summary = "The end of a load: how many were sent and failed, and how long they took")
{
    struct named *n = find(name);
    if (!n || !n->load)
        ERROR("load_end: there is none of the name %s", name);
    struct m_load_stats s = m_load_stop(n->load);
    if (judge)
        m_check_(t, M_SITE(0, m_fmt(t, "%s: every request was done", n->name)), m_load_ended_(n->load));
    return m_fmt(t,
                 "{\"sent\":%.0f,\"done\":%.0f,\"failed\":%.0f,\"unsent\":%.0f,\"rate\":%s,\"mean_ms\":%s,"
                 "\"max_ms\":%s,\"p50_ms\":%s,\"p95_ms\":%s,\"p99_ms\":%s}",
                 s.sent, s.done, s.failed, s.unsent, number(t, s.rate), number(t, s.mean_ms), number(t, s.max_ms),
                 number(t, s.p50_ms), number(t, s.p95_ms), number(t, s.p99_ms));
}
