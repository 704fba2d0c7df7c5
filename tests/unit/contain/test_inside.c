/* SPDX-License-Identifier: Apache-2.0 */
/* The inner side of containment: a monitor that is alone ends what is in there with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/mem.h"
#include "contain/group_tree.h"
#include "contain/inside.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a group below the monitor's, which a scenario has made and frozen. False: no such thing can be had. */
static bool leave_a_frozen_process(int group)
{
    if (mkdirat(group, "below", 0755) < 0)
        return false;
    autoclose int below = openat(group, "below", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    autofree char *number = xasprintf("%d", (int)pid);
    return group_write(below, "cgroup.procs", number) == 0 && group_write(below, "freezer.state", "FROZEN") == 0;
}

/* 0: all have ended; killed by the alarm when they have not. */
static _Noreturn void be_monitor(struct inside *in)
{
    enum { LIMIT_S = 20 };
    autoerr struct err err = {0};
    alarm(LIMIT_S);
    if (contain_enter(in, &err) < 0 || !leave_a_frozen_process(in->group))
        _exit(1);
    contain_end_all(in);
    _exit(contain_is_clean(in) || group_remove_below(in->group) == 0 ? 0 : 2);
}

static void what_is_frozen_below_is_ended(void **state)
{
    (void)state;
    autofree char *own = group_own("freezer");
    autofree char *path = own ? xasprintf("%s/muster-inside-%d", own, (int)getpid()) : NULL;
    if (!path || mkdir(path, 0755) < 0)
        skip();
    autoclose int group = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct inside in;
    int status;
    assert_int_equal(inside_init(&in, rung_index(&rung_cgroup1), UINT32_MAX, group), 0);
    pid_t pid = fork();
    if (pid == 0)
        be_monitor(&in);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    group_write_all(AT_FDCWD, path, "freezer.state", "THAWED");
    autopids struct pids left = {0};
    group_list(AT_FDCWD, path, &left);
    for (size_t i = 0; i < left.n; i++) /* nothing of a test that failed stays */
        kill(left.items[i], SIGKILL);
    group_remove(AT_FDCWD, path);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_frozen_below_is_ended)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
