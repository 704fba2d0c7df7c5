/* SPDX-License-Identifier: Apache-2.0 */
/* Plans, usage, and the check between them. */
#include "quota.h"

#include "store.h"
#include "tenant_tables.h"

#include <string.h>

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

json_t *quota_usage(struct testbed *tb, const char *tenant_id)
{
    int64_t customers = 0;
    int64_t bytes = store_number(tb->db,
                                 "SELECT coalesce(sum(octet_length), 0) FROM (SELECT length(CAST(d.key AS BLOB)) +"
                                 " length(CAST(d.value AS BLOB)) AS octet_length FROM workload_data d"
                                 " JOIN workloads w ON w.id = d.workload_id WHERE w.tenant_id = ?)",
                                 "s", tenant_id);
    int64_t workloads =
        store_number(tb->db, "SELECT count(*) FROM workloads WHERE tenant_id = ? AND system = 0", "s", tenant_id);
    int64_t replicas = store_number(
        tb->db, "SELECT coalesce(sum(replicas), 0) FROM workloads WHERE tenant_id = ? AND system = 0", "s", tenant_id);

    if (tenant_has_table(tb, tenant_id, "customers")) {
        char *sql = tenant_sql(tenant_id,
                               "SELECT coalesce(sum(length(CAST(attributes AS BLOB)) + length(CAST(name AS BLOB)) +"
                               " length(CAST(email AS BLOB))), 0) FROM ",
                               "customers", "");
        bytes += store_number(tb->db, sql, "");
        sqlite3_free(sql);
        sql = tenant_sql(tenant_id, "SELECT count(*) FROM ", "customers", "");
        customers = store_number(tb->db, sql, "");
        sqlite3_free(sql);
    }
    return json_pack("{s:I, s:I, s:I, s:I}", "workloads", (json_int_t)workloads, "replicas", (json_int_t)replicas,
                     "storage_bytes", (json_int_t)bytes, "customers", (json_int_t)customers);
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
