/* SPDX-License-Identifier: Apache-2.0 */
/* The directories of a run: what is temporary goes, what an attempt wrote is kept under its own name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "slotdir/slotdir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

struct fixture {
    char path[40];
    char *temp;
    int dir;
    struct workspace w;
};

static int set_up(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    autoerr struct err err = {0};
    strcpy(f->path, "/tmp/test-workspace-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    f->temp = xasprintf("%s/temp", f->path);
    assert_int_equal(mkdir(f->temp, 0700), 0);
    setenv("TMPDIR", f->temp, 1);
    f->dir = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    workspace_choose(&f->w, f->dir, f->path);
    assert_int_equal(workspace_open(&f->w, &err), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    workspace_close(&f->w, NULL);
    close(f->dir);
    free(f->temp);
    int r = io_remove_tree(AT_FDCWD, f->path);
    free(f);
    return r;
}

static bool exists(const struct fixture *f, const char *name)
{
    struct stat st;
    return fstatat(f->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void slots_have_their_own(void **state)
{
    const struct fixture *f = *state;
    autofree char *temp = workspace_temp_dir(&f->w, 3, 0), *artifacts = workspace_artifacts_dir(&f->w, 3, 0);
    autofree char *expected = xasprintf("%s/.slots/3", f->path);
    assert_int_equal(strncmp(temp, f->temp, strlen(f->temp)), 0);
    assert_string_equal(strrchr(temp, '/'), "/3");
    assert_string_equal(artifacts, expected);
    struct stat st;
    assert_int_equal(stat(f->w.temp_base, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
}

static void closing_removes_what_is_temporary(void **state)
{
    struct fixture *f = *state;
    autofree char *temp = workspace_temp_dir(&f->w, 0, 0);
    assert_int_equal(io_mkdirs(AT_FDCWD, temp), 0);
    assert_int_equal(io_mkdirs(f->dir, ".slots/0/deep"), 0);
    assert_int_equal(io_mkdirs(f->dir, "cases/kept"), 0);
    autofree char *base = xstrdup(f->w.temp_base);
    workspace_close(&f->w, NULL);
    assert_int_equal(access(base, F_OK), -1);
    assert_false(exists(f, ".slots"));
    assert_true(exists(f, "cases/kept"));
    workspace_close(&f->w, NULL); /* again */
}

static void a_relative_tmpdir_is_not_used(void **state)
{
    struct fixture *f = *state;
    workspace_close(&f->w, NULL);
    setenv("TMPDIR", "relative", 1);
    workspace_choose(&f->w, f->dir, f->path);
    assert_int_equal(workspace_open(&f->w, NULL), 0);
    assert_int_equal(strncmp(f->w.temp_base, "/tmp/muster-", 12), 0);
}

static void a_missing_tmpdir_is_an_error_that_names_it(void **state)
{
    struct fixture *f = *state;
    workspace_close(&f->w, NULL);
    setenv("TMPDIR", "/nowhere/at/all", 1);
    autoerr struct err err = {0};
    workspace_choose(&f->w, f->dir, f->path);
    assert_int_equal(workspace_open(&f->w, &err), -ENOENT);
    assert_non_null(strstr(err_text(&err), "/nowhere/at/all/"));
}

static void a_worn_folder_has_a_successor(void **state)
{
    const struct fixture *f = *state;
    autofree char *temp = workspace_temp_dir(&f->w, 3, 2), *artifacts = workspace_artifacts_dir(&f->w, 3, 2);
    assert_string_equal(strrchr(temp, '/'), "/3.2");
    assert_string_equal(strrchr(artifacts, '/'), "/3.2");
}

