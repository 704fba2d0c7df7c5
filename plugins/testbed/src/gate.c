/* SPDX-License-Identifier: Apache-2.0 */
/* What the rooms ask of each other upwards, and the list of all routes. */
#include "gate.h"

#include "audit/audit.h"
#include "events/events.h"
#include "events/stream.h"
#include "health.h"
#include "identity/auth.h"
#include "identity/policy.h"
#include "identity/token.h"
#include "identity/users.h"
#include "outbound/outbox.h"
#include "pages/pages.h"
#include "provisioning/archives.h"
#include "provisioning/provisioning.h"
#include "restart.h"
#include "server/http.h"
#include "server/router.h"
#include "server/ws.h"
#include "store/store.h"
#include "tenants/capacity.h"
#include "tenants/directory.h"
#include "tenants/files.h"
#include "tenants/secret.h"
#include "tenants/settings.h"
#include "tenants/tenants.h"
#include "workloads/alerts.h"
#include "workloads/application_monitor.h"
#include "workloads/autoscaler.h"
#include "workloads/backup.h"
#include "workloads/gateway.h"
#include "workloads/workload.h"
#include "workloads/workload_monitor.h"

#include <stdio.h>

#define RESYNC_US 200000

static void upgrade_required(struct request *r)
{
    reply_error(r, 426, "upgrade_required", "/ws is a WebSocket");
    reply_header(r, "Upgrade", "websocket");
}

static const struct route ws_routes[] = {
    {M_GET, "/ws", 0, ROUTE_ANYONE, NULL, upgrade_required},
    {.pattern = NULL},
};

static const struct route *const routes[] = {
    health_routes,
    restart_routes,
    ws_routes,
    auth_routes,
    api_key_routes,
    users_routes,
    policy_routes,
    tenants_routes,
    onboarding_routes,
    monitor_routes,
    archive_routes,
    customers_routes,
    branding_routes,
    tenant_database_routes,
    settings_routes,
    secret_routes,
    files_routes,
    gateway_routes,
    outbox_routes,
    directory_routes,
    capacity_routes,
    workloads_routes,
    workload_process_routes,
    workload_data_routes,
    workload_limits_routes,
    autoscaler_routes,
    alerts_routes,
    workload_monitor_routes,
    workload_backup_routes,
    backup_schedule_routes,
    audit_routes,
    events_routes,
    login_pages,
    password_pages,
    session_pages,
    tenant_new_pages,
    tenant_pages,
    own_pages,
    page_assets,
    NULL,
};

static void request_refused(struct request *r, const char *code)
{
    char what[PATH_MAX_LEN + 16];

    snprintf(what, sizeof what, "%s %s", r->method_name, r->path);
    if (defect(r->tb, D_QUERY_RECORDED) && r->query[0])
        snprintf(what + strlen(what), sizeof what - strlen(what), "?%s", r->query);
    audit_denied(r->tb, r->who.username[0] ? r->who.username : "anonymous", "access.denied", "request", what,
                 r->who.tenant_id, code);
}

static void handshake_refused(struct testbed *tb, const char *code)
{
    audit_denied(tb, "anonymous", "access.denied", "request", "GET /ws", NULL, code);
}

/* What the rooms have in memory goes by the database again, as soon as that can be asked. */
static struct {
    struct testbed *tb;
    lws_sorted_usec_list_t timer;
} late;

static void resync(lws_sorted_usec_list_t *timer)
{
    struct testbed *tb = late.tb;

    if (!store_alive(tb->db)) {
        lws_sul_schedule(tb->lws, 0, timer, resync, RESYNC_US);
        return;
    }
    provisioning_resync(tb);
    workloads_resync(tb);
}

/* Not at once: the request that went wrong is still under way. */
static void request_undone(struct testbed *tb)
{
    late.tb = tb;
    lws_sul_schedule(tb->lws, 0, &late.timer, resync, 1);
}

void gate_close(void)
{
    lws_sul_cancel(&late.timer);
}

static void workload_has_changed(struct testbed *tb, const char *tenant_id)
{
    monitor_look(tb, tenant_id);
    provisioning_poke(tb, tenant_id);
}

/* A bug in a route that nobody has would never be seen. */
static bool route_is_there(const char *name)
{
    if (!name || router_has(name))
        return true;
    fprintf(stderr, "muster-testbed: --defect: there is no route '%s'; one is written as 'GET /v1/workloads/{}'\n",
            name);
    return false;
}

int gate_open(struct testbed *tb)
{
    static const struct http_uses http = {.dispatch = router_dispatch, .websocket = ws_callback};
    static const struct router_uses router = {.authenticate = auth_request,
                                              .tenant_status = tenant_status,
                                              .undone = request_undone,
                                              .show_error = page_show_error,
                                              .refused = request_refused};
    static const struct ws_uses ws = {.admit = auth_handshake,
                                      .refused = handshake_refused,
                                      .opened = stream_opened,
                                      .said = stream_said,
                                      .closed = stream_closed};

    files_start();
    stream_start(tb);
    token_listen(stream_end_token);
    workloads_listen(workload_has_changed);
    router_start(routes, &router);
    if (!route_is_there(tb->opt.foreign_route) || !route_is_there(tb->opt.open_route))
        return -1;
    ws_start(&ws);
    return http_start(tb, &http);
}
