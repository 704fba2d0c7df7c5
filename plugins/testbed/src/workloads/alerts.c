/* SPDX-License-Identifier: Apache-2.0 */
/* From conditions to alerts. */
#include "workloads/alerts.h"

#include "audit/audit.h"
#include "common/crypto.h"
#include "events/events.h"
#include "store/store.h"
#include "workloads/application_monitor.h"

#include <stdio.h>
#include <string.h>

bool alerts_measure(const struct workload *w)
{
    for (int i = 0; i < w->alert_rules.n; i++)
        if (w->alert_rules.rule[i].kind == ALERT_CPU || w->alert_rules.rule[i].kind == ALERT_MEMORY)
            return true;
    return false;
}

static int restarts_since(const struct workload *w, int64_t since_ms)
{
    int n = 0;

    for (int i = 0; i < RESTARTS_KEPT; i++)
        n += w->restarted_ms[i] > since_ms;
    return n;
}

/* Of that replica which has most. */
static int64_t most_of(const struct workload *w, enum alert_kind kind)
{
    int64_t most = 0;

    for (const struct replica *p = w->processes; p; p = p->next) {
        int64_t value = kind == ALERT_CPU ? p->cpu_percent : p->usage.memory_bytes / (1024 * 1024);
        if (value > most)
            most = value;
    }
    return most;
}

/* What the rule looks at, as a number that is too much when it is more than `over`. */
static int64_t value_of(const struct workload *w, const struct alert_rule *rule, int64_t now)
{
    switch (rule->kind) {
    case ALERT_UNHEALTHY:
        return w->failed || (w->was_running && !w->scaling && !w->updating) ? w->replicas - workload_ready_count(w) : 0;
    case ALERT_RESTARTS:
        return restarts_since(w, now - rule->for_ms);
    default:
        return most_of(w, rule->kind);
    }
}

/* The window of restarts is part of the value; the others have to hold. */
static bool holds_long_enough(const struct workload *w, int i, int64_t now)
{
    const struct alert_rule *rule = &w->alert_rules.rule[i];

    return rule->kind == ALERT_RESTARTS || now - w->alert[i].since_ms >= rule->for_ms;
}

static json_t *what_happened(const struct workload *w, const struct alert_rule *rule, int64_t value)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:i}", "workload_id", w->id, "workload", w->name, "rule", rule->name,
                     "kind", alert_kind_name(rule->kind), "value", (json_int_t)value, "over", rule->over);
}

static void raise_alert(struct workload *w, int i, int64_t value)
{
    const struct alert_rule *rule = &w->alert_rules.rule[i];
    char now[TIME_TEXT_MAX], detail[120];

    crypto_new_id("alr", w->alert[i].id);
    snprintf(detail, sizeof detail, "%s is %lld, over %d", alert_kind_name(rule->kind), (long long)value, rule->over);
    store_run(w->tb->db,
              "INSERT INTO alerts (id, tenant_id, workload_id, rule, kind, detail, raised_at) VALUES (?,?,?,?,?,?,?)",
              "sssssss", w->alert[i].id, w->tenant_id, w->id, rule->name, alert_kind_name(rule->kind), detail,
              clock_now_text(now));
    event_publish(w->tb, "alert", w->alert[i].id, "raised", w->tenant_id, what_happened(w, rule, value));
    audit_system(w->tb, "alert.raised", "alert", w->alert[i].id, w->tenant_id, "failed", detail);
}

static void resolve_alert(struct workload *w, int i, int64_t value)
{
    char now[TIME_TEXT_MAX];

    store_run(w->tb->db, "UPDATE alerts SET resolved_at = ? WHERE id = ?", "ss", clock_now_text(now), w->alert[i].id);
    event_publish(w->tb, "alert", w->alert[i].id, "resolved", w->tenant_id,
                  what_happened(w, &w->alert_rules.rule[i], value));
    w->alert[i].id[0] = '\0';
}

/* One that an earlier life of this platform has raised is still there. */
static void find_raised(struct workload *w)
{
    for (int i = 0; i < w->alert_rules.n; i++) {
        json_t *row = store_one(
            w->tb->db,
            "SELECT id FROM alerts WHERE workload_id = ? AND rule = ? AND resolved_at IS NULL AND kind <> 'manual'",
            "ss", w->id, w->alert_rules.rule[i].name);
        const char *id = json_string_value(json_object_get(row, "id"));
        w->alert[i] = (struct alert_state){.since_ms = 0};
        snprintf(w->alert[i].id, sizeof w->alert[i].id, "%s", id ? id : "");
        json_decref(row);
    }
    w->alerts_known = true;
}

void alerts_look(struct workload *w, int64_t now)
{
    if (!w->alerts_known)
        find_raised(w);
    for (int i = 0; i < w->alert_rules.n; i++) {
        const struct alert_rule *rule = &w->alert_rules.rule[i];
        struct alert_state *state = &w->alert[i];
        int64_t value = value_of(w, rule, now);
        if (value <= rule->over - (rule->over > 0 && defect(w->tb, D_ALERT_AT_ITS_LIMIT))) {
            state->since_ms = defect(w->tb, D_ALERT_SINCE_FIRST) ? state->since_ms : 0;
            if (state->id[0] && !defect(w->tb, D_ALERT_UNRESOLVED) &&
                (value == 0 || !defect(w->tb, D_ALERT_RESOLVED_AT_ZERO)))
                resolve_alert(w, i, value);
            continue;
        }
        if (state->since_ms == 0)
            state->since_ms = now;
        if (rule->kind == ALERT_UNHEALTHY && defect(w->tb, D_ALERT_MISSING))
            continue;
        if (!state->id[0] && holds_long_enough(w, i, now) && monitor_is_on(w->tb, w->tenant_id))
            raise_alert(w, i, value);
    }
}
