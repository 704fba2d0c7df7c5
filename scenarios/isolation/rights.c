/* SPDX-License-Identifier: Apache-2.0 */
/* Database: nobody takes rights that he was not given. */
#include "isolation/connection.h"

/* Statements that a tenant's own connection must be refused, as lacking the right to. */
static void must_refuse(struct muster_ctx *t, struct m_sql *db, const char *const *statements)
{
    for (; *statements; statements++)
        CHECK_SQL_REFUSED(db, "42501", *statements);
}

SCENARIO(
    a_connection_takes_no_other_role,
    .summary = "A tenant's connection takes neither another tenant's role nor the platform's, nor gives itself rights",
    .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "database", "security",
                       "catches(defect='access-as-platform')"),
    .needs = OPERATIONS(CONNECTION_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    STEP("of all roles that there are, it can become none with rights of its own")
    {
        const struct m_sql_result *roles = M_SQL(ours.db, "SELECT rolname FROM pg_roles WHERE rolname <> current_user"
                                                          " AND NOT pg_has_role(current_user, oid, 'MEMBER')");
        CHECK_INT(roles->n_rows, >, 3);
        for (int64_t i = 0; i < roles->n_rows; i++) {
            const char *role = m_sql_text(roles, i, "rolname");
            CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SET ROLE \"%s\"", role));
            CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SET SESSION AUTHORIZATION \"%s\"", role));
        }
        /* A role that it is a member of shows it no row either. */
        const struct m_sql_result *own = M_SQL(ours.db, "SELECT rolname FROM pg_roles WHERE rolname <> current_user"
                                                        " AND pg_has_role(current_user, oid, 'MEMBER')");
        for (int64_t i = 0; i < own->n_rows; i++) {
            M_SQL(ours.db, m_fmt(t, "SET ROLE \"%s\"", m_sql_text(own, i, "rolname")));
            CHECK_SQL(ours.db, "0", "SELECT count(*) FROM testbed.workloads WHERE tenant_id = $1", theirs.tenant.id);
            M_SQL(ours.db, "RESET ROLE");
        }
    }
    STEP("nor another tenant's")
    {
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SET ROLE %s", theirs.username));
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SET ROLE %s", theirs.schema));
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "GRANT %s TO %s", theirs.username, ours.username));
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "ALTER ROLE %s PASSWORD 'known'", theirs.username));
    }
    STEP("it changes neither its rights nor the policies")
    {
        static const char *const statements[] = {
            "CREATE ROLE mine",
            "ALTER TABLE workloads DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE workloads NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY of_access ON workloads",
            "CREATE POLICY mine ON workloads USING (true)",
            "CREATE TABLE testbed.mine (n int)",
            "CREATE FUNCTION testbed.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE SCHEMA mine",
            NULL};
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "ALTER ROLE %s BYPASSRLS", ours.username));
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "ALTER ROLE %s CREATEROLE", ours.username));
        must_refuse(t, ours.db, statements);
        M_SQL(ours.db, "SET row_security = off");
        CHECK_SQL_REFUSED(ours.db, "42501", "SELECT * FROM workloads");
        M_SQL(ours.db, "SET row_security = on");
    }
}

SCENARIO(
    a_prepared_statement_keeps_to_its_tenant,
    .summary = "What is prepared, kept in a cursor or planned shows the asking tenant's rows, whoever asked before",
    .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "database", "catches(defect='rls-missing')"),
    .needs = OPERATIONS(CONNECTION_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    STEP("prepared, and asked for as often as makes a plan for all")
    {
        M_SQL(ours.db, "PREPARE rows AS SELECT DISTINCT workload_id FROM workload_data");
        for (int i = 0; i < 7; i++)
            CHECK_SQL(ours.db, ours.workload, "EXECUTE rows");
    }
    STEP("after a role that it could not take, and after what it was given back")
    {
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SET ROLE %s", theirs.username));
        CHECK_SQL(ours.db, ours.workload, "EXECUTE rows");
        M_SQL(ours.db, "SET ROLE testbed_access");
        CHECK_SQL(ours.db, "", "EXECUTE rows");
        M_SQL(ours.db, "RESET ROLE");
        CHECK_SQL(ours.db, ours.workload, "EXECUTE rows");
    }
    STEP("in a cursor, while the others write")
    {
        m_sql_begin(ours.db, "ISOLATION LEVEL REPEATABLE READ");
        M_SQL(ours.db, "DECLARE each CURSOR FOR SELECT workload_id FROM workload_data");
        M_SQL(theirs.db, "INSERT INTO workload_data VALUES ($1, 'more', '1')", theirs.workload);
        CHECK_SQL(ours.db, ours.workload, "FETCH ALL FROM each");
        m_sql_rollback(ours.db);
    }
}
