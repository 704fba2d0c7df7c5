/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that leave something to be done when their process ends. */
#include <muster/muster.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

MUSTER_PLUGIN("e2e.handlers", "1.0")

static void say(void)
{
    puts("a handler ran");
}

static void leave_as_sanitizers_do(void)
{
    fputs("SUMMARY: 8 bytes leaked\n", stderr);
    fflush(NULL);
    _exit(23);
}

static void crash(void)
{
    raise(SIGSEGV);
}

static __attribute__((destructor)) void destroy(void)
{
    puts("a destructor ran");
}

SCENARIO(says)
{
    atexit(say);
    CHECK(1);
}

SCENARIO(leaks)
{
    atexit(leave_as_sanitizers_do);
    CHECK(1);
}

SCENARIO(leaks_and_fails)
{
    atexit(leave_as_sanitizers_do);
    FAIL("lost 3 rows");
}

static struct muster_ctx *context;

static void check_late(void)
{
    struct muster_ctx *t = context;
    CHECK_INT(1, ==, 2);
}

SCENARIO(checks_late)
{
    context = t;
    atexit(check_late);
    CHECK(1);
}

SCENARIO(crashes)
{
    atexit(crash);
    CHECK(1);
}
