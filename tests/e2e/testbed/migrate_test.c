/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Migrations: up, down, and back to where it was after one that failed.
 *
 *     migrate_test STORE        as muster-testbed's --store; what is in it is lost
 */
#include "store_fixture.h"

#include <stdio.h>
#include <string.h>

#define BOTH(up, down)                                                                                                 \
    {                                                                                                                  \
        [DIALECT_SQLITE] = {up, down}, [DIALECT_POSTGRES] = { up, down }                                               \
    }

static const struct migration steps[] = {
    {"one", BOTH("CREATE TABLE trial (n TEXT)", "DROP TABLE trial")},
    {"two", BOTH("INSERT INTO trial (n) VALUES ('two')", "DELETE FROM trial WHERE n = 'two'")},
    {"three, which fails half-way", BOTH("CREATE TABLE half (n TEXT); INSERT INTO nowhere (n) VALUES ('x')", "")},
    {"four", BOTH("CREATE TABLE four (n TEXT)", "DROP TABLE four; DROP TABLE nowhere")},
};
static const struct migrations first_two = {steps, 2}, all_four = {steps, 4};

static int version(struct store *s)
{
    return (int)store_number(s, "SELECT coalesce(max(version), 0) FROM schema_versions WHERE scope = 'trial'", "");
}

static bool has(struct store *s, const char *table)
{
    const char *sql = on_postgres() ? "SELECT count(*) FROM pg_class WHERE relname = ?"
                                    : "SELECT count(*) FROM sqlite_master WHERE name = ?";

    return store_number(s, sql, "s", table) > 0;
}

static int go(struct store *s, const struct migrations *list, int to, char *why)
{
    return migrate_list(s, list, "trial", NULL, to, why);
}

static void clear(struct store *s)
{
    char why[MIGRATE_WHY_MAX] = "";

    if (go(s, &first_two, 0, why) != 0)
        fail_msg("%s", why);
}

static void up_and_down(void **state)
{
    char why[MIGRATE_WHY_MAX] = "";
    struct store *s = opened();

    (void)state;
    assert_int_equal(go(s, &first_two, MIGRATE_LATEST, why), 0);
    assert_int_equal(version(s), 2);
    assert_int_equal(go(s, &first_two, MIGRATE_LATEST, why), 0); /* nothing to do */
    assert_int_equal(go(s, &first_two, 1, why), 0);
    assert_int_equal(version(s), 1);
    assert_true(has(s, "trial"));
    assert_int_equal(go(s, &first_two, 0, why), 0);
    assert_int_equal(version(s), 0);
    assert_false(has(s, "trial"));
    assert_int_equal(go(s, &first_two, 3, why), -1);
    assert_non_null(strstr(why, "no version 3"));
    store_close(s);
}

static void a_failing_one_leaves_the_old_version(void **state)
{
    char why[MIGRATE_WHY_MAX] = "";
    struct store *s = opened();

    (void)state;
    assert_int_equal(go(s, &all_four, 1, why), 0);
    assert_int_equal(go(s, &all_four, MIGRATE_LATEST, why), -1);
    assert_non_null(strstr(why, "version 3 (three, which fails half-way)"));
    assert_non_null(strstr(why, "nowhere"));
    assert_int_equal(version(s), 1);
    assert_false(has(s, "half"));
    assert_true(store_alive(s));
    clear(s);
    store_close(s);
}

/* Inside a request's transaction: what else the request did is kept. */
static void a_failing_one_spoils_no_transaction(void **state)
{
    char why[MIGRATE_WHY_MAX] = "";
    struct store *s = opened();

    (void)state;
    assert_int_equal(store_begin(s), 0);
    assert_int_equal(store_run(s, "INSERT INTO meta (key, value) VALUES ('before', '')", ""), 1);
    assert_int_equal(go(s, &all_four, MIGRATE_LATEST, why), -1);
    assert_int_equal(version(s), 0);
    assert_int_equal(store_run(s, "INSERT INTO meta (key, value) VALUES ('after', '')", ""), 1);
    assert_int_equal(go(s, &all_four, 2, why), 0);
    assert_int_equal(store_commit(s), 0);
    assert_int_equal(store_number(s, "SELECT count(*) FROM meta", ""), 2);
    assert_int_equal(version(s), 2);
    clear(s);
    store_close(s);
}

