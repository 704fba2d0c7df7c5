/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What PostgreSQL alone can promise: a statement sees nothing of other tenants whatever it forgets, a tenant's own
 * login gets no further than its tables, and a connection that was lost comes back.
 *
 *     store_postgres_test STORE        PGROOT names the superuser
 */
#include "store_fixture.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows of each kind, of two tenants and of the platform, and ids that end in the tenant's letter. */
static void fill(struct store *s)
{
    static const char *const tenants[][2] = {{TENANT_A, "a"}, {TENANT_B, "b"}};
    static const char *const sql[] = {
        "INSERT INTO tenants (id, name, subdomain, plan, region, status, quotas, request, created_at, updated_at)"
        " VALUES (?1, ?2, ?2, 'starter', 'local', 'active', '{}', '{}', '', '')",
        "INSERT INTO users (id, username, email, password, role, tenant_id, created_at, updated_at)"
        " VALUES ('usr_' || ?2, ?2, '', '', 'tenant_admin', ?1, '', '')",
        "INSERT INTO tokens (id, user_id, expires_ms) SELECT 'tok_' || ?2, 'usr_' || ?2, 1 WHERE ?1 <> ''",
        "INSERT INTO api_keys (id, name, secret, user_id, created_at, expires_ms)"
        " SELECT 'key_' || ?2, '', '', 'usr_' || ?2, '', 1 WHERE ?1 <> ''",
        "INSERT INTO provisioning (tenant_id, state) SELECT ?1, 'done' WHERE ?2 <> ''",
        "INSERT INTO provisioning_steps (tenant_id, number, name, state) SELECT ?1, 1, ?2, 'done'",
        "INSERT INTO resources (tenant_id, kind, name) VALUES (?1, 'quota', ?2)",
        "INSERT INTO workloads (id, tenant_id, name, image, version, stopped, replicas, memory_mb, nofile, system,"
        " created_at, updated_at) VALUES ('wl_' || ?2, ?1, ?2, 'web', '1', 0, 1, 1, 1, 0, '', '')",
        "INSERT INTO workload_data (workload_id, key, value) SELECT 'wl_' || ?2, 'k', '1' WHERE ?1 <> ''",
        "INSERT INTO backups (id, workload_id, label, items, bytes, sha256, content, created_at)"
        " SELECT 'bak_' || ?2, 'wl_' || ?2, '', 0, 0, '', '[]', '' WHERE ?1 <> ''",
        "INSERT INTO policies (tenant_id, password_min_length, lock_after, lock_seconds, session_seconds, networks)"
        " SELECT ?1, 10, 5, 900, 3600, '' WHERE ?2 <> ''",
        "INSERT INTO alerts (id, tenant_id, workload_id, rule, kind, detail, raised_at)"
        " VALUES ('alr_' || ?2, ?1, 'wl_' || ?2, 'ill', 'unhealthy', '', '')",
        "INSERT INTO monitors (tenant_id, status, since, changes) SELECT ?1, 'healthy', '', 0 WHERE ?2 <> ''",
        "INSERT INTO routes (host, tenant_id) VALUES (?2, ?1)",
        "INSERT INTO audit (seq, at, actor, action, entity_type, entity_id, tenant, outcome, detail, prev, hash)"
        " SELECT coalesce(max(seq), 0) + 1, '', '', '', '', ?2, ?1, '', '', '', '' FROM audit",
    };

    for (size_t t = 0; t < 2; t++) {
        make_tenant_schema(s, tenants[t][0]);
        for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++)
            if (store_run(s, sql[i], "ss", tenants[t][0], tenants[t][1]) != 1)
                fail_msg("%s", sql[i]);
        struct store_scope before = store_enter(s, tenants[t][0]);
        insert_customer(s, tenants[t][1], "x@example.org");
        store_leave(s, before);
    }
    assert_int_equal(store_run(s,
                               "INSERT INTO users (id, username, email, password, role, created_at, updated_at)"
                               " VALUES ('usr_admin', 'admin', '', '', 'platform_admin', '', '')",
                               ""),
                     1);
}

static const char *const tenants_tables[] = {
    "tenants",       "users",   "tokens",   "api_keys",     "workloads",          "resources",
    "workload_data", "backups", "audit",    "provisioning", "provisioning_steps", "schema_versions",
    "policies",      "alerts",  "monitors", "routes"};
