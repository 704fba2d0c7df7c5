/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of runs: none is taken for another, none is removed by another, and `latest` costs nobody a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "evidence/run_folder.h"
#include "evidence/staging.h"
#include "record/run_id.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char out[] = "/tmp/test-run-folder-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    strcpy(out + sizeof out - 7, "XXXXXX");
    return mkdtemp(out) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return io_remove_tree(AT_FDCWD, out);
}

static int n_entries(void)
{
    autoclosedir DIR *dir = opendir(out);
    int n = 0;
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    return n;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void ids_differ_within_a_second(void **state)
{
    (void)state;
    enum { N = 20000 }; /* of 24 random bits, a dozen would meet */
    char(*ids)[RUN_ID_SIZE] = xcalloc(N, sizeof *ids);
    for (int i = 0; i < N; i++) {
        run_id_make(ids[i]);
        assert_int_equal(strlen(ids[i]), RUN_ID_SIZE - 1);
    }
    qsort(ids, N, sizeof *ids, by_text);
    for (int i = 1; i < N; i++)
        assert_string_not_equal(ids[i - 1], ids[i]);
    free(ids);
}

static void a_folder_that_exists_is_another_runs(void **state)
{
    (void)state;
    autofree char *shown = NULL;
    int dir = -1, other = -1;
    assert_int_equal(run_folder_make(out, "run", false, &shown, &dir, NULL), 0);
    assert_int_equal(io_write_file(dir, "evidence", "x", 1), 0);
    autofree char *again = NULL;
    autoerr struct err err = {0};
    assert_int_equal(run_folder_make(out, "run", false, &again, &other, &err), -EEXIST);
    assert_non_null(strstr(err_text(&err), "run: "));
    assert_null(again);
    assert_int_equal(faccessat(dir, "evidence", F_OK, 0), 0);
    close(dir);
}

static void latest_replaces_a_link_and_nothing_else(void **state)
{
    (void)state;
    char to[16] = "";
    autofree char *latest = xasprintf("%s/latest", out);
    run_folder_link_latest(out, "one");
    run_folder_link_latest(out, "two");
    assert_int_equal(readlink(latest, to, sizeof to - 1), 3);
    assert_string_equal(to, "two");
    assert_int_equal(unlink(latest), 0);
    assert_int_equal(io_write_file(AT_FDCWD, latest, "mine", 4), 0);
    run_folder_link_latest(out, "three");
    struct stat st;
    assert_int_equal(lstat(latest, &st), 0);
    assert_true(S_ISREG(st.st_mode) && st.st_size == 4);
    assert_int_equal(unlink(latest), 0);
    assert_int_equal(mkdir(latest, 0700), 0);
    run_folder_link_latest(out, "four");
    assert_int_equal(rmdir(latest), 0);
    assert_int_equal(n_entries(), 0); /* no temporary link either */
}

static void two_at_once_do_not_meet(void **state)
{
    (void)state;
    struct staging one = STAGING_INIT, two = STAGING_INIT;
    assert_int_equal(staging_open(&one, out, NULL), 0);
    assert_int_equal(io_write_file(one.dir, "half", "x", 1), 0);
    assert_int_equal(staging_open(&two, out, NULL), 0);
    assert_int_equal(faccessat(one.dir, "half", F_OK, 0), 0);
    autofree char *path = xasprintf("%s/run", out), *inside = xasprintf("%s/run/half", out);
    assert_int_equal(staging_publish(&one, path, NULL), 0);
    assert_int_equal(access(inside, F_OK), 0);
    /* The second made the same: the first stays. */
    assert_int_equal(staging_publish(&two, path, NULL), -EEXIST);
    staging_close(&one);
    staging_close(&two);
    assert_int_equal(access(inside, F_OK), 0);
    assert_int_equal(n_entries(), 1);
}

/* What a killed one left goes; who lives is left alone, in whatever moment. */
static void the_next_removes_what_a_killed_one_left(void **state)
{
    (void)state;
    struct staging living = STAGING_INIT, next = STAGING_INIT;
    assert_int_equal(staging_open(&living, out, NULL), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct staging killed = STAGING_INIT;
        _exit(staging_open(&killed, out, NULL) == 0 && io_write_file(killed.dir, "half", "x", 1) == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(n_entries(), 2);
    assert_int_equal(staging_open(&next, out, NULL), 0);
    assert_int_equal(n_entries(), 2);
    assert_int_equal(access(living.path, F_OK), 0);
    staging_close(&living);
    staging_close(&next);
    assert_int_equal(n_entries(), 0);
}

/* Makers that sweep while others begin: each has its own to the end. */
static void many_at_once(void **state)
{
    (void)state;
    enum { MAKERS = 6, ROUNDS = 40 };
    pid_t pids[MAKERS];
    for (int i = 0; i < MAKERS; i++) {
        pids[i] = fork();
        if (pids[i] != 0)
            continue;
        for (int k = 0; k < ROUNDS; k++) {
            struct staging s = STAGING_INIT;
            autofree char *path = xasprintf("%s/run-%d-%d", out, i, k);
            if (staging_open(&s, out, NULL) < 0 || io_write_file(s.dir, "whole", "x", 1) < 0 ||
                staging_publish(&s, path, NULL) < 0)
                _exit(1);
            staging_close(&s);
        }
        _exit(0);
    }
    for (int i = 0; i < MAKERS; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(n_entries(), MAKERS * ROUNDS);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_differ_within_a_second),       IN_FOLDER(a_folder_that_exists_is_another_runs),
        IN_FOLDER(latest_replaces_a_link_and_nothing_else), IN_FOLDER(two_at_once_do_not_meet),
        IN_FOLDER(the_next_removes_what_a_killed_one_left), IN_FOLDER(many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
