/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios of several users at once, for parallel_users.sh: each good for one way in which a group can end. */
#include <muster/kit/data.h>
#include <muster/kit/parallel.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { USERS = 50 };

/* One write each, so that lines of several threads and processes don't mix. */
static void say(struct muster_ctx *t, const char *file, const char *text)
{
    const char *path = m_fmt(t, "%s/%s", m_target(t, "dir"), file), *line = m_fmt(t, "%s\n", text);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, line, strlen(line)) != (ssize_t)strlen(line))
        ERROR("%s cannot be written", path);
    close(fd);
}

CLEANUP(undo, "undo")
{
    say(t, "undone", m_fmt(t, "%s %s", payload, atoi(payload) == getpid() ? "same" : "other"));
}

static void tear_down(struct muster_ctx *t)
{
    say(t, "torn-down", "once");
}

__attribute__((noinline)) static void hang_here(void)
{
    for (;;)
        pause();
}

/* ---- a group that passes, but for one ---------------------------------------------------------------------- */

static void check_in_rounds(struct muster_ctx *t, unsigned user, void *data)
{
    atomic_uint *arrived = data;
    for (unsigned round = 1; round <= 3; round++) {
        (*arrived)++;
        m_barrier(t);
        CHECK_UINT(*arrived, ==, round * USERS);
        m_barrier(t);
    }
    STEP("look")
    {
        CHECK_UINT(user, <, USERS);
    }
}

SCENARIO(all_pass)
{
    atomic_uint arrived = 0;
    STEP("rush")
    {
        m_parallel(t, USERS, check_in_rounds, &arrived);
    }
    CHECK_UINT(arrived, ==, 3 * USERS);
}

static void fail_if_third(struct muster_ctx *t, unsigned user, void *data)
{
    (void)data;
    STEP("pay")
    {
        m_barrier(t); /* all of these steps are open when one fails */
        CHECK_UINT(user, !=, 3);
        m_barrier(t);
    }
}

SCENARIO(one_fails)
{
    STEP("before")
    {
        CHECK(1);
    }
    STEP("rush")
    {
        m_parallel(t, 8, fail_if_third, NULL);
    }
}

/* ---- a group whose attempt ends before it -------------------------------------------------------------------- */

static void defer_own_pid(struct muster_ctx *t)
{
    DEFER("undo", m_fmt(t, "%d", (int)getpid()));
}

static void require_if_fifth(struct muster_ctx *t, unsigned user, void *data)
{
    (void)data;
    defer_own_pid(t);
    m_barrier(t);
    if (user == 5)
        REQUIRE_STR("sold out", ==, "sold");
    m_barrier(t);
}

SCENARIO(one_requires, .teardown = tear_down)
{
    m_parallel(t, 8, require_if_fifth, NULL);
}

static void require_together(struct muster_ctx *t, unsigned user, void *data)
{
    (void)data;
    defer_own_pid(t);
    m_barrier(t);
    REQUIRE_UINT(user, >=, USERS);
}

SCENARIO(all_require, .teardown = tear_down)
{
    m_parallel(t, USERS, require_together, NULL);
}

static void require_in_teardown(struct muster_ctx *t)
{
    tear_down(t);
    m_parallel(t, 8, require_together, NULL);
    say(t, "torn-down", "never");
}

/* The users of the body are of no account any more, those of tear-down end it. */
SCENARIO(all_require_twice, .teardown = require_in_teardown)
{
    m_parallel(t, 8, require_together, NULL);
}

static void skip_if_second(struct muster_ctx *t, unsigned user, void *data)
{
    (void)data;
    if (user == 2)
        SKIP("user %u has no ticket", user);
    hang_here();
}

SCENARIO(one_skips)
{
    m_parallel(t, 4, skip_if_second, NULL);
}

static void hang_if_second(struct muster_ctx *t, unsigned user, void *data)
{
    (void)data;
    if (user == 2)
        hang_here();
    m_barrier(t);
}

SCENARIO(one_hangs, .timeout_ms = 2000)
{
    m_parallel(t, 6, hang_if_second, NULL);
}

static void crash_if_fourth(struct muster_ctx *t, unsigned user, void *data)
{
    (void)data;
    m_barrier(t);
    if (user == 4)
        abort();
    hang_here();
}

SCENARIO(one_crashes)
{
    m_parallel(t, 6, crash_if_fourth, NULL);
}

MUSTER_PLUGIN("e2e.users", "1.0")
