/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL: a tenant's own login. */
#include "store/access.h"

#include <stdio.h>
#include <stdlib.h>

/* The names are hex digits: they need no quoting. */
static const char format[] =
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'a_%1$s') THEN"
    " EXECUTE format('CREATE ROLE a_%1$s LOGIN IN ROLE testbed_access ROLE %%I', session_user); END IF; END $$;"
    "ALTER ROLE a_%1$s PASSWORD '%2$s' VALID UNTIL '%3$s';"
    "GRANT %4$s TO a_%1$s; ALTER ROLE a_%1$s CONNECTION LIMIT %5$d;"
    "ALTER ROLE a_%1$s SET search_path = t_%1$s, testbed;"
    "ALTER ROLE a_%1$s SET idle_in_transaction_session_timeout = '60s';"
    "GRANT USAGE ON SCHEMA t_%1$s TO a_%1$s;"
    "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA t_%1$s TO a_%1$s;";

char *postgres_access_script(PGconn *conn, const char *schema, const struct store_login *login)
{
    char name[64], *sql = NULL;

    snprintf(name, sizeof name, "a_%s", schema + 2);
    char *digest = PQencryptPasswordConn(conn, login->password, name, "scram-sha-256");
    if (!digest)
        return NULL;
    if (asprintf(&sql, format, schema + 2, digest, login->until,
                 login->as_platform ? "testbed_platform" : "testbed_access",
                 login->unlimited ? -1 : ACCESS_SESSIONS) < 0)
        abort();
    PQfreemem(digest);
    return sql;
}

json_t *postgres_access_place(PGconn *conn, const char *schema)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:s}", "host", PQhost(conn), "port", PQport(conn), "database", PQdb(conn),
                     "username", json_sprintf("a_%s", schema + 2), "schema", schema);
}
