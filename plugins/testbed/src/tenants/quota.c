/* SPDX-License-Identifier: Apache-2.0 */
/* Plans, usage, and the check between them. */
#include "tenants/quota.h"

#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#define SOURCES_MAX 4

static void (*sources[SOURCES_MAX])(struct testbed *tb, const char *tenant_id, struct usage *add);

json_t *quota_of_plan(const char *plan)
{
    static const struct {
        const char *name;
        json_int_t workloads, replicas, storage_bytes, customers;
    } plans[] = {
        {"starter", 2, 4, 65536, 100},
        {"professional", 10, 20, 1048576, 1000},
        {"enterprise", 50, 100, 16777216, 10000},
    };

    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (strcmp(plans[i].name, plan) == 0)
            return json_pack("{s:I, s:I, s:I, s:I}", "workloads", plans[i].workloads, "replicas", plans[i].replicas,
                             "storage_bytes", plans[i].storage_bytes, "customers", plans[i].customers);
    return NULL;
}

void quota_add_source(void (*count)(struct testbed *tb, const char *tenant_id, struct usage *add))
{
    for (size_t i = 0; i < SOURCES_MAX; i++) {
        if (!sources[i]) {
            sources[i] = count;
            return;
        }
    }
    abort();
}

static void count_customers(struct testbed *tb, const char *tenant_id, struct usage *u)
{
    if (!store_schema_has(tb->db, tenant_id, "customers"))
        return;
    struct store_scope before = store_enter(tb->db, tenant_id);
    u->storage_bytes += store_number(
        tb->db,
        "SELECT coalesce(sum(octet_length(attributes) + octet_length(name) + octet_length(email)), 0) FROM {customers}",
        "");
    u->customers += store_number(tb->db, "SELECT count(*) FROM {customers}", "");
    store_leave(tb->db, before);
}

json_t *quota_usage(struct testbed *tb, const char *tenant_id)
{
    struct usage u = {0};

    count_customers(tb, tenant_id, &u);
    for (size_t i = 0; i < SOURCES_MAX && sources[i]; i++)
        sources[i](tb, tenant_id, &u);
    return json_pack("{s:I, s:I, s:I, s:I}", "workloads", (json_int_t)u.workloads, "replicas", (json_int_t)u.replicas,
                     "storage_bytes", (json_int_t)u.storage_bytes, "customers", (json_int_t)u.customers);
}

bool quota_allows(struct request *r, const char *tenant_id, const char *what, int64_t more)
{
    if (defect(r->tb, D_QUOTA_IGNORED) || more <= 0)
        return true;
    json_t *tenant = store_one(r->tb->db, "SELECT quotas AS \"quotas:json\" FROM tenants WHERE id = ?", "s", tenant_id);
    json_t *usage = quota_usage(r->tb, tenant_id);
    json_int_t limit = json_integer_value(json_object_get(json_object_get(tenant, "quotas"), what));
    json_int_t used = json_integer_value(json_object_get(usage, what));
    json_decref(tenant);
    json_decref(usage);
    if (used + more <= limit)
        return true;
    reply_error(r, 403, "quota_exceeded", "the tenant may have %lld %s, it has %lld", (long long)limit, what,
                (long long)used);
    reply_error_details(r, json_pack("{s:s, s:I, s:I}", "quota", what, "limit", limit, "used", used));
    return false;
}
