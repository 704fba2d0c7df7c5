/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes replicas run: contained processes (driver_process.h), or something else that understands the same.
 *
 * A driver starts instances and ends them, each a running muster-workload that answers HTTP at an address of its own:
 * GET /health, POST /request. It decides nothing: how many there should be, which are ready (asked over HTTP), who gets
 * a request, what is measured and when is the business of those above (replica.h, reconciler.c, balancer.h), and is the
 * same for all drivers.
 *
 * Everything happens in the loop and nothing waits: what takes time is told later, by the functions of `struct
 * driver_told`, never from inside the function of the driver that asked for it. `owner` is whatever start() was given.
 * An instance is the driver's own; it is there from start() until `ended` has been told, and whoever holds it forgets
 * it then.
 */
#ifndef TESTBED_DRIVER_H
#define TESTBED_DRIVER_H

#include "common/testbed.h"
#include "workloads/limits.h"

struct instance;

/* What is to run. The texts are there during the call only. */
struct instance_order {
    const char *name; /* of this replica: no other one of the platform has or had it */
    const char *tenant_id, *workload_id;
    const char *image;   /* which of muster-workload's kinds (its --image) */
    const char *version; /* its --version */
    struct limits limits;
};

/* An instance runs, and can be asked at its address: it need not be ready yet. */
struct instance_place {
    const char *host; /* a number, as 127.0.0.1 */
    int port;
    int pid; /* on this machine; 0 when the driver does not know */
};

struct instance_end {
    bool signaled;      /* else it has exited */
    int code;           /* the signal, or the exit status; -1 when it never ran */
    const char *reason; /* what to tell of it besides, as "more memory than its 64 MiB"; NULL: nothing */
};

struct instance_usage {
    int64_t cpu_us; /* since it was started */
    int64_t memory_bytes;
    int processes, open_files; /* 0 when the driver cannot tell */
};

struct driver_told {
    void (*runs)(void *owner, const struct instance_place *place);
    /* The last word of an instance, also of one that never ran. */
    void (*ended)(void *owner, const struct instance_end *end);
    /* NULL: it could not be measured. */
    void (*measured)(void *owner, const struct instance_usage *usage);
    /* False: it can only have other limits when it is started anew. */
    void (*resized)(void *owner, bool done);
};

struct driver {
    const char *name;
    /* Once, before the first instance. `where` is what stood behind the driver's name and a colon; NULL: nothing. -1
     * after a message on stderr. */
    int (*open)(struct testbed *tb, const char *where, const struct driver_told *told);
    /* Ends all instances at once, and may wait for that. Nothing is told any more. */
    void (*close)(void);
    /* NULL with errno: nothing was started, and nothing will be told. */
    struct instance *(*start)(const struct instance_order *order, void *owner);
    /* SIGTERM, upon which it answers what it was asked and ends; SIGKILL after the grace. */
    void (*stop)(struct instance *i, int grace_ms);
    /* At once, without a word to anybody else: what a fault does. */
    void (*kill)(struct instance *i, int signal);
    /* Answered by `measured`. */
    void (*measure)(struct instance *i);
    /* Gives it other limits while it runs; answered by `resized`. */
    void (*resize)(struct instance *i, const struct limits *limits);
    /* By what the driver makes a limit hold, as "cgroup" or "RLIMIT_AS"; NULL for those that it does not look after. */
    const char *(*holds)(enum limit limit);
    /* SIGCHLD has come; NULL for a driver without children. */
    void (*children)(void);
};

#endif
