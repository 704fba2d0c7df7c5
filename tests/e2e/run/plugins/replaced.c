/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that another build of it replaces while it runs, or nothing at all where none is given: in the second, other
 * code stands at the number of a scenario that fails in the first. A thread that its constructor starts has every
 * attempt load the file anew.
 */
#include <muster/muster.h>

#include <pthread.h>
#include <unistd.h>

static void *wait_here(void *unused)
{
    (void)unused;
    pause();
    return NULL;
}

__attribute__((constructor)) static void start_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_here, NULL);
}

SCENARIO(a_replaces)
{
    const char *by = m_target(t, "by"), *path = m_target(t, "path");
    REQUIRE(path != NULL);
    REQUIRE_INT(by ? rename(by, path) : unlink(path), ==, 0);
}

#ifdef SECOND_BUILD
SCENARIO(b_was_added)
{
    CHECK(1);
}
#endif

SCENARIO(c_fails)
{
    FAIL("as it should");
}

FIXTURE(late, MUSTER_SCOPE_PLUGIN)
{
    m_publish(t, "word", "ready");
}

SCENARIO(d_uses, .uses = USES("late"))
{
    CHECK_STR(m_fixture(t, "late", "word"), ==, "ready");
}

MUSTER_PLUGIN("e2e.replaced", "1.0.0")
