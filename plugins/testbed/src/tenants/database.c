/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/tenants/{}/database: a tenant's own login to the database. */
#include "audit/audit.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "store/store.h"
#include "tenants/tenants.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCESS_MS (INT64_C(60) * 60 * 1000)

/* For the value of a query: what is no letter, digit or . _ - as %XX; the caller frees. */
static char *escaped(const char *text)
{
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);

    if (!f)
        abort();
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("._-", *text))
            fputc(*text, f);
        else
            fprintf(f, "%%%02X", (unsigned char)*text);
    if (fclose(f) != 0)
        abort();
    return out;
}

static json_t *url_of(const json_t *where, const char *password)
{
    char *database = escaped(json_string_value(json_object_get(where, "database")));
    char *host = escaped(json_string_value(json_object_get(where, "host")));
    json_t *url =
        json_sprintf("postgresql://%s:%s@/%s?host=%s&port=%s", json_string_value(json_object_get(where, "username")),
                     password, database, host, json_string_value(json_object_get(where, "port")));

    free(database);
    free(host);
    return url;
}

/* The password is random, and holds for an hour or until the next one; only who asked knows it. */
static void database_open(struct request *r)
{
    char password[49], until[TIME_TEXT_MAX];

    if (!store_has_logins(r->tb->db)) {
        reply_error(r, 409, "no_database", "the platform's store is SQLite, which knows no logins");
        return;
    }
    crypto_random_hex(24, password);
    clock_text(clock_wall_ms() + ACCESS_MS, until);
    struct store_login login = {.password = password,
                                .until = until,
                                .as_platform = defect(r->tb, D_ACCESS_AS_PLATFORM),
                                .unlimited = defect(r->tb, D_CONNECTIONS_UNLIMITED)};
    json_t *where = store_access(r->tb->db, r->owner_id, &login);
    if (!where)
        return;
    json_object_set_new(where, "password", json_string(password));
    json_object_set_new(where, "url", url_of(where, password));
    json_object_set_new(where, "expires_at", json_string(until));
    audit_ok(r, "tenant.database", "tenant", r->owner_id, r->owner_id, "until %s", until);
    reply(r, 201, where);
}

const struct route tenant_database_routes[] = {
    {M_POST, "/v1/tenants/{}/database", PA | TA, ROUTE_ACTIVE, route_of_tenant, database_open},
    {.pattern = NULL},
};
