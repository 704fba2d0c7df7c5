/* SPDX-License-Identifier: Apache-2.0 */
/* Archives of tenants: gathered, and kept. */
#include "provisioning/archives.h"

#include "audit/audit.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "common/folder.h"
#include "provisioning/archive_file.h"
#include "store/migrate.h"
#include "store/store.h"
#include "tenants/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 2 /* of what is in it */

/* ---- gathering --------------------------------------------------------------------------------------------------- */

static json_t *rows_or_none(json_t *rows)
{
    return rows ? rows : json_array();
}

/* What only the tenant's own eyes see in PostgreSQL; nothing where its provisioning did not get that far. */
static void gather_own(struct testbed *tb, const char *tenant_id, json_t *into)
{
    bool has_tables = store_schema_has(tb->db, tenant_id, "customers");
    struct store_scope before = store_enter(tb->db, tenant_id);
    json_t *customers =
        has_tables ? store_all(tb->db,
                               "SELECT id, name, email, attributes AS \"attributes:json\", version, created_at,"
                               " updated_at FROM {customers} ORDER BY rowid",
                               "")
                   : NULL;
    json_t *settings = has_tables ? store_all(tb->db, "SELECT key, value FROM {settings} ORDER BY key", "") : NULL;

    store_leave(tb->db, before);
    json_object_set_new(into, "customers", rows_or_none(customers));
    json_object_set_new(into, "settings", rows_or_none(settings));
}

static json_t *gather_workloads(struct testbed *tb, const char *tenant_id)
{
    json_t *workloads =
        rows_or_none(store_all(tb->db,
                               "SELECT id, name, image, version, replicas, stopped AS \"stopped:bool\", settings AS "
                               "\"settings:json\" FROM workloads WHERE tenant_id = ? AND system = 0 ORDER BY rowid",
                               "s", tenant_id));
    json_t *w;
    size_t i;

    json_array_foreach(workloads, i, w)
    {
        json_t *data = store_all(
            tb->db, "SELECT key, value AS \"value:json\" FROM workload_data WHERE workload_id = ? ORDER BY key", "s",
            json_string_value(json_object_get(w, "id")));
        if (defect(tb, D_ARCHIVE_INCOMPLETE))
            json_array_clear(data);
        json_object_set_new(w, "data", rows_or_none(data));
    }
    return workloads;
}

static json_t *gather_tenant(struct testbed *tb, const char *tenant_id)
{
    json_t *tenant = store_one(tb->db,
                               "SELECT id, name, subdomain, plan, region, quotas AS \"quotas:json\", created_at"
                               " FROM tenants WHERE id = ?",
                               "s", tenant_id);

    json_object_set_new(tenant, "schema_version", json_integer(migrate_tenant_version(tb->db, tenant_id)));
    return tenant;
}

json_t *archive_gather(struct testbed *tb, const char *tenant_id)
{
    json_t *all = json_object();

    json_object_set_new(all, "tenant", gather_tenant(tb, tenant_id));
    gather_own(tb, tenant_id, all);
    json_object_set_new(all, "users",
                        rows_or_none(store_all(tb->db,
                                               "SELECT id, username, email, role, active, created_at FROM users"
                                               " WHERE tenant_id = ? ORDER BY rowid",
                                               "s", tenant_id)));
    json_object_set_new(all, "workloads", gather_workloads(tb, tenant_id));
    json_object_set_new(all, "files", files_gather(tb, tenant_id));
    json_object_set_new(all, "policies",
                        rows_or_none(store_all(tb->db,
                                               "SELECT password_min_length, lock_after, lock_seconds, session_seconds,"
                                               " networks FROM policies WHERE tenant_id = ?",
                                               "s", tenant_id)));
    json_object_set_new(
        all, "audit",
        rows_or_none(store_all(tb->db, "SELECT * FROM audit WHERE tenant = ? ORDER BY seq", "s", tenant_id)));
    return all;
}

/* ---- keeping ----------------------------------------------------------------------------------------------------- */

static int64_t count_items(const json_t *workloads)
{
    int64_t n = 0;
    size_t i;
    const json_t *w;

    json_array_foreach(workloads, i, w)
    {
        n += (int64_t)json_array_size(json_object_get(w, "data"));
    }
    return n;
}

static int write_row(struct testbed *tb, const char *tenant_id, const json_t *all, const void *file, size_t len)
{
    char digest[SHA256_HEX], now[TIME_TEXT_MAX];
    const json_t *workloads = json_object_get(all, "workloads");

    crypto_sha256_hex(file, len, digest);
    return store_run(tb->db,
                     "INSERT INTO archives (tenant_id, version, bytes, sha256, customers, users, workloads, items,"
                     " audit_entries, created_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"
                     " ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, bytes = excluded.bytes,"
                     " sha256 = excluded.sha256, customers = excluded.customers, users = excluded.users,"
                     " workloads = excluded.workloads, items = excluded.items,"
                     " audit_entries = excluded.audit_entries, created_at = excluded.created_at",
                     "siIsiiiIis", tenant_id, VERSION, (int64_t)len, digest,
                     (int)json_array_size(json_object_get(all, "customers")),
                     (int)json_array_size(json_object_get(all, "users")), (int)json_array_size(workloads),
                     count_items(workloads), (int)json_array_size(json_object_get(all, "audit")),
                     clock_now_text(now)) < 0
               ? -1
               : 0;
}

static int write_file(struct testbed *tb, const char *tenant_id, const void *file, size_t len, char *ret_why,
                      size_t room)
{
    char *path = folder_path(tb, "archives/%s.tar.zst", tenant_id);
    int rc = folder_write(path, file, len);

    if (rc < 0)
        snprintf(ret_why, room, "the archive: %s", strerror(-rc));
    free(path);
    return rc < 0 ? -1 : 0;
}

