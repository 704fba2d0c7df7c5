/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform as a whole.
 *
 * One `struct testbed` lives as long as the program; everything hangs from it and is passed it, each room's own things
 * as pointers that mean nothing to the others. There is one thread and one loop (libwebsockets'): nothing here needs a
 * lock, and nothing may block except the database. Work that takes time is a timer (`lws_sul`), a watched descriptor
 * (watch.h) or a child process.
 */
#ifndef TESTBED_TESTBED_H
#define TESTBED_TESTBED_H

#include "common/defects.h"
#include "common/id.h"
#include "common/life.h"
#include "common/options.h"

#include <jansson.h>
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>

struct store;
struct workload;
struct event_bus;
struct login_limits;
struct outbound;
struct provisioning_run;
struct driver;
struct watch;

struct metrics {
    uint64_t requests;
    uint64_t by_status[600];
    uint64_t logins_ok, logins_failed;
    uint64_t events_published, events_delivered;
    uint64_t processes_started, processes_exited, processes_restarted;
    uint64_t ws_total;
    uint64_t provisioning_started, provisioning_done, provisioning_failed;
};

/* folder.h */
struct folder {
    char *path; /* absolute */
    bool is_private;
    int lock; /* its descriptor, locked */
};

struct testbed {
    struct options opt;
    char exe[4096]; /* this program's own file: what it starts stands beside it */
    struct store *db;
    struct folder folder;
    struct life life;
    struct lws_context *lws;
    struct lws_vhost *vhost;
    bool stopping;
    int64_t started_ms;
    unsigned char token_key[32];
    struct metrics metrics;
    struct event_bus *bus;
    const struct driver *driver; /* of the workloads' replicas */
    struct workload *workloads;  /* all that are not gone yet, newest first */
    struct login_limits *logins;
    struct outbound *outbound;             /* what is asked of other servers right now */
    struct provisioning_run *provisioning; /* the tenants being set up or taken down right now */
    struct watch *listener, *signals, *standard_input;
    uint64_t request_count;
};

static inline bool defect(const struct testbed *tb, enum defect_id id)
{
    return tb->opt.defects.has[id];
}

#endif
