/* SPDX-License-Identifier: Apache-2.0 */
/* A slot's folder: whatever was done to it is noticed, and the next one finds it empty, soon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "slotdir/folder.h"
#include "slotdir/survey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static char top[40], path[64];
static struct folder folder;

static int set_up(void **state)
{
    (void)state;
    strcpy(top, "/tmp/test-folder-XXXXXX");
    if (!mkdtemp(top) || chdir(top) < 0)
        return -1;
    snprintf(path, sizeof path, "%s/3", top);
    folder = (struct folder){.path = path, .fd = -1};
    struct folder_rest rest = {0};
    return folder_open(&folder, &rest);
}

static int tear_down(void **state)
{
    (void)state;
    close(folder.fd);
    return chdir("/") == 0 && io_remove_tree(AT_FDCWD, top) == 0 ? 0 : -1;
}

static void touch(const char *name)
{
    autoclose int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
}

static unsigned n_aside(void)
{
    autoclosedir DIR *dir = opendir(top);
    unsigned n = 0;
    for (struct dirent *e; (e = readdir(dir));)
        n += strchr(e->d_name, FOLDER_ASIDE) != NULL;
    return n;
}

static void leave_file(void)
{
    touch("3/file");
}
static void leave_hidden_file(void)
{
    struct stat st;
    assert_int_equal(stat("3", &st), 0);
    touch("3/.x");
    assert_int_equal(utimensat(AT_FDCWD, "3", (struct timespec[2]){st.st_atim, st.st_mtim}, 0), 0);
}
static void change_mode(void)
{
    assert_int_equal(chmod("3", 0777), 0);
}
static void remove_it(void)
{
    assert_int_equal(rmdir("3"), 0);
}
static void replace_it(void)
{
    remove_it();
    assert_int_equal(mkdir("3", 0700), 0);
}
static void put_a_file_there(void)
{
    remove_it();
    touch("3");
}
static void put_a_link_there(void)
{
    remove_it();
    assert_int_equal(mkdir("elsewhere", 0700), 0);
    assert_int_equal(symlink("elsewhere", "3"), 0);
}
static void move_it_away(void)
{
    assert_int_equal(rename("3", "moved"), 0);
    assert_int_equal(mkdir("3", 0700), 0);
}

static void each_use_is_noticed_and_renewed(void **state)
{
    (void)state;
    static void (*const uses[])(void) = {leave_file, leave_hidden_file, change_mode,      remove_it,
                                         replace_it, put_a_file_there,  put_a_link_there, move_it_away};
    int number = folder.fd;
    for (size_t i = 0; i < ARRAY_LEN(uses); i++) {
        assert_false(folder_is_used(&folder));
        uses[i]();
        assert_true(folder_is_used(&folder));
        struct folder_rest rest = {0};
        assert_int_equal(folder_renew(&folder, &rest), 0);
        assert_null(rest.aside);
        assert_null(rest.stuck);
        assert_false(folder_is_used(&folder));
        assert_int_equal(folder.fd, number); /* children close it by its number */
        assert_true(fcntl(folder.fd, F_GETFD) & FD_CLOEXEC);
    }
}

static void what_takes_long_is_set_aside(void **state)
{
    (void)state;
    for (unsigned round = 1; round <= 3; round++) {
        for (int i = 0; i < 1000; i++) {
            char name[32];
            snprintf(name, sizeof name, "3/%d", i);
            touch(name);
        }
        struct folder_rest rest = {0};
        assert_int_equal(folder_renew(&folder, &rest), 0);
        assert_non_null(rest.aside);
        assert_int_equal(access(rest.aside, F_OK), 0);
        free(rest.aside);
        assert_null(rest.stuck);
        assert_false(folder_is_used(&folder));
        assert_int_equal(n_aside(), round);
    }
}

static void what_is_found_is_taken_over_only_when_it_is_empty(void **state)
{
    (void)state;
    struct folder_rest rest = {0};
    struct folder again = {.path = path, .fd = -1};
    assert_int_equal(folder_open(&again, &rest), 0);
    assert_true(again.ino == folder.ino);
    close(again.fd);
    leave_file();
    again = (struct folder){.path = path, .fd = -1};
    assert_int_equal(folder_open(&again, &rest), 0);
    assert_int_equal(access("3/file", F_OK), -1);
    assert_false(folder_is_used(&again));
    close(again.fd);
}

static void something_is_anything_but_an_empty_folder(void **state)
{
    (void)state;
    assert_false(folder_holds_something(path));
    leave_file();
    assert_true(folder_holds_something(path));
    char *to;
    assert_int_equal(folder_set_aside(path, &to), 0);
    assert_int_equal(access(to, F_OK), 0);
    free(to);
    assert_false(folder_holds_something(path));
    assert_int_equal(folder_set_aside(path, &to), 0); /* a missing one */
    assert_null(to);
    touch("3");
    assert_true(folder_holds_something(path));
    assert_int_equal(folder_set_aside(path, &to), 0);
    free(to);
    assert_int_equal(n_aside(), 2);
}

static void a_survey_is_bounded_and_follows_no_link(void **state)
{
    (void)state;
    assert_int_equal(mkdir("3/inner", 0700), 0);
    assert_int_equal(symlink("/", "3/link"), 0);
    touch("3/inner/new\nline");
    touch("3/sparse");
    assert_int_equal(truncate("3/sparse", (off_t)1 << 40), 0);
    struct arena arena = {0};
    struct survey s;
    survey_folder(folder.fd, 1000, &arena, &s);
    assert_int_equal(s.n, 4);
    assert_int_equal(s.n_names, 4);
    assert_int_equal(s.bytes, 0);
    bool named = false;
    for (size_t i = 0; i < s.n_names; i++)
        named = named || strcmp(s.names[i], "inner/new\nline") == 0;
    assert_true(named);
    survey_folder(folder.fd, 2, &arena, &s);
    assert_int_equal(s.n, 2);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_use_is_noticed_and_renewed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_takes_long_is_set_aside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_found_is_taken_over_only_when_it_is_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(something_is_anything_but_an_empty_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_survey_is_bounded_and_follows_no_link, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
