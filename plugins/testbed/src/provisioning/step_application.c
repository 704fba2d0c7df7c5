/* SPDX-License-Identifier: Apache-2.0 */
/* What runs for a tenant: the way to it, its application, and the eye on it. */
#include "outbound/dns.h"
#include "provisioning/naming.h"
#include "provisioning/orchestrator.h"
#include "provisioning/steps.h"
#include "store/store.h"
#include "tenants/directory.h"
#include "workloads/application_monitor.h"
#include "workloads/gateway.h"
#include "workloads/workload.h"

#include <string.h>

/* From now on the gateway knows the way from the tenant's hosts to its application, and DNS the way to the gateway. */
static enum step_result configure_network(struct provisioning_run *p)
{
    char host[HOST_MAX], name[DNS_NAME_MAX];

    if (gateway_open(p->tb, directory_host(run_asked(p, "subdomain"), host), p->tenant_id) != 0)
        return STEP_FAILED;
    if (dns_is_used(p->tb) && gateway_open(p->tb, dns_name(p->tb, run_asked(p, "subdomain"), name), p->tenant_id) != 0)
        return STEP_FAILED;
    return naming_set(p);
}

/* The name first, so that nobody is led to a gateway that knows nothing of it. */
static enum step_result drop_network(struct provisioning_run *p)
{
    enum step_result named = naming_drop(p);

    if (named != STEP_DONE || defect(p->tb, D_ROUTE_STAYS))
        return named;
    return gateway_close(p->tb, p->tenant_id) == 0 ? STEP_DONE : STEP_FAILED;
}

static void find_network(struct testbed *tb, const char *tenant_id, json_t *found)
{
    json_t *routes = gateway_hosts(tb, tenant_id), *route;
    size_t i;

    json_array_foreach(routes, i, route)
    {
        thing_found(found, "route", json_string_value(json_object_get(route, "host")));
    }
    json_decref(routes);
}

const struct step step_configure_network = {"configure_network", configure_network, drop_network, find_network};

static enum step_result start_application(struct provisioning_run *p)
{
    const char *image = run_asked(p, "image");

    if (orchestrator_is_used(p->tb))
        return orchestrator_deploy(p);
    struct workload_spec spec = workload_spec_usual(p->tenant_id, APPLICATION, image[0] ? image : "web");
    struct workload *w;

    spec.system = true;
    int rc = workload_create(p->tb, &spec, &w);

    return rc < 0 && rc != STORE_UNIQUE ? STEP_FAILED : STEP_DONE;
}

/* All workloads of the tenant, and the wait for their processes. */
static enum step_result stop_application(struct provisioning_run *p)
{
    if ((p->force ? workload_kill_all(p->tb, p->tenant_id) : workload_delete_all(p->tb, p->tenant_id)) > 0)
        return STEP_WAIT;
    return orchestrator_is_used(p->tb) ? orchestrator_remove(p) : STEP_DONE;
}

static void find_application(struct testbed *tb, const char *tenant_id, json_t *found)
{
    for (const struct workload *w = tb->workloads; w; w = w->next)
        if (strcmp(w->tenant_id, tenant_id) == 0)
            thing_found(found, "workload", w->name);
    orchestrator_find(tb, tenant_id, found);
}

const struct step step_start_application = {"start_application", start_application, stop_application, find_application};

static enum step_result health_check(struct provisioning_run *p)
{
    if (orchestrator_is_used(p->tb))
        return orchestrator_check(p);
    const struct workload *app = workload_find_named(p->tb, p->tenant_id, APPLICATION);

    if (!app)
        return run_failed(p, "there is no application");
    if (app->status == W_FAILED)
        return run_failed(p, "the application does not start: %.120s", app->last_error);
    return app->status == W_RUNNING ? STEP_DONE : STEP_WAIT;
}

const struct step step_health_check = {"health_check", health_check, NULL, NULL};

static enum step_result register_monitoring(struct provisioning_run *p)
{
    if (defect(p->tb, D_MONITOR_UNREGISTERED))
        return STEP_DONE;
    return monitor_begin(p->tb, p->tenant_id) == 0 ? STEP_DONE : STEP_FAILED;
}

static enum step_result drop_monitoring(struct provisioning_run *p)
{
    return monitor_end(p->tb, p->tenant_id) == 0 ? STEP_DONE : STEP_FAILED;
}

static void find_monitoring(struct testbed *tb, const char *tenant_id, json_t *found)
{
    if (monitor_is_on(tb, tenant_id))
        thing_found(found, "monitor", tenant_id);
}

const struct step step_register_monitoring = {"register_monitoring", register_monitoring, drop_monitoring,
                                              find_monitoring};
