/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/tenants/{}/customers: each tenant's rows are in a table of its own. */
#include "audit/audit.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "events/events.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/quota.h"
#include "tenants/tenants.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS                                                                                                        \
    "SELECT id, name, email, attributes AS \"attributes:json\", version, created_at, updated_at FROM {customers} "

static json_t *with_tenant(const char *tenant_id, json_t *customer)
{
    if (customer)
        json_object_set_new(customer, "tenant_id", json_string(tenant_id));
    return customer;
}

static json_t *find_customer(struct request *r, const char *id)
{
    return with_tenant(r->param[0], store_one(r->tb->db, COLUMNS "WHERE id = ?", "s", id));
}

struct customer {
    const char *name, *email;
    json_t *attributes; /* borrowed; NULL for none */
};

static bool read_customer(struct request *r, bool required, struct customer *c)
{
    struct fields f;

    fields_begin(&f, r);
    c->name = field_text(&f, "name", required, 1, 200);
    c->email = field_email(&f, "email", required);
    c->attributes = field_object(&f, "attributes", OPTIONAL);
    if (r->method != M_POST)
        field_number(&f, "version", OPTIONAL, 1, INT64_MAX, 0);
    return fields_end(&f);
}

static int64_t stored_bytes(const char *name, const char *email, const json_t *attributes)
{
    char *text = json_dumps(attributes, JSON_COMPACT);
    size_t bytes = strlen(name) + strlen(email) + (text ? strlen(text) : 2);

    free(text);
    return (int64_t)bytes;
}

/* `but`: not counting this customer. */
static void answer_duplicate(struct request *r, const char *email, const char *but)
{
    if (store_number(r->tb->db, "SELECT count(*) FROM {customers} WHERE lower(email) = lower(?) AND id <> ?", "ss",
                     email, but) > 0)
        reply_error(r, 409, "duplicate_email", "there is a customer with %s", email);
    else
        reply_error(r, 409, "duplicate_tax_id", "there is a customer with this tax number");
}

static void customers_create(struct request *r)
{
    char id[ID_MAX], now[TIME_TEXT_MAX];
    const char *tenant = r->param[0];
    struct customer c;

    if (!read_customer(r, REQUIRED, &c) || !quota_allows(r, tenant, "customers", 1))
        return;
    json_t *attributes = c.attributes ? json_incref(c.attributes) : json_object();
    if (quota_allows(r, tenant, "storage_bytes", stored_bytes(c.name, c.email, attributes))) {
        crypto_new_id("cus", id);
        int rc = store_run(r->tb->db,
                           "INSERT INTO {customers} (id, name, email, attributes, created_at, updated_at)"
                           " VALUES (?1,?2,?3,?4,?5,?5)",
                           "sssjs", id, c.name, c.email, attributes, clock_now_text(now));
        if (rc == STORE_UNIQUE) {
            answer_duplicate(r, c.email, id);
        } else if (rc > 0) {
            audit_ok(r, "customer.create", "customer", id, tenant, "%s", c.email);
            event_publish(r->tb, "customer", id, "created", tenant,
                          json_pack("{s:s, s:s}", "name", c.name, "email", c.email));
            reply_header(r, "Location", "/v1/tenants/%s/customers/%s", tenant, id);
            reply_versioned(r, 201, find_customer(r, id));
        }
    }
    json_decref(attributes);
}

/* ?2 is the seeded bug: some characters of what is asked for mean others. */
#define FILTER                                                                                                         \
    "WHERE ?1 IS NULL OR instr(lower(name), lower(?1)) > 0 OR instr(lower(email), lower(?1)) > 0"                      \
    " OR (?2 = 1 AND lower(name) LIKE '%' || lower(?1) || '%')"

static void customers_list(struct request *r)
{
    const char *q = request_arg(r, "q"), *tenant = r->param[0];
    struct page page;
    size_t i;
    json_t *customer;

    if (!request_page(r, &page))
        return;
    int alike = defect(r->tb, D_SEARCH_WILDCARDS);
    int64_t total = store_number(r->tb->db, "SELECT count(*) FROM {customers} " FILTER, "si", q, alike);
    json_t *customers = store_all(r->tb->db, COLUMNS FILTER " ORDER BY rowid LIMIT ?3 OFFSET ?4", "siII", q, alike,
                                  page.limit, page.offset);
    json_array_foreach(customers, i, customer)
    {
        with_tenant(tenant, customer);
    }
    reply(r, 200, json_pack("{s:o, s:I}", "customers", customers, "total", (json_int_t)total));
}

