/* SPDX-License-Identifier: Apache-2.0 */
/* Which runs go, and that the others can't. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "evidence/run_folder.h"
#include "evidence/run_pruning.h"
#include "record/evlog.h"
#include "record/run_id.h"
#include "record/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOUR (3600 * NS_PER_S)

/* Begun 0, 1, 2 ... hours ago, of 10 bytes each. */
static void judge(struct retention_rule rule, size_t n, const enum retention_why *stays, const char *want)
{
    struct retention_item items[8] = {0};
    char goes[9] = "";
    const int64_t now = 1000 * HOUR;
    for (size_t i = 0; i < n; i++)
        items[i] = (struct retention_item){
            .began_ns = now - (int64_t)i * HOUR, .bytes = 10, .stays = stays ? stays[i] : RETENTION_WITHIN};
    retention_judge(&rule, items, n, now);
    for (size_t i = 0; i < n; i++)
        goes[i] = items[i].goes ? 'x' : items[i].why == RETENTION_WITHIN ? '.' : 'k';
    assert_string_equal(goes, want);
}

static void each_bound_holds_for_itself(void **state)
{
    (void)state;
    judge((struct retention_rule){-1, -1, -1}, 4, NULL, "....");
    judge((struct retention_rule){2, -1, -1}, 4, NULL, "..xx");
    judge((struct retention_rule){0, -1, -1}, 4, NULL, "xxxx");
    judge((struct retention_rule){9, -1, -1}, 4, NULL, "....");
    judge((struct retention_rule){-1, 2 * HOUR, -1}, 4, NULL, "...x");
    judge((struct retention_rule){-1, -1, 20}, 4, NULL, "..xx");
    judge((struct retention_rule){-1, -1, 19}, 4, NULL, ".xxx");
    judge((struct retention_rule){3, 2 * HOUR, 10}, 4, NULL, ".xxx");
    judge((struct retention_rule){1, 9 * HOUR, 999}, 4, NULL, ".xxx");
}

static void what_stays_counts_all_the_same(void **state)
{
    (void)state;
    static const enum retention_why stays[] = {RETENTION_LATEST,      RETENTION_WITHIN,  RETENTION_PINNED,
                                               RETENTION_OUTSTANDING, RETENTION_RUNNING, RETENTION_FOREIGN};
    judge((struct retention_rule){0, -1, -1}, 6, stays, "kxkkkk");
    judge((struct retention_rule){3, -1, -1}, 6, stays, "...kkk");
    judge((struct retention_rule){-1, -1, 15}, 6, stays, ".xkkkk");
}

static void every_reason_has_a_sentence(void **state)
{
    (void)state;
    for (int w = RETENTION_WITHIN; w <= RETENTION_STUCK; w++)
        assert_true(strlen(retention_text((enum retention_why)w)) > 4);
}

