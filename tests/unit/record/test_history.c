/* SPDX-License-Identifier: Apache-2.0 */
/* The history: averages, several writers, and files that are none. */
#include "sample.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "record/case_stats.h"
#include "record/history.h"
#include "record/sqlite_lib.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rows {
    const struct history_result *items;
    size_t n, next;
};

static bool next_row(void *data, struct history_result *ret_result)
{
    struct rows *r = data;
    if (r->next == r->n)
        return false;
    *ret_result = r->items[r->next++];
    return true;
}

static void write_rows(const char *path, const struct history_result *items, size_t n)
{
    autoerr struct err err = {0};
    struct history *h;
    if (history_create(path, &h, &err) < 0 || history_write(h, next_row, &(struct rows){items, n, 0}, &err) < 0)
        fail_msg("%s", err_text(&err));
    history_close(h);
}

static size_t read_rows(const char *path, struct arena *arena, struct history_case **ret_cases)
{
    autoerr struct err err = {0};
    struct history *h;
    size_t n = 0;
    if (history_open(path, &h, &err) < 0 || history_read(h, arena, ret_cases, &n, &err) < 0)
        fail_msg("%s", err_text(&err));
    history_close(h);
    return n;
}

static int in_new_folder(void **state)
{
    char *folder = strdup("/tmp/muster-history.XXXXXX");
    *state = folder;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    int r = chdir("/");
    io_remove_tree(AT_FDCWD, *state);
    free(*state);
    return r;
}

static void averages_what_it_is_told(void **state)
{
    (void)state;
    const struct history_result first[] = {{"p.b", VERDICT_PASSED, 1000}, {"p.a", VERDICT_FLAKY, 400}};
    const struct history_result second[] = {{"p.b", VERDICT_CRASHED, 2000}};
    write_rows("a/b/history.db", first, 2); /* makes its folders */
    write_rows("a/b/history.db", second, 1);
    struct arena arena = {0};
    struct history_case *cases;
    assert_int_equal(read_rows("a/b/history.db", &arena, &cases), 2);
    assert_string_equal(cases[0].id, "p.a");
    assert_int_equal(cases[0].flaky, 1);
    assert_true(cases[0].flakiness > 0.99);
    assert_int_equal(cases[0].mean_ns, 400);
    assert_string_equal(cases[1].id, "p.b");
    assert_int_equal(cases[1].mean_ns, 1250);
    assert_int_equal(cases[1].runs, 2);
    assert_int_equal(cases[1].bad, 1);
    assert_int_equal(cases[1].verdict, VERDICT_CRASHED);
    arena_free(&arena);
}

static void takes_two_writers(void **state)
{
    (void)state;
    autoerr struct err err = {0};
    const struct history_result one = {"p.a", VERDICT_PASSED, 8}, two = {"p.a", VERDICT_FAILED, 16};
    struct history *a, *b;
    assert_int_equal(history_create("h.db", &a, &err), 0);
    assert_int_equal(history_create("h.db", &b, &err), 0);
    assert_int_equal(history_write(a, next_row, &(struct rows){&one, 1, 0}, &err), 0);
    assert_int_equal(history_write(b, next_row, &(struct rows){&two, 1, 0}, &err), 0);
    history_close(a);
    history_close(b);
    struct arena arena = {0};
    struct history_case *cases;
    assert_int_equal(read_rows("h.db", &arena, &cases), 1);
    assert_int_equal(cases[0].mean_ns, 10);
    arena_free(&arena);
}

static void names_what_is_no_history(void **state)
{
    (void)state;
    struct history *h;
    autoerr struct err err = {0};
    assert_int_equal(history_open("missing.db", &h, &err), -ENOENT);
    assert_int_equal(io_write_file(AT_FDCWD, "text", "this is a text, and no database at all\n", 39), 0);
    assert_true(history_open("text", &h, &err) < 0);
    assert_non_null(strstr(err_text(&err), "text: "));
    autoerr struct err other = {0};
    assert_true(history_create("text/history.db", &h, &other) < 0);
    assert_non_null(strstr(err_text(&other), "making the folder text"));
}

