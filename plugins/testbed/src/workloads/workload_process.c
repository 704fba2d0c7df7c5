/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/workloads/{}/kill and /request: what reaches single processes. */
#include "audit/audit.h"
#include "server/fields.h"
#include "workloads/replica.h"
#include "workloads/workload.h"

#include <signal.h>
#include <string.h>

static struct replica *choose(struct workload *w, int64_t index, int64_t pid)
{
    for (struct replica *p = w->processes; p; p = p->next)
        if (p->state != R_STOPPING && (pid > 0 ? p->pid == pid : p->index == index))
            return p;
    return NULL;
}

static void workloads_kill(struct request *r)
{
    struct fields f;

    fields_begin(&f, r);
    int64_t index = field_number(&f, "index", OPTIONAL, 0, 1000, 0);
    int64_t pid = field_number(&f, "pid", OPTIONAL, 1, INT32_MAX, 0);
    const char *name = field_choice(&f, "signal", OPTIONAL, "KILL, TERM");
    if (!fields_end(&f))
        return;
    /* Only a process of this very workload, never a number that a client made up. */
    struct replica *p = choose(request_workload(r), index, pid);
    if (!p) {
        reply_not_found(r);
        return;
    }
    if (!name)
        name = "KILL";
    kill(p->pid, strcmp(name, "TERM") == 0 ? SIGTERM : SIGKILL);
    audit_ok(r, "workload.kill", "workload", request_workload(r)->id, request_workload(r)->tenant_id, "pid %d, %s",
             (int)p->pid, name);
    reply(r, 202, json_pack("{s:i, s:s}", "pid", (int)p->pid, "signal", name));
}

static unsigned count_ready(const struct workload *w)
{
    unsigned n = 0;

    for (const struct replica *p = w->processes; p; p = p->next)
        n += p->state == R_READY;
    return n;
}

static bool try_replicas(struct workload *w, struct request *r)
{
    unsigned ready = count_ready(w);

    for (unsigned tried = 0; tried < ready; tried++) {
        unsigned skip = w->turn++ % ready;
        for (struct replica *p = w->processes; p; p = p->next)
            if (p->state == R_READY && skip-- == 0) {
                if (replica_ask(p, r) == 0)
                    return true;
                break;
            }
    }
    return false;
}

void workload_route_request(struct workload *w, struct request *r)
{
    if (try_replicas(w, r))
        return;
    reply_error(r, 503, "no_ready_replica", "no replica is ready");
    request_complete(r);
}

static void workloads_request(struct request *r)
{
    if (strcmp(request_workload(r)->image, "worker") == 0) {
        reply_error(r, 409, "not_serving", "a worker serves no requests");
        return;
    }
    if (try_replicas(request_workload(r), r))
        r->deferred = true;
    else
        reply_error(r, 503, "no_ready_replica", "no replica is ready");
}

const struct route workload_process_routes[] = {
    {M_POST, "/v1/workloads/{}/kill", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, workloads_kill},
    {M_POST, "/v1/workloads/{}/request", ROLES_OPERATE | TM, ROUTE_ACTIVE, route_of_workload, workloads_request},
    {.pattern = NULL},
};
