/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/workloads/{}/backups and /restore: a workload's data as it was at one moment, and back again. */
#include "audit/audit.h"
#include "events/events.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/quota.h"
#include "workloads/backup.h"

#include <stdlib.h>
#include <string.h>

static void backups_create(struct request *r)
{
    const struct workload *w = request_workload(r);
    struct fields f;
    char id[ID_MAX];

    fields_begin(&f, r);
    const char *label = field_text(&f, "label", OPTIONAL, 0, 100);
    if (!fields_end(&f))
        return;
    if (backup_make(w, label ? label : "", BACKUP_KIND_MANUAL, id) != 0) {
        reply_error(r, 500, "internal", "the backup could not be written");
        return;
    }
    json_t *made = store_one(r->tb->db, BACKUP_VIEW "WHERE id = ?", "s", id);
    audit_ok(r, "workload.backup", "workload", w->id, w->tenant_id, "%s, %d items", id,
             (int)json_integer_value(json_object_get(made, "items")));
    reply(r, 201, made);
}

static void backups_list(struct request *r)
{
    struct page page;

    if (!request_page(r, &page))
        return;
    json_t *backups = store_all(r->tb->db, BACKUP_VIEW "WHERE workload_id = ? ORDER BY rowid LIMIT ? OFFSET ?", "sII",
                                request_workload(r)->id, page.limit, page.offset);
    int64_t total =
        store_number(r->tb->db, "SELECT count(*) FROM backups WHERE workload_id = ?", "s", request_workload(r)->id);
    reply(r, 200, json_pack("{s:o, s:I}", "backups", backups, "total", (json_int_t)total));
}

static void backups_delete(struct request *r)
{
    const struct workload *w = request_workload(r);

    if (backup_remove(w, r->param[1])) {
        audit_ok(r, "workload.backup_delete", "workload", w->id, w->tenant_id, "%s", r->param[1]);
        reply(r, 204, NULL);
    } else {
        reply_not_found(r);
    }
}

static void backups_damage(struct request *r)
{
    const struct workload *w = request_workload(r);

    if (backup_damage(w, r->param[1])) {
        audit_ok(r, "workload.backup_damage", "workload", w->id, w->tenant_id, "%s", r->param[1]);
        reply(r, 204, NULL);
    } else {
        reply_not_found(r);
    }
}

static int clear_data(const struct workload *w)
{
    return store_run(w->tb->db, "DELETE FROM workload_data WHERE workload_id = ?", "s", w->id);
}

/* All of it or nothing: a statement that fails takes the request's transaction with it. */
static bool put_back(const struct workload *w, const json_t *items)
{
    size_t i;
    json_t *item;

    /* Exactly what it was: what came later goes. */
    if (!defect(w->tb, D_RESTORE_MERGES) && clear_data(w) < 0)
        return false;
    json_array_foreach(items, i, item)
    {
        if (store_run(w->tb->db,
                      "INSERT INTO workload_data (workload_id, key, value) VALUES (?,?,?)"
                      " ON CONFLICT (workload_id, key) DO UPDATE SET value = excluded.value",
                      "ssj", w->id, json_string_value(json_object_get(item, "key")),
                      json_object_get(item, "value")) < 0)
            return false;
    }
    return true;
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

/* What is to be put back, once nothing stands in its way; NULL after an answer that says what does. */
static json_t *restorable(struct request *r, const char *id)
{
    const struct workload *w = request_workload(r);
    enum backup_problem problem;
    json_t *items = backup_items(w, id, &problem);

    if (!items && problem == BACKUP_UNKNOWN)
        reply_not_found(r);
    else if (!items)
        reply_error(r, 409, "backup_damaged", "the backup is not what it was when it was made");
    if (!items)
        return NULL;
    int64_t now = store_number(
        r->tb->db,
        "SELECT coalesce(sum(octet_length(key) + octet_length(value)), 0) FROM workload_data WHERE workload_id = ?",
        "s", w->id);
    if (defect(r->tb, D_RESTORE_COUNTS_TWICE))
        now = 0;
    if (quota_allows(r, w->tenant_id, "storage_bytes", bytes_of(items) - now))
        return items;
    json_decref(items);
    return NULL;
}

static void backups_restore(struct request *r)
{
    const struct workload *w = request_workload(r);
    struct fields f;

    fields_begin(&f, r);
    const char *id = field_text(&f, "backup_id", REQUIRED, 1, 64);
    if (!fields_end(&f))
        return;
    /* The seeded bug: room is made before it is known whether there is something to put there. */
    if (defect(r->tb, D_RESTORE_CLEARS_FIRST))
        clear_data(w);
    json_t *items = restorable(r, id);
    if (!items)
        return;
    int n = (int)json_array_size(items);
    if (put_back(w, items)) {
        audit_ok(r, "workload.restore", "workload", w->id, w->tenant_id, "%s, %d items", id, n);
        event_publish(r->tb, "workload", w->id, "restored", w->tenant_id,
                      json_pack("{s:s, s:i}", "backup_id", id, "items", n));
        reply(r, 200, json_pack("{s:s, s:i}", "backup_id", id, "restored", n));
    }
    json_decref(items);
}

const struct route workload_backup_routes[] = {
    {M_POST, "/v1/workloads/{}/backups", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, backups_create},
    {M_GET, "/v1/workloads/{}/backups", ROLES_ALL, ROUTE_ACTIVE, route_of_workload, backups_list},
    {M_DELETE, "/v1/workloads/{}/backups/{}", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, backups_delete},
    {M_POST, "/v1/workloads/{}/backups/{}/damage", PA, ROUTE_ACTIVE, route_of_workload, backups_damage},
    {M_POST, "/v1/workloads/{}/restore", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, backups_restore},
    {.pattern = NULL},
};