#define TABLE_COUNT (sizeof tenants_tables / sizeof tenants_tables[0])

/* Two rows of migrations; one of everything else. */
static int64_t own_rows(const char *table)
{
    return strcmp(table, "schema_versions") == 0 ? migrate_tenant_latest() : 1;
}

static void a_forgotten_where_sees_nothing_foreign(void **state)
{
    struct store *s = opened();
    char sql[160];

    (void)state;
    fill(s);
    struct store_scope before = store_enter(s, TENANT_A);
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tenants_tables[i]);
        if (store_number(s, sql, "") != own_rows(tenants_tables[i]))
            fail_msg("%s: %d rows", sql, (int)store_number(s, sql, ""));
    }
    /* Changes reach what is seen, and nothing can be put where it would not be seen. */
    assert_int_equal(store_run(s, "UPDATE users SET email = 'changed'", ""), 1);
    assert_int_equal(store_run(s, "UPDATE workload_data SET value = '2'", ""), 1);
    assert_int_equal(store_run(s, "DELETE FROM backups", ""), 1);
    assert_int_equal(store_run(s, "UPDATE users SET tenant_id = ?", "s", TENANT_B), STORE_ERROR);
    assert_int_equal(store_run(s, "INSERT INTO workload_data (workload_id, key, value) VALUES ('wl_b', 'new', '')", ""),
                     STORE_ERROR);
    assert_int_equal(store_run(s,
                               "INSERT INTO users (id, username, email, password, role, tenant_id, created_at,"
                               " updated_at) VALUES ('usr_x', 'x', '', '', 'tenant_admin', ?, '', '')",
                               "s", TENANT_B),
                     STORE_ERROR);
    assert_int_equal(store_run(s, "UPDATE tenants SET quotas = '{}'", ""), STORE_ERROR);
    assert_int_equal(store_run(s, "UPDATE policies SET lock_after = 100", ""), 1);
    assert_int_equal(store_run(s, "UPDATE policies SET tenant_id = ?", "s", TENANT_B), STORE_ERROR);
    assert_int_equal(store_run(s, "DELETE FROM policies", ""), STORE_ERROR);
    assert_int_equal(store_run(s, "DELETE FROM audit", ""), STORE_ERROR);
    assert_null(store_all(s, "SELECT * FROM meta", ""));
    assert_null(store_all(s, "SELECT * FROM nonces", ""));
    store_leave(s, before);
    assert_int_equal(store_number(s, "SELECT count(*) FROM users WHERE email = 'changed'", ""), 1);
    assert_int_equal(store_number(s, "SELECT lock_after FROM policies WHERE tenant_id = ?", "s", TENANT_A), 100);
    assert_int_equal(store_number(s, "SELECT lock_after FROM policies WHERE tenant_id = ?", "s", TENANT_B), 5);
    assert_int_equal(store_number(s, "SELECT count(*) FROM backups", ""), 1);
    store_close(s);
}

/* ---- with a login of its own ------------------------------------------------------------------------------------- */

static PGconn *try_log_in(const char *user, const char *password)
{
    static const char *const names[] = {"dbname", "user", "password", "options", NULL};
    const char *const values[] = {store_name, user, password, "-c search_path=testbed", NULL};

    return PQconnectdbParams(names, values, 1);
}

static PGconn *log_in_by(const char *user, const char *password)
{
    PGconn *conn = try_log_in(user, password);

    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s: %s", user, PQerrorMessage(conn));
    return conn;
}

static PGconn *log_in(const char *user)
{
    return log_in_by(user, NULL);
}

static void check_kept_out(const char *user, const char *password)
{
    PGconn *conn = try_log_in(user, password);

    assert_int_not_equal(PQstatus(conn), CONNECTION_OK);
    PQfinish(conn);
}