/* It is the file that is wrong, and not the machine. */
static void a_damaged_file_is_no_failure_of_the_machine(void **state)
{
    static const char *const harm[] = {"DROP TABLE cases",
                                       "PRAGMA writable_schema=1; UPDATE sqlite_schema SET rootpage=999"};
    static const struct history_result result = {"p.a", VERDICT_PASSED, 10};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(harm); i++) {
        const struct sqlite_lib *lib;
        sqlite3 *db;
        struct history *h;
        struct history_case *cases;
        size_t n;
        struct arena arena = {0};
        autoerr struct err err = {0};
        unlink("h.db");
        write_rows("h.db", &result, 1);
        assert_int_equal(sqlite_load(&lib, NULL), 0);
        assert_int_equal(lib->sqlite3_open_v2("h.db", &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
        assert_int_equal(lib->sqlite3_exec(db, harm[i], NULL, NULL, NULL), SQLITE_OK);
        lib->sqlite3_close_v2(db);
        int r = history_open("h.db", &h, &err);
        if (r == 0) {
            r = history_read_recent(h, &arena, &cases, &n, &err);
            history_close(h);
        }
        assert_int_equal(r, -EINVAL);
        arena_free(&arena);
    }
}

/* Made by somebody else, who may well have the same version number. */
static void rows_without_a_name_are_passed_over(void **state)
{
    (void)state;
    const struct sqlite_lib *lib;
    sqlite3 *db;
    autoerr struct err err = {0};
    assert_int_equal(sqlite_load(&lib, &err), 0);
    assert_int_equal(lib->sqlite3_open_v2("h.db", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
    static const char sql[] = "CREATE TABLE cases(id,runs,bad,flaky,mean_ns,flakiness,verdict);"
                              "INSERT INTO cases VALUES(NULL,1,0,0,7,0,'passed'),('p.a',1,0,0,7,0,NULL),"
                              "('p.b',1,0,0,7,0,'passed');"
                              "PRAGMA user_version=1";
    assert_int_equal(lib->sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    lib->sqlite3_close_v2(db);
    struct arena arena = {0};
    struct history_case *cases;
    assert_int_equal(read_rows("h.db", &arena, &cases), 1);
    assert_string_equal(cases[0].id, "p.b");
    arena_free(&arena);
}

static size_t read_recent(const char *path, struct arena *arena, struct history_case **ret_cases)
{
    autoerr struct err err = {0};
    struct history *h;
    size_t n = 0;
    if (history_open(path, &h, &err) < 0 || history_read_recent(h, arena, ret_cases, &n, &err) < 0)
        fail_msg("%s", err_text(&err));
    history_close(h);
    return n;
}

static void keeps_the_latest_results_and_no_more(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct history_case *cases;
    for (int i = 0; i < CASE_RESULTS + 5; i++) {
        enum verdict v = i == 0 ? VERDICT_CRASHED : i == CASE_RESULTS + 4 ? VERDICT_FLAKY : VERDICT_PASSED;
        write_rows("h.db", &(struct history_result){"p.a", v, (i + 1) * 1000000LL}, 1);
    }
    assert_int_equal(read_recent("h.db", &arena, &cases), 1);
    assert_int_equal(strlen(cases[0].recent), CASE_RESULTS);
    assert_int_equal(strspn(cases[0].recent, "P"), CASE_RESULTS - 1);
    assert_int_equal(cases[0].recent[CASE_RESULTS - 1], 'R');
    struct case_times t = case_times_of(cases[0].times, CASE_TIMES);
    assert_int_equal(t.n, CASE_TIMES);
    assert_int_equal(t.longest_ns, (CASE_RESULTS + 5) * 1000000LL);
    assert_int_equal(t.median_ns, (CASE_RESULTS + 5 - CASE_TIMES / 2) * 1000000LL);
    /* Who goes by averages alone is not given them. */
    assert_int_equal(read_rows("h.db", &arena, &cases), 1);
    assert_string_equal(cases[0].recent, "");
    arena_free(&arena);
}

static void make_old_file(void)
{
    const struct sqlite_lib *lib;
    sqlite3 *db;
    assert_int_equal(sqlite_load(&lib, NULL), 0);
    assert_int_equal(lib->sqlite3_open_v2("h.db", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
    static const char sql[] =
        "PRAGMA journal_mode=WAL;"
        "CREATE TABLE cases(id TEXT PRIMARY KEY, runs INTEGER NOT NULL, bad INTEGER NOT NULL, flaky INTEGER NOT NULL,"
        " mean_ns INTEGER NOT NULL, flakiness REAL NOT NULL, verdict TEXT NOT NULL) STRICT, WITHOUT ROWID;"
        "INSERT INTO cases VALUES('p.a',7,2,0,4000000,0,'passed');"
        "PRAGMA user_version=1";
    assert_int_equal(lib->sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    lib->sqlite3_close_v2(db);
}

static void a_file_of_an_older_muster_is_read_and_goes_on(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct history_case *cases;
    make_old_file();
    assert_int_equal(read_recent("h.db", &arena, &cases), 1);
    assert_string_equal(cases[0].recent, "");
    write_rows("h.db", &(struct history_result){"p.a", VERDICT_FAILED, 8000000}, 1);
    write_rows("h.db", &(struct history_result){"p.b", VERDICT_PASSED, 1000000}, 1);
    assert_int_equal(read_recent("h.db", &arena, &cases), 2);
    assert_int_equal(cases[0].runs, 8);
    assert_int_equal(cases[0].mean_ns, 5000000);
    assert_string_equal(cases[0].recent, "F");
    assert_string_equal(cases[1].recent, "P");
    arena_free(&arena);
}

static void a_second_writer_finds_an_old_file_taken_over(void **state)
{
    (void)state;
    struct history *a, *b;
    autoerr struct err err = {0};
    make_old_file();
    assert_int_equal(history_create("h.db", &a, &err), 0);
    assert_int_equal(history_create("h.db", &b, &err), 0);
    const struct history_result one = {"p.a", VERDICT_PASSED, 8};
    assert_int_equal(history_write(a, next_row, &(struct rows){&one, 1, 0}, &err), 0);
    assert_int_equal(history_write(b, next_row, &(struct rows){&one, 1, 0}, &err), 0);
    history_close(a);
    history_close(b);
}

static void a_file_of_a_later_muster_is_left_alone(void **state)
{
    (void)state;
    const struct sqlite_lib *lib;
    sqlite3 *db;
    struct history *h;
    autoerr struct err err = {0};
    make_old_file();
    assert_int_equal(sqlite_load(&lib, NULL), 0);
    assert_int_equal(lib->sqlite3_open_v2("h.db", &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(lib->sqlite3_exec(db, "PRAGMA user_version=3", NULL, NULL, NULL), SQLITE_OK);
    lib->sqlite3_close_v2(db);
    assert_int_equal(history_create("h.db", &h, &err), -EPROTO);
    assert_non_null(strstr(err_text(&err), "not a history of this version of muster"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(averages_what_it_is_told, in_new_folder, remove_folder),
        cmocka_unit_test_setup_teardown(takes_two_writers, in_new_folder, remove_folder),
        cmocka_unit_test_setup_teardown(names_what_is_no_history, in_new_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_no_failure_of_the_machine, in_new_folder, remove_folder),
        cmocka_unit_test_setup_teardown(keeps_the_latest_results_and_no_more, in_new_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_file_of_an_older_muster_is_read_and_goes_on, in_new_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_second_writer_finds_an_old_file_taken_over, in_new_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_file_of_a_later_muster_is_left_alone, in_new_folder, remove_folder),
        cmocka_unit_test_setup_teardown(rows_without_a_name_are_passed_over, in_new_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
