/* SPDX-License-Identifier: Apache-2.0 */
/* Which run is meant by a path, a word, an id or its beginning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "evidence/run_folder.h"
#include "evidence/run_list.h"
#include "evidence/run_name.h"
#include "record/evlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char out[] = "/tmp/test-run-name-XXXXXX";

/* Of one second, the one with the greater id first; then an older one. */
#define OLD    "20261130-101112-aaaaaaaaaaaa"
#define FIRST  "20261201-101112-ffffffffffff"
#define SECOND "20261201-101112-000000000000"

static void make_run(const char *name, const char *started_at)
{
    autofree char *path = xasprintf("%s/%s", out, name);
    assert_int_equal(mkdir(path, 0700), 0);
    autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct evlog *log;
    assert_int_equal(evlog_open(dir, EVLOG_NAME, &log, NULL), 0);
    const struct event e = {.type = EVENT_RUN_STARTED,
                            .run_started = {.run_id = name,
                                            .muster_version = "1",
                                            .host = "h",
                                            .started_at = started_at,
                                            .containment = "sub-reaper",
                                            .rerun_of = "",
                                            .shard_by = "",
                                            .split = "",
                                            .target = "",
                                            .missed = ""}};
    evlog_add(log, &e);
    assert_int_equal(evlog_close(log, NULL), 0);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(out + sizeof out - 7, "XXXXXX");
    if (!mkdtemp(out))
        return -1;
    make_run(OLD, "2026-11-30T10:11:12.500000Z");
    make_run(FIRST, "2026-12-01T10:11:12.100000Z");
    make_run(SECOND, "2026-12-01T10:11:12.200000Z");
    return run_folder_link_latest(out, SECOND) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return io_remove_tree(AT_FDCWD, out);
}

static void finds(const char *run, const char *name)
{
    autofree char *path = NULL, *want = xasprintf("%s/%s", out, name);
    autoerr struct err err = {0};
    if (run_name_find(run, out, &path, &err) < 0)
        fail_msg("%s: %s", run ? run : "(none)", err_text(&err));
    assert_string_equal(path, want);
}

static void refuses(const char *run, int code, const char *says)
{
    char *path = NULL;
    autoerr struct err err = {0};
    assert_int_equal(run_name_find(run, out, &path, &err), code);
    assert_null(path);
    if (!strstr(err_text(&err), says))
        fail_msg("\"%s\" does not say \"%s\"", err_text(&err), says);
}

static void the_newest_first_also_within_a_second(void **state)
{
    (void)state;
    struct run_list runs;
    assert_int_equal(run_list_make(&runs, out, run_list_has_log, NULL), 0);
    assert_int_equal(runs.n, 3);
    assert_string_equal(runs.names[0], SECOND);
    assert_string_equal(runs.names[1], FIRST);
    assert_string_equal(runs.names[2], OLD);
    run_list_free(&runs);
}

static void words(void **state)
{
    (void)state;
    finds(NULL, "latest");
    finds("latest", "latest");
    finds("previous", FIRST);
    finds("-1", FIRST);
    finds("-2", OLD);
    refuses("-3", -ENOENT, "there are only 3 runs");
    refuses("-0", -ENOENT, "no such file");
    refuses("-99999999999999999999", -ENOENT, "no such file");
}

static void previous_is_before_what_latest_points_to(void **state)
{
    (void)state;
    run_folder_link_latest(out, FIRST);
    finds("previous", OLD);
}

static void without_the_link_the_newest_is_the_latest(void **state)
{
    (void)state;
    autofree char *link = xasprintf("%s/latest", out);
    assert_int_equal(unlink(link), 0);
    finds("latest", SECOND);
    finds(NULL, SECOND);
    finds("previous", FIRST);
}

static void ids_and_their_beginnings(void **state)
{
    (void)state;
    finds(OLD, OLD);
    finds("202611", OLD);
    finds("20261201-101112-f", FIRST);
    refuses("20261201", -EINVAL, "2 runs below");
    refuses("20261201", -EINVAL, SECOND ", " FIRST);
    refuses("2025", -ENOENT, "no run below");
    refuses("", -ENOENT, "is no run");
}

static void a_path_is_itself(void **state)
{
    (void)state;
    autofree char *path = xasprintf("%s/" OLD "/" EVLOG_NAME, out), *found = NULL;
    assert_int_equal(run_name_find(path, "/nowhere", &found, NULL), 0);
    assert_string_equal(found, path);
    refuses("not/there", -ENOENT, "not/there: No such file");
}

static void a_folder_without_runs_says_so(void **state)
{
    (void)state;
    autofree char *path = NULL;
    autoerr struct err err = {0};
    assert_int_equal(run_name_find(NULL, "/nowhere/at/all", &path, &err), -ENOENT);
    assert_non_null(strstr(err_text(&err), "/nowhere/at/all: no run is there: 'muster run' makes one"));
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_newest_first_also_within_a_second),
        TEST(words),
        TEST(previous_is_before_what_latest_points_to),
        TEST(without_the_link_the_newest_is_the_latest),
        TEST(ids_and_their_beginnings),
        TEST(a_path_is_itself),
        TEST(a_folder_without_runs_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