static bool done(PGconn *conn, const char *sql)
{
    PGresult *res = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(res);

    PQclear(res);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static int first_number(PGconn *conn, const char *sql)
{
    PGresult *res = PQexec(conn, sql);
    int n = PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1 ? atoi(PQgetvalue(res, 0, 0)) : -1;

    PQclear(res);
    return n;
}

static void a_tenants_login_is_shut_in(void **state)
{
    static const char *const refused[] = {
        "SET ROLE t_00000000000000bb",
        "SET ROLE testbed_platform",
        "SELECT * FROM t_00000000000000bb.customers",
        "SELECT * FROM meta",
        "SELECT * FROM nonces",
        "INSERT INTO audit SELECT 9, '', '', '', '', '', '" TENANT_A "', '', '', '', ''",
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE users NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY of_tenant ON users",
        "CREATE POLICY mine ON users USING (true)",
        "CREATE TABLE testbed.mine (n int)",
        "CREATE TABLE t_00000000000000aa.mine (n int)",
        "DROP TABLE t_00000000000000aa.customers",
        "GRANT testbed_platform TO t_00000000000000aa",
        "CREATE ROLE mine",
        "SET row_security = off; SELECT * FROM users",
    };
    struct store *s = opened();

    (void)state;
    fill(s);
    PGconn *conn = log_in("t_00000000000000aa");
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        char sql[160];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tenants_tables[i]);
        assert_int_equal(first_number(conn, sql), own_rows(tenants_tables[i]));
    }
    assert_int_equal(first_number(conn, "SELECT count(*) FROM t_00000000000000aa.customers"), 1);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (done(conn, refused[i]))
            fail_msg("done: %s", refused[i]);
    PQfinish(conn);

    /* The role goes with the tenant. */
    assert_int_equal(store_schema_drop(s, TENANT_A), 0);
    assert_int_equal(store_number(s, "SELECT count(*) FROM pg_roles WHERE rolname = 't_00000000000000aa'", ""), 0);
    store_close(s);
}

/* ---- who the tenant itself logs in as ---- */

#define OWN_LOGIN  "a_00000000000000aa"
#define OWN_SCHEMA "t_00000000000000aa"

static void let_in(struct store *s, const char *password)
{
    const struct store_login login = {.password = password, .until = "2100-01-01T00:00:00Z"};
    json_t *where = store_access(s, TENANT_A, &login);

    assert_non_null(where);
    json_decref(where);
}

/* A digest of it, made with a salt; and as many sessions as a tenant may have. The other one before is worth nothing.
 */
static void a_logins_password_is_a_digest(void **state)
{
    static const char is_as_it_should_be[] =
        "SELECT count(*) FROM pg_authid WHERE rolname = '" OWN_LOGIN "' AND rolcanlogin AND NOT rolsuper AND NOT"
        " rolbypassrls AND NOT rolcreaterole AND NOT rolcreatedb AND rolconnlimit = 8 AND rolpassword LIKE"
        " 'SCRAM-SHA-256$%' AND rolvaliduntil = '2100-01-01T00:00:00Z'";
    struct store *s = opened();
    PGconn *root = log_in(getenv("PGROOT"));

    (void)state;
    fill(s);
    let_in(s, "0011223344556677");
    assert_int_equal(first_number(root, is_as_it_should_be), 1);
    assert_true(
        done(root, "CREATE TEMP TABLE first AS SELECT rolpassword FROM pg_authid WHERE rolname = '" OWN_LOGIN "'"));
    PQfinish(log_in_by(OWN_LOGIN, "0011223344556677"));
    let_in(s, "8899aabbccddeeff");
    PQfinish(log_in_by(OWN_LOGIN, "8899aabbccddeeff"));
    check_kept_out(OWN_LOGIN, "0011223344556677");
    assert_int_equal(first_number(root, is_as_it_should_be), 1);
    assert_int_equal(first_number(root, "SELECT count(*) FROM pg_authid JOIN first USING (rolpassword)"), 0);
    assert_int_equal(store_schema_drop(s, TENANT_A), 0);
    assert_int_equal(first_number(root, "SELECT count(*) FROM pg_authid WHERE rolname = '" OWN_LOGIN "'"), 0);
    PQfinish(root);
    store_close(s);
}

