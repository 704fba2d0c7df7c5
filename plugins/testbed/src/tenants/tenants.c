/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/tenants */
#include "tenants/tenants.h"

#include "audit/audit.h"
#include "common/clock.h"
#include "events/events.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VIEW                                                                                                           \
    "SELECT id, name, subdomain, plan, region, status, 'http://' || subdomain || '.testbed.invalid' AS url,"           \
    " quotas AS \"quotas:json\", admin_user_id, version, created_at, updated_at FROM tenants "

static json_t *with_usage(struct testbed *tb, json_t *tenant)
{
    if (tenant)
        json_object_set_new(tenant, "usage", quota_usage(tb, json_string_value(json_object_get(tenant, "id"))));
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

bool tenant_is_active(struct testbed *tb, const char *id)
{
    char status[TENANT_STATUS_MAX];

    return tenant_status(tb, id, status) && strcmp(status, "active") == 0;
}

json_t *tenant_view(struct testbed *tb, const char *id)
{
    return with_usage(tb, store_one(tb->db, VIEW "WHERE id = ?", "s", id));
}

void tenant_read_quotas(struct fields *f, json_t *into)
{
    static const char *const names[] = {"workloads", "replicas", "storage_bytes", "customers"};
    struct fields_outer outer;

    if (!fields_enter(f, "quotas", OPTIONAL, &outer))
        return;
    for (size_t i = 0; i < 4; i++) {
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
        with_usage(r->tb, tenant);
    }
    reply(r, 200, json_pack("{s:o, s:I}", "tenants", tenants, "total", (json_int_t)total));
}

static void tenants_get(struct request *r)
{
    reply_versioned(r, 200, tenant_view(r->tb, r->param[0]));
}

static void tenants_patch(struct request *r)
{
    json_t *tenant = tenant_view(r->tb, r->param[0]);
    char now[TIME_TEXT_MAX];
    struct fields f;

    fields_begin(&f, r);
    const char *name = field_text(&f, "name", OPTIONAL, 1, 100);
    const char *plan = field_choice(&f, "plan", OPTIONAL, TENANT_PLANS);
    const char *region = field_match(&f, "region", OPTIONAL, "[a-z0-9-]{1,32}");
    json_t *quotas = plan ? quota_of_plan(plan) : NULL;
    if (!quotas)
        quotas = json_deep_copy(json_object_get(tenant, "quotas"));
    tenant_read_quotas(&f, quotas);
    field_number(&f, "version", OPTIONAL, 1, INT64_MAX, 0);
    if (fields_end(&f) && request_version_matches(r, json_integer_value(json_object_get(tenant, "version")))) {
        store_run(
            r->tb->db,
            "UPDATE tenants SET name = coalesce(?1, name), plan = coalesce(?2, plan), region = coalesce(?3, region),"
            " quotas = ?4, version = version + 1, updated_at = ?5 WHERE id = ?6",
            "sssjss", name, plan, region, quotas, clock_now_text(now), r->param[0]);
        audit_ok(r, "tenant.update", "tenant", r->param[0], r->param[0], "changed");
        event_publish(r->tb, "tenant", r->param[0], "updated", r->param[0], NULL);
        reply_versioned(r, 200, tenant_view(r->tb, r->param[0]));
    }
    json_decref(quotas);
    json_decref(tenant);
}

const struct route tenants_routes[] = {
    {M_GET, "/v1/tenants", ROLES_ALL, 0, NULL, tenants_list},
    {M_GET, "/v1/tenants/{}", ROLES_ALL, 0, route_of_tenant, tenants_get},
    {M_PATCH, "/v1/tenants/{}", PA | PO, 0, route_of_tenant, tenants_patch},
    {.pattern = NULL},
};
