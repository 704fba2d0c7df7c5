/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform's store, by its interface: the same questions to SQLite and to PostgreSQL.
 *
 *     store_test STORE        as muster-testbed's --store; what is in it is lost
 */
#include "store_fixture.h"

#include <stdio.h>
#include <string.h>

static void insert_user(struct store *s, const char *id, const char *name, const char *tenant_id)
{
    assert_int_equal(store_run(s,
                               "INSERT INTO users (id, username, email, password, role, tenant_id, created_at,"
                               " updated_at) VALUES (?1,?2,'','','tenant_member',?3,'','')",
                               "sss", id, name, tenant_id),
                     1);
}

static int64_t count(struct store *s, const char *table)
{
    char sql[80];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    return store_number(s, sql, "");
}

static void values_come_back(void **state)
{
    struct store *s = opened();
    json_t *in = json_pack("{s:[i, n, b], s:s}", "list", 1, 1, "text", "\xe2\x82\xac \"quoted\" {braces} ?1");

    (void)state;
    assert_int_equal(store_run(s, "INSERT INTO meta (key, value) VALUES (?, ?)", "sj", "j", in), 1);
    json_t *row = store_one(s,
                            "SELECT value AS \"value:json\", ?1 AS number, ?2 AS text, ?3 AS none, 1 AS \"yes:bool\","
                            " 0 AS \"no:bool\", '?' AS mark FROM meta WHERE key = 'j'",
                            "Iss", INT64_MAX, "it's", NULL);
    assert_true(json_equal(json_object_get(row, "value"), in));
    assert_int_equal(json_integer_value(json_object_get(row, "number")), INT64_MAX);
    assert_string_equal(json_string_value(json_object_get(row, "text")), "it's");
    assert_true(json_is_null(json_object_get(row, "none")));
    assert_true(json_is_true(json_object_get(row, "yes")));
    assert_true(json_is_false(json_object_get(row, "no")));
    assert_string_equal(json_string_value(json_object_get(row, "mark")), "?");
    json_decref(row);
    json_decref(in);
    assert_int_equal(store_number(s, "SELECT octet_length('\xe2\x82\xac')", ""), 3);
    assert_int_equal(store_number(s, "SELECT instr('abc', ?)", "s", "c"), 3);
    assert_int_equal(store_number(s, "SELECT coalesce(sum(n), 0) FROM (SELECT 2 AS n UNION ALL SELECT 3) AS x", ""), 5);
    assert_null(store_one(s, "SELECT key FROM meta WHERE key = 'none'", ""));
    store_close(s);
}

static void rows_have_an_order(void **state)
{
    struct store *s = opened();

    (void)state;
    insert_user(s, "usr_c", "c", NULL);
    insert_user(s, "usr_a", "a", NULL);
    insert_user(s, "usr_b", "b", NULL);
    json_t *rows =
        store_all(s, "SELECT username FROM users ORDER BY rowid LIMIT ? OFFSET ?", "II", INT64_C(2), INT64_C(1));
    assert_int_equal(json_array_size(rows), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "username")), "a");
    assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 1), "username")), "b");
    json_decref(rows);
    store_close(s);
}

/* A name that is taken is an answer, and spoils nothing; a statement that fails is a bug, and spoils all. */
static void transactions_keep_all_or_nothing(void **state)
{
    struct store *s = opened();

    (void)state;
    assert_int_equal(store_begin(s), 0);
    insert_user(s, "usr_1", "anna", NULL);
    assert_int_equal(store_run(s,
                               "INSERT INTO users (id, username, email, password, role, created_at, updated_at)"
                               " VALUES ('usr_2','anna','','','','','')",
                               ""),
                     STORE_UNIQUE);
    insert_user(s, "usr_3", "berta", NULL);
    assert_int_equal(store_commit(s), 0);
    assert_int_equal(count(s, "users"), 2);

    assert_int_equal(store_begin(s), 0);
    insert_user(s, "usr_4", "clara", NULL);
    assert_int_equal(store_run(s, "INSERT INTO nowhere (id) VALUES (1)", ""), STORE_ERROR);
    assert_int_equal(store_commit(s), STORE_ERROR);
    assert_int_equal(count(s, "users"), 2);

    assert_int_equal(store_begin(s), 0);
    assert_int_equal(store_run(s, "DELETE FROM users", ""), 2);
    store_rollback(s);
    assert_int_equal(count(s, "users"), 2);
    store_close(s);
}

