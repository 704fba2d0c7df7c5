/* SPDX-License-Identifier: Apache-2.0 */
/* Database: views, functions, sequences and the catalogue show a tenant no more than its tables do. */
#include "isolation/connection.h"

SCENARIO(views_and_functions_look_with_the_askers_eyes,
         .summary = "Whatever a view, a function or a sequence tells a tenant is about the tenant alone",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "database", "catches(defect='view-of-owner')",
                            "catches(defect='function-of-owner')"),
         .needs = OPERATIONS(CONNECTION_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    STEP("no view that it may read looks with another's eyes")
    {
        CHECK_SQL(ours.db, "",
                  "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n"
                  " ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog',"
                  " 'information_schema') AND has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid,"
                  " 'USAGE') AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)");
    }
    STEP("no function that it may call acts with another's rights")
    {
        CHECK_SQL(ours.db, "",
                  "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                  " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prosecdef"
                  " AND has_function_privilege(p.oid, 'EXECUTE') AND has_schema_privilege(n.oid, 'USAGE')");
    }
    STEP("what they tell is about the tenant")
    {
        CHECK_SQL_ONLY(ours.db, "own_workloads", "tenant_id", ours.tenant.id);
        CHECK_SQL_ISOLATED(ours.db, theirs.db, "own_workloads", "id");
        CHECK_SQL(ours.db, "1", "SELECT workloads FROM own_usage()");
        CHECK_SQL(theirs.db, "1", "SELECT workloads FROM own_usage()");
    }
    STEP("names of its own don't lead a function astray")
    {
        M_SQL(ours.db, "CREATE TEMPORARY TABLE workloads (system bigint)");
        M_SQL(ours.db, "SET search_path = pg_temp, testbed");
        CHECK_SQL(ours.db, "1", "SELECT workloads FROM own_usage()");
        M_SQL(ours.db, "RESET search_path");
        M_SQL(ours.db, "DROP TABLE pg_temp.workloads");
    }
    STEP("no sequence tells how much there is of others")
    {
        const struct m_sql_result *all =
            M_SQL(ours.db, "SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n"
                           " ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND n.nspname <> current_schema()");
        CHECK_INT(all->n_rows, >, 0);
        for (int64_t i = 0; i < all->n_rows; i++) {
            const char *name = m_sql_text(all, i, "name");
            CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SELECT last_value FROM %s", name));
            CHECK_SQL_REFUSED(ours.db, "42501", "SELECT nextval($1)", name);
        }
    }
}

SCENARIO(the_catalogue_shows_no_other_tenants_data,
         .summary = "Neither the catalogue nor its statistics show what another tenant has, or does",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "database", "catches(defect='schemas-open')",
                            "catches(defect='rls-missing')"),
         .needs = OPERATIONS(CONNECTION_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    STEP("it may enter its own schema, and no other tenant's")
    {
        CHECK_SQL(ours.db, ours.schema,
                  "SELECT nspname FROM pg_namespace WHERE nspname ~ '^t_' AND has_schema_privilege(oid, 'USAGE')");
        CHECK_SQL(ours.db, "",
                  "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
                  " WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'testbed', $1)",
                  ours.schema);
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SELECT * FROM %s.customers", theirs.schema));
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "SELECT count(*) FROM %s.customers", theirs.schema));
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "EXPLAIN SELECT * FROM %s.customers", theirs.schema));
    }
    STEP("every table beside its own that it may read is under row-level security, for its owner too")
    {
        CHECK_SQL(ours.db, "",
                  "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n"
                  " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog',"
                  " 'information_schema', $1) AND has_schema_privilege(n.oid, 'USAGE') AND"
                  " has_any_column_privilege(c.oid, 'SELECT') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
                  ours.schema);
    }
    STEP("no statistics of values that others have")
    {
        CHECK_SQL(ours.db, "",
                  "SELECT DISTINCT schemaname || '.' || tablename FROM pg_stats"
                  " WHERE schemaname NOT IN ('pg_catalog', 'information_schema', $1)",
                  ours.schema);
        CHECK_SQL_REFUSED(ours.db, "42501", "SELECT * FROM pg_statistic");
    }
    STEP("what others do is hidden")
    {
        M_SQL(theirs.db, "SELECT 'what they look for'");
        CHECK_SQL(ours.db, "0",
                  "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%they%' AND usename <> current_user");
        CHECK_SQL(ours.db, "<insufficient privilege>", "SELECT DISTINCT query FROM pg_stat_activity WHERE usename = $1",
                  theirs.username);
        CHECK_SQL_REFUSED(ours.db, "42501", "SELECT * FROM pg_authid");
        CHECK_SQL_REFUSED(ours.db, "42501", "SELECT * FROM pg_hba_file_rules");
    }
}
