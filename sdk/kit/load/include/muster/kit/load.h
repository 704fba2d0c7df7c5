/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/load.h: requests in the background while a scenario does something, each of them counted.
 *
 *     static struct m_load_result ask(struct muster_ctx *t, void *client, void *shop)
 *     {
 *         struct m_tried r = TRY((struct m_session *)client, "workload.request", ARG("id", (const char *)shop));
 *         m_json_free(r.result);
 *         return M_LOAD_TRIED(r);
 *     }
 *
 *     LOAD_BEGIN(traffic, .clients = 4, .rate = 100, .open = log_in, .ask = ask, .with = (void *)shop);
 *     DO(admin, "workload.scale", ARG("id", shop), ARG("replicas", 4));
 *     LOAD_END(traffic);
 *     CHECK_LOAD(traffic, p99_ms, <, 250);
 *
 * Model
 *   A load has clients, each a thread with what .open made for it: a connection, a session. They ask for as long as the
 *   load runs, `rate` times a second all together, or, with M_LOAD_FLAT_OUT, each again as soon as it has its answer.
 *   What is not done within is a failure, with its time and reason; LOAD_END checks that there was none: zero means
 *   zero. m_load_stop() ends a load without judging it.
 *
 * Latency
 *   Requests are due at fixed moments, one each 1/rate s, and a request's latency is counted from the moment at which
 *   it was due, also when no client was free to send it then. So a server that stands still for a second is seen by
 *   all requests that were due in that second, and not just by the few that were under way: what Gil Tene ("How NOT to
 *   Measure Latency", 2013) calls coordinated omission. Those that were due and could not be sent before the end are
 *   `unsent`, and their latency is what they had waited by then. Flat out nothing is due, and a latency is that of the
 *   request alone: such numbers say how much a server can do, and little of what its users wait.
 *   Percentiles are those of a histogram with steps of 1.6 % (a value is at most that much below what is told); least,
 *   greatest and mean are exact.
 *
 * Its end
 *   LOAD_END, m_load_stop(), or a cleanup that is deferred when it begins: requests under way are waited for, and
 *   count. Then load-NAME.json is attached (counts, percentiles, histogram, failures by reason, the first of them with
 *   their time), and the metrics load.NAME.p50, .p95, .p99, .max, .rate, .sent and .failed are recorded, for thresholds
 *   too: "load.traffic.p99 < 250 ms". The log tells of a load that failed and nobody ended. A process that ends without
 *   its cleanups takes its threads along.
 *
 * Threads
 *   .open is called by who begins the load, .ask by the client's own thread, which may do all that a scenario may. A
 *   CHECK that fails there fails the scenario, and goes on; a REQUIRE or an ERROR ends the attempt from that thread, as
 *   in parallel.h. `with` is shared by all of them and the caller's to protect. Any thread may stop a load.
 */
#ifndef MUSTER_KIT_LOAD_H
#define MUSTER_KIT_LOAD_H

#if defined(__GNUC__)
#pragma GCC system_header /* the macros expand in the author's code */
#endif

#include <muster/muster.h>
#include <muster/place.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_load;

/* What came of a request. */
struct m_load_result {
    const char *failed; /* why it was not done; copied. NULL: it was */
    int32_t status;     /* of the answer; 0: there was none, or it has none */
    int32_t reserved;
};

#define M_LOAD_FLAT_OUT (-1.0)

/* Zero is the default of each, but .ask, which is given. */
struct m_load_options {
    const char *name; /* of metrics and artifact: [A-Za-z0-9_-]+; LOAD_BEGIN's is that of the variable */
    unsigned clients; /* 1; 1000 at the most */
    int32_t reserved;
    double rate; /* requests a second of all clients together; 50 */
    /* What a client asks with, its own; called for the clients 0 to clients - 1 before the first one asks. NULL: .ask
     * is given NULL. */
    void *(*open)(struct muster_ctx *t, unsigned client, void *with);
    struct m_load_result (*ask)(struct muster_ctx *t, void *client, void *with); /* one request */
    void *with;
};

/* Of a load until now. Milliseconds are NAN before the first answer. */
struct m_load_stats {
    double seconds;            /* since it began, or until it was stopped */
    double sent, done, failed; /* requests; sent = done + failed */
    double unsent;             /* due before the end, and not sent */
    double rate;               /* answers a second */
    double min_ms, mean_ms, max_ms;
    double p50_ms, p90_ms, p95_ms, p99_ms;
};

M_KIT_BEGIN_

struct m_load *m_load_start(struct muster_ctx *t, const struct m_load_options *options);
struct m_load_stats m_load_now(struct m_load *load);
/* Once more is nothing. */
struct m_load_stats m_load_stop(struct m_load *load);

M_KIT_END_

struct m_outcome m_compare_load_(struct m_load *load, size_t offset, uint32_t orders, double bound);
struct m_outcome m_load_ended_(struct m_load *load);

#ifdef __cplusplus
}
#endif

