/* SPDX-License-Identifier: Apache-2.0 */
/* A process that was looked at goes on as if it had not been: no signal of its own is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "forensics/stack/tasks.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOLD_MS = 30000 };

/* The state letter of /proc/PID/stat. */
static char state_of(pid_t pid)
{
    char text[256] = "";
    autofree char *path = xasprintf("/proc/%d/stat", (int)pid);
    autofclose FILE *f = fopen(path, "re");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    const char *after_name = strrchr(text, ')');
    return after_name[2];
}

/* The linker puts it in the place of ptrace(): between seizing a thread and stopping it, a signal comes. */
long __real_ptrace(int request, pid_t pid, void *address, void *data);
long __wrap_ptrace(int request, pid_t pid, void *address, void *data);
long __wrap_ptrace(int request, pid_t pid, void *address, void *data)
{
    if (request == PTRACE_INTERRUPT) {
        assert_int_equal(kill(pid, SIGUSR1), 0);
        while (state_of(pid) != 't') /* it is about to take it; CTest's time limit bounds it */
            sched_yield();
    }
    return __real_ptrace(request, pid, address, data);
}

static volatile sig_atomic_t heard;

static void on_signal(int signo)
{
    heard += signo == SIGUSR1;
}

/* Ends when it has heard of SIGUSR2: well, when of one SIGUSR1 too. */
static _Noreturn void hear(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t none, usr2;
    int signo;
    sigemptyset(&none);
    sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigaction(SIGUSR1, &action, NULL);
    sigprocmask(SIG_SETMASK, &usr2, NULL);
    sigwait(&usr2, &signo);
    _exit(heard == 1 ? 0 : 1);
}

static void a_signal_on_its_way_arrives(void **state)
{
    (void)state;
    int status;
    struct tasks tasks;
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigaddset(&blocked, SIGUSR1);
    sigaddset(&blocked, SIGUSR2);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    pid_t pid = fork();
    if (pid == 0)
        hear();
    while (state_of(pid) != 'S') /* it waits, and takes SIGUSR1 */
        sched_yield();
    assert_int_equal(tasks_hold(pid, HOLD_MS, &tasks), 0);
    assert_int_equal(tasks.n, 1);
    assert_true(tasks.items[0].held);
    assert_int_equal(tasks.items[0].signal, SIGUSR1);
    tasks_release(&tasks);
    kill(pid, SIGUSR2);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_on_its_way_arrives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
