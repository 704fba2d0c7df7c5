/* SPDX-License-Identifier: Apache-2.0 */
#include "tenants/capacity.h"

#include "store/store.h"

#include <string.h>

struct pool {
    const char *region;
    int64_t replicas, storage_bytes;
};

/* `edge` is small on purpose: what happens when nothing is left can be seen there. */
static const struct pool pools[] = {
    {"local", 1000000, INT64_C(1) << 44},
    {"eu-central", 20000, INT64_C(1) << 40},
    {"us-east", 20000, INT64_C(1) << 40},
    {"edge", 12, 262144},
};
#define POOLS (sizeof pools / sizeof pools[0])

static const struct pool *pool_of(const char *region)
{
    for (size_t i = 0; i < POOLS; i++)
        if (strcmp(pools[i].region, region) == 0)
            return &pools[i];
    return NULL;
}

static int64_t promised(const json_t *quotas, const char *what)
{
    return json_integer_value(json_object_get(quotas, what));
}

/* `but`: not counting this tenant's share. */
static json_t *taken(struct testbed *tb, const char *region, const char *but)
{
    return store_one(tb->db,
                     "SELECT coalesce(sum(replicas), 0) AS replicas, coalesce(sum(storage_bytes), 0) AS storage_bytes,"
                     " count(*) AS tenants FROM allocations WHERE region = ? AND tenant_id <> ?",
                     "ss", region, but);
}

bool capacity_fits(struct testbed *tb, const char *tenant_id, const char *region, const json_t *quotas,
                   struct capacity_lack *ret_lack)
{
    const struct pool *pool = pool_of(region);
    json_t *others = taken(tb, region, tenant_id);
    const struct capacity_lack asked[] = {
        {"replicas", (pool ? pool->replicas : 0) - promised(others, "replicas"), promised(quotas, "replicas")},
        {"storage_bytes", (pool ? pool->storage_bytes : 0) - promised(others, "storage_bytes"),
         promised(quotas, "storage_bytes")},
    };
    bool fits = true;

    json_decref(others);
    for (size_t i = 0; i < 2 && fits; i++) {
        fits = asked[i].wanted <= asked[i].left;
        if (!fits)
            *ret_lack = asked[i];
    }
    return fits || defect(tb, D_CAPACITY_OVERSOLD);
}

bool capacity_take(struct testbed *tb, const char *tenant_id, const char *region, const json_t *quotas,
                   struct capacity_lack *ret_lack)
{
    if (!capacity_fits(tb, tenant_id, region, quotas, ret_lack))
        return false;
    if (store_run(tb->db,
                  "INSERT INTO allocations (tenant_id, region, replicas, storage_bytes) VALUES (?,?,?,?)"
                  " ON CONFLICT (tenant_id) DO UPDATE SET region = excluded.region, replicas = excluded.replicas,"
                  " storage_bytes = excluded.storage_bytes",
                  "ssII", tenant_id, region, promised(quotas, "replicas"), promised(quotas, "storage_bytes")) >= 0)
        return true;
    *ret_lack = (struct capacity_lack){"room in the database", 0, 1};
    return false;
}

void capacity_give_back(struct testbed *tb, const char *tenant_id)
{
    store_run(tb->db, "DELETE FROM allocations WHERE tenant_id = ?", "s", tenant_id);
}

bool capacity_has_taken(struct testbed *tb, const char *tenant_id)
{
    return store_number(tb->db, "SELECT count(*) FROM allocations WHERE tenant_id = ?", "s", tenant_id) > 0;
}

void capacity_refuse(struct request *r, const char *region, const struct capacity_lack *lack)
{
    reply_error(r, 409, "capacity_exhausted", "%s has %lld %s left, not %lld", region, (long long)lack->left,
                lack->what, (long long)lack->wanted);
    reply_error_details(r, json_pack("{s:s, s:s, s:I, s:I}", "region", region, "resource", lack->what, "left",
                                     (json_int_t)lack->left, "wanted", (json_int_t)lack->wanted));
}

static void capacity_list(struct request *r)
{
    json_t *regions = json_array();

    for (size_t i = 0; i < POOLS; i++) {
        json_t *used = taken(r->tb, pools[i].region, "");
        json_array_append_new(regions,
                              json_pack("{s:s, s:I, s:{s:I, s:I}, s:{s:I, s:I}}", "region", pools[i].region, "tenants",
                                        (json_int_t)promised(used, "tenants"), "replicas", "total",
                                        (json_int_t)pools[i].replicas, "taken", (json_int_t)promised(used, "replicas"),
                                        "storage_bytes", "total", (json_int_t)pools[i].storage_bytes, "taken",
                                        (json_int_t)promised(used, "storage_bytes")));
        json_decref(used);
    }
    reply(r, 200, json_pack("{s:o}", "regions", regions));
}

const struct route capacity_routes[] = {
    {M_GET, "/v1/capacity", ROLES_PLATFORM, 0, NULL, capacity_list},
    {.pattern = NULL},
};
