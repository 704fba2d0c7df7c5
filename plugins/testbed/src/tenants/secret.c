/* SPDX-License-Identifier: Apache-2.0 */
#include "tenants/secret.h"

#include "audit/audit.h"
#include "store/store.h"

#include <string.h>

#define KEY_BYTES 32

static int keep(struct testbed *tb, const char *tenant_id, const char *sql)
{
    char key[2 * KEY_BYTES + 1];
    struct store_scope before = store_enter(tb->db, tenant_id);

    crypto_random_hex(KEY_BYTES, key);
    int rc = store_run(tb->db, sql, "s", key);
    store_leave(tb->db, before);
    return rc < 0 ? -1 : 0;
}

/* The row's owner; NULL when there is none. */
static json_t *find(struct testbed *tb, const char *tenant_id)
{
    if (!store_schema_has(tb->db, tenant_id, "meta"))
        return NULL;
    struct store_scope before = store_enter(tb->db, tenant_id);
    json_t *row = store_one(tb->db, "SELECT value FROM {meta} WHERE key = 'secret'", "");
    store_leave(tb->db, before);
    return row;
}

int secret_make(struct testbed *tb, const char *tenant_id)
{
    return keep(tb, tenant_id, "INSERT INTO {meta} (key, value) VALUES ('secret', ?) ON CONFLICT (key) DO NOTHING");
}

void secret_drop(struct testbed *tb, const char *tenant_id)
{
    if (!store_schema_has(tb->db, tenant_id, "meta"))
        return;
    struct store_scope before = store_enter(tb->db, tenant_id);
    store_run(tb->db, "DELETE FROM {meta} WHERE key = 'secret'", "");
    store_leave(tb->db, before);
}

bool secret_is_there(struct testbed *tb, const char *tenant_id)
{
    json_t *row = find(tb, tenant_id);

    json_decref(row);
    return row != NULL;
}

bool secret_sign(struct testbed *tb, const char *tenant_id, const char *text, char ret_signature[SIGNATURE_MAX])
{
    json_t *row = find(tb, tenant_id);
    const char *key = json_string_value(json_object_get(row, "value"));
    unsigned char mac[SHA256_LEN];

    if (key && defect(tb, D_ANSWERS_SIGNED_BY_ANOTHER))
        key = tenant_id;
    if (key) {
        crypto_hmac(key, strlen(key), text, strlen(text), mac);
        crypto_hex(mac, sizeof mac, ret_signature);
    }
    json_decref(row);
    return key != NULL;
}

static void answer(struct request *r)
{
    json_t *row = find(r->tb, r->owner_id);

    if (row)
        reply(r, 200, json_pack("{s:s, s:O}", "algorithm", "HMAC-SHA256", "secret", json_object_get(row, "value")));
    else
        reply_not_found(r);
    json_decref(row);
}

static void secret_get(struct request *r)
{
    answer(r);
}

static void secret_rotate(struct request *r)
{
    if (keep(r->tb, r->owner_id,
             "INSERT INTO {meta} (key, value) VALUES ('secret', ?) ON CONFLICT (key) DO UPDATE SET value ="
             " excluded.value") != 0)
        return;
    if (!defect(r->tb, D_ROTATION_UNRECORDED))
        audit_ok(r, "tenant.secret_rotate", "tenant", r->owner_id, r->owner_id, "a new key");
    answer(r);
}

const struct route secret_routes[] = {
    {M_GET, "/v1/tenants/{}/secret", PA | TA, ROUTE_ACTIVE, route_of_tenant, secret_get},
    {M_POST, "/v1/tenants/{}/secret", PA | TA, ROUTE_ACTIVE, route_of_tenant, secret_rotate},
    {.pattern = NULL},
};
