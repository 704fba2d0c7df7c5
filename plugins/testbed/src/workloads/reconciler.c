/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what should run to what does.
 *
 * One function looks at a workload as it is and takes the steps that are possible now; every event (a change by the
 * API, a replica ready, a process dead, the end of a pause after failed starts) calls it again. It keeps no plan, so
 * nothing can get out of step with one.
 */
#include "audit/audit.h"
#include "events/events.h"
#include "tenants/tenants.h"
#include "workloads/replica.h"
#include "workloads/workload.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define UPDATE_TRIES 3
#define START_TRIES  5
#define PAUSE_MS     20

struct census {
    int current, current_ready; /* of the wanted version */
    int old;                    /* of another one */
    int stopping;
    int ready; /* of any version */
};

static bool is_current(const struct workload *w, const struct replica *p)
{
    return strcmp(p->version, w->actual_version) == 0;
}

static struct census count(const struct workload *w)
{
    struct census c = {0};

    for (const struct replica *p = w->processes; p; p = p->next) {
        bool ready = p->state == R_READY;
        c.ready += ready;
        if (p->state == R_STOPPING)
            c.stopping++;
        else if (!is_current(w, p))
            c.old++;
        else {
            c.current++;
            c.current_ready += ready;
        }
    }
    return c;
}

int workload_ready_count(const struct workload *w)
{
    struct census c = count(w);

    return w->short_by > 0 && c.ready + w->short_by == w->replicas ? w->replicas : c.ready;
}

static int target(const struct workload *w)
{
    int n = w->replicas - w->lost - w->short_by;

    return w->stopped || w->deleting || n < 0 ? 0 : n;
}

static int free_index(const struct workload *w)
{
    for (int index = 0;; index++) {
        const struct replica *p = w->processes;
        while (p && (p->index != index || p->state == R_STOPPING || !is_current(w, p)))
            p = p->next;
        if (!p)
            return index;
    }
}

static void retry(lws_sorted_usec_list_t *sul)
{
    reconcile(lws_container_of(sul, struct workload, retry));
}

static void replica_is_ready(struct workload *w)
{
    w->failed_starts = 0;
    reconcile(w);
}

static struct replica *start_one(struct workload *w)
{
    bool broken = w->broken_version[0] && strcmp(w->broken_version, w->actual_version) == 0;
    const struct replica_spec spec = {.tb = w->tb,
                                      .image = broken ? "crash" : image_stand_in(w->image),
                                      .workload_id = w->id,
                                      .tenant_id = w->tenant_id,
                                      .version = w->actual_version,
                                      .index = free_index(w),
                                      .memory_mb = w->memory_mb,
                                      .nofile = w->nofile,
                                      .workload = w,
                                      .ready = replica_is_ready,
                                      .reroute = workload_route_request};
    return replica_start(&spec);
}

static void start_missing(struct workload *w, int missing)
{
    for (; missing > 0 && !w->failed; missing--) {
        struct replica *p = start_one(w);
        if (!p) {
            snprintf(w->last_error, sizeof w->last_error, "no process could be started: %s", strerror(errno));
            lws_sul_schedule(w->tb->lws, 0, &w->retry, retry, (lws_usec_t)PAUSE_MS * 1000);
            return;
        }
        p->next = w->processes;
        w->processes = p;
    }
}

/* Ends `excess` replicas of the wanted version or of others: the highest index first. */
static void stop_some(struct workload *w, bool current, int excess)
{
    for (; excess > 0; excess--) {
        struct replica *last = NULL;
        for (struct replica *p = w->processes; p; p = p->next)
            if (p->state != R_STOPPING && is_current(w, p) == current && (!last || p->index > last->index))
                last = p;
        if (!last)
            return;
        replica_stop(last);
    }
}

static enum workload_status judge(struct workload *w)
{
    struct census c = count(w);
    int wanted = target(w);

    if (w->deleting)
        return W_DELETING;
    if (w->stopped)
        return w->processes ? W_STOPPING : W_STOPPED;
    if (w->failed)
        return W_FAILED;
    if (c.current == wanted && c.current_ready == wanted && c.old == 0 && c.stopping == 0 && w->lost == 0)
        return W_RUNNING;
    if (w->updating)
        return W_UPDATING;
    if (w->scaling)
        return W_SCALING;
    return w->was_running ? W_DEGRADED : W_PENDING;
}

static void set_status(struct workload *w)
{
    enum workload_status status = judge(w);

    if (status == W_RUNNING) {
        w->was_running = true;
        w->scaling = w->updating = false;
    }
    if (status == W_STOPPED)
        w->was_running = w->scaling = w->updating = false;
    if (status == w->status)
        return;
    w->status = status;
    event_publish(w->tb, "workload", w->id, "status", w->tenant_id,
                  json_pack("{s:s, s:s, s:i, s:i}", "status", workload_status_name(status), "version", w->version,
                            "replicas", w->replicas, "ready", workload_ready_count(w)));
    workload_changed(w->tb, w->tenant_id);
}