/* As a whole, below a folder of its own: no name of the scenario's meets one of ours. */
static void what_an_attempt_wrote_is_kept(void **state)
{
    const struct fixture *f = *state;
    autofree char *slot = workspace_artifacts_dir(&f->w, 1, 0);
    int attempt = workspace_attempt_dir(&f->w, "acme.pay[plan=pro]", 2);
    assert_true(attempt >= 0);
    assert_int_equal(io_mkdirs(f->dir, ".slots/1/screens"), 0);
    assert_int_equal(io_write_file(f->dir, ".slots/1/screens/login.png", "x", 1), 0);
    assert_int_equal(io_write_file(f->dir, ".slots/1/crash.txt", "its own", 7), 0);
    assert_int_equal(mkfifoat(f->dir, ".slots/1/stdout.log", 0600), 0);
    assert_int_equal(fchmodat(f->dir, ".slots/1", 0000, 0), 0);
    assert_int_equal(workspace_keep(slot, attempt), 0);
    assert_int_equal(faccessat(attempt, "files/screens/login.png", F_OK, 0), 0);
    assert_int_equal(faccessat(attempt, "files/crash.txt", F_OK, 0), 0);
    assert_int_equal(faccessat(attempt, "stdout.log", F_OK, 0), -1);
    struct stat st;
    assert_int_equal(fstatat(attempt, "files", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_false(exists(f, ".slots/1"));
    assert_int_equal(io_mkdirs(f->dir, ".slots/1/of-a-janitor"), 0);
    assert_int_equal(workspace_keep(slot, attempt), 0);
    assert_int_equal(faccessat(attempt, "files-2/of-a-janitor", F_OK, 0), 0);
    assert_int_equal(workspace_keep(slot, attempt), -ENOENT);
    close(attempt);
}

static void a_slot_that_became_a_link_is_not_followed(void **state)
{
    const struct fixture *f = *state;
    autofree char *slot = workspace_artifacts_dir(&f->w, 0, 0);
    assert_int_equal(io_mkdirs(f->dir, "elsewhere"), 0);
    assert_int_equal(io_write_file(f->dir, "elsewhere/precious", "x", 1), 0);
    assert_int_equal(symlinkat("../elsewhere", f->dir, ".slots/0"), 0);
    int attempt = workspace_attempt_dir(&f->w, "acme.x", 1);
    assert_int_equal(workspace_keep(slot, attempt), -ENOTDIR);
    assert_true(exists(f, "elsewhere/precious"));
    close(attempt);
}

/* A scenario of the same user may have been there before us. Before: to open a FIFO waited for ever. */
static void our_files_are_opened_without_waiting(void **state)
{
    const struct fixture *f = *state;
    int attempt = workspace_attempt_dir(&f->w, "acme.x", 1);
    assert_int_equal(mkfifoat(attempt, "stdout.log", 0600), 0);
    assert_int_equal(workspace_open_file(attempt, "stdout.log"), -EEXIST);
    autoclose int reader = openat(attempt, "stdout.log", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(reader >= 0);
    assert_int_equal(workspace_open_file(attempt, "stdout.log"), -EEXIST);
    assert_int_equal(io_write_file(f->dir, "precious", "x", 1), 0);
    assert_int_equal(symlinkat("../../../precious", attempt, "stderr.log"), 0);
    assert_int_equal(workspace_open_file(attempt, "stderr.log"), -EEXIST);
    assert_int_equal(linkat(f->dir, "precious", attempt, "crash.txt", 0), 0);
    assert_int_equal(workspace_open_file(attempt, "crash.txt"), -EEXIST);
    for (int i = 0; i < 2; i++) { /* a second janitor writes behind the first */
        int fd = workspace_open_file(attempt, "cleanup-stdout.log");
        assert_true(fd >= 0);
        assert_int_equal(io_write_all(fd, "line\n", 5), 0);
        close(fd);
    }
    autobuf struct buf text = {0};
    assert_int_equal(io_read_file(attempt, "cleanup-stdout.log", SIZE_MAX, &text), 0);
    assert_string_equal(buf_str(&text), "line\nline\n");
    close(attempt);
}

static void a_link_in_the_way_is_not_followed(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(io_mkdirs(f->dir, "elsewhere"), 0);
    assert_int_equal(symlinkat("elsewhere", f->dir, "cases"), 0);
    assert_true(workspace_attempt_dir(&f->w, "acme.x", 1) < 0);
    assert_false(exists(f, "elsewhere/acme.x"));
}

static void a_case_can_be_dropped(void **state)
{
    const struct fixture *f = *state;
    close(workspace_attempt_dir(&f->w, "acme.pay", 1));
    close(workspace_attempt_dir(&f->w, "acme.pay", 2));
    close(workspace_attempt_dir(&f->w, "acme.payments", 1));
    assert_true(exists(f, "cases/acme.pay/attempt-2"));
    assert_null(workspace_drop_case(&f->w, "acme.pay"));
    assert_false(exists(f, "cases/acme.pay"));
    assert_true(exists(f, "cases/acme.payments/attempt-1"));
}

static void a_large_case_is_set_aside(void **state)
{
    const struct fixture *f = *state;
    autoclose int attempt = workspace_attempt_dir(&f->w, "acme.large", 1);
    for (int i = 0; i < 1000; i++) {
        autofree char *name = xasprintf("%d", i);
        assert_int_equal(mknodat(attempt, name, S_IFREG | 0600, 0), 0);
    }
    autofree char *aside = workspace_drop_case(&f->w, "acme.large");
    assert_non_null(aside);
    assert_int_equal(access(aside, F_OK), 0);
    assert_false(exists(f, "cases/acme.large"));
}

static void ids_cannot_leave_the_folder(void **state)
{
    const struct fixture *f = *state;
    static const char *const ids[] = {"..", "../../x", "/etc", "a/b", "."};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        int attempt = workspace_attempt_dir(&f->w, ids[i], 1);
        assert_true(attempt >= 0);
        autofree char *link = xasprintf("/proc/self/fd/%d", attempt);
        char real[512];
        ssize_t n = readlink(link, real, sizeof real - 1);
        assert_true(n > 0);
        real[n] = '\0';
        autofree char *cases = xasprintf("%s/cases/", f->path);
        assert_int_equal(strncmp(real, cases, strlen(cases)), 0);
        close(attempt);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(slots_have_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closing_removes_what_is_temporary, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_relative_tmpdir_is_not_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_tmpdir_is_an_error_that_names_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_worn_folder_has_a_successor, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_an_attempt_wrote_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(our_files_are_opened_without_waiting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_in_the_way_is_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_case_is_set_aside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slot_that_became_a_link_is_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_case_can_be_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_cannot_leave_the_folder, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
