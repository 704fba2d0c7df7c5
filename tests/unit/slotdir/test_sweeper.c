/* SPDX-License-Identifier: Apache-2.0 */
/* What is set aside is removed while the run goes on, also what comes while the sweeper is at work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "slotdir/folder.h"
#include "slotdir/sweeper.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct scene {
    char path[48];
    struct loop loop;
    struct workspace workspace;
    struct sweeper sweeper;
};

static int set_up(void **state)
{
    static struct scene s;
    s = (struct scene){0};
    strcpy(s.path, "/tmp/sweeper-XXXXXX");
    assert_non_null(mkdtemp(s.path));
    s.workspace = (struct workspace){.run_dir = open(s.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                     .run_path = xstrdup(s.path),
                                     .temp_base = xasprintf("%s/temp", s.path)};
    assert_int_equal(mkdir(s.workspace.temp_base, 0700), 0);
    assert_int_equal(mkdirat(s.workspace.run_dir, ".slots", 0700), 0);
    assert_int_equal(loop_init(&s.loop), 0);
    sweeper_init(&s.sweeper, &s.loop, &s.workspace);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    sweeper_close(&s->sweeper);
    loop_free(&s->loop);
    close(s->workspace.run_dir);
    workspace_forget(&s->workspace);
    return io_remove_tree(AT_FDCWD, s->path);
}

/* A folder with something in it, set aside. */
static void set_aside(const struct scene *s)
{
    autofree char *slot = xasprintf("%s/0", s->workspace.temp_base), *below = xasprintf("%s/below", slot);
    assert_int_equal(mkdir(slot, 0700), 0);
    assert_int_equal(mkdir(below, 0700), 0);
    assert_int_equal(folder_set_aside(slot), 0);
}

static void wait_until_idle(struct scene *s)
{
    while (sweeper_is_busy(&s->sweeper)) /* CTest's time limit bounds it */
        loop_wait(&s->loop, NEVER);
}

static void what_is_set_aside_goes(void **state)
{
    struct scene *s = *state;
    set_aside(s);
    assert_true(folder_holds_something(s->workspace.temp_base));
    sweeper_wake(&s->sweeper);
    wait_until_idle(s);
    assert_false(folder_holds_something(s->workspace.temp_base));
}

/* The first one has looked through the folder, and its end was not heard of yet. */
static void what_comes_meanwhile_goes_too(void **state)
{
    struct scene *s = *state;
    siginfo_t info;
    set_aside(s);
    sweeper_wake(&s->sweeper);
    assert_true(sweeper_is_busy(&s->sweeper));
    assert_int_equal(waitid(P_PID, (id_t)sweeper_pid(&s->sweeper), &info, WEXITED | WNOWAIT), 0);
    set_aside(s);
    sweeper_wake(&s->sweeper);
    wait_until_idle(s);
    assert_false(folder_holds_something(s->workspace.temp_base));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_set_aside_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_comes_meanwhile_goes_too, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
