/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/tenants */
#include "tenants/tenants.h"

#include "audit/audit.h"
#include "common/clock.h"
#include "events/events.h"
#include "outbound/dns.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/capacity.h"
#include "tenants/directory.h"
#include "tenants/quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VIEW                                                                                                           \
    "SELECT id, name, subdomain, plan, region, status, 'http://' || subdomain || '" TENANT_DOMAIN "' AS url,"          \
    " quotas AS \"quotas:json\", admin_user_id, version, created_at, updated_at FROM tenants "

static json_t *with_more(struct testbed *tb, json_t *tenant)
{
    const char *id = json_string_value(json_object_get(tenant, "id"));
    char name[DNS_NAME_MAX];

    if (!tenant)
        return NULL;
    json_object_set_new(tenant, "usage", quota_usage(tb, id));
    if (dns_is_used(tb))
        json_object_set_new(tenant, "dns",
                            json_pack("{s:s, s:s}", "name",
                                      dns_name(tb, json_string_value(json_object_get(tenant, "subdomain")), name),
                                      "server", tb->opt.dns));
    json_object_set_new(tenant, "schema_version", json_integer(migrate_tenant_version(tb->db, id)));
    return tenant;
}

bool tenant_status(struct testbed *tb, const char *id, char ret_status[TENANT_STATUS_MAX])
{
    json_t *tenant = store_one(tb->db, "SELECT status FROM tenants WHERE id = ?", "s", id);
    bool found = tenant != NULL;

    if (found)
        snprintf(ret_status, TENANT_STATUS_MAX, "%s", json_string_value(json_object_get(tenant, "status")));
    json_decref(tenant);
    return found;
}

int tenant_migrate(struct testbed *tb, const char *id, int to, char ret_why[MIGRATE_WHY_MAX])
{
    int from = migrate_tenant_version(tb->db, id);

    if (from == to)
        return 0;
    if (!store_schema_has(tb->db, id, "customers")) {
        snprintf(ret_why, MIGRATE_WHY_MAX, "the tenant has no tables");
        return -1;
    }
    /* The seeded bug: each step for itself, and not all or none. */
    if (defect(tb, D_MIGRATION_HALF_KEPT) && to > from + 1)
        migrate_tenant(tb->db, id, from + 1, ret_why);
    if (migrate_tenant(tb->db, id, to, ret_why) != 0)
        return -1;
    event_publish(tb, "tenant", id, "migrated", id, json_pack("{s:i, s:i}", "from", from, "to", to));
    return 0;
}

bool tenant_migrate_for(struct request *r, const char *id, int to)
{
    char why[MIGRATE_WHY_MAX];
    int from = migrate_tenant_version(r->tb->db, id);

    if (tenant_migrate(r->tb, id, to, why) != 0) {
        reply_error(r, 409, "migration_failed", "the tenant's tables stay at version %d: %s", from, why);
        return false;
    }
    if (from != to)
        audit_ok(r, "tenant.migrate", "tenant", id, id, "from version %d to %d", from, to);
    return true;
}

bool tenant_find(struct testbed *tb, const char *subdomain, char ret_id[ID_MAX])
{
    json_t *tenant =
        store_one(tb->db, "SELECT id FROM tenants WHERE subdomain = ? AND status = 'active'", "s", subdomain);
    bool found = tenant != NULL;

    if (found)
        snprintf(ret_id, ID_MAX, "%s", json_string_value(json_object_get(tenant, "id")));
    json_decref(tenant);
    return found;
}

bool tenant_is_active(struct testbed *tb, const char *id)
{
    char status[TENANT_STATUS_MAX];

    return tenant_status(tb, id, status) && strcmp(status, "active") == 0;
}

json_t *tenant_view(struct testbed *tb, const char *id)
{
    return with_more(tb, store_one(tb->db, VIEW "WHERE id = ?", "s", id));
}

void tenant_read_quotas(struct fields *f, json_t *into)
{
    static const char *const names[] = {"workloads", "replicas", "storage_bytes", "customers", "streams"};
    struct fields_outer outer;

    if (!fields_enter(f, "quotas", OPTIONAL, &outer))
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int64_t n = field_number(f, names[i], OPTIONAL, 0, INT64_C(1) << 40, -1);
        if (n >= 0)
            json_object_set_new(into, names[i], json_integer(n));
    }
    fields_leave(f, &outer);
}