static void a_tenants_own_login_reads_its_own(void **state)
{
    static const char *const read[] = {"tenants", "workloads", "workload_data", "backups", "audit"};
    static const char *const refused[] = {
        "SELECT * FROM users",
        "SELECT * FROM policies",
        "UPDATE policies SET lock_after = 100",
        "SELECT * FROM alerts",
        "SELECT request FROM tenants",
        "SELECT * FROM t_00000000000000bb.customers",
        "INSERT INTO workload_data (workload_id, key, value) VALUES ('wl_b', 'new', '1')",
        "DELETE FROM workload_data",
        "LOCK TABLE workload_data IN ACCESS EXCLUSIVE MODE",
        "SET ROLE testbed_platform",
        "SET ROLE " OWN_SCHEMA,
        "CREATE TABLE " OWN_SCHEMA ".mine (n int)",
    };
    struct store *s = opened();
    char sql[80];

    (void)state;
    fill(s);
    let_in(s, "0011223344556677");
    PGconn *conn = log_in_by(OWN_LOGIN, "0011223344556677");
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++) {
        snprintf(sql, sizeof sql, "SELECT count(%s) FROM %s", strcmp(read[i], "tenants") == 0 ? "id" : "*", read[i]);
        assert_int_equal(first_number(conn, sql), 1);
    }
    assert_int_equal(first_number(conn, "SELECT count(*) FROM " OWN_SCHEMA ".customers"), 1);
    assert_true(done(conn, "INSERT INTO workload_data (workload_id, key, value) VALUES ('wl_a', 'new', '1')"));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (done(conn, refused[i]))
            fail_msg("done: %s", refused[i]);

    /* Shut out: its session has ended, and there is no other. */
    assert_int_equal(store_shut(s, TENANT_A), 0);
    assert_false(done(conn, "SELECT 1"));
    PQfinish(conn);
    check_kept_out(OWN_LOGIN, "0011223344556677");
    store_close(s);
}

/* Who owns the tables is under the policies too, unless a policy is his. */
static void every_table_is_forced(void **state)
{
    struct store *s = opened();

    (void)state;
    json_t *rows =
        store_all(s,
                  "SELECT relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                  " WHERE n.nspname = 'testbed' AND c.relkind = 'r' AND NOT (relrowsecurity AND"
                  " relforcerowsecurity)",
                  "");
    if (json_array_size(rows) != 0)
        fail_msg("%s has no forced security", json_string_value(json_object_get(json_array_get(rows, 0), "name")));
    json_decref(rows);
    assert_true(store_number(s, "SELECT count(*) FROM pg_tables WHERE schemaname = 'testbed'", "") >= 13);
    store_close(s);
}

/* ---- the connection ---------------------------------------------------------------------------------------------- */

static void cut_connections(void)
{
    PGconn *root = log_in(getenv("PGROOT"));

    assert_int_equal(first_number(root, "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
                                        " WHERE application_name = 'muster-testbed'"),
                     1);
    PQfinish(root);
}

static void a_lost_connection_comes_back(void **state)
{
    struct store *s = opened();

    (void)state;
    fill(s);
    struct store_scope before = store_enter(s, TENANT_A);
    assert_int_equal(store_number(s, "SELECT count(*) FROM users", ""), 1);
    cut_connections();
    /* With the same eyes. */
    assert_int_equal(store_number(s, "SELECT count(*) FROM users", ""), 1);
    store_leave(s, before);
    assert_int_equal(store_number(s, "SELECT count(*) FROM users", ""), 3);

    assert_int_equal(store_begin(s), 0);
    assert_int_equal(store_run(s, "DELETE FROM users", ""), 3);
    cut_connections();
    assert_int_equal(store_run(s, "DELETE FROM tenants", ""), STORE_ERROR);
    assert_int_equal(store_commit(s), STORE_ERROR);
    assert_int_equal(store_number(s, "SELECT count(*) FROM users", ""), 3);
    store_close(s);
}

static void a_database_has_one_platform(void **state)
{
    struct store *s = opened();

    (void)state;
    assert_null(store_open(store_name));
    store_close(s);
    s = store_open(store_name);
    assert_non_null(s);
    store_close(s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forgotten_where_sees_nothing_foreign),
        cmocka_unit_test(a_tenants_login_is_shut_in),
        cmocka_unit_test(a_logins_password_is_a_digest),
        cmocka_unit_test(a_tenants_own_login_reads_its_own),
        cmocka_unit_test(every_table_is_forced),
        cmocka_unit_test(a_lost_connection_comes_back),
        cmocka_unit_test(a_database_has_one_platform),
    };

    return store_name_given(argc, argv) ? cmocka_run_group_tests(tests, NULL, NULL) : 2;
}