static void a_runs_name_has_its_moment(void **state)
{
    (void)state;
    int64_t began, now = clock_real();
    char id[RUN_ID_SIZE];
    run_id_make(id);
    assert_int_equal(run_id_parse(id, &began), 0);
    assert_true(began <= now + NS_PER_S && began > now - 10 * NS_PER_S);
    static const char *const none[] = {"",
                                       "latest",
                                       "20261201-101112-aaaaaaaaaaa",
                                       "20261201-101112-aaaaaaaaaaaaa",
                                       "20261201-101112-aaaaaaaaaaaG",
                                       "20261201_101112-aaaaaaaaaaaa",
                                       "20261301-101112-aaaaaaaaaaaa",
                                       "20261201-251112-aaaaaaaaaaaa",
                                       "2026120\n-101112-aaaaaaaaaaaa"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_int_equal(run_id_parse(none[i], &began), -EINVAL);
}

static char out[] = "/tmp/test-retention-XXXXXX";

#define NEWEST "20261201-101115-aaaaaaaaaaaa"
#define SECOND "20261201-101114-aaaaaaaaaaaa"
#define THIRD  "20261201-101113-aaaaaaaaaaaa"
#define OLDEST "20261201-101112-aaaaaaaaaaaa"

static char *path_of(const char *name, const char *file)
{
    return xasprintf("%s/%s%s%s", out, name, file ? "/" : "", file ? file : "");
}

static void make_run(const char *name)
{
    autofree char *folder = path_of(name, NULL), *log = path_of(name, EVLOG_NAME), *deep = path_of(name, "a/b/c");
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(io_mkdirs(AT_FDCWD, deep), 0);
    assert_int_equal(io_write_file(AT_FDCWD, log, "x\n", 2), 0);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(out + sizeof out - 7, "XXXXXX");
    if (!mkdtemp(out))
        return -1;
    make_run(NEWEST);
    make_run(SECOND);
    make_run(THIRD);
    make_run(OLDEST);
    return run_folder_link_latest(out, NEWEST) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return io_remove_tree(AT_FDCWD, out);
}

static void prune(int64_t keep)
{
    struct run_pruning p;
    autoerr struct err err = {0};
    const struct retention_rule rule = {keep, -1, -1};
    if (run_pruning_plan(&p, out, &rule, &err) < 0 || run_pruning_do(&p, out, &err) < 0)
        fail_msg("%s", err_text(&err));
    run_pruning_free(&p);
}

static bool is_there(const char *name)
{
    autofree char *path = path_of(name, NULL);
    return access(path, F_OK) == 0;
}

static void old_ones_go_with_all_in_them(void **state)
{
    (void)state;
    prune(2);
    assert_true(is_there(NEWEST) && is_there(SECOND));
    assert_false(is_there(THIRD) || is_there(OLDEST) || is_there(".pruned-" THIRD));
}

static void the_latest_stays_though_it_is_not_the_newest(void **state)
{
    (void)state;
    run_folder_link_latest(out, OLDEST);
    prune(0);
    assert_true(is_there(OLDEST));
    assert_false(is_there(NEWEST));
}

static void a_pinned_one_stays_until_it_is_let_go(void **state)
{
    (void)state;
    autofree char *path = path_of(OLDEST, NULL);
    assert_int_equal(run_pin(path, true, NULL), 0);
    assert_int_equal(run_pin(path, true, NULL), 0);
    prune(0);
    assert_true(is_there(OLDEST));
    assert_int_equal(run_pin(path, false, NULL), 0);
    assert_int_equal(run_pin(path, false, NULL), 0);
    prune(0);
    assert_false(is_there(OLDEST));
    autoerr struct err err = {0};
    assert_int_equal(run_pin(out, true, &err), -ENOENT);
    assert_non_null(strstr(err_text(&err), "not a run's folder"));
}

static void one_at_work_and_one_with_something_to_undo_stay(void **state)
{
    (void)state;
    autofree char *working = path_of(SECOND, NULL), *undone = path_of(THIRD, RUN_STATE_NAME);
    autoclose int dir = open(working, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct run_lock lock = RUN_LOCK_INIT;
    assert_int_equal(run_lock_take(&lock, dir, false, NULL), 0);
    assert_int_equal(io_write_file(AT_FDCWD, undone, "{}\n", 3), 0);
    prune(0);
    assert_true(is_there(SECOND) && is_there(THIRD));
    assert_false(is_there(OLDEST));
    run_lock_release(&lock, true);
    prune(0);
    assert_false(is_there(SECOND));
}

/* Whoever began to work on it after the plan was made is left alone, too. */
static void what_was_pinned_meanwhile_stays(void **state)
{
    (void)state;
    struct run_pruning p;
    autofree char *path = path_of(OLDEST, NULL);
    const struct retention_rule rule = {1, -1, -1};
    assert_int_equal(run_pruning_plan(&p, out, &rule, NULL), 0);
    assert_int_equal(run_pin(path, true, NULL), 0);
    assert_int_equal(run_pruning_do(&p, out, NULL), 0);
    assert_true(is_there(OLDEST));
    assert_false(p.runs[3].item.goes);
    assert_int_equal(p.runs[3].item.why, RETENTION_PINNED);
    run_pruning_free(&p);
}

static void strangers_folders_and_links_are_left_alone(void **state)
{
    (void)state;
    autofree char *link = path_of("20261201-101110-bbbbbbbbbbbb", NULL), *other = path_of("precious", NULL);
    make_run("mine");
    make_run("precious");
    assert_int_equal(symlink("precious", link), 0);
    prune(0);
    assert_true(is_there("mine") && is_there("precious"));
    assert_int_equal(access(other, F_OK), 0);
}

static void what_a_killed_one_left_goes_with_the_next(void **state)
{
    (void)state;
    autofree char *half = path_of(".pruned-" THIRD, NULL), *from = path_of(THIRD, NULL);
    assert_int_equal(rename(from, half), 0);
    prune(9);
    assert_false(is_there(".pruned-" THIRD));
    assert_true(is_there(OLDEST));
}

static void sizes_are_of_the_whole_tree(void **state)
{
    (void)state;
    static char data[200000];
    struct run_pruning p;
    autofree char *file = path_of(NEWEST, "a/b/c/file");
    assert_int_equal(io_write_file(AT_FDCWD, file, data, sizeof data), 0);
    const struct retention_rule rule = {-1, -1, (int64_t)sizeof data / 2};
    assert_int_equal(run_pruning_plan(&p, out, &rule, NULL), 0);
    assert_true(p.runs[0].item.bytes >= (int64_t)sizeof data);
    assert_int_equal(p.runs[0].item.why, RETENTION_LATEST);
    assert_int_equal(p.runs[1].item.why, RETENTION_SIZE);
    run_pruning_free(&p);
}

static void a_folder_that_is_none_is_told(void **state)
{
    (void)state;
    struct run_pruning p;
    autoerr struct err err = {0};
    const struct retention_rule rule = {1, -1, -1};
    assert_int_equal(run_pruning_plan(&p, "/nowhere/at/all", &rule, &err), -ENOENT);
    assert_non_null(strstr(err_text(&err), "--out /nowhere/at/all: "));
    run_pruning_free(&p);
}

int main(void)
{
#define IN_FOLDER(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bound_holds_for_itself),
        cmocka_unit_test(what_stays_counts_all_the_same),
        cmocka_unit_test(every_reason_has_a_sentence),
        cmocka_unit_test(a_runs_name_has_its_moment),
        IN_FOLDER(old_ones_go_with_all_in_them),
        IN_FOLDER(the_latest_stays_though_it_is_not_the_newest),
        IN_FOLDER(a_pinned_one_stays_until_it_is_let_go),
        IN_FOLDER(one_at_work_and_one_with_something_to_undo_stay),
        IN_FOLDER(what_was_pinned_meanwhile_stays),
        IN_FOLDER(strangers_folders_and_links_are_left_alone),
        IN_FOLDER(what_a_killed_one_left_goes_with_the_next),
        IN_FOLDER(sizes_are_of_the_whole_tree),
        cmocka_unit_test(a_folder_that_is_none_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