/* Of what an operation that was tried, or a request by m_try_request(), came to. */
#define M_LOAD_TRIED(tried_) (m_load_result_((tried_).error ? (tried_).error : (tried_).refused, (tried_).status))
#define M_LOAD_REPLY(reply_)                                                                                           \
    (m_load_result_((reply_).error ? (reply_).error : (reply_).status >= 400 ? "status" : NULL, (reply_).status))
static inline struct m_load_result m_load_result_(const char *failed, int32_t status)
{
    struct m_load_result r;
    r.failed = failed;
    r.status = status;
    r.reserved = 0;
    return r;
}

/* M_LOAD(t, .name = "shop", .clients = 4, .ask = ask): never NULL. */
#define M_LOAD(t_, ...) M_WITH_FIELDS_(m_load_options, m_load_start, (t_), __VA_ARGS__)

/* LOAD_BEGIN(traffic, .clients = 4, .rate = 100, .ask = ask): declares `traffic`, a struct m_load *. */
#define M_LOAD_BEGIN(variable_, ...) struct m_load *variable_ = M_LOAD(t, .name = #variable_, __VA_ARGS__)
/* Stops it, and checks that requests were sent and that none failed: 1 when that is so. What was left unsent is a
 * matter of speed: CHECK_LOAD(traffic, unsent, ==, 0). */
#define M_LOAD_END(load_)                                                                                              \
    m_check_(t, M_SITE(0, #load_ ": every request was done"), (m_called_at_(__FILE__, __LINE__), m_load_ended_(load_)))

/* CHECK_LOAD(traffic, p99_ms, <, 250): a value of struct m_load_stats as it is now, any of == != < <= > >=. */
#define M_CHECK_LOAD   M_CHECK_LOAD_
#define M_REQUIRE_LOAD M_REQUIRE_LOAD_

#define M_CHECK_LOAD_(load_, value_, op_, ...)                                                                         \
    M_LOAD_CHECKED_(M_GIVEN_(0, #__VA_ARGS__), #load_ ": " #value_ " " #op_ " ", #__VA_ARGS__, (load_), value_, op_,   \
                    __VA_ARGS__)
#define M_REQUIRE_LOAD_(load_, value_, op_, ...)                                                                       \
    M_LOAD_CHECKED_(M_GIVEN_(1, #__VA_ARGS__), #load_ ": " #value_ " " #op_ " ", #__VA_ARGS__, (load_), value_, op_,   \
                    __VA_ARGS__)
#define M_LOAD_CHECKED_(required_, text_, rest_, load_, value_, op_, ...)                                              \
    M_CHECKED_(required_, text_, rest_, ,                                                                              \
               (m_called_at_(__FILE__, __LINE__), m_compare_load_(load_, offsetof(struct m_load_stats, value_),        \
                                                                  M_ORDERS_(op_), (double)(M_FIRST_(__VA_ARGS__)))),   \
               __VA_ARGS__)

#ifndef MUSTER_NO_SHORT_NAMES
#define LOAD_BEGIN(...) M_LOAD_BEGIN(__VA_ARGS__)
#define LOAD_END        M_LOAD_END
#define CHECK_LOAD      M_CHECK_LOAD
#define REQUIRE_LOAD    M_REQUIRE_LOAD
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_load *, m_load_start, (t, options), struct muster_ctx *t, const struct m_load_options *options)
M_PLACED_(struct m_load_stats, m_load_now, (load), struct m_load *load)
M_PLACED_(struct m_load_stats, m_load_stop, (load), struct m_load *load)
#ifdef M_PLACED_IN_C_
#define m_load_start(...) m_load_start_at_(M_HERE_, __VA_ARGS__)
#define m_load_now(...)   m_load_now_at_(M_HERE_, __VA_ARGS__)
#define m_load_stop(...)  m_load_stop_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
