/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/workloads/{}/alert-rules, /v1/tenants/{}/alerts, /v1/alerts/{}/acknowledge */
#include "audit/audit.h"
#include "common/crypto.h"
#include "events/events.h"
#include "store/store.h"
#include "workloads/alerts.h"

#include <stdio.h>
#include <string.h>

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-"

#define VIEW                                                                                                           \
    "SELECT a.id, a.tenant_id, a.workload_id, a.rule, a.kind, a.detail, a.raised_at, a.resolved_at,"                   \
    " a.acknowledged_at, a.acknowledged_by, CASE WHEN a.resolved_at IS NULL THEN 'raised' ELSE 'resolved' END AS "     \
    "state FROM alerts a "

static void take_rule(struct fields *f, const char *name, struct alert_rules *rules)
{
    struct fields_outer outer;

    if (rules->n == ALERT_RULES_MAX || !fields_enter(f, name, REQUIRED, &outer))
        return;
    struct alert_rule *rule = &rules->rule[rules->n++];
    const char *kind = field_choice(f, "kind", REQUIRED, ALERT_KINDS);
    snprintf(rule->name, sizeof rule->name, "%s", name);
    rule->kind = alert_kind_named(kind ? kind : "");
    rule->over = (int)field_number(f, "over", OPTIONAL, 0, 1000000, 0);
    rule->for_ms = (int)field_number(f, "for_ms", OPTIONAL, 0, 3600000, 0);
    fields_leave(f, &outer);
}

static bool take_rules(struct request *r, struct alert_rules *rules)
{
    struct fields_outer outer;
    struct fields f;
    const char *name;
    json_t *one;

    fields_begin(&f, r);
    if (fields_enter(&f, "rules", REQUIRED, &outer)) {
        json_object_foreach((json_t *)(uintptr_t)f.in, name, one)
        {
            take_rule(&f, name, rules);
            if (strlen(name) >= ALERT_NAME_MAX || strspn(name, NAME_CHARS) != strlen(name))
                field_error(&f, name, "must be called [a-z0-9-]{1,31}");
        }
        if (json_object_size(f.in) > ALERT_RULES_MAX)
            field_error(&f, "", "there may be %d", ALERT_RULES_MAX);
        fields_leave(&f, &outer);
    }
    return fields_end(&f);
}

/* What was raised by rules that are no more is resolved with them. */
static void end_old_alerts(struct workload *w)
{
    char now[TIME_TEXT_MAX];

    store_run(w->tb->db, "UPDATE alerts SET resolved_at = ? WHERE workload_id = ? AND resolved_at IS NULL", "ss",
              clock_now_text(now), w->id);
    w->alerts_known = false;
}

static void alert_rules_set(struct request *r)
{
    struct workload *w = request_workload(r);
    struct alert_rules rules = {0};

    if (!take_rules(r, &rules) || !workload_changeable(r))
        return;
    end_old_alerts(w);
    w->alert_rules = rules;
    workload_save(w);
    audit_ok(r, "alert.configure", "workload", w->id, w->tenant_id, "%d rules", rules.n);
    reply(r, 200, json_pack("{s:o}", "rules", alert_rules_to_json(&rules)));
}

static void alert_rules_get(struct request *r)
{
    reply(r, 200, json_pack("{s:o}", "rules", alert_rules_to_json(&request_workload(r)->alert_rules)));
}

static void alerts_list(struct request *r)
{
    const char *workload = request_arg(r, "workload"), *state = request_arg(r, "state");
    struct page page;

    if (!request_page(r, &page))
        return;
    if (state && strcmp(state, "raised") != 0 && strcmp(state, "resolved") != 0) {
        reply_error(r, 422, "validation_failed", "state is raised or resolved");
        return;
    }
    static const char where[] = "WHERE a.tenant_id = ?1 AND (?2 IS NULL OR a.workload_id = ?2) AND (?3 IS NULL OR"
                                " (?3 = 'raised') = (a.resolved_at IS NULL)) ";
    char list[1024], count[512];
    snprintf(list, sizeof list, VIEW "%sORDER BY a.rowid LIMIT ?4 OFFSET ?5", where);
    snprintf(count, sizeof count, "SELECT count(*) FROM alerts a %s", where);
    json_t *alerts = store_all(r->tb->db, list, "sssII", r->param[0], workload, state, page.limit, page.offset);
    int64_t total = store_number(r->tb->db, count, "sss", r->param[0], workload, state);
    reply(r, 200, json_pack("{s:o, s:I}", "alerts", alerts, "total", (json_int_t)total));
}