static void tenants_list(struct request *r)
{
    const char *own = r->who.tenant_id[0] ? r->who.tenant_id : NULL;
    const char *status = request_arg(r, "status"), *plan = request_arg(r, "plan"),
               *subdomain = request_arg(r, "subdomain");
    struct page page;
    size_t i;
    json_t *tenant;

    if (!request_page(r, &page))
        return;
#define FILTER                                                                                                         \
    "WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR status = ?2) AND (?3 IS NULL OR plan = ?3)"                      \
    " AND (?4 IS NULL OR subdomain = ?4)"
    json_t *tenants = store_all(r->tb->db, VIEW FILTER " ORDER BY rowid LIMIT ?5 OFFSET ?6", "ssssII", own, status,
                                plan, subdomain, page.limit, page.offset);
    int64_t total =
        store_number(r->tb->db, "SELECT count(*) FROM tenants " FILTER, "ssss", own, status, plan, subdomain);
    json_array_foreach(tenants, i, tenant)
    {
        with_more(r->tb, tenant);
    }
    reply(r, 200, json_pack("{s:o, s:I}", "tenants", tenants, "total", (json_int_t)total));
}

static void tenants_get(struct request *r)
{
    reply_versioned(r, 200, tenant_view(r->tb, r->param[0]));
}

/* Whether a tenant that has its share can be promised this instead, there. */
static bool share_fits(struct request *r, const char *region, const json_t *quotas)
{
    struct capacity_lack lack;

    if (!capacity_has_taken(r->tb, r->param[0]) || capacity_fits(r->tb, r->param[0], region, quotas, &lack))
        return true;
    capacity_refuse(r, region, &lack);
    return false;
}

static void change_share(struct request *r, const char *region, const json_t *quotas)
{
    struct capacity_lack lack;

    if (capacity_has_taken(r->tb, r->param[0]) && !defect(r->tb, D_SHARE_STAYS))
        capacity_take(r->tb, r->param[0], region, quotas, &lack);
}

/* Of one that is gone there is the record, which stays as it was. */
static bool is_gone(struct request *r, const json_t *tenant)
{
    if (strcmp(json_string_value(json_object_get(tenant, "status")), "deprovisioned") != 0)
        return false;
    reply_error(r, 409, "invalid_state", "the tenant is deprovisioned");
    return true;
}

static void patch(struct request *r, const json_t *tenant)
{
    char now[TIME_TEXT_MAX];
    struct fields f;

    fields_begin(&f, r);
    const char *name = field_text(&f, "name", OPTIONAL, 1, 100);
    const char *plan = field_choice(&f, "plan", OPTIONAL, TENANT_PLANS);
    const char *region = field_choice(&f, "region", OPTIONAL, CAPACITY_REGIONS);
    if (!region)
        region = json_string_value(json_object_get(tenant, "region"));
    json_t *quotas = plan ? quota_of_plan(plan) : NULL;
    if (!quotas)
        quotas = json_deep_copy(json_object_get(tenant, "quotas"));
    tenant_read_quotas(&f, quotas);
    int schema = (int)field_number(&f, "schema_version", OPTIONAL, 1, migrate_tenant_latest(), 0);
    field_number(&f, "version", OPTIONAL, 1, INT64_MAX, 0);
    if (fields_end(&f) && request_version_matches(r, json_integer_value(json_object_get(tenant, "version"))) &&
        share_fits(r, region, quotas) && (schema == 0 || tenant_migrate_for(r, r->param[0], schema))) {
        store_run(r->tb->db,
                  "UPDATE tenants SET name = coalesce(?1, name), plan = coalesce(?2, plan), region = ?3,"
                  " quotas = ?4, version = version + 1, updated_at = ?5 WHERE id = ?6",
                  "sssjss", name, plan, region, quotas, clock_now_text(now), r->param[0]);
        change_share(r, region, quotas);
        audit_ok(r, "tenant.update", "tenant", r->param[0], r->param[0], "changed");
        event_publish(r->tb, "tenant", r->param[0], "updated", r->param[0], NULL);
        reply_versioned(r, 200, tenant_view(r->tb, r->param[0]));
    }
    json_decref(quotas);
}

static void tenants_patch(struct request *r)
{
    json_t *tenant = tenant_view(r->tb, r->param[0]);

    if (!is_gone(r, tenant))
        patch(r, tenant);
    json_decref(tenant);
}

const struct route tenants_routes[] = {
    {M_GET, "/v1/tenants", ROLES_ALL, 0, NULL, tenants_list},
    {M_GET, "/v1/tenants/{}", ROLES_ALL, 0, route_of_tenant, tenants_get},
    {M_PATCH, "/v1/tenants/{}", PA | PO, 0, route_of_tenant, tenants_patch},
    {.pattern = NULL},
};
