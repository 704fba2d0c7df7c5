/* SPDX-License-Identifier: Apache-2.0 */
#include "workloads/gateway.h"

#include "store/store.h"
#include "tenants/tenants.h"
#include "workloads/balancer.h"
#include "workloads/workload.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_MS 10000

int gateway_open(struct testbed *tb, const char *host, const char *tenant_id)
{
    int rc = store_run(tb->db,
                       "INSERT INTO routes (host, tenant_id) VALUES (?,?)"
                       " ON CONFLICT (host) DO UPDATE SET tenant_id = excluded.tenant_id",
                       "ss", host, tenant_id);
    return rc < 0 ? -1 : 0;
}

int gateway_close(struct testbed *tb, const char *tenant_id)
{
    return store_run(tb->db, "DELETE FROM routes WHERE tenant_id = ?", "s", tenant_id) < 0 ? -1 : 0;
}

json_t *gateway_hosts(struct testbed *tb, const char *tenant_id)
{
    return store_all(tb->db, "SELECT host FROM routes WHERE tenant_id = ? ORDER BY host", "s", tenant_id);
}

/* Without the port; names are the same in any case. */
static void host_of(const struct request *r, char *ret_host, size_t size)
{
    snprintf(ret_host, size, "%.*s", (int)strcspn(r->host, ":"), r->host);
    for (char *p = ret_host; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
}

/* The application of the active tenant behind this host; NULL: there is none. */
static struct workload *find_application(struct testbed *tb, const char *host)
{
    json_t *route = store_one(tb->db, "SELECT tenant_id FROM routes WHERE host = ?", "s", host);
    const char *tenant_id = json_string_value(json_object_get(route, "tenant_id"));
    struct workload *app = NULL;

    if (tenant_id && tenant_is_active(tb, tenant_id))
        app = workload_find_named(tb, tenant_id, APPLICATION);
    json_decref(route);
    return app;
}

static void gateway_get(struct request *r)
{
    char host[sizeof r->host];

    host_of(r, host, sizeof host);
    struct workload *app = find_application(r->tb, host);
    if (!app)
        reply_error(r, 421, "no_such_host", "no application is behind '%s'", host);
    else if (strcmp(app->image, "worker") == 0)
        reply_error(r, 409, "not_serving", "a worker serves no requests");
    else
        balancer_request(app, r, "/request", ANSWER_MS);
}

const struct route gateway_routes[] = {
    {M_GET, "/app", 0, ROUTE_ANYONE, NULL, gateway_get},
    {.pattern = NULL},
};
