/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/workloads/{}/backups and /restore: a workload's data as it was at one moment. */
#include "audit/audit.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "events/events.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/quota.h"
#include "workloads/workload.h"

#include <stdlib.h>
#include <string.h>

#define VIEW "SELECT id, workload_id, label, items, bytes, sha256, created_at FROM backups "

static void backups_create(struct request *r)
{
    char id[ID_MAX], digest[SHA256_HEX], now[TIME_TEXT_MAX];
    const struct workload *w = request_workload(r);
    struct fields f;

    fields_begin(&f, r);
    const char *label = field_text(&f, "label", OPTIONAL, 0, 100);
    if (!fields_end(&f))
        return;
    json_t *items = store_all(
        r->tb->db, "SELECT key, value AS \"value:json\" FROM workload_data WHERE workload_id = ? ORDER BY key", "s",
        w->id);
    int count = (int)json_array_size(items);
    if (defect(r->tb, D_BACKUP_EMPTY))
        json_array_clear(items);
    char *content = json_dumps(items, JSON_COMPACT);
    json_decref(items);
    if (!content)
        return;
    crypto_new_id("bak", id);
    crypto_sha256_hex(content, strlen(content), digest);
    store_run(r->tb->db,
              "INSERT INTO backups (id, workload_id, label, items, bytes, sha256, content, created_at) VALUES "
              "(?,?,?,?,?,?,?,?)",
              "sssiIsss", id, w->id, label ? label : "", count, (int64_t)strlen(content), digest, content,
              clock_now_text(now));
    free(content);
    audit_ok(r, "workload.backup", "workload", w->id, w->tenant_id, "%s, %d items", id, count);
    event_publish(r->tb, "workload", w->id, "backup", w->tenant_id,
                  json_pack("{s:s, s:i}", "backup_id", id, "items", count));
    reply(r, 201, store_one(r->tb->db, VIEW "WHERE id = ?", "s", id));
}

static void backups_list(struct request *r)
{
    struct page page;

    if (!request_page(r, &page))
        return;
    json_t *backups = store_all(r->tb->db, VIEW "WHERE workload_id = ? ORDER BY rowid LIMIT ? OFFSET ?", "sII",
                                request_workload(r)->id, page.limit, page.offset);
    int64_t total =
        store_number(r->tb->db, "SELECT count(*) FROM backups WHERE workload_id = ?", "s", request_workload(r)->id);
    reply(r, 200, json_pack("{s:o, s:I}", "backups", backups, "total", (json_int_t)total));
}

static void backups_delete(struct request *r)
{
    const struct workload *w = request_workload(r);

    if (store_run(r->tb->db, "DELETE FROM backups WHERE workload_id = ? AND id = ?", "ss", w->id, r->param[1]) > 0) {
        audit_ok(r, "workload.backup_delete", "workload", w->id, w->tenant_id, "%s", r->param[1]);
        reply(r, 204, NULL);
    } else {
        reply_not_found(r);
    }
}

static int put_back(struct request *r, const json_t *items)
{
    size_t i;
    json_t *item;

    /* Exactly what it was: what came later goes. */
    store_run(r->tb->db, "DELETE FROM workload_data WHERE workload_id = ?", "s", request_workload(r)->id);
    json_array_foreach(items, i, item)
    {
        store_run(r->tb->db, "INSERT INTO workload_data (workload_id, key, value) VALUES (?,?,?)", "ssj",
                  request_workload(r)->id, json_string_value(json_object_get(item, "key")),
                  json_object_get(item, "value"));
    }
    return (int)json_array_size(items);
}

static int64_t bytes_of(const json_t *items)
{
    int64_t bytes = 0;
    size_t i;
    const json_t *item;

    json_array_foreach(items, i, item)
    {
        char *text = json_dumps(json_object_get(item, "value"), JSON_COMPACT | JSON_ENCODE_ANY);
        bytes += (int64_t)(strlen(json_string_value(json_object_get(item, "key"))) + (text ? strlen(text) : 0));
        free(text);
    }
    return bytes;
}

/* One of the workload's own backups; NULL: it has no such one. */
static json_t *find_backup(struct request *r, const char *id)
{
    if (!defect(r->tb, D_BACKUP_BY_ID_ALONE))
        return store_one(r->tb->db, "SELECT content, sha256 FROM backups WHERE workload_id = ? AND id = ?", "ss",
                         request_workload(r)->id, id);
    struct store_scope before = store_enter(r->tb->db, NULL);
    json_t *backup = store_one(r->tb->db, "SELECT content, sha256 FROM backups WHERE id = ?", "s", id);

    store_leave(r->tb->db, before);
    return backup;
}

/* The backup's items, if it is what it was; NULL after a 404 or 409. */
static json_t *sound_items(struct request *r, const char *id)
{
    json_t *backup = find_backup(r, id);
    const char *content = json_string_value(json_object_get(backup, "content"));
    char digest[SHA256_HEX];
    json_t *items = NULL;

    if (!content) {
        reply_not_found(r);
    } else {
        crypto_sha256_hex(content, strlen(content), digest);
        if (strcmp(digest, json_string_value(json_object_get(backup, "sha256"))) == 0)
            items = json_loads(content, 0, NULL);
        if (!items)
            reply_error(r, 409, "backup_damaged", "the backup is not what it was when it was made");
    }
    json_decref(backup);
    return items;
}

static void backups_restore(struct request *r)
{
    const struct workload *w = request_workload(r);
    struct fields f;

    fields_begin(&f, r);
    const char *id = field_text(&f, "backup_id", REQUIRED, 1, 64);
    json_t *items = fields_end(&f) ? sound_items(r, id) : NULL;
    if (!items)
        return;
    int64_t now = store_number(
        r->tb->db,
        "SELECT coalesce(sum(octet_length(key) + octet_length(value)), 0) FROM workload_data WHERE workload_id = ?",
        "s", w->id);
    if (quota_allows(r, w->tenant_id, "storage_bytes", bytes_of(items) - now)) {
        int restored = put_back(r, items);
        audit_ok(r, "workload.restore", "workload", w->id, w->tenant_id, "%s, %d items", id, restored);
        event_publish(r->tb, "workload", w->id, "restored", w->tenant_id,
                      json_pack("{s:s, s:i}", "backup_id", id, "items", restored));
        reply(r, 200, json_pack("{s:s, s:i}", "backup_id", id, "restored", restored));
    }
    json_decref(items);
}

const struct route workload_backup_routes[] = {
    {M_POST, "/v1/workloads/{}/backups", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, backups_create},
    {M_GET, "/v1/workloads/{}/backups", ROLES_ALL, ROUTE_ACTIVE, route_of_workload, backups_list},
    {M_DELETE, "/v1/workloads/{}/backups/{}", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, backups_delete},
    {M_POST, "/v1/workloads/{}/restore", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, backups_restore},
    {.pattern = NULL},
};
