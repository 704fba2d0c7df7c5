/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants' own connections to the database. */
#include "isolation/connection.h"

const struct connection_table connection_tables[] = {
    {"customers", "id"}, {"workloads", "id"}, {"workload_data", "workload_id"}, {"backups", "id"}, {"audit", "seq"},
    {"tenants", "id"},   {NULL, NULL},
};

/* Only once: the operation gives a new password each time. */
static void get_login(struct muster_ctx *t, struct connection *c)
{
    struct m_tried given = TRY(c->tenant.admin, "tenant.database", ARG("id", c->tenant.id));
    if (given.refused && strcmp(given.refused, "no_database") == 0)
        SKIP("the platform gives its tenants no login to a database: %s", given.answer);
    REQUIRE(given.result != NULL, "tenant.database is not done: %s answered %d", given.request, (int)given.status);
    c->url = m_json_str(given.result, "/url");
    c->schema = m_json_str(given.result, "/schema");
    c->username = m_json_str(given.result, "/username");
}

static void fill(struct muster_ctx *t, struct connection *c)
{
    struct m_json *customer = DO(c->tenant.admin, "customer.create", ARG("tenant", c->tenant.id), ARG("name", "Ada"),
                                 ARG("email", "ada@example.test"));
    struct m_json *workload =
        DO(c->tenant.admin, "workload.create", ARG("tenant", c->tenant.id), ARG("name", m_unique(t, "w")));
    c->customer = m_json_str(customer, "/id");
    c->workload = m_json_str(workload, "/id");
    DO(c->tenant.admin, "data.put", ARG("workload", c->workload), ARG("key", "own"),
       ARG("value", m_json_parse(t, "\"secret\"")));
    DO(c->tenant.admin, "backup.create", ARG("workload", c->workload));
}

struct connection connection_begin(struct muster_ctx *t, struct m_session *platform)
{
    struct connection c = {.tenant = tenancy_begin(t, platform, "starter")};
    get_login(t, &c);
    fill(t, &c);
    c.db = connection_again(t, &c);
    return c;
}

struct m_sql *connection_again(struct muster_ctx *t, const struct connection *c)
{
    return m_sql_open(t, c->url, NULL);
}