/* A real one, of the tenants' tables: two addresses that are one fail it; repaired, it goes through. */
static void a_tenants_data_can_stop_it(void **state)
{
    char why[MIGRATE_WHY_MAX];
    struct store *s = opened();

    (void)state;
    make_tenant_schema(s, TENANT_A);
    make_tenant_schema(s, TENANT_B);
    assert_int_equal(migrate_tenant(s, TENANT_A, 1, why), 0);
    struct store_scope before = store_enter(s, TENANT_A);
    insert_customer(s, "cus_1", "a@example.org");
    insert_customer(s, "cus_2", "A@Example.org");
    assert_int_equal(migrate_tenant(s, TENANT_A, 2, why), -1);
    assert_int_equal(migrate_tenant_version(s, TENANT_A), 1);
    assert_int_equal(store_run(s, "DELETE FROM {customers} WHERE id = 'cus_2'", ""), 1);
    assert_int_equal(migrate_tenant(s, TENANT_A, 2, why), 0);
    assert_int_equal(store_run(s,
                               "INSERT INTO {customers} (id, name, email, attributes, created_at, updated_at)"
                               " VALUES ('cus_3', '', 'A@Example.org', '{}', '', '')",
                               ""),
                     STORE_UNIQUE);
    store_leave(s, before);
    assert_int_equal(migrate_tenant_version(s, TENANT_B), migrate_tenant_latest());
    store_close(s);
}

static void newer_tables_are_refused(void **state)
{
    char why[MIGRATE_WHY_MAX];
    struct store *s = opened();

    (void)state;
    assert_int_equal(
        store_run(s, "INSERT INTO schema_versions (scope, version, name, at) VALUES ('platform', 99, '', '')", ""), 1);
    assert_int_equal(migrate_shared(s, MIGRATE_LATEST, why), -1);
    assert_non_null(strstr(why, "version 99"));
    assert_int_equal(store_run(s, "DELETE FROM schema_versions WHERE version = 99", ""), 1);
    assert_int_equal(migrate_shared(s, MIGRATE_LATEST, why), 0);
    store_close(s);
}

/* A migration of the platform's tables may be brought back, and made again, with what they hold. */
static void the_platforms_tables_go_back(void **state)
{
    char why[MIGRATE_WHY_MAX];
    struct store *s = opened();

    (void)state;
    assert_int_equal(store_run(s, "INSERT INTO meta (key, value) VALUES ('kept', 'yes')", ""), 1);
    assert_int_equal(migrate_shared(s, 1, why), 0);
    assert_int_equal(migrate_shared_version(s), 1);
    assert_null(store_all(s, "SELECT schema_version FROM workloads", ""));
    assert_int_equal(migrate_shared(s, MIGRATE_LATEST, why), 0);
    json_t *rows = store_all(s, "SELECT schema_version FROM workloads", "");
    assert_non_null(rows);
    json_decref(rows);
    assert_int_equal(store_number(s, "SELECT count(*) FROM meta WHERE key = 'kept'", ""), 1);
    store_close(s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_and_down),
        cmocka_unit_test(a_failing_one_leaves_the_old_version),
        cmocka_unit_test(a_failing_one_spoils_no_transaction),
        cmocka_unit_test(a_tenants_data_can_stop_it),
        cmocka_unit_test(newer_tables_are_refused),
        cmocka_unit_test(the_platforms_tables_go_back),
    };

    return store_name_given(argc, argv) ? cmocka_run_group_tests(tests, NULL, NULL) : 2;
}