/* A removal that was interrupted has an archive already, of more than there is now; so has a tenant that did not come
 * back from its archive. */
static bool is_kept(struct testbed *tb, const char *tenant_id)
{
    if (!store_schema_has(tb->db, tenant_id, "customers") &&
        store_number(tb->db, "SELECT count(*) FROM archives WHERE tenant_id = ?", "s", tenant_id) > 0)
        return true;
    return store_number(tb->db,
                        "SELECT count(*) FROM archives a JOIN tenants t ON t.id = a.tenant_id"
                        " WHERE a.tenant_id = ? AND a.created_at >= t.updated_at",
                        "s", tenant_id) > 0;
}

int archive_keep(struct testbed *tb, const char *tenant_id, char *ret_why, size_t room)
{
    size_t len;

    if (defect(tb, D_ARCHIVE_MISSING) || is_kept(tb, tenant_id))
        return 0;
    json_t *all = archive_gather(tb, tenant_id);
    void *file = archive_file_make(all, &len);
    int rc = -1;
    if (!file)
        snprintf(ret_why, room, "the archive could not be made");
    else if (write_file(tb, tenant_id, file, len, ret_why, room) == 0)
        rc = write_row(tb, tenant_id, all, file, len);
    free(file);
    json_decref(all);
    return rc;
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

#define VIEW                                                                                                           \
    "SELECT a.tenant_id, t.name, t.subdomain, a.version, a.bytes, a.sha256, a.customers, a.users, a.workloads,"        \
    " a.items, a.audit_entries, a.created_at FROM archives a JOIN tenants t ON t.id = a.tenant_id "

static void archives_list(struct request *r)
{
    struct page page;

    if (!request_page(r, &page))
        return;
    json_t *archives =
        store_all(r->tb->db, VIEW "ORDER BY a.created_at, a.tenant_id LIMIT ? OFFSET ?", "II", page.limit, page.offset);
    int64_t total = store_number(r->tb->db, "SELECT count(*) FROM archives", "");
    reply(r, 200, json_pack("{s:o, s:I}", "archives", archives, "total", (json_int_t)total));
}

static json_t *read_content(struct testbed *tb, const json_t *view, const char *path)
{
    char digest[SHA256_HEX];
    size_t len = 0;
    char *file = folder_read(path, &len);
    json_t *content = NULL;

    if (file) {
        crypto_sha256_hex(file, len, digest);
        if (strcmp(digest, json_string_value(json_object_get(view, "sha256"))) == 0 || defect(tb, D_ARCHIVE_UNVERIFIED))
            content = archive_file_read(file, len);
    }
    free(file);
    return content;
}

json_t *archive_read(struct testbed *tb, const char *tenant_id, bool *ret_there)
{
    json_t *row = store_one(tb->db, "SELECT sha256 FROM archives WHERE tenant_id = ?", "s", tenant_id);
    char *path = folder_path(tb, "archives/%s.tar.zst", tenant_id);
    json_t *content = row ? read_content(tb, row, path) : NULL;

    *ret_there = row != NULL;
    free(path);
    json_decref(row);
    return content;
}

/* Another archive, as good as any, with another name in it: only its digest tells. */
static void archive_damage(struct request *r)
{
    bool there;
    char why[120] = "";
    json_t *content = archive_read(r->tb, r->param[0], &there);
    size_t len;

    json_object_set_new(json_object_get(content, "tenant"), "name", json_string("Somebody else's"));
    void *file = content ? archive_file_make(content, &len) : NULL;
    if (file && write_file(r->tb, r->param[0], file, len, why, sizeof why) == 0) {
        audit_ok(r, "tenant.archive_damage", "tenant", r->param[0], r->param[0], "damaged");
        reply(r, 204, NULL);
    } else if (!there) {
        reply_error(r, 409, "invalid_state", "there is no archive of the tenant");
    } else {
        reply_error(r, 409, "archive_damaged", "it is damaged already%s", why);
    }
    free(file);
    json_decref(content);
}

static void archive_get(struct request *r)
{
    json_t *view = store_one(r->tb->db, VIEW "WHERE a.tenant_id = ?", "s", r->param[0]);

    if (!view) {
        reply(r, 200, json_pack("{s:n, s:n, s:n}", "archive", "file", "content"));
        return;
    }
    char *path = folder_path(r->tb, "archives/%s.tar.zst", r->param[0]);
    json_t *content = read_content(r->tb, view, path);
    if (content)
        reply(r, 200, json_pack("{s:O, s:s, s:o}", "archive", view, "file", path, "content", content));
    else
        reply_error(r, 409, "archive_damaged", "the archive is not what it was when it was made");
    free(path);
    json_decref(view);
}

static void archive_delete(struct request *r)
{
    const char *id = r->param[0];

    if (store_run(r->tb->db, "DELETE FROM archives WHERE tenant_id = ?", "s", id) < 0)
        return;
    char *path = folder_path(r->tb, "archives/%s.tar.zst", id);
    if (!defect(r->tb, D_ARCHIVE_DELETE_LEAVES_FILE))
        folder_remove(path);
    free(path);
    audit_ok(r, "tenant.archive_delete", "tenant", id, id, "deleted");
    reply(r, 204, NULL);
}

const struct route archive_routes[] = {
    {M_GET, "/v1/archives", PA | PU, 0, NULL, archives_list},
    {M_GET, "/v1/tenants/{}/archive", PA, 0, route_of_tenant, archive_get},
    {M_POST, "/v1/tenants/{}/archive/damage", PA, 0, route_of_tenant, archive_damage},
    {M_DELETE, "/v1/tenants/{}/archive", PA, 0, route_of_tenant, archive_delete},
    {.pattern = NULL},
};
