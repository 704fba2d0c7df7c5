/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, statements and checks of the sql kit, on SQLite: each check passes and fails. */
#include "fake_host.h"

#include <muster/kit/data.h>
#include <muster/kit/sql.h>
#include <muster/kit/wait.h>

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct fake_host h;
static char folder[] = "/tmp/muster-sql.XXXXXX";
static struct m_sql *volatile db;
static struct muster_ctx *const t = &h.ctx;

static const char *url_of(const char *name, const char *mode)
{
    return m_fmt(t, "sqlite:%s/%s%s", folder, name, mode);
}

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&h);
    h.info.artifacts_dir = folder;
    db = m_sql_open(t, "sqlite::memory:", NULL);
    m_sql_script(db, "CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, share REAL);"
                     "INSERT INTO tenants VALUES (1, 'shop', 0.5), (2, 'club', NULL);");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    m_sql_close(db);
    return 0;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not have \"%s\"", text, part);
}

/* ---- sessions ---- */

static void is_no_url(const char *url)
{
    RUN(&h, m_sql_open(t, url, NULL));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "cannot use \"");
    assert_null(strstr(h.reason, "geheim"));
}

static void a_url_that_is_none_is_an_error(void **state)
{
    (void)state;
    is_no_url("mysql://a:geheim@h");
    is_no_url("host=h password=geheim");
    is_no_url("sqlite:");
    is_no_url("sqlite:x?mode=w");
    is_no_url("postgresql://a:geheim@h/d?nothing=1");
    is_no_url("postgresql://a:geh%zzeim@h/d");
    is_no_url(NULL);
    RUN(&h, m_sql_open(t, "postgresql://a:geheim@h:no-port/d", NULL));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "postgresql://a:***@h:no-port/d: no session: invalid integer value \"no-port\"");
}

static void a_file_that_is_not_there_is_not_made(void **state)
{
    struct m_sql_refusal why;
    (void)state;
    assert_null(m_sql_try_open(t, url_of("none.db", ""), NULL, &why));
    has(why.error, "unable to open");
    assert_int_not_equal(access(m_fmt(t, "%s/none.db", folder), F_OK), 0);
    RUN(&h, m_sql_open(t, url_of("none.db", ""), NULL));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "none.db: no session: 58030: unable to open database file");
    m_sql_close(m_sql_open(t, url_of("made.db", "?mode=rwc"), NULL));
    assert_int_equal(access(m_fmt(t, "%s/made.db", folder), F_OK), 0);
}

static void a_file_that_is_no_database_is_told(void **state)
{
    struct m_sql_refusal why;
    FILE *out = fopen(m_fmt(t, "%s/text.db", folder), "we");
    (void)state;
    for (int i = 0; i < 100; i++)
        fputs("this is no database at all\n", out);
    fclose(out);
    assert_null(m_sql_try_open(t, url_of("text.db", ""), NULL, &why));
    assert_string_equal(why.sqlstate, "XX001");
}

static void options_of_another_engine_are_an_error(void **state)
{
    struct m_sql_options o = {.role = "tenant_a"};
    (void)state;
    RUN(&h, m_sql_open(t, "sqlite::memory:", &o));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "SQLite has no users, passwords and roles");
}

static void a_session_may_only_read(void **state)
{
    struct m_sql_options o = {.read_only = 1};
    struct m_sql *only = m_sql_open(t, url_of("ro.db", "?mode=rwc"), &o);
    (void)state;
    CHECK_SQL_REFUSED(only, "25006", "CREATE TABLE x (a)");
    m_sql_close(only);
    only = m_sql_open(t, url_of("ro.db", "?mode=ro"), NULL);
    CHECK_SQL_REFUSED(only, "25006", "CREATE TABLE x (a)");
    m_sql_close(only);
    assert_int_equal(h.failed, 0);
}

