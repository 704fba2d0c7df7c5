/* SPDX-License-Identifier: Apache-2.0 */
#include "workloads/application_monitor.h"

#include "common/clock.h"
#include "events/events.h"
#include "store/store.h"
#include "workloads/gateway.h"
#include "workloads/workload.h"

#include <string.h>

static const char *status_now(struct testbed *tb, const char *tenant_id)
{
    const struct workload *app = workload_find_named(tb, tenant_id, APPLICATION);

    /* The orchestrator's own business; we would have to ask. */
    if (tb->opt.orchestrator)
        return "unknown";
    return app && app->status == W_RUNNING ? "healthy" : "unhealthy";
}

int monitor_begin(struct testbed *tb, const char *tenant_id)
{
    char now[TIME_TEXT_MAX];
    int rc = store_run(tb->db,
                       "INSERT INTO monitors (tenant_id, status, since, changes) VALUES (?,?,?,0)"
                       " ON CONFLICT (tenant_id) DO NOTHING",
                       "sss", tenant_id, status_now(tb, tenant_id), clock_now_text(now));
    return rc < 0 ? -1 : 0;
}

int monitor_end(struct testbed *tb, const char *tenant_id)
{
    return store_run(tb->db, "DELETE FROM monitors WHERE tenant_id = ?", "s", tenant_id) < 0 ? -1 : 0;
}

bool monitor_is_on(struct testbed *tb, const char *tenant_id)
{
    return store_number(tb->db, "SELECT count(*) FROM monitors WHERE tenant_id = ?", "s", tenant_id) > 0;
}

void monitor_look(struct testbed *tb, const char *tenant_id)
{
    const char *status = status_now(tb, tenant_id);
    char now[TIME_TEXT_MAX];
    /* Whoever changed the workload may have entered a tenant, and the monitors are the platform's. */
    struct store_scope before = store_enter(tb->db, NULL);

    const char *since = defect(tb, D_HEALTH_SINCE_STALE) ? NULL : clock_now_text(now);

    if (!defect(tb, D_MONITOR_BLIND) &&
        store_run(tb->db,
                  "UPDATE monitors SET status = ?1, since = coalesce(?2, since), changes = changes + 1"
                  " WHERE tenant_id = ?3 AND status <> ?1",
                  "sss", status, since, tenant_id) > 0)
        event_publish(tb, "tenant", tenant_id, "health", tenant_id, json_pack("{s:s}", "status", status));
    store_leave(tb->db, before);
}

static void health_get(struct request *r)
{
    json_t *view =
        store_one(r->tb->db, "SELECT status, since, changes FROM monitors WHERE tenant_id = ?", "s", r->owner_id);
    if (view)
        reply(r, 200, view);
    else
        reply_not_found(r);
}

const struct route monitor_routes[] = {
    {M_GET, "/v1/tenants/{}/health", ROLES_ALL, ROUTE_ACTIVE, route_of_tenant, health_get},
    {.pattern = NULL},
};
