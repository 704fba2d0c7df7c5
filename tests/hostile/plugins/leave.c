/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that end their process before there is a verdict. An exit status of 0 is none. */
#include "bystanders.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>

SCENARIO(exits)
{
    exit(0);
}

SCENARIO(exits_at_once)
{
    _exit(0);
}

SCENARIO(exits_quickly)
{
    quick_exit(0);
}

SCENARIO(exits_by_system_call)
{
    syscall(SYS_exit_group, 0);
}

enum { QUIET = 112 /* EXIT_QUIET of core/ipc/message.h: the next attempt may begin at once */ };

SCENARIO(exits_as_if_it_had_passed)
{
    _exit(QUIET);
}

CLEANUP(undo, "hostile.leave.undo")
{
    CHECK_INT(*payload, ==, '1');
}

SCENARIO(defers_and_exits_as_if_it_had_passed)
{
    DEFER("hostile.leave.undo", "1");
    _exit(QUIET);
}

SCENARIO(exits_with_seven)
{
    exit(7);
}

SCENARIO(fails_then_exits)
{
    CHECK_INT(1, ==, 2);
    exit(0);
}

static void exit_in_teardown(struct muster_ctx *t)
{
    (void)t;
    exit(0);
}

SCENARIO(exits_in_teardown, .teardown = exit_in_teardown)
{
    LOG("fine so far");
}

static void *exit_in_thread(void *data)
{
    (void)data;
    exit(0);
}

SCENARIO(exits_in_thread, .timeout_ms = 2000)
{
    pthread_t thread;
    REQUIRE_INT(pthread_create(&thread, NULL, exit_in_thread, NULL), ==, 0);
    pthread_join(thread, NULL);
}

SCENARIO(becomes_another_program)
{
    execl("/bin/true", "true", (char *)NULL);
}

/* The main thread ends, no other is left: the process ends with status 0. */
SCENARIO(ends_its_thread)
{
    syscall(SYS_exit, 0);
}

/* The child comes back from the body as well. Its opinion does not count. */
SCENARIO(child_returns_too)
{
    pid_t child = fork();
    REQUIRE_INT(child, >=, 0);
    if (child == 0)
        return;
    waitpid(child, NULL, 0);
    CHECK_INT(1, ==, 2);
}

SCENARIO(child_exits)
{
    pid_t child = fork();
    REQUIRE_INT(child, >=, 0);
    if (child == 0)
        exit(0);
    CHECK_INT(waitpid(child, NULL, 0), ==, child);
}

MUSTER_PLUGIN("hostile.leave", "1.0")
