/* SPDX-License-Identifier: Apache-2.0 */
/* Orphans end; who was there before, and who is kept, stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/pids.h"
#include "contain/orphans.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void stay(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* should the test fail */
    for (;;)
        pause();
}

/* A process in a session of its own, or in ours. */
static pid_t begin(bool own_session)
{
    int ready[2];
    char byte;
    if (pipe(ready) < 0)
        _exit(10);
    pid_t pid = fork();
    if (pid == 0) {
        if ((own_session && setsid() < 0) || write(ready[1], "r", 1) != 1)
            _exit(11);
        stay();
    }
    if (read(ready[0], &byte, 1) != 1)
        _exit(12);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

/* A daemon, as a scenario leaves it. */
static pid_t begin_orphan(void)
{
    int born[2];
    pid_t orphan;
    if (pipe(born) < 0)
        _exit(13);
    pid_t parent = fork();
    if (parent == 0) {
        setsid();
        pid_t pid = fork();
        if (pid == 0) {
            setsid();
            signal(SIGTERM, SIG_IGN);
            pid_t self = getpid();
            if (write(born[1], &self, sizeof self) != sizeof self)
                _exit(14);
            for (;;)
                pause();
        }
        _exit(0);
    }
    waitpid(parent, NULL, 0);
    if (read(born[0], &orphan, sizeof orphan) != sizeof orphan)
        _exit(15);
    close(born[0]);
    close(born[1]);
    return orphan;
}

static bool lives(pid_t pid)
{
    autoclose int proc = pids_open_proc();
    return pid_is_alive(proc, pid);
}

/* In a process of its own, which becomes a sub-reaper and remembers. Its status says which of them was wrong. */
static _Noreturn void try_it(void)
{
    setsid();
    pid_t job = begin(false), daemon_before = begin(true);
    if (orphans_expect(NULL) < 0)
        _exit(20);
    pid_t helper = begin(false), zygote = begin(true), orphan = begin_orphan();
    pid_t keep[] = {zygote};
    autopids struct pids children = {0};
    do
        orphans_find(&children);
    while (orphans_end(&children, keep, 1));
    int wrong = (lives(job) ? 0 : 1) | (lives(daemon_before) ? 0 : 2) | (lives(helper) ? 0 : 4) |
                (lives(zygote) ? 0 : 8) | (lives(orphan) ? 16 : 0);
    orphans_end_all(); /* what was kept is none of those who were there before */
    wrong |= (lives(zygote) ? 32 : 0) | (lives(job) ? 0 : 1);
    kill(job, SIGKILL);
    kill(daemon_before, SIGKILL);
    kill(helper, SIGKILL);
    _exit(wrong);
}

static void orphans_end_and_others_stay(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0)
        try_it();
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orphans_end_and_others_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
