/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/api-keys. A key's secret is kept as it is: the platform needs it to check signatures. */
#include "audit/audit.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "identity/auth.h"
#include "server/fields.h"
#include "store/store.h"

#include <string.h>

#define DEFAULT_TTL_MS (INT64_C(30) * 86400000)

static void api_keys_create(struct request *r)
{
    char id[ID_MAX], secret[65], now[TIME_TEXT_MAX], expires[TIME_TEXT_MAX];
    struct fields f;

    fields_begin(&f, r);
    const char *name = field_text(&f, "name", REQUIRED, 1, 100);
    const char *user_id = field_text(&f, "user_id", OPTIONAL, 1, 64);
    int64_t ttl_ms = field_number(&f, "ttl_ms", OPTIONAL, 1, 12 * DEFAULT_TTL_MS, DEFAULT_TTL_MS);
    if (!fields_end(&f))
        return;
    if (!user_id)
        user_id = r->who.user_id;
    if (strcmp(user_id, r->who.user_id) != 0 && r->who.role != PA) {
        reply_error(r, 403, "forbidden", "a key for somebody else is the platform administrator's to make");
        return;
    }
    if (store_number(r->tb->db, "SELECT count(*) FROM users WHERE id = ?", "s", user_id) == 0) {
        reply_not_found(r);
        return;
    }
    crypto_new_id("key", id);
    crypto_random_hex(32, secret);
    int64_t expires_ms = clock_wall_ms() + ttl_ms;
    clock_now_text(now);
    if (store_run(r->tb->db,
                  "INSERT INTO api_keys (id, name, secret, user_id, created_at, expires_ms) VALUES (?,?,?,?,?,?)",
                  "sssssI", id, name, secret, user_id, now, expires_ms) < 0)
        return;
    audit_ok(r, "api_key.create", "api_key", id, r->who.tenant_id, "%s for %s", name, user_id);
    reply(r, 201,
          json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", id, "name", name, "user_id", user_id, "secret", secret,
                    "created_at", now, "expires_at", clock_text(expires_ms, expires)));
}

static void api_keys_list(struct request *r)
{
    const char *owner = r->who.role == PA ? NULL : r->who.user_id;
    char expires[TIME_TEXT_MAX];
    struct page page;
    size_t i;
    json_t *key;

    if (!request_page(r, &page))
        return;
    json_t *keys = store_all(r->tb->db,
                             "SELECT id, name, user_id, created_at, expires_ms FROM api_keys"
                             " WHERE ?1 IS NULL OR user_id = ?1 ORDER BY rowid LIMIT ?2 OFFSET ?3",
                             "sII", owner, page.limit, page.offset);
    json_array_foreach(keys, i, key)
    {
        int64_t expires_ms = json_integer_value(json_object_get(key, "expires_ms"));
        json_object_set_new(key, "expires_at", json_string(clock_text(expires_ms, expires)));
        json_object_del(key, "expires_ms");
    }
    int64_t total =
        store_number(r->tb->db, "SELECT count(*) FROM api_keys WHERE ?1 IS NULL OR user_id = ?1", "s", owner);
    reply(r, 200, json_pack("{s:o, s:I}", "api_keys", keys, "total", (json_int_t)total));
}

/* Whether there is such a key at all, also where it is not this caller's. */
static bool key_exists(struct testbed *tb, const char *id)
{
    struct store_scope before = store_enter(tb->db, NULL);
    bool exists = store_number(tb->db, "SELECT count(*) FROM api_keys WHERE id = ?", "s", id) > 0;

    store_leave(tb->db, before);
    return exists;
}

static void api_keys_delete(struct request *r)
{
    const char *owner = r->who.role == PA ? NULL : r->who.user_id;

    if (defect(r->tb, D_DELETED_KEY_ACCEPTED)) {
        reply(r, 204, NULL);
    } else if (store_run(r->tb->db, "DELETE FROM api_keys WHERE id = ?1 AND (?2 IS NULL OR user_id = ?2)", "ss",
                         r->param[0], owner) > 0) {
        audit_ok(r, "api_key.delete", "api_key", r->param[0], r->who.tenant_id, "deleted");
        reply(r, 204, NULL);
    } else {
        r->cross_tenant = key_exists(r->tb, r->param[0]);
        reply_not_found(r);
    }
}

const struct route api_key_routes[] = {
    {M_POST, "/v1/api-keys", ROLES_ALL, 0, NULL, api_keys_create},
    {M_GET, "/v1/api-keys", ROLES_ALL, 0, NULL, api_keys_list},
    {M_DELETE, "/v1/api-keys/{}", ROLES_ALL, 0, NULL, api_keys_delete},
    {.pattern = NULL},
};
