/* SPDX-License-Identifier: Apache-2.0 */
/* The pure half of the sql kit: URLs, SQLSTATEs, rows as text, and what must not be shown. */
#include "fake_host.h"
#include "hide.h"
#include "rows.h"
#include "state.h"
#include "url.h"

#include <muster/kit/data.h>

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- URLs ---- */

static void hides_as(const char *url, const char *wanted)
{
    char *shown = sql_url_hide(url);
    assert_string_equal(shown, wanted);
    free(shown);
}

static void passwords_of_urls_are_hidden(void **state)
{
    (void)state;
    hides_as("postgresql://a:geheim@h:5432/d", "postgresql://a:***@h:5432/d");
    hides_as("postgres://a:ge@he/im@h/d", "postgres://a:***@h/d");
    hides_as("postgresql://a@h/d", "postgresql://a@h/d");
    hides_as("postgresql://h/d?user=a&password=geheim&sslmode=off", "postgresql://h/d?user=a&password=***&sslmode=off");
    hides_as("postgresql://h/d?sslpassword=one&password=two", "postgresql://h/d?sslpassword=***&password=***");
    hides_as("postgresql://a:one@h/d?PassWord=two", "postgresql://a:***@h/d?PassWord=***");
    hides_as("sqlite:/p/a.db", "sqlite:/p/a.db");
    hides_as("mysql://x", "mysql://x");
    hides_as("mysql://a:geheim@h", "mysql://a:***@h");
    hides_as("host=h password=geheim user=a", "host=h password=*** user=a");
}

static void a_url_says_which_engine(void **state)
{
    const char *path;
    size_t length;
    (void)state;
    assert_int_equal(sql_url_kind("postgresql://h"), SQL_URL_POSTGRES);
    assert_int_equal(sql_url_kind("postgres:///d"), SQL_URL_POSTGRES);
    assert_int_equal(sql_url_kind("sqlite:x"), SQL_URL_SQLITE);
    assert_int_equal(sql_url_kind("host=h password=geheim"), SQL_URL_NONE);
    assert_int_equal(sql_url_kind(NULL), SQL_URL_NONE);
    assert_string_equal(sql_url_sqlite("sqlite:a/b.db", &path, &length), "rw");
    assert_int_equal(length, 6);
    assert_string_equal(sql_url_sqlite("sqlite:b?mode=rwc", &path, &length), "rwc");
    assert_int_equal(length, 1);
    assert_null(sql_url_sqlite("sqlite:b?mode=w", &path, &length));
    assert_null(sql_url_sqlite("sqlite:b?cache=shared", &path, &length));
}

static void with_database(const char *url, const char *wanted)
{
    char *other = sql_url_with_database(url, "new");
    assert_string_equal(other, wanted);
    free(other);
}

static void a_url_gets_another_database(void **state)
{
    (void)state;
    with_database("postgresql://a:b@h:1/old", "postgresql://a:b@h:1/new");
    with_database("postgresql://a:b/c@h:1/old?x=/y", "postgresql://a:b/c@h:1/new?x=/y");
    with_database("postgresql://h", "postgresql://h/new");
    with_database("postgres://h?host=/run", "postgres://h/new?host=/run");
}

/* ---- SQLSTATEs ---- */

static void results_of_sqlite_have_an_sqlstate(void **state)
{
    (void)state;
    assert_string_equal(sql_state_of_sqlite(SQLITE_CONSTRAINT_UNIQUE, ""), "23505");
    assert_string_equal(sql_state_of_sqlite(SQLITE_CONSTRAINT_FOREIGNKEY, ""), "23503");
    assert_string_equal(sql_state_of_sqlite(SQLITE_CONSTRAINT_VTAB, ""), "23000");
    assert_string_equal(sql_state_of_sqlite(SQLITE_BUSY_SNAPSHOT, ""), "55P03");
    assert_string_equal(sql_state_of_sqlite(SQLITE_ERROR, "no such table: x"), "42P01");
    assert_string_equal(sql_state_of_sqlite(SQLITE_ERROR, "near \"SELEC\": syntax error"), "42601");
    assert_string_equal(sql_state_of_sqlite(SQLITE_ERROR, "something else"), "HY000");
}

static void a_server_that_goes_down_is_no_answer(void **state)
{
    (void)state;
    assert_true(sql_state_is_answer("42501"));
    assert_true(sql_state_is_answer("23505"));
    assert_false(sql_state_is_answer("57P01"));
    assert_false(sql_state_is_answer("53300"));
    assert_false(sql_state_is_answer(""));
    assert_true(sql_state_is("42501", "42501"));
    assert_true(sql_state_is("42501", "42"));
    assert_false(sql_state_is("42501", "42P01"));
    assert_false(sql_state_is("", "42"));
    assert_true(sql_state_is_valid("42P01"));
    assert_true(sql_state_is_valid("23"));
    assert_false(sql_state_is_valid("423"));
    assert_false(sql_state_is_valid("42p01"));
    assert_false(sql_state_is_valid("42P01 "));
}

