/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that crash, each in another way and place. */
#include "bystanders.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

static void store(volatile int *where)
{
    *where = 1;
}

static void crash_in_setup(struct muster_ctx *t)
{
    (void)t;
    store(NULL);
}

static void crash_in_teardown(struct muster_ctx *t)
{
    (void)t;
    store(NULL);
}

static void *crash_in_thread(void *data)
{
    store(data);
    return NULL;
}

SCENARIO(setup_crashes, .setup = crash_in_setup)
{
    FAIL("the body ran");
}

SCENARIO(teardown_crashes, .teardown = crash_in_teardown)
{
    LOG("fine so far");
}

SCENARIO(failed_check_then_crash)
{
    CHECK_INT(1, ==, 2);
    store(NULL);
}

SCENARIO(null_store)
{
    store(NULL);
}

static void (*volatile nowhere)(void);
SCENARIO(null_call)
{
    nowhere();
}

/* An address that no pointer can have: the kernel reports no address for it. */
SCENARIO(wild_store)
{
    store((volatile int *)0x8000000000000000u);
}

/* Some thousand frames: all of them are counted, however slow the machine is. */
static int recurse(volatile char *previous)
{
    volatile char here[2048];
    here[0] = previous[0];
    return recurse(here) + here[0];
}

SCENARIO(stack_overflow)
{
    LOG("%d", recurse((volatile char[]){1}));
}

SCENARIO(aborts)
{
    abort();
}

SCENARIO(aborts_with_its_own_handler)
{
    signal(SIGABRT, SIG_DFL);
    abort();
}

SCENARIO(traps)
{
    __builtin_trap();
}

SCENARIO(divides_by_zero)
{
    raise(SIGFPE);
}

SCENARIO(kills_itself)
{
    kill(getpid(), SIGKILL);
}

SCENARIO(terminates_itself)
{
    signal(SIGTERM, SIG_DFL);
    kill(getpid(), SIGTERM);
}

SCENARIO(thread_crashes)
{
    pthread_t thread;
    REQUIRE_INT(pthread_create(&thread, NULL, crash_in_thread, NULL), ==, 0);
    pthread_join(thread, NULL);
}

/* The heap's own check aborts with its locks held: a handler that allocates would wait for ever. */
SCENARIO(frees_twice)
{
    void *volatile p = malloc(40);
    free(p);
    free(p);
}

MUSTER_PLUGIN("hostile.crash", "1.0")
