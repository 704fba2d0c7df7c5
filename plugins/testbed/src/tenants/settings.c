/* SPDX-License-Identifier: Apache-2.0 */
#include "tenants/settings.h"

#include "audit/audit.h"
#include "server/fields.h"
#include "store/store.h"

#include <string.h>

#define KEY_MAX      64
#define SETTINGS_MAX 100

struct setting {
    const char *key, *first, *pattern;
};

static const struct setting settings[] = {
    {"currency", "EUR", "[A-Z]{3}"},
    {"locale", "en", "[a-z]{2}(-[A-Z]{2})?"},
    {"timezone", "UTC", "[A-Za-z_]{2,32}(/[A-Za-z_]{2,32}){0,2}"},
};
#define SETTINGS (sizeof settings / sizeof settings[0])

int settings_seed(struct testbed *tb, const char *tenant_id)
{
    struct store_scope before = store_enter(tb->db, tenant_id);
    int rc = 0;

    for (size_t i = 0; i < SETTINGS && rc >= 0; i++)
        rc = store_run(tb->db, "INSERT INTO {settings} (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", "ss",
                       settings[i].key, settings[i].first);
    store_leave(tb->db, before);
    return rc < 0 ? -1 : 0;
}

static void settings_list(struct request *r)
{
    json_t *rows = store_all(r->tb->db, "SELECT key, value FROM {settings} ORDER BY key", ""), *all = json_object(),
           *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        json_object_set(all, json_string_value(json_object_get(row, "key")), json_object_get(row, "value"));
    }
    json_decref(rows);
    reply(r, 200, json_pack("{s:o}", "settings", all));
}

/* Of what the platform does not know any text will do. */
static const char *read_value(struct fields *f, const char *key)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].key, key) == 0)
            return field_match(f, "value", REQUIRED, settings[i].pattern);
    return field_text(f, "value", REQUIRED, 0, 1000);
}

static bool is_key(const char *key)
{
    size_t len = strlen(key);

    return len > 0 && len <= KEY_MAX && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == len;
}

static void settings_put(struct request *r)
{
    const char *key = r->param[1];
    struct fields f;

    if (!is_key(key)) {
        reply_not_found(r);
        return;
    }
    fields_begin(&f, r);
    const char *value = read_value(&f, key);
    if (store_number(r->tb->db, "SELECT count(*) FROM {settings} WHERE key <> ?", "s", key) >= SETTINGS_MAX)
        field_error(&f, "key", "there are %d settings already", SETTINGS_MAX);
    if (!fields_end(&f))
        return;
    store_run(
        r->tb->db,
        "INSERT INTO {settings} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        "ss", key, value);
    audit_ok(r, "tenant.setting", "tenant", r->owner_id, r->owner_id, "%s: %s", key, value);
    reply(r, 200, json_pack("{s:s, s:s}", "key", key, "value", value));
}

const struct route settings_routes[] = {
    {M_GET, "/v1/tenants/{}/settings", ROLES_READ, ROUTE_ACTIVE, route_of_tenant, settings_list},
    {M_PUT, "/v1/tenants/{}/settings/{}", PA | TA, ROUTE_ACTIVE, route_of_tenant, settings_put},
    {.pattern = NULL},
};
