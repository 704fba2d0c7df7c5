/* SPDX-License-Identifier: Apache-2.0 */
#include "workloads/rules.h"

#include <stdio.h>
#include <string.h>

static const char *const metrics[] = {
    [LOAD_NONE] = "", [LOAD_REQUESTS] = "requests_per_second", [LOAD_CPU] = "cpu_percent"};

enum load_metric load_metric_named(const char *name)
{
    return strcmp(name, metrics[LOAD_CPU]) == 0 ? LOAD_CPU : LOAD_REQUESTS;
}

const char *load_metric_name(enum load_metric metric)
{
    return metrics[metric];
}

static int within(const struct autoscale_rule *rule, int n)
{
    return n < rule->least ? rule->least : n > rule->most ? rule->most : n;
}

int autoscale_wanted(const struct autoscale_rule *rule, int now, int load)
{
    int wanted = (load + rule->target - 1) / rule->target;

    if (wanted < now && load * 10 > rule->target * (now - 1) * 9)
        wanted = now;
    return within(rule, wanted);
}

json_t *autoscale_to_json(const struct autoscale_rule *rule)
{
    if (rule->metric == LOAD_NONE)
        return json_null();
    return json_pack("{s:s, s:i, s:i, s:i, s:i}", "metric", metrics[rule->metric], "target", rule->target, "min",
                     rule->least, "max", rule->most, "cooldown_ms", rule->cooldown_ms);
}

void autoscale_from_json(struct autoscale_rule *rule, const json_t *from)
{
    struct autoscale_rule r = {LOAD_NONE, 0, 0, 0, 0};
    const char *metric;

    if (json_unpack((json_t *)(uintptr_t)from, "{s:s, s:i, s:i, s:i, s:i}", "metric", &metric, "target", &r.target,
                    "min", &r.least, "max", &r.most, "cooldown_ms", &r.cooldown_ms) == 0)
        r.metric = load_metric_named(metric);
    *rule = r;
}

static const char *const kinds[] = {[ALERT_UNHEALTHY] = "unhealthy",
                                    [ALERT_RESTARTS] = "restarts",
                                    [ALERT_CPU] = "cpu_percent",
                                    [ALERT_MEMORY] = "memory_mb"};

enum alert_kind alert_kind_named(const char *name)
{
    int kind = ALERT_MEMORY;

    while (kind > 0 && strcmp(kinds[kind], name) != 0)
        kind--;
    return (enum alert_kind)kind;
}

const char *alert_kind_name(enum alert_kind kind)
{
    return kinds[kind];
}

struct alert_rules alert_rules_usual(void)
{
    return (struct alert_rules){.n = 2,
                                .rule = {{.name = "unhealthy", .kind = ALERT_UNHEALTHY, .for_ms = 5000},
                                         {.name = "restarts", .kind = ALERT_RESTARTS, .over = 5, .for_ms = 60000}}};
}

json_t *alert_rules_to_json(const struct alert_rules *rules)
{
    json_t *list = json_array();

    for (int i = 0; i < rules->n; i++) {
        const struct alert_rule *r = &rules->rule[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:i}", "name", r->name, "kind", kinds[r->kind], "over",
                                              r->over, "for_ms", r->for_ms));
    }
    return list;
}

void alert_rules_from_json(struct alert_rules *rules, const json_t *from)
{
    struct alert_rules r = {0};
    const char *name, *kind;
    json_t *one;
    size_t i;

    if (!json_is_array(from))
        return;
    json_array_foreach(from, i, one)
    {
        struct alert_rule *rule = &r.rule[r.n];
        if (r.n == ALERT_RULES_MAX || json_unpack(one, "{s:s, s:s, s:i, s:i}", "name", &name, "kind", &kind, "over",
                                                  &rule->over, "for_ms", &rule->for_ms) != 0)
            break;
        snprintf(rule->name, sizeof rule->name, "%s", name);
        rule->kind = alert_kind_named(kind);
        r.n++;
    }
    *rules = r;
}