static void waiting_in_vain_says_what_was_seen(void **state)
{
    (void)state;
    RUN(&h, m_sql_wait_ready(t, url_of("never.db", ""), NULL, 60));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "never.db: not ready within ");
    has(h.reason, "seen last: 58030: unable to open database file");
    RUN(&h, m_sql_wait_ready(t, "postgresql://a:geheim@127.0.0.1:1/d", NULL, 60));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "postgresql://a:***@127.0.0.1:1/d: not ready within ");
    has(h.reason, "refused");
    m_sql_close(m_sql_wait_ready(t, url_of("ready.db", "?mode=rwc"), NULL, 1000));
}

/* ---- statements ---- */

static void cells_have_types(void **state)
{
    const struct m_sql_result *r = M_SQL(db, "SELECT id, name, share FROM tenants ORDER BY id");
    (void)state;
    assert_int_equal(r->n_rows, 2);
    assert_int_equal(r->n_columns, 3);
    assert_string_equal(r->columns[1], "name");
    assert_int_equal(m_sql_kind(r, 0, "id"), M_SQL_IS_INT);
    assert_int_equal(m_sql_kind(r, 0, "name"), M_SQL_IS_TEXT);
    assert_int_equal(m_sql_kind(r, 0, "share"), M_SQL_IS_DOUBLE);
    assert_int_equal(m_sql_kind(r, 1, "share"), M_SQL_IS_NULL);
    assert_int_equal(m_sql_int(r, 1, "id"), 2);
    assert_string_equal(m_sql_text(r, 1, NULL), "2");
    assert_true(m_sql_double(r, 0, "share") == 0.5);
    assert_true(m_sql_double(r, 1, "share") != m_sql_double(r, 1, "share"));
    assert_null(m_sql_text(r, 1, "share"));
    assert_int_equal(m_sql_int(r, 0, "name"), M_SQL_NO_INT);
    assert_int_equal(m_sql_int(r, 0, "share"), M_SQL_NO_INT);
    assert_string_equal(m_sql_rows(t, r), "1|shop|0.5\n2|club|NULL");
    m_sql_free(r);
}

static void cells_that_are_not_there_end_it(void **state)
{
    const struct m_sql_result *r = M_SQL(db, "SELECT id, name FROM tenants WHERE id = $1", 1);
    (void)state;
    RUN(&h, m_sql_text(r, 0, "nmae"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "there is no column \"nmae\": id, name");
    RUN(&h, m_sql_int(r, 1, "id"));
    assert_int_equal(h.stopped, MUSTER_STOP_FAIL);
    has(h.reason, "there is no row 1 but 1 in all");
    r = M_TRY_SQL(db, "SELECT missing");
    RUN(&h, m_sql_int(r, 0, NULL));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
}

static void parameters_are_bound_by_their_type(void **state)
{
    const char *text = "it's";
    char room[] = "room";
    int64_t big = INT64_MAX;
    float half = 0.5f;
    void *nothing = NULL;
    const struct m_sql_result *r;
    (void)state;
    r = M_SQL(db, "SELECT typeof($1), typeof($2), typeof($3), typeof($4), typeof($5), typeof($6), $2, $1", big, text,
              half, NULL, room, nothing);
    assert_string_equal(m_sql_rows(t, r), "integer|text|real|null|text|null|it's|9223372036854775807");
    r = M_SQL(db, "SELECT $2 || $1 || $2", "a", "b");
    assert_string_equal(m_sql_text(r, 0, NULL), "bab");
    RUN(&h, M_SQL(db, "SELECT $1", (void *)room));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "parameter $1 is a void pointer");
    RUN(&h, M_SQL(db, 7));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
}

static void parameters_that_are_not_given_are_no_nulls(void **state)
{
    (void)state;
    RUN(&h, M_SQL(db, "SELECT $1, $2", 1));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "08P01: 1 parameter is given, and the statement has 2");
    RUN(&h, M_SQL(db, "SELECT $1", 1, 2));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    RUN(&h, M_SQL(db, "SELECT :name", 1));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "the parameter :name");
}

