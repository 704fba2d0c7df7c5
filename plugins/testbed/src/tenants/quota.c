/* SPDX-License-Identifier: Apache-2.0 */
/* Plans, usage, and the check between them. */
#include "tenants/quota.h"

#include "server/ws.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#define SOURCES_MAX 4

static void (*sources[SOURCES_MAX])(struct testbed *tb, const char *tenant_id, struct usage *add);

json_t *quota_of_plan(const char *plan)
{
    static const struct {
        const char *name;
        json_int_t workloads, replicas, storage_bytes, customers, streams;
    } plans[] = {
        {"starter", 2, 4, 65536, 100, 32},
        {"professional", 10, 20, 1048576, 1000, 128},
        {"enterprise", 50, 100, 16777216, 10000, 512},
    };

    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (strcmp(plans[i].name, plan) == 0)
            return json_pack("{s:I, s:I, s:I, s:I, s:I}", "workloads", plans[i].workloads, "replicas",
                             plans[i].replicas, "storage_bytes", plans[i].storage_bytes, "customers",
                             plans[i].customers, "streams", plans[i].streams);
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
        tb->db, "SELECT coalesce(sum(octet_length(attributes) + octet_length(name)), 0) FROM {customers}", "");
    if (!defect(tb, D_EMAIL_UNCOUNTED))
        u->storage_bytes += store_number(tb->db, "SELECT coalesce(sum(octet_length(email)), 0) FROM {customers}", "");
    u->customers += store_number(tb->db, "SELECT count(*) FROM {customers}", "");
    store_leave(tb->db, before);
}

static int64_t count_streams(const char *tenant_id)
{
    int64_t n = 0;

    for (const struct ws_client *c = ws_clients(); c; c = c->next)
        n += c->close_code == 0 && strcmp(c->who.tenant_id, tenant_id) == 0;
    return n;
}

json_t *quota_usage(struct testbed *tb, const char *tenant_id)
{
    struct usage u = {.streams = count_streams(tenant_id)};

    count_customers(tb, tenant_id, &u);
    for (size_t i = 0; i < SOURCES_MAX && sources[i]; i++)
        sources[i](tb, tenant_id, &u);
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "workloads", (json_int_t)u.workloads, "replicas",
                     (json_int_t)u.replicas, "storage_bytes", (json_int_t)u.storage_bytes, "customers",
                     (json_int_t)u.customers, "streams", (json_int_t)u.streams);
}

/* The seeded bug quota-of-all: a sum that has forgotten whose. */
static void add_all_others(struct testbed *tb, const char *tenant_id, json_t *usage)
{
    struct store_scope before = store_enter(tb->db, NULL);
    json_t *tenants = store_all(tb->db, "SELECT id FROM tenants WHERE status = 'active' AND id <> ?", "s", tenant_id);
    size_t i;
    json_t *tenant, *value;
    const char *name;

    json_array_foreach(tenants, i, tenant)
    {
        json_t *more = quota_usage(tb, json_string_value(json_object_get(tenant, "id")));
        json_object_foreach(more, name, value)
        {
            json_int_t sum = json_integer_value(json_object_get(usage, name)) + json_integer_value(value);
            json_object_set_new(usage, name, json_integer(sum));
        }
        json_decref(more);
    }
    json_decref(tenants);
    store_leave(tb->db, before);
}

/* Tenants from before something was counted may have of it what their plan has. */
static json_int_t limit_of(const json_t *tenant, const char *what)
{
    const json_t *own = json_object_get(json_object_get(tenant, "quotas"), what);
    json_t *usual = own ? NULL : quota_of_plan(json_string_value(json_object_get(tenant, "plan")));
    json_int_t limit = json_integer_value(own ? own : json_object_get(usual, what));

    json_decref(usual);
    return limit;
}

/* What the tenant may have and what it has of something. */
static void look(struct testbed *tb, const char *tenant_id, const char *what, json_int_t *ret_limit,
                 json_int_t *ret_used)
{
    json_t *tenant =
        store_one(tb->db, "SELECT plan, quotas AS \"quotas:json\" FROM tenants WHERE id = ?", "s", tenant_id);
    json_t *usage = quota_usage(tb, tenant_id);

    if (defect(tb, D_QUOTA_OF_ALL))
        add_all_others(tb, tenant_id, usage);
    *ret_limit = limit_of(tenant, what);
    *ret_used = json_integer_value(json_object_get(usage, what));
    json_decref(tenant);
    json_decref(usage);
}

bool quota_has_room(struct testbed *tb, const char *tenant_id, const char *what, int64_t more)
{
    json_int_t limit, used;

    if (defect(tb, D_QUOTA_IGNORED) || more <= 0)
        return true;
    look(tb, tenant_id, what, &limit, &used);
    return used + more <= limit;
}

bool quota_allows(struct request *r, const char *tenant_id, const char *what, int64_t more)
{
    json_int_t limit, used;

    if (quota_has_room(r->tb, tenant_id, what, more))
        return true;
    look(r->tb, tenant_id, what, &limit, &used);
    reply_error(r, 403, "quota_exceeded", "the tenant may have %lld %s, it has %lld", (long long)limit, what,
                (long long)used);
    reply_error_details(r, json_pack("{s:s, s:I, s:I}", "quota", what, "limit", limit, "used", used));
    return false;
}
