/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/workloads/{}/data: what a workload keeps, as keys and JSON values. */
#include "audit/audit.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/quota.h"
#include "workloads/workload.h"

#include <stdlib.h>
#include <string.h>

#define KEY_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

static void workload_data_list(struct request *r)
{
    json_t *rows = store_all(
        r->tb->db, "SELECT key, value AS \"value:json\" FROM workload_data WHERE workload_id = ? ORDER BY key", "s",
        request_workload(r)->id);
    json_t *data = json_object(), *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        json_object_set(data, json_string_value(json_object_get(row, "key")), json_object_get(row, "value"));
    }
    json_decref(rows);
    reply(r, 200, json_pack("{s:o, s:I}", "data", data, "total", (json_int_t)json_object_size(data)));
}

static void workload_data_get(struct request *r)
{
    json_t *row =
        store_one(r->tb->db, "SELECT key, value AS \"value:json\" FROM workload_data WHERE workload_id = ? AND key = ?",
                  "ss", request_workload(r)->id, r->param[1]);

    if (row)
        reply(r, 200, row);
    else
        reply_not_found(r);
}

static int64_t bytes_of(const char *key, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    size_t bytes = strlen(key) + (text ? strlen(text) : 0);

    free(text);
    return (int64_t)bytes;
}

/* Of the workload's own storage: false after a 507. */
static bool has_room(struct request *r, int64_t more)
{
    struct workload *w = request_workload(r);
    int most = w->limits.of[LIMIT_STORAGE];

    if (most == 0 || more <= 0)
        return true;
    int64_t used = store_number(
        r->tb->db,
        "SELECT coalesce(sum(octet_length(key) + octet_length(value)), 0) FROM workload_data WHERE workload_id = ?",
        "s", w->id);
    if (used + more <= most)
        return true;
    reply_error(r, 507, "limit_reached", "the workload may keep %d bytes, it has %lld", most, (long long)used);
    workload_limit_reached(w, LIMIT_STORAGE, "its data would be more");
    return false;
}

static void workload_data_put(struct request *r)
{
    const char *key = r->param[1];
    const struct workload *w = request_workload(r);
    struct fields f;

    fields_begin(&f, r);
    json_t *value = field_any(&f, "value", REQUIRED);
    if (strlen(key) > 128 || strspn(key, KEY_CHARS) != strlen(key))
        field_error(&f, "key", "must match [A-Za-z0-9._-]{1,128}");
    if (!fields_end(&f))
        return;
    int64_t before = store_number(r->tb->db,
                                  "SELECT octet_length(key) + octet_length(value) FROM workload_data"
                                  " WHERE workload_id = ? AND key = ?",
                                  "ss", w->id, key);
    int64_t more = bytes_of(key, value) - before;
    if (!has_room(r, more) || !quota_allows(r, w->tenant_id, "storage_bytes", more))
        return;
    store_run(r->tb->db,
              "INSERT INTO workload_data (workload_id, key, value) VALUES (?,?,?)"
              " ON CONFLICT (workload_id, key) DO UPDATE SET value = excluded.value",
              "ssj", w->id, key, value);
    audit_ok(r, "workload.data_set", "workload", w->id, w->tenant_id, "%s", key);
    reply(r, 200, json_pack("{s:s, s:O}", "key", key, "value", value));
}

static void workload_data_delete(struct request *r)
{
    const struct workload *w = request_workload(r);
    const char *sql = defect(r->tb, D_KEYS_IN_ANY_CASE)
                          ? "DELETE FROM workload_data WHERE workload_id = ? AND lower(key) = lower(?)"
                          : "DELETE FROM workload_data WHERE workload_id = ? AND key = ?";

    if (store_run(r->tb->db, sql, "ss", w->id, r->param[1]) > 0) {
        audit_ok(r, "workload.data_delete", "workload", w->id, w->tenant_id, "%s", r->param[1]);
        reply(r, 204, NULL);
    } else {
        reply_not_found(r);
    }
}

const struct route workload_data_routes[] = {
    {M_GET, "/v1/workloads/{}/data", ROLES_ALL, ROUTE_ACTIVE, route_of_workload, workload_data_list},
    {M_GET, "/v1/workloads/{}/data/{}", ROLES_ALL, ROUTE_ACTIVE, route_of_workload, workload_data_get},
    {M_PUT, "/v1/workloads/{}/data/{}", ROLES_OPERATE | TM, ROUTE_ACTIVE, route_of_workload, workload_data_put},
    {M_DELETE, "/v1/workloads/{}/data/{}", ROLES_OPERATE | TM, ROUTE_ACTIVE, route_of_workload, workload_data_delete},
    {.pattern = NULL},
};