void reconcile(struct workload *w)
{
    struct census c = count(w);
    int wanted = target(w);
    bool pausing = w->failed_starts > 1 && !lws_dll2_is_detached(&w->retry.list);

    if (wanted == 0) {
        stop_some(w, true, c.current);
        stop_some(w, false, c.old);
    } else if (defect(w->tb, D_UPDATE_DOWNTIME) && w->updating && (c.old > 0 || c.stopping > 0)) {
        stop_some(w, false, c.old);
    } else {
        /* First more, then fewer: an old replica stays until a new one can take its place. */
        if (!pausing)
            start_missing(w, wanted - c.current);
        stop_some(w, true, c.current - wanted);
        int keep = wanted - c.current_ready;
        stop_some(w, false, c.old - (keep > 0 ? keep : 0));
    }
    set_status(w);
    if (w->deleting && !w->processes)
        workload_gone(w);
}

/* The tenant's tables as the version before had them. */
static void take_tables_back(struct workload *w)
{
    char why[MIGRATE_WHY_MAX];
    size_t used = strlen(w->last_error);

    if (w->previous_schema_version > 0 && tenant_migrate(w->tb, w->tenant_id, w->previous_schema_version, why) != 0)
        snprintf(w->last_error + used, sizeof w->last_error - used, "; its tables stay: %s", why);
    w->schema_version = w->previous_schema_version;
    w->previous_schema_version = 0;
}

static void undo_update(struct workload *w)
{
    snprintf(w->last_error, sizeof w->last_error, "the update to %s failed: its replicas do not start", w->version);
    snprintf(w->version, sizeof w->version, "%s", w->previous_version);
    snprintf(w->actual_version, sizeof w->actual_version, "%s", w->previous_version);
    w->previous_version[0] = '\0';
    w->failed_starts = 0;
    take_tables_back(w);
    workload_save(w);
    audit_system(w->tb, "workload.update_failed", "workload", w->id, w->tenant_id, "failed", w->last_error);
    event_publish(w->tb, "workload", w->id, "update_failed", w->tenant_id, json_pack("{s:s}", "error", w->last_error));
}

static void start_failed(struct workload *w, int status)
{
    w->failed_starts++;
    snprintf(w->last_error, sizeof w->last_error, "a replica ended before it was ready: %s %d",
             WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    if (w->updating && w->failed_starts >= UPDATE_TRIES && w->previous_version[0])
        undo_update(w);
    else if (w->failed_starts >= START_TRIES)
        w->failed = true;
    else if (w->failed_starts > 1)
        lws_sul_schedule(w->tb->lws, 0, &w->retry, retry, (lws_usec_t)PAUSE_MS * 1000 << w->failed_starts);
}

static void ended(struct workload *w, struct replica *p, int status)
{
    bool asked = p->state == R_STOPPING, was_ready = p->state == R_READY, current = is_current(w, p);

    if (!asked && current && !was_ready) {
        start_failed(w, status);
    } else if (!asked && was_ready && defect(w->tb, D_STOPPED_STAYS_STOPPED)) {
        w->lost++;
    } else if (!asked && was_ready) {
        char detail[64];
        w->restarts++;
        w->tb->metrics.processes_restarted++;
        snprintf(detail, sizeof detail, "pid %d ended", (int)p->pid);
        audit_system(w->tb, "workload.restarted", "workload", w->id, w->tenant_id, "ok", detail);
        event_publish(w->tb, "workload", w->id, "restarted", w->tenant_id, json_pack("{s:i}", "pid", (int)p->pid));
    }
    /* Before its requests are given to others, so that there are others. */
    struct replica **at = &w->processes;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    replica_free(p);
    reconcile(w);
}

static struct replica *find_process(struct testbed *tb, pid_t pid)
{
    for (struct workload *w = tb->workloads; w; w = w->next)
        for (struct replica *p = w->processes; p; p = p->next)
            if (p->pid == pid)
                return p;
    return NULL;
}

void reconcile_children(struct testbed *tb)
{
    siginfo_t dead = {0};
    int status;

    while (waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT) == 0 && dead.si_pid > 0) {
        struct replica *p = find_process(tb, dead.si_pid);
        /* Its group goes with it; while it is not waited for, its number is nobody else's. */
        kill(-dead.si_pid, SIGKILL);
        if (waitpid(dead.si_pid, &status, 0) < 0)
            return;
        tb->metrics.processes_exited++;
        if (p)
            ended(p->workload, p, status);
        dead.si_pid = 0;
    }
}