static void tenants_tables_are_apart(void **state)
{
    struct store *s = opened();

    (void)state;
    make_tenant_schema(s, TENANT_A);
    make_tenant_schema(s, TENANT_B);
    struct store_scope outside = store_enter(s, TENANT_A);
    insert_customer(s, "cus_1", "a@example.org");
    struct store_scope in_a = store_enter(s, TENANT_B);
    assert_int_equal(count(s, "{customers}"), 0);
    store_leave(s, in_a);
    assert_int_equal(count(s, "{customers}"), 1);
    store_leave(s, outside);
    /* Nobody's: not the platform's either. */
    assert_null(store_all(s, "SELECT * FROM {customers}", ""));
    store_enter(s, "ten_x\"; DROP TABLE users; --");
    assert_null(store_all(s, "SELECT * FROM {customers}", ""));
    store_leave(s, outside);

    json_t *names = store_schema_names(s, TENANT_A);
    assert_int_equal(json_array_size(names), 1);
    json_decref(names);
    assert_int_equal(store_schema_drop(s, TENANT_A), 0);
    assert_int_equal(store_schema_drop(s, TENANT_A), 0);
    names = store_schema_names(s, TENANT_A);
    assert_int_equal(json_array_size(names), 0);
    json_decref(names);
    assert_int_equal(migrate_tenant_version(s, TENANT_A), 0);
    assert_true(store_schema_has(s, TENANT_B, "customers"));
    assert_true(migrate_tenant_version(s, TENANT_B) > 0);
    store_close(s);
}

static int put_policy(struct store *s, const char *tenant_id, int64_t lock_after)
{
    return store_run(s,
                     "INSERT INTO policies (tenant_id, password_min_length, lock_after, lock_seconds, session_seconds,"
                     " networks) VALUES (?, 10, ?, 900, 3600, '10.0.0.0/8')",
                     "sI", tenant_id, lock_after);
}

static int64_t lock_after(struct store *s, const char *tenant_id)
{
    return store_number(s, "SELECT lock_after FROM policies WHERE tenant_id = ?", "s", tenant_id);
}

static void a_tenant_has_one_policy(void **state)
{
    struct store *s = opened();

    (void)state;
    make_tenant_schema(s, TENANT_A);
    make_tenant_schema(s, TENANT_B);
    struct store_scope before = store_enter(s, TENANT_A);
    assert_int_equal(put_policy(s, TENANT_A, 3), 1);
    assert_int_equal(put_policy(s, TENANT_A, 4), STORE_UNIQUE);
    assert_int_equal(store_number(s, "SELECT changes FROM policies WHERE tenant_id = ?", "s", TENANT_A), 1);
    store_enter(s, TENANT_B);
    assert_int_equal(put_policy(s, TENANT_B, 9), 1);
    assert_int_equal(
        store_run(s, "UPDATE policies SET lock_after = 8, changes = changes + 1 WHERE tenant_id = ?", "s", TENANT_B),
        1);
    store_leave(s, before);
    store_close(s);
    s = reopened();
    assert_int_equal(lock_after(s, TENANT_A), 3);
    assert_int_equal(lock_after(s, TENANT_B), 8);
    assert_int_equal(store_run(s, "DELETE FROM policies WHERE tenant_id = ?", "s", TENANT_A), 1);
    assert_int_equal(lock_after(s, TENANT_A), 0);
    assert_int_equal(lock_after(s, TENANT_B), 8);
    store_close(s);
}

