/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody else's server, which outlives the run: what the run makes there bears a prefix, and is swept by it. */
#include "postgres.h"

#define CLEANUP_NAME "postgres.sweep"
#define VERSION_MIN  130000 /* DROP DATABASE ... WITH (FORCE) */

/* Each row's statement, one after the other: databases can't be dropped within a transaction. */
static void run_each(struct m_sql *db, const char *question, const char *prefix)
{
    const struct m_sql_result *r = M_SQL(db, question, prefix);
    for (int64_t i = 0; i < r->n_rows; i++)
        m_sql_free(M_SQL(db, m_sql_text(r, i, NULL)));
    m_sql_free(r);
}

/* The payload is the prefix. Attempts have dropped what is theirs; this is for templates, and for what was in the way.
 */
CLEANUP(sweep, CLEANUP_NAME, .timeout_ms = 60000)
{
    const char *url = m_target(t, "postgres_url");
    if (strncmp(payload, "muster_", 7) != 0)
        FAIL("not a prefix of ours: \"%s\"", payload);
    if (!url)
        FAIL("--set postgres_url=URL is missing: it says where the databases %s... are", payload);
    struct m_sql *db = m_sql_open(t, url, NULL);
    run_each(db,
             "SELECT format('ALTER DATABASE %I WITH IS_TEMPLATE false', datname) FROM pg_database"
             " WHERE starts_with(datname, $1) AND datistemplate",
             payload);
    run_each(db,
             "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname) FROM pg_database"
             " WHERE starts_with(datname, $1)",
             payload);
    run_each(db, "SELECT format('DROP ROLE IF EXISTS %I', rolname) FROM pg_roles WHERE starts_with(rolname, $1)",
             payload);
    m_sql_close(db);
}

static void require_able(struct muster_ctx *t, struct m_sql *db)
{
    const struct m_sql_result *r =
        M_SQL(db, "SELECT current_setting('server_version_num')::int AS version, rolcreatedb OR rolsuper AS able,"
                  " rolname AS name FROM pg_roles WHERE rolname = current_user");
    if (m_sql_int(r, 0, "version") < VERSION_MIN)
        ERROR("--set postgres_url: the server's version is %" PRId64 ", and PostgreSQL 13 or later is needed",
              m_sql_int(r, 0, "version"));
    if (!m_sql_int(r, 0, "able"))
        ERROR("--set postgres_url: the role %s may not create databases: ALTER ROLE %s CREATEDB",
              m_sql_text(r, 0, "name"), m_sql_text(r, 0, "name"));
    m_publish(t, "user", m_sql_text(r, 0, "name"));
    m_sql_free(r);
}

struct m_sql *use_given(struct muster_ctx *t, const char *url, struct server *ret_server)
{
    struct m_sql *db = m_sql_open(t, url, NULL);
    require_able(t, db);
    DEFER(CLEANUP_NAME, ret_server->prefix);
    ret_server->url = url;
    m_publish(t, "given", "postgres_url");
    return db;
}
