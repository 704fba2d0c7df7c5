/* SPDX-License-Identifier: Apache-2.0 */
/* Database: a tenant's connection reaches no file, no other session, and locks nobody out. */
#include "isolation/connection.h"

SCENARIO(a_connection_locks_nobody_out,
         .summary = "A tenant locks its own rows, and neither a table that the platform uses nor another's rows",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "database", "catches(defect='access-locks')"),
         .needs = OPERATIONS(CONNECTION_OPERATIONS, "data.get"), .timeout_ms = 60000)
{
    static const char *const modes[] = {
        "SHARE", "ROW SHARE", "SHARE ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE", NULL};
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    M_SQL(theirs.db, "SET lock_timeout = '2s'");
    m_sql_begin(ours.db, NULL);
    STEP("no table that the platform uses can be locked")
    {
        for (const struct connection_table *table = connection_tables; table->name; table++)
            for (const char *const *mode = modes; *mode; mode++)
                CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "LOCK TABLE %s IN %s MODE NOWAIT", table->name, *mode));
    }
    STEP("their rows can't be locked one by one")
    {
        CHECK_SQL(ours.db, "", "SELECT value FROM workload_data WHERE workload_id = $1 FOR SHARE", theirs.workload);
    }
    STEP("what is locked of ours is in nobody's way")
    {
        M_SQL(ours.db, "UPDATE workload_data SET value = '1'");
        CHECK_INT(M_SQL(theirs.db, "UPDATE workload_data SET value = '2'")->affected, ==, 1);
        DO(theirs.tenant.admin, "data.put", ARG("workload", theirs.workload), ARG("key", "other"),
           ARG("value", m_json_parse(t, "3")));
    }
    m_sql_rollback(ours.db);
}

SCENARIO(a_connection_reaches_nothing_else,
         .summary = "Files, programs, other sessions, large objects and temporary tables of others are out of reach",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "database",
                            "catches(defect='access-as-platform')"),
         .needs = OPERATIONS(CONNECTION_OPERATIONS), .timeout_ms = 60000)
{
    static const char *const statements[] = {"COPY customers TO '/tmp/isolation'",
                                             "COPY customers FROM '/etc/passwd'",
                                             "COPY customers TO PROGRAM 'true'",
                                             "COPY customers FROM PROGRAM 'true'",
                                             "SELECT lo_import('/etc/passwd')",
                                             "SELECT pg_read_file('/etc/passwd')",
                                             "SELECT pg_ls_dir('.')",
                                             "SELECT pg_reload_conf()",
                                             "ALTER SYSTEM SET work_mem = '1MB'",
                                             "CREATE EXTENSION dblink",
                                             "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
                                             "CHECKPOINT",
                                             "SELECT * FROM pg_largeobject",
                                             NULL};
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    STEP("the server's files and programs")
    {
        for (const char *const *each = statements; *each; each++)
            CHECK_SQL_REFUSED(ours.db, "42501", *each);
    }
    STEP("other sessions: the platform's, and another tenant's")
    {
        const struct m_sql_result *others =
            M_SQL(ours.db, "SELECT pid FROM pg_stat_activity WHERE usename <> current_user AND datname ="
                           " current_database()");
        CHECK_INT(others->n_rows, >=, 2);
        for (int64_t i = 0; i < others->n_rows; i++) {
            CHECK_SQL_REFUSED(ours.db, "42501", "SELECT pg_terminate_backend($1::int)", m_sql_text(others, i, "pid"));
            CHECK_SQL_REFUSED(ours.db, "42501", "SELECT pg_cancel_backend($1::int)", m_sql_text(others, i, "pid"));
        }
        CHECK_SQL(theirs.db, "1", "SELECT 1");
    }
    STEP("the platform's tables that tenants have nothing to do with")
    {
        const struct m_sql_result *tables =
            M_SQL(ours.db, "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                           " WHERE n.nspname = 'testbed' AND c.relkind = 'r' AND c.relname IN"
                           " ('users', 'tokens', 'api_keys', 'nonces', 'meta', 'provisioning', 'resources')");
        CHECK_INT(tables->n_rows, ==, 7);
        for (int64_t i = 0; i < tables->n_rows; i++)
            CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SELECT * FROM testbed.%s", m_sql_text(tables, i, "relname")));
    }
    STEP("large objects")
    {
        const char *object = m_sql_text(M_SQL(theirs.db, "SELECT lo_from_bytea(0, 'secret')::text AS id"), 0, "id");
        CHECK_SQL_REFUSED(ours.db, "42501", "SELECT lo_get($1::oid)", object);
        CHECK_SQL_REFUSED(ours.db, "42501", "SELECT lo_put($1::oid, 0, 'forged')", object);
        CHECK_SQL_REFUSED(ours.db, "42501", "SELECT lo_unlink($1::oid)", object);
        M_SQL(theirs.db, "SELECT lo_unlink($1::oid)", object);
    }
    STEP("temporary tables")
    {
        M_SQL(theirs.db, "CREATE TEMPORARY TABLE mine AS SELECT 'secret' AS word");
        const char *place = m_sql_text(M_SQL(theirs.db, "SELECT nspname FROM pg_namespace WHERE oid ="
                                                        " pg_my_temp_schema()"),
                                       0, NULL);
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SELECT * FROM %s.mine", place));
        CHECK_SQL_REFUSED(ours.db, "42", "SELECT * FROM mine");
    }
    STEP("what is told to whoever listens")
    {
        M_SQL(ours.db, "LISTEN news");
        CHECK_SQL(theirs.db, "", "SELECT pg_listening_channels()");
    }
}

SCENARIO(a_login_is_one_tenants_and_ends_with_it,
         .summary = "A password opens one tenant's login, until the next one is given out or the tenant is gone",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "database", "security",
                            "catches(defect='deprovision-leaves-data')"),
         .needs = OPERATIONS(CONNECTION_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    STEP("our password does not open theirs")
    {
        struct m_sql_refusal why;
        CHECK(!m_sql_try_open(t, ours.url, &(struct m_sql_options){.user = theirs.username}, &why));
        CHECK_STR(why.sqlstate, ==, "28P01");
    }
    STEP("the next one ends the one before")
    {
        struct m_sql_refusal why;
        struct m_json *next = DO(ours.tenant.admin, "tenant.database", ARG("id", ours.tenant.id));
        CHECK(!m_sql_try_open(t, ours.url, NULL, &why));
        CHECK_STR(why.sqlstate, ==, "28P01");
        CHECK_SQL(m_sql_open(t, m_json_str(next, "/url"), NULL), "1", "SELECT count(*) FROM customers");
    }
    STEP("the tenant's end is the login's, with a session that holds a lock")
    {
        struct m_sql_refusal why;
        m_sql_begin(theirs.db, NULL);
        M_SQL(theirs.db, "UPDATE workload_data SET value = '1'");
        DO(platform, "tenant.delete", ARG("id", theirs.tenant.id));
        const struct m_sql_result *after = M_TRY_SQL(theirs.db, "SELECT count(*) FROM customers");
        CHECK(after->error != NULL, "the session of a tenant that is gone is answered");
        CHECK(!m_sql_try_open(t, theirs.url, NULL, &why));
        CHECK(strncmp(why.sqlstate, "28", 2) == 0, "%s: %s", why.sqlstate, why.error);
        CHECK_SQL(ours.db, "0", "SELECT count(*) FROM pg_roles WHERE rolname = $1", theirs.username);
    }
}
