/* SPDX-License-Identifier: Apache-2.0 */
/* What comes first is told first: of two things that go wrong in an attempt, and of two attempts. */
#include <muster/muster.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void heed(int signo)
{
    (void)signo;
}

/* Until it is asked to end: the body returns then, and tear-down follows. */
static void wait_for_the_end(void)
{
    const struct sigaction action = {.sa_handler = heed};
    sigaction(SIGTERM, &action, NULL);
    pause();
}

static void check_what_is_left(struct muster_ctx *t)
{
    CHECK_INT(3, ==, 0);
}

SCENARIO(late_then_failed, .timeout_ms = 200, .teardown = check_what_is_left)
{
    wait_for_the_end();
}

SCENARIO(failed_then_late, .timeout_ms = 200)
{
    CHECK_INT(1, ==, 2);
    for (;;)
        pause();
}

SCENARIO(failed_then_skipped, .reruns = 1, .rerun_delay_ms = 1)
{
    if (m_attempt(t)->attempt > 1)
        SKIP("the account is gone");
    CHECK_INT(200, ==, 409);
}

/* In a process that it forked, too: what it should undo is left, and is no pass for it. */
CLEANUP(forget_the_order, "order.forget")
{
    pid_t child = fork();
    if (child == 0) {
        CHECK_STR(payload, ==, "forgotten");
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

SCENARIO(failed_then_cleanup_failed)
{
    DEFER("order.forget", "o1");
    FAIL("lost 3 rows");
}

SCENARIO(passed_then_cleanup_failed)
{
    DEFER("order.forget", "o2");
    CHECK(1);
}

static void pull_the_plug(struct muster_ctx *t)
{
    (void)t;
    raise(SIGKILL);
}

SCENARIO(failed_then_crashed, .teardown = pull_the_plug)
{
    FAIL("lost 3 rows");
}

FIXTURE(warehouse, MUSTER_SCOPE_RUN)
{
    pid_t child = fork();
    if (child == 0) {
        CHECK_INT(7, ==, 8);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

SCENARIO(needs_the_warehouse, .uses = USES("warehouse"))
{
    CHECK(1);
}

MUSTER_PLUGIN("shop.causes", "1.0.0")
