/* SPDX-License-Identifier: Apache-2.0 */
#include "tenants/directory.h"

#include "store/store.h"

#include <stdio.h>

const char *directory_host(const char *subdomain, char ret_host[HOST_MAX])
{
    snprintf(ret_host, HOST_MAX, "%.200s" TENANT_DOMAIN, subdomain);
    return ret_host;
}

int directory_enter(struct testbed *tb, const char *host, const char *tenant_id)
{
    int rc = store_run(tb->db,
                       "INSERT INTO directory (host, tenant_id) VALUES (?,?)"
                       " ON CONFLICT (host) DO UPDATE SET tenant_id = excluded.tenant_id",
                       "ss", host, tenant_id);
    return rc < 0 ? -1 : 0;
}

void directory_remove(struct testbed *tb, const char *tenant_id)
{
    store_run(tb->db, "DELETE FROM directory WHERE tenant_id = ?", "s", tenant_id);
}

bool directory_find(struct testbed *tb, const char *host, char ret_tenant_id[ID_MAX])
{
    json_t *row = store_one(tb->db, "SELECT tenant_id FROM directory WHERE host = ?", "s", host);

    if (row)
        snprintf(ret_tenant_id, ID_MAX, "%s", json_string_value(json_object_get(row, "tenant_id")));
    json_decref(row);
    return row != NULL;
}

json_t *directory_hosts(struct testbed *tb, const char *tenant_id)
{
    json_t *rows = store_all(tb->db, "SELECT host FROM directory WHERE tenant_id = ? ORDER BY host", "s", tenant_id);
    json_t *hosts = json_array(), *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        json_array_append(hosts, json_object_get(row, "host"));
    }
    json_decref(rows);
    return hosts;
}

/* What anybody may know of it. */
static void directory_list(struct request *r)
{
    const char *host = request_arg(r, "host");

    if (!host) {
        reply_error(r, 422, "validation_failed", "1 field is invalid");
        json_object_set_new(json_object_get(r->reply, "error"), "fields", json_pack("{s:s}", "host", "is required"));
        return;
    }
    json_t *found = store_all(r->tb->db,
                              "SELECT d.host, t.name, t.region, t.status FROM directory d JOIN tenants t"
                              " ON t.id = d.tenant_id WHERE d.host = ?",
                              "s", host);
    reply(r, 200, json_pack("{s:o, s:I}", "entries", found, "total", (json_int_t)json_array_size(found)));
}

const struct route directory_routes[] = {
    {M_GET, "/v1/directory", 0, ROUTE_ANYONE, NULL, directory_list},
    {.pattern = NULL},
};