/* ---- rows ---- */

static void writes_as(const char *text, const char *wanted)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    assert_non_null(out);
    sql_rows_put_cell(out, text);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(written, wanted);
    free(written);
}

static void cells_are_written_so_that_they_read_back(void **state)
{
    (void)state;
    writes_as(NULL, "NULL");
    writes_as("NULL", "'NULL'");
    writes_as("null", "null");
    writes_as("", "''");
    writes_as("it's", "it's");
    writes_as("'x", "'''x'");
    writes_as("a|b", "'a|b'");
    writes_as("a\nb", "'a\nb'");
    writes_as(" a", "' a'");
    writes_as("a ", "'a '");
}

static void reads_as(const char *text, size_t n, const char *const *lines)
{
    struct sql_rows rows;
    assert_null(sql_rows_parse(text, &rows));
    assert_int_equal(rows.n, n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(rows.lines[i], lines[i]);
    sql_rows_free(&rows);
}

static void rows_are_read_as_an_author_writes_them(void **state)
{
    (void)state;
    reads_as("", 0, NULL);
    reads_as("\n", 1, (const char *const[]){"''"});
    reads_as("1|shop\n2|club\n", 2, (const char *const[]){"1|shop", "2|club"});
    reads_as("1 | shop |", 1, (const char *const[]){"1|shop|''"});
    reads_as("NULL|'NULL'|''", 1, (const char *const[]){"NULL|'NULL'|''"});
    reads_as("'a|b\nc'|d\ne", 2, (const char *const[]){"'a|b\nc'|d", "e"});
    reads_as("'plain'", 1, (const char *const[]){"plain"});
    reads_as("it's", 1, (const char *const[]){"it's"});
}

static void what_is_no_row_is_refused(void **state)
{
    struct sql_rows rows;
    (void)state;
    assert_string_equal(sql_rows_parse("1|'open", &rows), "a quote is not closed");
    assert_string_equal(sql_rows_parse("1|'a'b", &rows), "something stands behind a quote");
    assert_string_equal(sql_rows_parse("1\n'a", &rows), "a quote is not closed");
}

static void rows_are_compared_in_order_or_sorted(void **state)
{
    struct sql_rows a, b, c;
    (void)state;
    assert_null(sql_rows_parse("1\n2\n2", &a));
    assert_null(sql_rows_parse("2\n1\n2", &b));
    assert_null(sql_rows_parse("1\n2", &c));
    assert_int_equal(sql_rows_differ(&a, &b), 0);
    sql_rows_sort(&a);
    sql_rows_sort(&b);
    assert_int_equal(sql_rows_differ(&a, &b), -1);
    assert_int_equal(sql_rows_differ(&a, &c), 2);
    assert_int_equal(sql_rows_differ(&c, &a), 2);
    sql_rows_free(&a);
    sql_rows_free(&b);
    sql_rows_free(&c);
}

/* ---- secrets ---- */

static void shows_as(const char *statement, const char *wanted)
{
    char *shown = sql_hide(strdup(statement));
    assert_string_equal(shown, wanted);
    free(shown);
}

static void passwords_of_statements_are_hidden(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    shows_as("ALTER ROLE a PASSWORD 'ge''heim'", "ALTER ROLE a PASSWORD '***'");
    shows_as("CREATE ROLE a LOGIN ENCRYPTED password E'x\\'y' NOINHERIT",
             "CREATE ROLE a LOGIN ENCRYPTED password E'***' NOINHERIT");
    shows_as("x PASSWORD 'a' y PASSWORD 'b' z", "x PASSWORD '***' y PASSWORD '***' z");
    shows_as("SELECT * FROM u WHERE password = 'geheim'", "SELECT * FROM u WHERE password = '***'");
    shows_as("ALTER ROLE a PASSWORD 'open", "ALTER ROLE a PASSWORD '***'");
    shows_as("SELECT password FROM u WHERE x = 'y'", "SELECT password FROM u WHERE x = 'y'");
    shows_as("SELECT password_of('y')", "SELECT password_of('y')");
    m_secret(&h.ctx, "geheim-7");
    shows_as("SELECT 'geheim-7'", "SELECT '***'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_of_urls_are_hidden),
        cmocka_unit_test(a_url_says_which_engine),
        cmocka_unit_test(a_url_gets_another_database),
        cmocka_unit_test(results_of_sqlite_have_an_sqlstate),
        cmocka_unit_test(a_server_that_goes_down_is_no_answer),
        cmocka_unit_test(cells_are_written_so_that_they_read_back),
        cmocka_unit_test(rows_are_read_as_an_author_writes_them),
        cmocka_unit_test(what_is_no_row_is_refused),
        cmocka_unit_test(rows_are_compared_in_order_or_sorted),
        cmocka_unit_test(passwords_of_statements_are_hidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
