/* SPDX-License-Identifier: Apache-2.0 */
#include "tenants/files.h"

#include "audit/audit.h"
#include "common/folder.h"
#include "server/fields.h"
#include "tenants/quota.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_LEN_MAX 64
#define CONTENT_MAX  (256 * 1024)

static char *folder_of(struct testbed *tb, const char *tenant_id)
{
    return folder_path(tb, "tenants/%s/files", tenant_id);
}

int files_open(struct testbed *tb, const char *tenant_id)
{
    char *path = folder_of(tb, tenant_id);
    int rc = folder_make(path);

    free(path);
    return rc;
}

bool files_are_there(struct testbed *tb, const char *tenant_id)
{
    char *path = folder_of(tb, tenant_id);
    bool there = access(path, F_OK) == 0;

    free(path);
    return there;
}

bool files_remove(struct testbed *tb, const char *tenant_id)
{
    char *path = folder_of(tb, tenant_id);

    folder_remove(path);
    free(path);
    return !files_are_there(tb, tenant_id);
}

/* Calls `each` for every file; 0 when there is no folder. */
static int64_t walk(struct testbed *tb, const char *tenant_id, json_t *list)
{
    char *path = folder_of(tb, tenant_id);
    DIR *dir = opendir(path);
    const struct dirent *entry;
    struct stat st;
    int64_t bytes = 0;

    while (dir && (entry = readdir(dir))) {
        if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
            continue;
        bytes += st.st_size;
        if (list)
            json_array_append_new(list,
                                  json_pack("{s:s, s:I}", "name", entry->d_name, "bytes", (json_int_t)st.st_size));
    }
    if (dir)
        closedir(dir);
    free(path);
    return bytes;
}

json_t *files_gather(struct testbed *tb, const char *tenant_id)
{
    char *folder = folder_of(tb, tenant_id);
    json_t *paths = folder_files(folder), *files = json_array(), *path;
    size_t i, len;

    json_array_foreach(paths, i, path)
    {
        const char *name = strrchr(json_string_value(path), '/') + 1;
        char *content = folder_read(json_string_value(path), &len);
        if (content)
            json_array_append_new(files, json_pack("{s:s, s:s%}", "name", name, "content", content, len));
        free(content);
    }
    json_decref(paths);
    free(folder);
    return files;
}

int files_write(struct testbed *tb, const char *tenant_id, const char *name, const char *content)
{
    char *path = folder_path(tb, "tenants/%s/files/%s", tenant_id, name);
    int rc = folder_write(path, content, strlen(content));

    free(path);
    return rc;
}

static void count(struct testbed *tb, const char *tenant_id, struct usage *add)
{
    if (!defect(tb, D_FILES_UNCOUNTED))
        add->storage_bytes += walk(tb, tenant_id, NULL);
}

void files_start(void)
{
    quota_add_source(count);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

/* The path of the file that the request names; NULL after a 404: it names none. */
static char *path_of(struct request *r)
{
    const char *name = r->param[1];
    size_t len = strlen(name);
    bool fine = len > 0 && len <= NAME_LEN_MAX && name[0] != '.' &&
                strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;

    if (!fine)
        reply_not_found(r);
    return fine ? folder_path(r->tb, "tenants/%s/files/%s", r->owner_id, name) : NULL;
}

static void files_list(struct request *r)
{
    json_t *files = json_array();
    int64_t bytes = walk(r->tb, r->owner_id, files);

    reply(r, 200, json_pack("{s:o, s:I}", "files", files, "bytes", (json_int_t)bytes));
}

static void files_get(struct request *r)
{
    char *path = path_of(r);
    size_t len;
    char *content = path ? folder_read(path, &len) : NULL;

    if (content)
        reply(r, 200, json_pack("{s:s, s:s%}", "name", r->param[1], "content", content, len));
    else if (path)
        reply_not_found(r);
    free(content);
    free(path);
}

static int64_t size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_size : 0;
}

static void files_put(struct request *r)
{
    char *path = path_of(r);
    struct fields f;

    if (!path)
        return;
    fields_begin(&f, r);
    const char *content = field_text(&f, "content", REQUIRED, 0, CONTENT_MAX);
    if (fields_end(&f) && quota_allows(r, r->owner_id, "storage_bytes", (int64_t)strlen(content) - size_of(path))) {
        int rc = folder_write(path, content, strlen(content));
        if (rc == 0) {
            audit_ok(r, "tenant.file_put", "tenant", r->owner_id, r->owner_id, "%s, %zu bytes", r->param[1],
                     strlen(content));
            reply(r, 200, json_pack("{s:s, s:I}", "name", r->param[1], "bytes", (json_int_t)strlen(content)));
        } else {
            reply_error(r, 507, "storage_full", "the file could not be kept: %s", strerror(-rc));
        }
    }
    free(path);
}

static void files_delete(struct request *r)
{
    char *path = path_of(r);

    if (path && unlink(path) == 0) {
        audit_ok(r, "tenant.file_delete", "tenant", r->owner_id, r->owner_id, "%s", r->param[1]);
        reply(r, 204, NULL);
    } else if (path) {
        reply_not_found(r);
    }
    free(path);
}

const struct route files_routes[] = {
    {M_GET, "/v1/tenants/{}/files", ROLES_READ, ROUTE_ACTIVE, route_of_tenant, files_list},
    {M_GET, "/v1/tenants/{}/files/{}", ROLES_READ, ROUTE_ACTIVE, route_of_tenant, files_get},
    {M_PUT, "/v1/tenants/{}/files/{}", ROLES_WRITE, ROUTE_ACTIVE, route_of_tenant, files_put},
    {M_DELETE, "/v1/tenants/{}/files/{}", ROLES_WRITE, ROUTE_ACTIVE, route_of_tenant, files_delete},
    {.pattern = NULL},
};
