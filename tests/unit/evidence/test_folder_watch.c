/* SPDX-License-Identifier: Apache-2.0 */
/* Who else writes into a run's folder is noticed, however soon it was done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "evidence/folder_watch.h"
#include "record/evlog.h"
#include "record/ledger.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct watched {
    char path[32];
    int dir, log;
    struct loop loop;
    struct folder_watch watch;
    char told[256];
};

static void on_changed(void *data, const char *path, const char *what)
{
    struct watched *w = data;
    size_t used = strlen(w->told);
    snprintf(w->told + used, sizeof w->told - used, "%s: %s\n", path, what);
}

static int set_up(void **state)
{
    static struct watched w;
    w = (struct watched){.path = "/tmp/test-watch-XXXXXX", .watch = FOLDER_WATCH_INIT};
    assert_non_null(mkdtemp(w.path));
    w.dir = open(w.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    w.log = openat(w.dir, EVLOG_NAME, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(loop_init(&w.loop), 0);
    assert_int_equal(folder_watch_open(&w.watch, &w.loop, w.path, on_changed, &w), 0);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    struct watched *w = *state;
    folder_watch_close(&w->watch);
    loop_free(&w->loop);
    close(w->log);
    close(w->dir);
    return io_remove_tree(AT_FDCWD, w->path);
}

/* The file stays open where it is the run's own. */
static int make_ledger(const struct watched *w)
{
    int file = openat(w->dir, LEDGER_NAME, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_int_equal(write(file, "ours\n", 5), 5);
    return file;
}

static void write_from_outside(const struct watched *w, const char *name)
{
    int file = openat(w->dir, name, O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_int_equal(write(file, "theirs\n", 7), 7);
    close(file);
}

static void test_what_is_ours_says_nothing(void **state)
{
    struct watched *w = *state;
    int ledger = make_ledger(w);
    assert_int_equal(mkdirat(w->dir, "cases", 0700), 0);
    assert_int_equal(write(w->log, "{}\n", 3), 3);
    folder_watch_close(&w->watch);
    close(ledger);
    assert_string_equal(w->told, "");
}

/* Between its being made and our hearing of that, there is no watch on the ledger itself. */
static void test_a_ledger_that_is_written_as_soon_as_it_is_made(void **state)
{
    struct watched *w = *state;
    int ledger = make_ledger(w);
    write_from_outside(w, LEDGER_NAME);
    folder_watch_close(&w->watch);
    close(ledger);
    assert_string_equal(w->told, LEDGER_NAME ": it was opened by somebody else to be written to\n");
}

static void test_a_file_of_somebody_else(void **state)
{
    struct watched *w = *state;
    int file = openat(w->dir, "junit.xml", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    close(file);
    folder_watch_close(&w->watch);
    assert_string_equal(w->told, "junit.xml: it was made by somebody else\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_ours_says_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_ledger_that_is_written_as_soon_as_it_is_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_of_somebody_else, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
