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
#include "workloads/balancer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define UPDATE_TRIES 3
#define START_TRIES  5
#define SURGE        1 /* replicas more than wanted, during an update */
#define PAUSE_MS     20
#define PAUSE_MAX_MS 5000
#define AGAIN        "; it does so again and again"
#define QUICK_MS     2000 /* a replica that was ready for less has ended quickly */

struct census {
    int current, current_ready; /* of the wanted version */
    int old;                    /* of another one */
    int stopping;
    int ready; /* of any version */
    int resizing;
};

static bool is_current(const struct workload *w, const struct replica *p)
{
    return strcmp(p->version, w->actual_version) == 0 && !p->outdated;
}

static struct census count(const struct workload *w)
{
    struct census c = {0};

    for (const struct replica *p = w->processes; p; p = p->next) {
        bool ready = p->state == R_READY;
        c.ready += ready;
        c.resizing += p->resizing;
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

int workload_in_flight(const struct workload *w)
{
    int n = 0;

    for (const struct replica *p = w->processes; p; p = p->next)
        n += (int)p->in_flight;
    return n;
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

/* One starts anew when this is over; whoever changes the specification does not wait for it. */
static void pause_starts(struct workload *w, int ms)
{
    w->pause_ms = ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
    lws_sul_schedule(w->tb->lws, 0, &w->retry, retry, (lws_usec_t)w->pause_ms * 1000);
}

static bool pausing(const struct workload *w)
{
    return !lws_dll2_is_detached(&w->retry.list);
}

static void replica_changed(struct workload *w)
{
    if (count(w).current_ready > 0)
        w->failed_starts = 0;
    reconcile(w);
}

static void replica_ended(struct workload *w, struct replica *p, const struct instance_end *end);

static const struct replica_heard heard = {.changed = replica_changed, .ended = replica_ended};

static struct replica *start_one(struct workload *w)
{
    bool broken = w->broken_version[0] && strcmp(w->broken_version, w->actual_version) == 0;
    const struct replica_spec spec = {.tb = w->tb,
                                      .image = broken ? "crash" : image_stand_in(w->image),
                                      .workload_id = w->id,
                                      .tenant_id = w->tenant_id,
                                      .version = w->actual_version,
                                      .index = free_index(w),
                                      .grace_ms = w->grace_ms,
                                      .limits = w->limits,
                                      .health = w->health,
                                      .workload = w,
                                      .heard = &heard};
    return replica_start(&spec);
}

static void start_missing(struct workload *w, int missing)
{
    for (; missing > 0 && !w->failed; missing--) {
        struct replica *p = start_one(w);
        if (!p) {
            snprintf(w->last_error, sizeof w->last_error, "no replica could be started: %s", strerror(errno));
            pause_starts(w, PAUSE_MS);
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
        if (!current && defect(w->tb, D_UPDATE_LEAVES_PROCESS))
            workload_leave(w, last);
        else
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
        return w->processes && !defect(w->tb, D_STOPPED_TOO_EARLY) ? W_STOPPING : W_STOPPED;
    if (w->failed)
        return W_FAILED;
    if (c.current == wanted && c.current_ready == wanted && c.old == 0 && c.stopping == 0 && c.resizing == 0 &&
        w->lost == 0)
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

/* How many may be started now: while there are old ones, only as many as the surge leaves room for. */
static int missing(const struct census *c, int wanted)
{
    int most = wanted + SURGE - c->current - c->old, lacking = wanted - c->current;

    return c->old > 0 && most < lacking ? most : lacking;
}

static void resize_some(struct workload *w)
{
    for (struct replica *p = w->processes; p; p = p->next)
        if (p->state != R_STOPPING && is_current(w, p) && !p->resizing &&
            !limits_same_for_replica(&p->limits, &w->limits) && !defect(w->tb, D_RESIZE_REPORTED_ONLY))
            replica_resize(p, &w->limits);
}

void reconcile(struct workload *w)
{
    struct census c = count(w);
    int wanted = target(w);

    if (!pausing(w))
        w->pause_ms = 0;
    if (wanted == 0) {
        stop_some(w, true, c.current);
        stop_some(w, false, c.old);
    } else if (defect(w->tb, D_UPDATE_DOWNTIME) && w->updating && (c.old > 0 || c.stopping > 0)) {
        stop_some(w, false, c.old);
    } else {
        /* First more, then fewer: an old replica stays until a new one can take its place. */
        if (!pausing(w))
            start_missing(w, missing(&c, wanted));
        stop_some(w, true, c.current - wanted);
        int keep = wanted - c.current_ready;
        stop_some(w, false, c.old - (keep > 0 ? keep : 0));
        resize_some(w);
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

    if (w->previous_schema_version > 0 && !defect(w->tb, D_FAILED_UPDATE_KEEPS_TABLES) &&
        tenant_migrate(w->tb, w->tenant_id, w->previous_schema_version, why) != 0)
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
    if (!defect(w->tb, D_UNDONE_UPDATE_AGAIN))
        workload_save(w);
    audit_system(w->tb, "workload.update_failed", "workload", w->id, w->tenant_id, "failed", w->last_error);
    event_publish(w->tb, "workload", w->id, "update_failed", w->tenant_id, json_pack("{s:s}", "error", w->last_error));
}

/* Why it ended, in the words of its status, or of whoever ended it. */
static void tell_end(const struct workload *w, const struct replica *p, const struct instance_end *end, char *ret_text,
                     size_t size)
{
    if (end->reason)
        snprintf(ret_text, size, "%s", end->reason);
    else if (p->bad_checks >= w->health.failures)
        snprintf(ret_text, size, "unhealthy: %s", p->health_error);
    else
        snprintf(ret_text, size, "%s %d", end->signaled ? "signal" : "status", end->code);
}

static void start_failed(struct workload *w, const struct replica *p, const struct instance_end *end)
{
    char why[112];

    w->failed_starts++;
    tell_end(w, p, end, why, sizeof why);
    snprintf(w->last_error, sizeof w->last_error, "a replica ended before it was ready: %s%s", why,
             w->failed_starts > 1 ? AGAIN : "");
    if (w->updating && w->failed_starts >= UPDATE_TRIES && w->previous_version[0] &&
        !defect(w->tb, D_FAILED_UPDATE_STAYS))
        undo_update(w);
    else if (w->failed_starts >= START_TRIES)
        w->failed = true;
    else if (w->failed_starts > 1)
        pause_starts(w, PAUSE_MS << w->failed_starts);
}

/* The first time it is replaced at once; the more often it ends soon again, the longer is the pause before. */
static void back_off(struct workload *w, const struct replica *p)
{
    if (clock_mono_ms() - p->ready_ms > QUICK_MS)
        w->quick_ends = 0;
    else
        w->quick_ends++;
    if (w->quick_ends > 2 && !defect(w->tb, D_CRASH_LOOP_UNSLOWED))
        pause_starts(w, PAUSE_MS << (w->quick_ends < 10 ? w->quick_ends : 10));
}

static void was_lost(struct workload *w, const struct replica *p, const struct instance_end *end)
{
    char why[112];

    w->restarted_ms[w->restarts++ % RESTARTS_KEPT] = clock_mono_ms();
    w->tb->metrics.processes_restarted++;
    back_off(w, p);
    tell_end(w, p, end, why, sizeof why);
    snprintf(w->last_error, sizeof w->last_error, "a replica ended: %s%s", why, w->pause_ms > 0 ? AGAIN : "");
    audit_system(w->tb, "workload.restarted", "workload", w->id, w->tenant_id, "ok", w->last_error);
    event_publish(w->tb, "workload", w->id, "restarted", w->tenant_id,
                  json_pack("{s:s, s:i, s:s, s:i, s:i}", "replica", p->name, "pid", p->pid, "reason", why, "restarts",
                            (int)w->restarts, "pause_ms", w->pause_ms));
}

static void replica_ended(struct workload *w, struct replica *p, const struct instance_end *end)
{
    bool asked = p->state == R_STOPPING, was_ready = p->ready_ms > 0, current = is_current(w, p);
    struct replica **at = &w->processes;

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    balancer_replica_ended(p);
    if (!asked && current && !was_ready)
        start_failed(w, p, end);
    else if (!asked && was_ready && defect(w->tb, D_STOPPED_STAYS_STOPPED))
        w->lost++;
    else if (!asked && was_ready)
        was_lost(w, p, end);
    replica_free(p);
    reconcile(w);
}