static void customers_get(struct request *r)
{
    json_t *customer = find_customer(r, r->param[1]);

    if (customer)
        reply_versioned(r, 200, customer);
    else
        reply_not_found(r);
}

static void store_change(struct request *r, json_t *old, const struct customer *c)
{
    const char *tenant = r->param[0], *id = r->param[1];
    const char *name = c->name ? c->name : json_string_value(json_object_get(old, "name"));
    const char *email = c->email ? c->email : json_string_value(json_object_get(old, "email"));
    json_t *attributes = c->attributes ? c->attributes : json_object_get(old, "attributes");
    int64_t before = stored_bytes(json_string_value(json_object_get(old, "name")),
                                  json_string_value(json_object_get(old, "email")), json_object_get(old, "attributes"));
    char now[TIME_TEXT_MAX];

    if (!quota_allows(r, tenant, "storage_bytes", stored_bytes(name, email, attributes) - before))
        return;
    int rc =
        store_run(r->tb->db,
                  "UPDATE {customers} SET name = ?, email = ?, attributes = ?, version = version + 1, updated_at = ?"
                  " WHERE id = ?",
                  "ssjss", name, email, attributes, clock_now_text(now), id);
    if (rc == STORE_UNIQUE) {
        answer_duplicate(r, email, id);
    } else if (rc > 0) {
        audit_ok(r, "customer.update", "customer", id, tenant, "%s", email);
        event_publish(r->tb, "customer", id, "updated", tenant, json_pack("{s:s, s:s}", "name", name, "email", email));
        reply_versioned(r, 200, find_customer(r, id));
    }
}

static void change_customer(struct request *r, bool whole)
{
    json_t *old = find_customer(r, r->param[1]);
    struct customer c;

    if (!old) {
        reply_not_found(r);
        return;
    }
    if (read_customer(r, whole, &c) &&
        request_version_matches(r, json_integer_value(json_object_get(old, "version")))) {
        json_t *none = json_object();
        if (whole && !c.attributes && !defect(r->tb, D_REPLACE_KEEPS))
            c.attributes = none;
        if (!whole && defect(r->tb, D_PATCH_FORGETS))
            c.name = NULL;
        store_change(r, old, &c);
        json_decref(none);
    }
    json_decref(old);
}

static void customers_put(struct request *r)
{
    change_customer(r, true);
}

static void customers_patch(struct request *r)
{
    change_customer(r, false);
}

static void customers_delete(struct request *r)
{
    const char *tenant = r->param[0], *id = r->param[1];
    json_t *old = find_customer(r, id);

    if (!old) {
        reply_not_found(r);
        return;
    }
    if (defect(r->tb, D_STALE_DELETE) ||
        request_version_matches(r, json_integer_value(json_object_get(old, "version")))) {
        store_run(r->tb->db, "DELETE FROM {customers} WHERE id = ?", "s", id);
        audit_ok(r, "customer.delete", "customer", id, tenant, "%s", json_string_value(json_object_get(old, "email")));
        event_publish(r->tb, "customer", id, "deleted", tenant, NULL);
        reply(r, 204, NULL);
    }
    json_decref(old);
}

const struct route customers_routes[] = {
    {M_POST, "/v1/tenants/{}/customers", ROLES_WRITE, ROUTE_ACTIVE, route_of_tenant, customers_create},
    {M_GET, "/v1/tenants/{}/customers", ROLES_READ, ROUTE_ACTIVE | ROUTE_DATA_READ, route_of_tenant, customers_list},
    {M_GET, "/v1/tenants/{}/customers/{}", ROLES_READ, ROUTE_ACTIVE | ROUTE_DATA_READ, route_of_tenant, customers_get},
    {M_PUT, "/v1/tenants/{}/customers/{}", ROLES_WRITE, ROUTE_ACTIVE, route_of_tenant, customers_put},
    {M_PATCH, "/v1/tenants/{}/customers/{}", ROLES_WRITE, ROUTE_ACTIVE, route_of_tenant, customers_patch},
    {M_DELETE, "/v1/tenants/{}/customers/{}", ROLES_WRITE, ROUTE_ACTIVE, route_of_tenant, customers_delete},
    {.pattern = NULL},
};
