/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that defer, and end in every way. */
#include "work.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

CLEANUP(tell, "tell")
{
    char line[256];
    snprintf(line, sizeof line, "%s in %s", payload, m_attempt(t)->case_id);
    say(t, "words", line);
}

CLEANUP(tell_process, "tell.process")
{
    char line[256];
    snprintf(line, sizeof line, "%s %s", payload, atoi(payload) == getpid() ? "same" : "other");
    say(t, "words", line);
}

CLEANUP(fail_to_undo, "fail")
{
    FAIL("cannot undo %s", payload);
}

CLEANUP(never_end, "hang", .timeout_ms = 200)
{
    (void)payload;
    wait_for_ever();
}

/* As long as it is allowed to. */
CLEANUP(never_end_either, "hang.on")
{
    (void)payload;
    wait_for_ever();
}

SCENARIO(undoes_as_long_as_it_may)
{
    DEFER("hang.on", "");
}

static void defer_three(struct muster_ctx *t)
{
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    DEFER("tell.process", pid);
    DEFER("tell", "second");
    DEFER("tell", "third");
}

SCENARIO(undoes_after_pass, .markers = MARKERS("undo"), .teardown = leave_word)
{
    defer_three(t);
}

SCENARIO(undoes_after_require, .markers = MARKERS("undo"))
{
    defer_three(t);
    REQUIRE(0);
}

SCENARIO(undoes_after_crash, .markers = MARKERS("undo"))
{
    defer_three(t);
    abort();
}

SCENARIO(undoes_after_exit, .markers = MARKERS("undo"))
{
    defer_three(t);
    _exit(0);
}

SCENARIO(undoes_after_timeout, .timeout_ms = 1000, .markers = MARKERS("undo"))
{
    defer_three(t);
    wait_for_ever();
}

SCENARIO(undoes_after_kill, .markers = MARKERS("undo"))
{
    defer_three(t);
    raise(SIGKILL);
}

/* What --keep-failed keeps, and what it does not. */
SCENARIO(undoes_after_skip)
{
    defer_three(t);
    SKIP("not today");
}

SCENARIO(undoes_after_error)
{
    defer_three(t);
    ERROR("not the product");
}

SCENARIO(undoes_after_retry, .reruns = 1)
{
    defer_three(t);
    CHECK_UINT(m_attempt(t)->attempt, ==, 2);
}

SCENARIO(cannot_undo)
{
    DEFER("tell", "before");
    DEFER("fail", "this");
}

SCENARIO(cannot_undo_after_crash)
{
    DEFER("tell", "before");
    DEFER("fail", "this");
    abort();
}

SCENARIO(undoes_without_end)
{
    DEFER("tell", "before");
    DEFER("hang", "");
}

static struct muster_ctx *shared;

static void *defer_on_thread(void *payload)
{
    struct muster_ctx *t = shared;
    for (int i = 0; i < 20; i++)
        DEFER("tell.process", payload);
    return NULL;
}

SCENARIO(undoes_what_threads_defer)
{
    enum { THREADS = 4 };
    static char pid[16];
    pthread_t threads[THREADS];
    shared = t;
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    for (int i = 0; i < THREADS; i++)
        REQUIRE_INT(pthread_create(&threads[i], NULL, defer_on_thread, pid), ==, 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

SCENARIO(defers_the_unknown)
{
    DEFER("no.such.cleanup", "x");
}
