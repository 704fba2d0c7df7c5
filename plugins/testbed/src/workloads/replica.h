/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One process of a workload.
 *
 * This very program, started again as `--workload`, in a session and process group of its own, dying with its parent.
 * The two talk by lines over a socket pair: the child says R (ready), H (heartbeat), A <count> (answer); the parent
 * says Q (a request). A replica is freed when its process has been waited for, never before.
 */
#ifndef TESTBED_REPLICA_H
#define TESTBED_REPLICA_H

#include "common/clock.h"
#include "server/request.h"
#include "server/watch.h"

#include <sys/types.h>

struct workload;

enum replica_state { R_STARTING, R_READY, R_STOPPING };

struct waiting_request {
    struct waiting_request *next;
    struct request *request;
};

/* What is started, and who hears of it. The texts are used during the call only. */
struct replica_spec {
    struct testbed *tb;
    const char *image, *workload_id, *tenant_id, *version;
    int index, memory_mb, nofile;
    struct workload *workload; /* whose it is: handed to the two below */
    void (*ready)(struct workload *w);
    void (*reroute)(struct workload *w, struct request *r); /* a request that it will not answer */
};

struct replica {
    struct replica *next;
    struct workload *workload; /* NULL for one that was left behind (delete-leaves-process) */
    void (*ready)(struct workload *w);
    void (*reroute)(struct workload *w, struct request *r);
    char tenant_id[ID_MAX]; /* whose it is, also when it was left behind */
    struct testbed *tb;
    pid_t pid;
    int index;
    char version[32];
    enum replica_state state;
    char started_at[TIME_TEXT_MAX];
    int64_t heartbeats;
    struct watch *watch;
    char line[64];
    size_t line_len;
    struct waiting_request *waiting, **waiting_tail; /* requests it has not answered, oldest first */
    lws_sorted_usec_list_t kill_timer;
    lws_sorted_usec_list_t silence_timer; /* runs out when nothing is heard of it */
};

/* NULL when no process could be started; errno says why. */
struct replica *replica_start(const struct replica_spec *spec);

/* SIGTERM, and SIGKILL after the grace. */
void replica_stop(struct replica *p);

/* Its process has been waited for: gives its unanswered requests to others, and frees it. Not in any list any more. */
void replica_free(struct replica *p);

/* Hands a request to it; the answer comes later. */
int replica_ask(struct replica *p, struct request *r);

/* What runs in the child: workload_main.c. Never returns. */
int workload_main(int argc, char **argv);

#endif
