/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/workloads/{}/kill and /request: what reaches single processes. */
#include "audit/audit.h"
#include "server/fields.h"
#include "workloads/balancer.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_MS 30000

static struct replica *choose(struct workload *w, int64_t index, int64_t pid)
{
    for (struct replica *p = w->processes; p; p = p->next)
        if (p->state != R_STOPPING && (pid > 0 ? p->pid == pid : p->index == index))
            return p;
    return defect(w->tb, D_KILL_HITS_ANOTHER) ? w->processes : NULL;
}

static int signal_named(const char *name)
{
    return strcmp(name, "TERM") == 0 ? SIGTERM : strcmp(name, "STOP") == 0 ? SIGSTOP : SIGKILL;
}

static void workloads_kill(struct request *r)
{
    struct fields f;

    fields_begin(&f, r);
    int64_t index = field_number(&f, "index", OPTIONAL, 0, 1000, 0);
    int64_t pid = field_number(&f, "pid", OPTIONAL, 1, INT32_MAX, 0);
    const char *name = field_choice(&f, "signal", OPTIONAL, "KILL, TERM, STOP");
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
    replica_kill(p, signal_named(name));
    audit_ok(r, "workload.kill", "workload", request_workload(r)->id, request_workload(r)->tenant_id, "pid %d, %s",
             p->pid, name);
    reply(r, 202, json_pack("{s:i, s:s}", "pid", p->pid, "signal", name));
}

/* What muster-workload understands as work; /request alone is none. */
static void work_path(struct fields *f, char *ret_path, size_t size)
{
    const char *work = field_choice(f, "do", OPTIONAL, "wait, cpu, memory, files, processes, bytes, sick, hang, exit");
    int64_t amount = field_number(f, "amount", OPTIONAL, 0, 16 * 1024 * 1024, 0);

    if (work)
        snprintf(ret_path, size, "/request?do=%s&n=%lld", work, (long long)amount);
    else
        snprintf(ret_path, size, "/request");
}

static void ask_a_replica(struct request *r, const char *path, int64_t timeout_ms)
{
    bool waits = defect(r->tb, D_BUSY_BLOCKS_ALL) && strchr(path, '?');

    if (waits) /* as long as the work would take, with everybody else */
        usleep(600000);
    balancer_request(request_workload(r), r, waits ? "/request" : path, timeout_ms);
}

static void workloads_request(struct request *r)
{
    char path[80];
    struct fields f;

    fields_begin(&f, r);
    work_path(&f, path, sizeof path);
    int64_t timeout_ms = field_number(&f, "timeout_ms", OPTIONAL, 1, TIMEOUT_MS, TIMEOUT_MS);
    field_match(&f, "nonce", OPTIONAL, "[A-Za-z0-9_-]{8,64}");
    if (!fields_end(&f))
        return;
    if (strcmp(request_workload(r)->image, "worker") == 0)
        reply_error(r, 409, "not_serving", "a worker serves no requests");
    else
        ask_a_replica(r, path, timeout_ms);
}

const struct route workload_process_routes[] = {
    {M_POST, "/v1/workloads/{}/kill", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, workloads_kill},
    {M_POST, "/v1/workloads/{}/request", ROLES_OPERATE | TM, ROUTE_ACTIVE, route_of_workload, workloads_request},
    {.pattern = NULL},
};
