/* SPDX-License-Identifier: Apache-2.0 */
/* What a workload is watched by: the rule of its size, and the rules of its alerts. Values, and their JSON. */
#ifndef TESTBED_RULES_H
#define TESTBED_RULES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum load_metric {
    LOAD_NONE,     /* no rule: the size is what somebody says */
    LOAD_REQUESTS, /* requests a second, of all replicas */
    LOAD_CPU,      /* percent of a core, of all replicas */
};

/* As many replicas as the load divided by what one should have, between the two bounds. */
struct autoscale_rule {
    enum load_metric metric;
    int target; /* load of one replica */
    int least, most;
    int cooldown_ms; /* between two changes */
};

/* How many replicas there should be of `now`, by this load. It gets smaller only when that leaves a tenth of room. */
int autoscale_wanted(const struct autoscale_rule *rule, int now, int load);

json_t *autoscale_to_json(const struct autoscale_rule *rule); /* null without a metric */
void autoscale_from_json(struct autoscale_rule *rule, const json_t *from);
/* The names of the metrics, as "a, b"; and one by its name. */
#define LOAD_METRICS "requests_per_second, cpu_percent"
enum load_metric load_metric_named(const char *name);
const char *load_metric_name(enum load_metric metric);

enum alert_kind {
    ALERT_UNHEALTHY, /* fewer replicas are ready than wanted, for `for_ms` */
    ALERT_RESTARTS,  /* more than `over` within the last `for_ms` */
    ALERT_CPU,       /* more than `over` percent of a core, of one replica, for `for_ms` */
    ALERT_MEMORY,    /* more than `over` MiB, of one replica, for `for_ms` */
};

#define ALERT_KINDS     "unhealthy, restarts, cpu_percent, memory_mb"
#define ALERT_RULES_MAX 8
#define ALERT_NAME_MAX  32

struct alert_rule {
    char name[ALERT_NAME_MAX];
    enum alert_kind kind;
    int over, for_ms;
};

struct alert_rules {
    int n;
    struct alert_rule rule[ALERT_RULES_MAX];
};

/* What a workload has that says nothing else: unhealthy for 5 s, more than 5 restarts in a minute. */
struct alert_rules alert_rules_usual(void);
json_t *alert_rules_to_json(const struct alert_rules *rules);
void alert_rules_from_json(struct alert_rules *rules, const json_t *from);
enum alert_kind alert_kind_named(const char *name);
const char *alert_kind_name(enum alert_kind kind);

#endif
