/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that do not come to an end. */
#include "bystanders.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#define SHORT .timeout_ms = 400, .setup_timeout_ms = 400, .teardown_timeout_ms = 400

static void spin(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
}

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

SCENARIO(spins_with_signals_blocked, SHORT)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    spin();
}

SCENARIO(stops_itself, SHORT)
{
    raise(SIGSTOP);
    FAIL("it was continued");
}

SCENARIO(ignores_termination, SHORT)
{
    signal(SIGTERM, SIG_IGN);
    wait_for_ever();
}

static void hang_in_step(struct muster_ctx *t)
{
    (void)t;
    wait_for_ever();
}

SCENARIO(hangs_in_setup, SHORT, .setup = hang_in_step)
{
    FAIL("the body ran");
}

SCENARIO(hangs_in_teardown, SHORT, .teardown = hang_in_step)
{
    LOG("fine so far");
}

/* A failed requirement leads into tear-down: its deadline holds there too. */
SCENARIO(fails_then_hangs_in_teardown, SHORT, .teardown = hang_in_step)
{
    REQUIRE_INT(1, ==, 2);
}

SCENARIO(deadlocks, SHORT)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
}

/* Its parent is in the kernel, uninterruptible, until the child ends. */
SCENARIO(waits_in_vfork, SHORT)
{
    if (vfork() == 0)
        wait_for_ever();
}

SCENARIO(waits_for_a_stopped_child, SHORT)
{
    pid_t child = fork();
    if (child == 0) {
        raise(SIGSTOP);
        wait_for_ever();
    }
    siginfo_t info;
    waitid(P_PID, (id_t)child, &info, WEXITED);
}

/* The deadline passes while the handler of the termination signal runs, and that one does not return. */
static void on_termination(int signal)
{
    (void)signal;
    wait_for_ever();
}

SCENARIO(hangs_in_its_signal_handler, SHORT)
{
    signal(SIGTERM, on_termination);
    wait_for_ever();
}

/* These two have their verdict: what hangs afterwards is ended, and does not change it. */
static void *spin_in_thread(void *data)
{
    spin();
    return data;
}

SCENARIO(leaves_a_thread_behind, .timeout_ms = 5000)
{
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, spin_in_thread, NULL), ==, 0);
}

SCENARIO(hangs_at_exit, .timeout_ms = 5000)
{
    CHECK_INT(atexit(wait_for_ever), ==, 0);
}

MUSTER_PLUGIN("hostile.hang", "1.0")