static void affected_rows_are_counted(void **state)
{
    (void)state;
    assert_int_equal(M_SQL(db, "UPDATE tenants SET share = 1")->affected, 2);
    assert_int_equal(M_SQL(db, "SELECT * FROM tenants")->affected, 0);
    assert_int_equal(M_SQL(db, "DELETE FROM tenants WHERE id = $1", 7)->affected, 0);
    assert_int_equal(M_SQL(db, "CREATE TABLE x (a)")->affected, 0);
}

static void an_answer_fails_the_scenario_and_none_is_an_error(void **state)
{
    struct m_sql *locked = m_sql_open(t, url_of("locked.db", "?mode=rwc"), NULL);
    struct m_sql_options o = {.timeout_ms = 50};
    (void)state;
    RUN(&h, M_SQL(db, "INSERT INTO tenants VALUES ($1, $2, NULL)", 3, "shop"));
    assert_int_equal(h.stopped, MUSTER_STOP_FAIL);
    assert_string_equal(h.reason, "INSERT INTO tenants VALUES ($1, $2, NULL) [$1 = 3, $2 = 'shop']: "
                                  "23505: UNIQUE constraint failed: tenants.name");
    RUN(&h, M_SQL(db, "SELECT 1; SELECT 2"));
    assert_int_equal(h.stopped, MUSTER_STOP_FAIL);
    has(h.reason, "several statements in one");
    struct m_sql *slow = m_sql_open(t, "sqlite::memory:", &o);
    RUN(&h, M_SQL(slow, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "no answer: no end of it within ");
    assert_int_equal(m_sql_int(M_SQL(slow, "SELECT 1"), 0, NULL), 1);
    m_sql_begin(locked, "IMMEDIATE");
    struct m_sql *other = m_sql_open(t, url_of("locked.db", ""), &o);
    const struct m_sql_result *r = M_TRY_SQL(other, "BEGIN IMMEDIATE");
    assert_string_equal(r->sqlstate, "55P03");
    m_sql_close(other);
    m_sql_close(locked);
    m_sql_close(slow);
}

static void transactions_begin_and_end(void **state)
{
    (void)state;
    m_sql_begin(db, NULL);
    M_SQL(db, "DELETE FROM tenants");
    m_sql_rollback(db);
    CHECK_SQL(db, "2", "SELECT count(*) FROM tenants");
    m_sql_begin(db, "IMMEDIATE");
    M_SQL(db, "DELETE FROM tenants");
    m_sql_commit(db);
    CHECK_SQL(db, "0", "SELECT count(*) FROM tenants");
    assert_int_equal(h.failed, 0);
    RUN(&h, m_sql_commit(db));
    assert_int_equal(h.stopped, MUSTER_STOP_FAIL);
    has(h.reason, "25P01");
}

static void a_script_of_a_file_is_named_by_it(void **state)
{
    const char *path = m_fmt(t, "%s/schema.sql", folder);
    FILE *out = fopen(path, "we");
    (void)state;
    fputs("CREATE TABLE one (a); CREATE TABLE two (a);\nINSERT INTO three VALUES (1);", out);
    fclose(out);
    RUN(&h, m_sql_script_file(db, path));
    assert_int_equal(h.stopped, MUSTER_STOP_FAIL);
    has(h.reason, "schema.sql: 42P01: no such table: three");
    CHECK_SQL(db, "2", "SELECT count(*) FROM sqlite_master WHERE name IN ('one', 'two')");
    assert_int_equal(h.failed, 0);
    RUN(&h, m_sql_script_file(db, "/nothing/there.sql"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
}

/* ---- what is said ---- */

static void a_log_has_no_parameters_and_no_passwords(void **state)
{
    (void)state;
    M_SQL(db, "SELECT name FROM tenants\n WHERE name = $1", "a-parameter");
    M_TRY_SQL(db, "ALTER ROLE x PASSWORD 'geheim'");
    has(h.log, "SELECT name FROM tenants WHERE name = $1: 0 rows, ");
    has(h.log, "ALTER ROLE x PASSWORD '***': 42601");
    assert_null(strstr(h.log, "a-parameter"));
    assert_null(strstr(h.log, "geheim"));
}

static void a_wait_tells_what_it_saw_last(void **state)
{
    (void)state;
    CHECK(M_UNTIL(t, 30, 10, m_sql_int(M_SQL(db, "SELECT count(*) FROM tenants"), 0, NULL) == 7));
    has(h.message, "seen last: SELECT count(*) FROM tenants: 2");
}

static void the_last_statements_are_evidence(void **state)
{
    char text[65536];
    (void)state;
    m_secret(t, "geheim-7");
    M_SQL(db, "SELECT $1 AS word, 'geheim-7' AS other", "hello");
    M_TRY_SQL(db, "SELECT missing");
    FILE *in = fopen(m_fmt(t, "%s/on-failure/sql-statements.txt", folder), "re");
    assert_non_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    has(text, "on sqlite::memory:\n> SELECT $1 AS word, '***' AS other [$1 = 'hello']\n< word|other\n< hello|***\n< (1 "
              "row)\n");
    has(text, "> SELECT missing\n! 42703: no such column: missing\n");
    assert_null(strstr(text, "geheim"));
}

/* ---- checks ---- */

static void rows_are_checked(void **state)
{
    (void)state;
    assert_true(CHECK_SQL(db, "1|shop\n2|club", "SELECT id, name FROM tenants ORDER BY id"));
    assert_true(CHECK_SQL(db, "", "SELECT id FROM tenants WHERE name = $1", "none"));
    assert_true(CHECK_SQL(db, "NULL", "SELECT share FROM tenants WHERE id = 2"));
    assert_true(CHECK_SQL(db, "'a|b'|''", "SELECT 'a|b', ''"));
    assert_true(CHECK_SQL_ANY_ORDER(db, "2\n1", "SELECT id FROM tenants ORDER BY id"));
    assert_int_equal(h.failed, 0);
    assert_false(CHECK_SQL(db, "2\n1", "SELECT id FROM tenants ORDER BY id"));
    has(h.message, "SELECT id FROM tenants ORDER BY id: row 1 differs");
    assert_false(CHECK_SQL(db, "1|shop", "SELECT id, name FROM tenants WHERE id < $1 ORDER BY id", 9));
    assert_string_equal(h.expression, "db: \"SELECT id, name FROM tenants WHERE id < $1 ORDER BY id\", 9");
    assert_string_equal(h.actual, "1|shop\n2|club");
    assert_string_equal(h.expected, "1|shop");
    has(h.message, "[$1 = 9]: 2 rows, not 1; the first that differs is number 2");
    assert_false(CHECK_SQL_ANY_ORDER(db, "1\n1", "SELECT id FROM tenants"));
    assert_false(CHECK_SQL(db, "", "SELECT ''"));
    assert_false(CHECK_SQL(db, "NULL", "SELECT 'NULL'"));
    assert_false(CHECK_SQL(db, "1", "SELECT missing"));
    assert_string_equal(h.actual, "42703: no such column: missing");
    assert_int_equal(h.failed, 6);
    assert_int_equal(h.line, __LINE__ - 3);
    RUN(&h, CHECK_SQL(db, "'open", "SELECT 1"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    RUN(&h, REQUIRE_SQL(db, "1", "SELECT 2"));
    assert_int_equal(h.stopped, -1);
}

static void a_refusal_is_checked(void **state)
{
    (void)state;
    assert_true(CHECK_SQL_REFUSED(db, "23505", "INSERT INTO tenants VALUES (3, $1, 0)", "shop"));
    assert_true(CHECK_SQL_REFUSED(db, "23", "INSERT INTO tenants VALUES (3, NULL, 0)"));
    assert_int_equal(h.failed, 0);
    assert_false(CHECK_SQL_REFUSED(db, "42501", "INSERT INTO tenants VALUES (3, 'shop', 0)"));
    has(h.actual, "23505: UNIQUE");
    has(h.message, "it is refused for another reason");
    assert_false(CHECK_SQL_REFUSED(db, "42501", "UPDATE tenants SET share = 2"));
    assert_string_equal(h.actual, "it went well, 2 rows affected");
    assert_false(CHECK_SQL_REFUSED(db, "42501", "SELECT * FROM tenants"));
    assert_string_equal(h.actual, "it gave 2 rows");
    RUN(&h, CHECK_SQL_REFUSED(db, "4250", "SELECT 1"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
}

static void a_refusal_leaves_its_transaction_as_it_was(void **state)
{
    (void)state;
    m_sql_begin(db, NULL);
    M_SQL(db, "INSERT INTO tenants VALUES (5, 'five', 0)");
    assert_true(CHECK_SQL_REFUSED(db, "23505", "INSERT INTO tenants VALUES (6, 'five', 0)"));
    assert_false(CHECK_SQL_REFUSED(db, "23505", "INSERT INTO tenants VALUES (7, 'seven', 0)"));
    m_sql_commit(db);
    assert_true(CHECK_SQL(db, "5", "SELECT id FROM tenants WHERE id > 2"));
}

static void a_time_is_checked_and_measured(void **state)
{
    (void)state;
    assert_true(CHECK_SQL_TIME(db, 20000, "all", "SELECT * FROM tenants"));
    assert_string_equal(h.metric, "sql.all");
    assert_true(h.metric_value >= 0 && h.metric_value < 20000);
    assert_false(CHECK_SQL_TIME(db, 0.0, "none", "SELECT * FROM tenants"));
    assert_string_equal(h.expected, "at most 0 ms");
    has(h.message, "it took longer");
    assert_false(CHECK_SQL_TIME(db, 20000, "wrong", "SELECT missing"));
    assert_string_equal(h.metric, "sql.none");
}

static void isolation_is_checked(void **state)
{
    struct m_sql *other = m_sql_open(t, "sqlite::memory:", NULL);
    (void)state;
    m_sql_script(other, "CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT, share REAL);"
                        "INSERT INTO tenants VALUES (7, 'bank', 0.5);");
    assert_true(CHECK_SQL_ISOLATED(db, other, "tenants", "id"));
    assert_true(CHECK_SQL_ISOLATED(db, other, "main.tenants"));
    assert_int_equal(h.failed, 0);
    assert_false(CHECK_SQL_ISOLATED(db, other, "tenants", "share"));
    assert_string_equal(h.actual, "0.5");
    has(h.message, "tenants: the first sees 2, the second 1, and both the same 1");
    M_SQL(other, "INSERT INTO tenants VALUES (2, 'club', NULL), (1, 'shop', 0.5)");
    assert_false(CHECK_SQL_ISOLATED(db, other, "tenants"));
    assert_string_equal(h.actual, "1|shop|0.5\n2|club|NULL");
    M_SQL(other, "DELETE FROM tenants");
    assert_false(CHECK_SQL_ISOLATED(db, other, "tenants", "id"));
    has(h.message, "the second sees no row at all");
    RUN(&h, CHECK_SQL_ISOLATED(db, other, "tenants", "missing"));
    assert_int_equal(h.stopped, MUSTER_STOP_FAIL);
    m_sql_close(other);
}

static void a_tenant_sees_only_its_own(void **state)
{
    (void)state;
    m_sql_script(db, "CREATE TABLE orders (id INTEGER, tenant_id INTEGER); INSERT INTO orders VALUES (1, 1), (2, 1)");
    assert_true(CHECK_SQL_ONLY(db, "orders", "tenant_id", 1));
    assert_true(CHECK_SQL_ONLY(db, "orders", "tenant_id", "1"));
    M_SQL(db, "INSERT INTO orders VALUES (3, 2), (4, NULL)");
    assert_false(CHECK_SQL_ONLY(db, "orders", "tenant_id", 1));
    has(h.actual, "2 (1 row)");
    has(h.actual, "NULL (1 row)");
    has(h.message, "orders: rows whose tenant_id is another: 2 of 4");
    M_SQL(db, "DELETE FROM orders");
    assert_false(CHECK_SQL_ONLY(db, "orders", "tenant_id", 1));
    has(h.message, "no row is seen at all");
}

static void references_are_checked(void **state)
{
    (void)state;
    assert_false(CHECK_SQL_REFERENCES(db, "main"));
    has(h.message, "has no reference to be looked at");
    m_sql_script(
        db, "PRAGMA foreign_keys = 0;"
            "CREATE TABLE plans (code TEXT, part INTEGER, PRIMARY KEY (code, part));"
            "CREATE TABLE categories (id INTEGER PRIMARY KEY);"
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, tenant_id INTEGER, category_id INTEGER,"
            "  code TEXT, part INTEGER, thing_id INTEGER, thing_type TEXT, owner INTEGER REFERENCES tenants,"
            "  FOREIGN KEY (code, part) REFERENCES plans);"
            "INSERT INTO plans VALUES ('pro', 1); INSERT INTO categories VALUES (4);"
            "CREATE TABLE things (id INTEGER PRIMARY KEY);"
            "INSERT INTO orders VALUES (1, 1, 4, 'pro', 1, 99, 'other', 2), (2, NULL, 4, 'pro', NULL, 99, 'x', 1);");
    assert_true(CHECK_SQL_REFERENCES(db, "main"));
    M_SQL(db, "INSERT INTO orders VALUES (3, 8, 9, 'pro', 2, 99, 'x', 77), (4, 8, 4, 'pro', 1, 99, 'x', 78)");
    assert_false(CHECK_SQL_REFERENCES(db, "main"));
    has(h.actual, "orders.tenant_id -> tenants.id (by its name): 2 orphans: 8");
    has(h.actual, "orders.category_id -> categories.id (by its name): 1 orphan: 9");
    has(h.actual, "orders.(code, part) -> plans.(code, part) (foreign key 0): 1 orphan: pro|2");
    has(h.actual, "orders.owner -> tenants.id (foreign key 1): 2 orphans: 77 78");
    assert_null(strstr(h.actual, "thing"));
    has(h.message, "4 of 4 references lead nowhere");
    assert_false(CHECK_SQL_REFERENCES(db, "main", "orders.tenant_id", "orders.category_id", "orders.owner"));
    has(h.message, "1 of 1 references lead nowhere");
    RUN(&h, CHECK_SQL_REFERENCES(db, "main", "orders.tenant_idd"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    has(h.reason, "\"orders.tenant_idd\" is left out, and is no reference");
    M_SQL(db, "DELETE FROM orders WHERE id > 2");
    M_SQL(db, "CREATE TABLE lost (x INTEGER REFERENCES nowhere (id))");
    assert_false(CHECK_SQL_REFERENCES(db, "main"));
    has(h.actual, "lost.x -> nowhere.id (foreign key 0): 42P01: no such table");
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
    (void)st, (void)what, (void)at;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_url_that_is_none_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_there_is_not_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_database_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(options_of_another_engine_are_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_may_only_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waiting_in_vain_says_what_was_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_have_types, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_that_are_not_there_end_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parameters_are_bound_by_their_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parameters_that_are_not_given_are_no_nulls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(affected_rows_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_fails_the_scenario_and_none_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(transactions_begin_and_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_script_of_a_file_is_named_by_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_log_has_no_parameters_and_no_passwords, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wait_tells_what_it_saw_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_statements_are_evidence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_is_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_leaves_its_transaction_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_time_is_checked_and_measured, set_up, tear_down),
        cmocka_unit_test_setup_teardown(isolation_is_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_tenant_sees_only_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(references_are_checked, set_up, tear_down),
    };
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return failed;
}