/* Who can be let in is, to the schema that is his; who cannot is told so, and nothing is spoiled by it. */
static void logins_are_given_where_there_are_any(void **state)
{
    const struct store_login login = {.password = "0123456789abcdef", .until = "2100-01-01T00:00:00Z"};
    struct store *s = opened();

    (void)state;
    make_tenant_schema(s, TENANT_A);
    assert_int_equal(store_has_logins(s), on_postgres());
    assert_int_equal(store_begin(s), 0);
    json_t *where = store_access(s, TENANT_A, &login);
    assert_int_equal(where != NULL, on_postgres());
    if (where) {
        assert_string_equal(json_string_value(json_object_get(where, "username")), "a_00000000000000aa");
        assert_string_equal(json_string_value(json_object_get(where, "schema")), "t_00000000000000aa");
        assert_true(json_is_string(json_object_get(where, "host")));
        assert_true(json_is_string(json_object_get(where, "port")));
        assert_true(json_is_string(json_object_get(where, "database")));
    }
    json_decref(where);
    assert_int_equal(store_commit(s), 0);
    assert_int_equal(store_shut(s, TENANT_A), 0);
    assert_int_equal(store_shut(s, TENANT_B), 0); /* who was never let in */
    assert_true(store_schema_has(s, TENANT_A, "customers"));
    store_close(s);
}

/* A request that is undone goes on with the same eyes. */
static void scope_outlives_a_rollback(void **state)
{
    struct store *s = opened();

    (void)state;
    make_tenant_schema(s, TENANT_A);
    assert_int_equal(store_begin(s), 0);
    struct store_scope before = store_enter(s, TENANT_A);
    insert_customer(s, "cus_1", "a@example.org");
    store_rollback(s);
    assert_int_equal(count(s, "{customers}"), 0);
    insert_customer(s, "cus_2", "a@example.org");
    store_leave(s, before);
    assert_int_equal(store_begin(s), 0);
    assert_int_equal(count(s, "users"), 0);
    assert_int_equal(store_commit(s), 0);
    store_close(s);
}

static void the_chain_is_only_appended_to(void **state)
{
    struct store *s = opened();

    (void)state;
    assert_int_equal(store_run(s,
                               "INSERT INTO audit (seq, at, actor, action, entity_type, entity_id, tenant, outcome,"
                               " detail, prev, hash) VALUES (1,'','a','','','','','','','','')",
                               ""),
                     1);
    assert_int_equal(store_run(s, "UPDATE audit SET actor = 'b'", ""), STORE_ERROR);
    assert_int_equal(store_run(s, "DELETE FROM audit", ""), STORE_ERROR);
    assert_int_equal(store_number(s, "SELECT count(*) FROM audit WHERE actor = 'a'", ""), 1);
    store_audit_unlock(s);
    assert_int_equal(store_run(s, "UPDATE audit SET actor = 'b'", ""), 1);
    store_close(s);
}

static void what_was_stored_stays(void **state)
{
    struct store *s = opened();

    (void)state;
    make_tenant_schema(s, TENANT_A);
    struct store_scope before = store_enter(s, TENANT_A);
    insert_customer(s, "cus_1", "a@example.org");
    store_leave(s, before);
    store_close(s);
    s = reopened();
    assert_int_equal(migrate_tenant_version(s, TENANT_A), migrate_tenant_latest());
    before = store_enter(s, TENANT_A);
    assert_int_equal(count(s, "{customers}"), 1);
    store_leave(s, before);
    store_close(s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_back),
        cmocka_unit_test(rows_have_an_order),
        cmocka_unit_test(transactions_keep_all_or_nothing),
        cmocka_unit_test(tenants_tables_are_apart),
        cmocka_unit_test(a_tenant_has_one_policy),
        cmocka_unit_test(logins_are_given_where_there_are_any),
        cmocka_unit_test(scope_outlives_a_rollback),
        cmocka_unit_test(the_chain_is_only_appended_to),
        cmocka_unit_test(what_was_stored_stays),
    };

    return store_name_given(argc, argv) ? cmocka_run_group_tests(tests, NULL, NULL) : 2;
}
