/* SPDX-License-Identifier: Apache-2.0 */
/* The rule's route, and its application. */
#include "workloads/autoscaler.h"

#include "audit/audit.h"
#include "events/events.h"
#include "tenants/quota.h"

#include <stdio.h>

#define REPLICAS_MAX 20

static int load_of(const struct workload *w)
{
    int cpu = 0;

    if (w->autoscale.metric == LOAD_REQUESTS)
        return load_requests_per_second(&w->meter);
    for (const struct replica *p = w->processes; p; p = p->next)
        cpu += p->state == R_READY ? p->cpu_percent : 0;
    return cpu;
}

/* As many of the wanted ones as the tenant may have. */
static int allowed(const struct workload *w, int wanted)
{
    while (wanted > w->replicas && !quota_has_room(w->tb, w->tenant_id, "replicas", wanted - w->replicas))
        wanted--;
    return wanted;
}

static void change(struct workload *w, int wanted, int load)
{
    char detail[96];

    snprintf(detail, sizeof detail, "from %d to %d: %s is %d, and should be %d for each", w->replicas, wanted,
             load_metric_name(w->autoscale.metric), load, w->autoscale.target);
    event_publish(w->tb, "workload", w->id, "autoscaled", w->tenant_id,
                  json_pack("{s:i, s:i, s:s, s:i, s:i}", "from", w->replicas, "to", wanted, "metric",
                            load_metric_name(w->autoscale.metric), "load", load, "target", w->autoscale.target));
    audit_system(w->tb, "workload.autoscaled", "workload", w->id, w->tenant_id, "ok", detail);
    w->replicas = wanted;
    w->scaling = true;
    workload_save(w);
    reconcile(w);
}

void autoscaler_look(struct workload *w, int64_t now)
{
    const struct autoscale_rule *rule = &w->autoscale;

    /* The seeded bug: milliseconds taken for seconds. */
    int64_t cooldown = defect(w->tb, D_COOLDOWN_IGNORED) ? rule->cooldown_ms / 1000 : rule->cooldown_ms;
    struct autoscale_rule applied = *rule;

    if (rule->metric == LOAD_NONE || w->updating || (w->autoscaled_ms > 0 && now - w->autoscaled_ms < cooldown))
        return;
    if (defect(w->tb, D_AUTOSCALE_PAST_MAX))
        applied.most = REPLICAS_MAX;
    int load = load_of(w), wanted = allowed(w, autoscale_wanted(&applied, w->replicas, load));
    if (wanted == w->replicas || (wanted < w->replicas && defect(w->tb, D_AUTOSCALE_STAYS_UP)))
        return;
    w->autoscaled_ms = now;
    change(w, wanted, load);
}

static void autoscale_set(struct request *r)
{
    struct workload *w = request_workload(r);
    struct autoscale_rule rule;
    char detail[96];
    struct fields f;

    fields_begin(&f, r);
    const char *metric = field_choice(&f, "metric", REQUIRED, LOAD_METRICS);
    rule.target = (int)field_number(&f, "target", REQUIRED, 1, 100000, 1);
    rule.least = (int)field_number(&f, "min", OPTIONAL, 1, REPLICAS_MAX, 1);
    rule.most = (int)field_number(&f, "max", REQUIRED, 1, REPLICAS_MAX, 1);
    rule.cooldown_ms = (int)field_number(&f, "cooldown_ms", OPTIONAL, 0, 3600000, 30000);
    if (rule.most < rule.least)
        field_error(&f, "max", "must not be less than min");
    if (!fields_end(&f) || !workload_changeable(r))
        return;
    rule.metric = load_metric_named(metric);
    w->autoscale = rule;
    w->autoscaled_ms = 0;
    snprintf(detail, sizeof detail, "%s, %d each, %d to %d", metric, rule.target, rule.least, rule.most);
    workload_specified(r, "workload.autoscale", detail);
}

static void autoscale_end(struct request *r)
{
    if (!workload_changeable(r))
        return;
    request_workload(r)->autoscale = (struct autoscale_rule){.metric = LOAD_NONE};
    workload_specified(r, "workload.autoscale", "no rule any more");
}

const struct route autoscaler_routes[] = {
    {M_POST, "/v1/workloads/{}/autoscale", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, autoscale_set},
    {M_DELETE, "/v1/workloads/{}/autoscale", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, autoscale_end},
    {.pattern = NULL},
};
