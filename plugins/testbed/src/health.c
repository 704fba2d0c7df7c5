/* SPDX-License-Identifier: Apache-2.0 */
/* /health and /metrics */
#include "health.h"

#include "common/clock.h"
#include "events/events.h"
#include "server/ws.h"
#include "store/store.h"
#include "workloads/replica.h"
#include "workloads/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_int_t rows(struct request *r, const char *sql)
{
    return (json_int_t)store_number(r->tb->db, sql, "");
}

static json_int_t count_processes(const struct testbed *tb)
{
    json_int_t n = 0;

    for (const struct workload *w = tb->workloads; w; w = w->next)
        for (const struct replica *p = w->processes; p; p = p->next)
            n++;
    return n;
}

static void health_get(struct request *r)
{
    if (!store_alive(r->tb->db)) {
        reply_error(r, 503, "store_down", "the database does not answer");
        return;
    }
    json_t *counts =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "tenants",
                  rows(r, "SELECT count(*) FROM tenants WHERE status = 'active'"), "workloads",
                  rows(r, "SELECT count(*) FROM workloads"), "replicas", count_processes(r->tb), "users",
                  rows(r, "SELECT count(*) FROM users"), "ws_clients", (json_int_t)ws_client_count(), "events",
                  (json_int_t)event_count(r->tb), "audit_entries", rows(r, "SELECT count(*) FROM audit"));

    reply(r, 200,
          json_pack("{s:s, s:s, s:I, s:o}", "status", "ok", "version", TESTBED_VERSION, "uptime_ms",
                    (json_int_t)(clock_mono_ms() - r->tb->started_ms), "counts", counts));
}

static json_int_t resident_bytes(void)
{
    char line[128] = "";
    FILE *f = fopen("/proc/self/statm", "re");

    if (!f)
        return 0;
    if (!fgets(line, sizeof line, f))
        line[0] = '\0';
    fclose(f);
    /* The second number: resident pages. */
    char *second = line + strcspn(line, " ");
    return (json_int_t)(strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE));
}

static void metrics_get(struct request *r)
{
    const struct metrics *m = &r->tb->metrics;
    json_t *by_status = json_object();
    char name[8];

    for (int i = 0; i < 600; i++) {
        if (m->by_status[i] == 0)
            continue;
        snprintf(name, sizeof name, "%d", i);
        json_object_set_new(by_status, name, json_integer((json_int_t)m->by_status[i]));
    }
    json_t *all = json_object();
    json_object_set_new(all, "requests",
                        json_pack("{s:I, s:o}", "total", (json_int_t)m->requests, "by_status", by_status));
    json_object_set_new(
        all, "logins", json_pack("{s:I, s:I}", "ok", (json_int_t)m->logins_ok, "failed", (json_int_t)m->logins_failed));
    json_object_set_new(all, "events",
                        json_pack("{s:I, s:I}", "published", (json_int_t)m->events_published, "delivered",
                                  (json_int_t)m->events_delivered));
    json_object_set_new(all, "processes",
                        json_pack("{s:I, s:I, s:I, s:I}", "started", (json_int_t)m->processes_started, "exited",
                                  (json_int_t)m->processes_exited, "restarted", (json_int_t)m->processes_restarted,
                                  "alive", count_processes(r->tb)));
    json_object_set_new(
        all, "ws",
        json_pack("{s:I, s:I}", "connected", (json_int_t)ws_client_count(), "total", (json_int_t)m->ws_total));
    json_object_set_new(all, "provisioning",
                        json_pack("{s:I, s:I, s:I}", "started", (json_int_t)m->provisioning_started, "done",
                                  (json_int_t)m->provisioning_done, "failed", (json_int_t)m->provisioning_failed));
    json_object_set_new(all, "rss_bytes", json_integer(resident_bytes()));
    reply(r, 200, all);
}

const struct route health_routes[] = {
    {M_GET, "/health", 0, ROUTE_ANYONE, NULL, health_get},
    {M_GET, "/metrics", 0, ROUTE_ANYONE, NULL, metrics_get},
    {.pattern = NULL},
};
