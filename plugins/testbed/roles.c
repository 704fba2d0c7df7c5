/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a platform leaves on a PostgreSQL server that outlives the run. Tenants' roles are the server's: they stay when
 * the database goes, and can be dropped only after it, as long as they have rights in it.
 */
#include "program.h"

#include <muster/kit/data.h>
#include <muster/kit/sql.h>

#define CLEANUP_NAME "testbed.roles"

/* Each row is a statement. */
static void run_each(struct m_sql *db, const struct m_sql_result *r)
{
    for (int64_t i = 0; i < r->n_rows; i++)
        m_sql_free(M_SQL(db, m_sql_text(r, i, NULL)));
}

/* The groups are shared: they go with the last platform of the server. */
CLEANUP(remove_roles, CLEANUP_NAME, .timeout_ms = 60000)
{
    const char *url = m_target(t, "postgres_url");
    if (!url)
        FAIL("--set postgres_url=URL is missing: it says where the database %s is", payload);
    struct m_sql *db = m_sql_open(t, url, NULL);
    const struct m_sql_result *roles =
        M_SQL(db,
              "SELECT DISTINCT format('DROP ROLE IF EXISTS %I', r.rolname) FROM pg_shdepend d"
              " JOIN pg_database b ON b.oid = d.dbid JOIN pg_roles r ON r.oid = d.refobjid"
              " WHERE d.refclassid = 'pg_authid'::regclass AND b.datname = $1 AND r.rolname ~ '^[at]_[0-9a-f]{16}$'",
              payload);
    const struct m_sql_result *database = M_SQL(
        db, "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname) FROM pg_database WHERE datname = $1",
        payload);
    run_each(db, database);
    run_each(db, roles);
    run_each(db, M_SQL(db, "SELECT format('DROP ROLE IF EXISTS %I', rolname) FROM pg_roles r"
                           " WHERE rolname IN ('testbed_platform', 'testbed_tenants', 'testbed_access') AND NOT EXISTS"
                           " (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid)"));
    m_sql_close(db);
}

const char *testbed_database(struct muster_ctx *t)
{
    const char *url = m_sql_database(t, "postgres", NULL);
    if (!m_fixture(t, "postgres", "given"))
        return url;
    struct m_sql *db = m_sql_open(t, url, NULL);
    DEFER(CLEANUP_NAME, m_sql_text(M_SQL(db, "SELECT current_database()"), 0, NULL));
    m_sql_close(db);
    return url;
}