/* Whose an alert is, for the router. */
static const char *route_of_alert(struct request *r)
{
    static char tenant_id[ID_MAX];
    json_t *row = store_one(r->tb->db, "SELECT tenant_id FROM alerts WHERE id = ?", "s", r->param[0]);
    const char *found = json_string_value(json_object_get(row, "tenant_id"));

    snprintf(tenant_id, sizeof tenant_id, "%s", found ? found : "");
    json_decref(row);
    return tenant_id[0] ? tenant_id : NULL;
}

/* Raised by somebody, of what no rule sees; nothing but somebody resolves it. */
static void alert_create(struct request *r)
{
    const struct workload *w = request_workload(r);
    char id[ID_MAX], now[TIME_TEXT_MAX];
    struct fields f;

    fields_begin(&f, r);
    const char *name = field_text(&f, "name", REQUIRED, 1, 100);
    const char *detail = field_text(&f, "detail", OPTIONAL, 0, 1000);
    if (!fields_end(&f))
        return;
    crypto_new_id("alr", id);
    store_run(r->tb->db,
              "INSERT INTO alerts (id, tenant_id, workload_id, rule, kind, detail, raised_at) VALUES"
              " (?,?,?,?,'manual',?,?)",
              "ssssss", id, w->tenant_id, w->id, name, detail ? detail : "", clock_now_text(now));
    audit_ok(r, "alert.create", "alert", id, w->tenant_id, "%s", name);
    event_publish(
        r->tb, "alert", id, "raised", w->tenant_id,
        json_pack("{s:s, s:s, s:s, s:s}", "workload_id", w->id, "workload", w->name, "rule", name, "kind", "manual"));
    reply(r, 201, store_one(r->tb->db, VIEW "WHERE a.id = ?", "s", id));
}

static void alert_resolve(struct request *r)
{
    char now[TIME_TEXT_MAX];

    int changed = store_run(r->tb->db,
                            "UPDATE alerts SET resolved_at = ? WHERE id = ? AND kind = 'manual' AND"
                            " resolved_at IS NULL",
                            "ss", clock_now_text(now), r->param[0]);
    if (changed < 1) {
        reply_error(r, 409, "invalid_state", "the alert is resolved, or its rule resolves it");
        return;
    }
    audit_ok(r, "alert.resolve", "alert", r->param[0], r->owner_id, "by hand");
    event_publish(r->tb, "alert", r->param[0], "resolved", r->owner_id, json_pack("{s:s}", "by", r->who.username));
    reply(r, 200, store_one(r->tb->db, VIEW "WHERE a.id = ?", "s", r->param[0]));
}

static void alert_acknowledge(struct request *r)
{
    char now[TIME_TEXT_MAX];

    store_run(r->tb->db,
              "UPDATE alerts SET acknowledged_at = ?, acknowledged_by = ? WHERE id = ? AND"
              " (acknowledged_at IS NULL OR ? <> 0)",
              "sssi", clock_now_text(now), r->who.username, r->param[0], (int)defect(r->tb, D_ACKNOWLEDGED_BY_LAST));
    json_t *alert = store_one(r->tb->db, VIEW "WHERE a.id = ?", "s", r->param[0]);
    if (!alert) {
        reply_not_found(r);
        return;
    }
    audit_ok(r, "alert.acknowledge", "alert", r->param[0], r->owner_id, "%s",
             json_string_value(json_object_get(alert, "rule")));
    event_publish(r->tb, "alert", r->param[0], "acknowledged", r->owner_id, json_pack("{s:s}", "by", r->who.username));
    reply(r, 200, alert);
}

const struct route alerts_routes[] = {
    {M_PUT, "/v1/workloads/{}/alert-rules", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, alert_rules_set},
    {M_GET, "/v1/workloads/{}/alert-rules", ROLES_ALL, 0, route_of_workload, alert_rules_get},
    {M_GET, "/v1/tenants/{}/alerts", ROLES_ALL, 0, route_of_tenant, alerts_list},
    {M_POST, "/v1/workloads/{}/alerts", ROLES_OPERATE | TM, ROUTE_ACTIVE, route_of_workload, alert_create},
    {M_POST, "/v1/alerts/{}/resolve", ROLES_OPERATE | TM, ROUTE_ACTIVE, route_of_alert, alert_resolve},
    {M_POST, "/v1/alerts/{}/acknowledge", ROLES_OPERATE | TM, ROUTE_ACTIVE, route_of_alert, alert_acknowledge},
    {.pattern = NULL},
};
