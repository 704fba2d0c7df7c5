/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One replica of a workload: an instance of the driver's, and what is known of it.
 *
 * It starts, runs at an address, and is ready when GET /health there says so; it is asked again and again. One that
 * does not answer well is unhealthy, gets no requests, and is killed when that goes on; what becomes of its place is
 * the reconciler's business. One that is to end is asked to by its driver when it has answered what it was handed, so
 * that nothing depends on how what runs in it takes a SIGTERM. It is freed when its driver has told its end, never
 * before.
 */
#ifndef TESTBED_REPLICA_H
#define TESTBED_REPLICA_H

#include "common/clock.h"
#include "workloads/driver.h"

struct workload;
struct replica;
struct outbound_call;

enum replica_state { R_STARTING, R_READY, R_UNHEALTHY, R_STOPPING };

/* How often its health is asked for, how long an answer may take, and how many may be bad in a row. */
struct health_rule {
    int interval_ms, timeout_ms, failures;
};

/* Who hears of it: the reconciler. */
struct replica_heard {
    /* It is ready, or has become unhealthy, or well again. */
    void (*changed)(struct workload *w);
    /* Its instance has ended; it is still in the list, and replica_free() is the hearer's to call. */
    void (*ended)(struct workload *w, struct replica *p, const struct instance_end *end);
};

struct replica_spec {
    struct testbed *tb;
    const char *image, *workload_id, *tenant_id, *version;
    int index, grace_ms;
    struct limits limits;
    struct health_rule health;
    struct workload *workload; /* whose it is: handed to those who hear */
    const struct replica_heard *heard;
};

struct replica {
    struct replica *next;
    struct workload *workload; /* NULL for one that was left behind (delete-leaves-process) */
    const struct replica_heard *heard;
    struct testbed *tb;
    struct instance *instance; /* NULL once it has ended */
    char name[ID_MAX], workload_id[ID_MAX], tenant_id[ID_MAX];
    char version[32], host[64];
    int index, pid, port; /* port 0, pid 0: not known yet */
    int grace_ms;
    enum replica_state state;
    struct limits limits;   /* what it runs with */
    bool resizing, awaited; /* the driver was asked to change its limits; it is being measured */
    bool outdated;          /* it could not be given the limits that are wanted */
    char started_at[TIME_TEXT_MAX];
    int64_t started_ms, ready_ms; /* of the monotonic clock; the latter 0: it never was */
    struct health_rule health;
    int64_t health_checks; /* that went well */
    int bad_checks;        /* in a row */
    char health_error[96]; /* of the last bad one */
    struct outbound_call *asking;
    lws_sorted_usec_list_t health_timer;
    unsigned in_flight; /* requests that it was handed and has not answered */
    int64_t requests;   /* that it has answered */
    lws_sorted_usec_list_t drain_timer;
    int64_t drain_until_ms; /* of the monotonic clock, while it is to end and still answers; 0: it does not */
    struct instance_usage usage;
    int64_t measured_ms; /* 0: not yet */
    int cpu_percent;     /* of one core, between the last two measures */
};

/* Before the first replica: the driver, by its name, and what follows a colon. -1 after a message on stderr. */
int replica_open_driver(struct testbed *tb, const char *name);

/* NULL when nothing could be started; errno says why. */
struct replica *replica_start(const struct replica_spec *spec);
/* It answers what it was handed and ends; killed after its grace, which counts from now. */
void replica_stop(struct replica *p);
/* One of the requests that it was handed (`in_flight`) is over, well or not. */
void replica_answered(struct replica *p);
/* Ends it as a fault would. */
void replica_kill(struct replica *p, int signal);
/* Other limits, in place if the driver can, else it becomes `outdated`; `changed` is told. */
void replica_resize(struct replica *p, const struct limits *limits);
/* Asks the driver what it uses, unless the last answer is still awaited. */
void replica_measure(struct replica *p);
/* One that is nobody's any more: only its end is awaited. */
void replica_leave(struct replica *p);
void replica_free(struct replica *p);

const char *replica_state_name(enum replica_state state);

#endif
