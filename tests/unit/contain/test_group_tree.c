/* SPDX-License-Identifier: Apache-2.0 */
/* Groups and those below them, where a hierarchy of cgroups can be written to; else skipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "contain/group_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct scene {
    char *own, *path;
    int base; /* -1: none can be made here */
};

static int set_up(void **state)
{
    static const char *const controllers[] = {"", "freezer"};
    static struct scene s;
    s = (struct scene){.base = -1};
    for (size_t i = 0; i < ARRAY_LEN(controllers) && s.base < 0; i++) {
        s.own = group_own(controllers[i]);
        if (!s.own || group_open_run(s.own, "unit-tree", &s.path, &s.base) < 0) {
            free(s.own);
            s.own = NULL;
        }
    }
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    group_close_run(s->path, s->base, 1);
    free(s->own);
    return 0;
}

static int open_slot(const struct scene *s)
{
    if (s->base < 0)
        skip();
    int slot = group_open_slot(s->base, 0);
    assert_true(slot >= 0);
    return slot;
}

static pid_t stay_in(int dir, const char *procs)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    char text[16];
    snprintf(text, sizeof text, "%d", (int)pid);
    assert_int_equal(group_write(dir, procs, text), 0);
    return pid;
}

static void those_below_are_seen_and_listed(void **state)
{
    const struct scene *s = *state;
    autoclose int slot = open_slot(s);
    assert_false(group_has_more(slot));
    assert_int_equal(mkdirat(slot, "a", 0755), 0);
    assert_int_equal(mkdirat(slot, "a/b", 0755), 0);
    assert_true(group_has_more(slot));
    pid_t above = stay_in(slot, "cgroup.procs"), below = stay_in(slot, "a/b/cgroup.procs");
    autopids struct pids all = {0};
    group_list(s->base, "0", &all);
    assert_int_equal(all.n, 2);
    assert_true(pids_has(&all, above));
    assert_true(pids_has(&all, below));
    assert_int_equal(group_remove(s->base, "0"), -EBUSY);
    assert_int_equal(faccessat(s->base, "0/a/b", F_OK, 0), 0);
    kill(above, SIGKILL);
    kill(below, SIGKILL);
    waitpid(above, NULL, 0);
    waitpid(below, NULL, 0);
    while (group_remove_below(slot) == -EBUSY) /* for as long as the kernel takes to let them go */
        ;
    assert_false(group_has_more(slot));
}

/* Deeper than a path can be long, with one descriptor and no recursion. */
static void deep_ones_go(void **state)
{
    enum { LEVELS = 200, NAME = 40 };
    const struct scene *s = *state;
    autoclose int slot = open_slot(s);
    int at = openat(slot, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), made = 0;
    for (; made < LEVELS; made++) { /* the kernel may take fewer */
        char name[NAME + 1];
        snprintf(name, sizeof name, "%0*d", NAME, made);
        if (mkdirat(at, name, 0755) < 0)
            break;
        int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(next >= 0);
        close(at);
        at = next;
    }
    close(at);
    assert_true(made > 10);
    assert_int_equal(group_remove(s->base, "0"), 0);
    assert_int_equal(faccessat(s->base, "0", F_OK, 0), -1);
    assert_int_equal(group_remove(s->base, "0"), 0); /* a missing one */
}

/* Which is known by its lock, whatever number its process has. */
static void a_run_that_lives_is_not_abandoned(void **state)
{
    const struct scene *s = *state;
    autoclose int slot = open_slot(s);
    assert_true(slot >= 0);
    char *path = NULL;
    int base = -1;
    assert_int_equal(group_open_run(s->own, "unit-other", &path, &base), 0); /* looks for abandoned ones first */
    assert_int_equal(access(s->path, F_OK), 0);
    autofree char *copy = xstrdup(path);
    close(base); /* as its end would */
    group_close_run(path, -1, 0);
    assert_int_equal(access(copy, F_OK), -1);
    assert_int_equal(mkdir(copy, 0755), 0); /* one that nobody holds */
    assert_int_equal(group_open_run(s->own, "unit-third", &path, &base), 0);
    assert_int_equal(access(copy, F_OK), -1);
    group_close_run(path, base, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(those_below_are_seen_and_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deep_ones_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_run_that_lives_is_not_abandoned, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
