/* SPDX-License-Identifier: Apache-2.0 */
/* Backups as files: made, read again, removed. */
#include "workloads/backup.h"

#include "common/crypto.h"
#include "common/folder.h"
#include "events/events.h"
#include "store/store.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *path_of(struct testbed *tb, const char *tenant_id, const char *workload_id, const char *id)
{
    return folder_path(tb, "tenants/%s/workloads/%s/backups/%s.json", tenant_id, workload_id, id);
}

/* ---- making ------------------------------------------------------------------------------------------------------ */

/* The file says by itself what it is, for whoever has nothing else. */
static char *content_of(const struct workload *w, const char *id, const char *now, int *ret_items)
{
    json_t *items = store_all(
        w->tb->db, "SELECT key, value AS \"value:json\" FROM workload_data WHERE workload_id = ? ORDER BY key", "s",
        w->id);

    if (!items)
        return NULL;
    *ret_items = (int)json_array_size(items);
    if (defect(w->tb, D_BACKUP_EMPTY))
        json_array_clear(items);
    if (defect(w->tb, D_BACKUP_MISSES_LAST) && json_array_size(items) > 0)
        json_array_remove(items, json_array_size(items) - 1);
    json_t *document = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "backup", id, "tenant", w->tenant_id, "workload",
                                 w->id, "name", w->name, "created_at", now, "items", items);
    char *content = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    return content;
}

static int write_row(const struct workload *w, const char *id, const char *label, const char *kind, int items,
                     const char *content, const char *now)
{
    char digest[SHA256_HEX];

    crypto_sha256_hex(content, strlen(content), digest);
    return store_run(w->tb->db,
                     "INSERT INTO backups (id, workload_id, label, kind, items, bytes, sha256, content, created_at)"
                     " VALUES (?,?,?,?,?,?,?,'',?)",
                     "ssssiIss", id, w->id, label, kind, items, (int64_t)strlen(content), digest, now) < 0
               ? -1
               : 0;
}

int backup_make(const struct workload *w, const char *label, const char *kind, char ret_id[ID_MAX])
{
    char now[TIME_TEXT_MAX];
    int items = 0;

    crypto_new_id("bak", ret_id);
    char *content = content_of(w, ret_id, clock_now_text(now), &items);
    if (!content)
        return -1;
    char *path = path_of(w->tb, w->tenant_id, w->id, ret_id);
    int rc = folder_write(path, content, strlen(content));
    if (rc < 0)
        fprintf(stderr, "muster-testbed: backup %s: %s: %s\n", ret_id, path, strerror(-rc));
    else if (write_row(w, ret_id, label, kind, items, content, now) != 0)
        folder_remove(path), rc = -1;
    free(path);
    free(content);
    if (rc < 0)
        return -1;
    event_publish(w->tb, "workload", w->id, "backup", w->tenant_id,
                  json_pack("{s:s, s:s, s:i}", "backup_id", ret_id, "kind", kind, "items", items));
    return 0;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Its row: one of the tenant's own, whichever workload it was made of. */
static json_t *find_row(const struct workload *w, const char *id)
{
    static const char sql[] =
        "SELECT b.id, b.workload_id, b.sha256, b.content, w.tenant_id FROM backups b JOIN workloads w"
        " ON w.id = b.workload_id WHERE b.id = ?1 AND (w.tenant_id = ?2 OR ?2 = '')";
    struct testbed *tb = w->tb;

    if (!defect(tb, D_BACKUP_BY_ID_ALONE))
        return store_one(tb->db, sql, "ss", id, w->tenant_id);
    struct store_scope before = store_enter(tb->db, NULL);
    json_t *row = store_one(tb->db, sql, "ss", id, "");
    store_leave(tb->db, before);
    return row;
}

static const char *text_of(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));

    return text ? text : "";
}

static char *path_of_row(struct testbed *tb, const json_t *row)
{
    return path_of(tb, text_of(row, "tenant_id"), text_of(row, "workload_id"), text_of(row, "id"));
}

/* Those of a platform that had no folder yet are in their rows. */
static char *read_content(struct testbed *tb, const json_t *row, size_t *ret_len)
{
    const char *in_row = text_of(row, "content");

    if (*in_row) {
        *ret_len = strlen(in_row);
        return strdup(in_row);
    }
    char *path = path_of_row(tb, row);
    char *content = folder_read(path, ret_len);
    free(path);
    return content;
}

static bool is_sound(const json_t *items)
{
    size_t i;
    const json_t *item;

    json_array_foreach(items, i, item)
    {
        if (!json_is_string(json_object_get(item, "key")) || !json_object_get(item, "value"))
            return false;
    }
    return json_is_array(items);
}

static json_t *parse_items(const char *content, size_t len)
{
    json_t *document = json_loadb(content, len, 0, NULL);
    json_t *items = json_is_array(document) ? document : json_object_get(document, "items");

    items = is_sound(items) ? json_incref(items) : NULL;
    json_decref(document);
    return items;
}

json_t *backup_items(const struct workload *w, const char *id, enum backup_problem *ret_problem)
{
    json_t *row = find_row(w, id), *items = NULL;
    char digest[SHA256_HEX];
    size_t len = 0;
    char *content = row ? read_content(w->tb, row, &len) : NULL;

    if (content) {
        crypto_sha256_hex(content, len, digest);
        if (strcmp(digest, text_of(row, "sha256")) == 0 || defect(w->tb, D_BACKUP_UNVERIFIED))
            items = parse_items(content, len);
    }
    *ret_problem = row ? BACKUP_DAMAGED : BACKUP_UNKNOWN;
    free(content);
    json_decref(row);
    return items;
}

/* The last letter or digit becomes another one, so that it still is a document: only its digest tells. */
static bool spoil(char *content, size_t len)
{
    while (len > 0 && !isalnum((unsigned char)content[len - 1]))
        len--;
    if (len == 0)
        return false;
    content[len - 1] = content[len - 1] == '7' ? '3' : '7';
    return true;
}

bool backup_damage(const struct workload *w, const char *id)
{
    json_t *row = find_row(w, id);
    char *path = row ? path_of_row(w->tb, row) : NULL;
    size_t len = 0;
    char *content = path ? folder_read(path, &len) : NULL;
    bool done = content && spoil(content, len) && folder_write(path, content, len) == 0;

    free(content);
    free(path);
    json_decref(row);
    return done;
}

/* ---- removing ---------------------------------------------------------------------------------------------------- */

void backup_discard(const struct workload *w, const char *id)
{
    char *path = path_of(w->tb, w->tenant_id, w->id, id);

    folder_remove(path);
    free(path);
}

bool backup_remove(const struct workload *w, const char *id)
{
    if (store_run(w->tb->db, "DELETE FROM backups WHERE workload_id = ? AND id = ?", "ss", w->id, id) <= 0)
        return false;
    if (!defect(w->tb, D_BACKUP_DELETE_LEAVES_FILE))
        backup_discard(w, id);
    return true;
}
