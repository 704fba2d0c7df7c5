/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/tenants/{}/branding: what a tenant's pages look like. It is one row of the tenant's own settings. */
#include "audit/audit.h"
#include "events/events.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/tenants.h"

#include <stdio.h>
#include <string.h>

#define COLOR_OTHERWISE "#2f5d8a"

/* The first character, in UTF-8, of a name. */
static json_t *first_letter(const struct testbed *tb, const char *name)
{
    size_t n = *name != '\0';

    while (n && (name[n] & 0xC0) == 0x80 && !defect(tb, D_LOGO_CUT))
        n++;
    return json_stringn(name, n);
}

static json_t *plain(struct testbed *tb, const char *id)
{
    json_t *tenant = store_one(tb->db, "SELECT name FROM tenants WHERE id = ?", "s", id);
    const char *name = json_string_value(json_object_get(tenant, "name"));
    json_t *branding = json_pack("{s:s, s:s, s:o}", "name", name ? name : "", "color", COLOR_OTHERWISE, "logo",
                                 first_letter(tb, name ? name : ""));

    json_decref(tenant);
    return branding;
}

/* The tenant that came last: with the seeded bug, everybody's pages look like its. */
static void take_newest(struct testbed *tb, char id[ID_MAX])
{
    json_t *newest =
        store_one(tb->db, "SELECT id FROM tenants WHERE status = 'active' ORDER BY rowid DESC LIMIT 1", "");

    if (newest)
        snprintf(id, ID_MAX, "%s", json_string_value(json_object_get(newest, "id")));
    json_decref(newest);
}

json_t *tenant_branding(struct testbed *tb, const char *tenant_id)
{
    char id[ID_MAX];
    struct store_scope before = store_enter(tb->db, NULL);

    snprintf(id, sizeof id, "%s", tenant_id);
    if (defect(tb, D_BRANDING_MIXED))
        take_newest(tb, id);
    json_t *branding = plain(tb, id);
    store_enter(tb->db, id);
    json_t *row = store_one(tb->db, "SELECT value AS \"value:json\" FROM {settings} WHERE key = 'branding'", "");
    json_object_update(branding, json_object_get(row, "value"));
    json_decref(row);
    store_leave(tb->db, before);
    return branding;
}

static void branding_get(struct request *r)
{
    reply(r, 200, tenant_branding(r->tb, r->param[0]));
}

static void branding_put(struct request *r)
{
    const char *id = r->param[0];
    struct fields f;

    fields_begin(&f, r);
    const char *name = field_text(&f, "name", REQUIRED, 1, 60);
    const char *color = field_match(&f, "color", OPTIONAL, "#[0-9a-f]{6}");
    const char *logo = field_text(&f, "logo", OPTIONAL, 1, 12);
    if (!fields_end(&f))
        return;
    json_t *value = json_pack("{s:s, s:s*, s:s*}", "name", name, "color", color, "logo", logo);
    int rc = store_run(r->tb->db,
                       "INSERT INTO {settings} (key, value) VALUES ('branding', ?)"
                       " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                       "j", value);
    json_decref(value);
    if (rc < 0)
        return;
    audit_ok(r, "tenant.branding", "tenant", id, id, "%s", name);
    event_publish(r->tb, "tenant", id, "branding", id, json_pack("{s:s}", "name", name));
    branding_get(r);
}

const struct route branding_routes[] = {
    {M_GET, "/v1/tenants/{}/branding", ROLES_READ, ROUTE_ACTIVE, route_of_tenant, branding_get},
    {M_PUT, "/v1/tenants/{}/branding", PA | TA, ROUTE_ACTIVE, route_of_tenant, branding_put},
    {.pattern = NULL},
};
