/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios that leave processes behind, or turn against the runner's own. Those that are left behind never end
 * by themselves: if one is seen after the run, containment has failed.
 */
#include "bystanders.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static void wait_for_ever(const char *name)
{
    prctl(PR_SET_NAME, name);
    for (;;)
        pause();
}

/* Twice forked, in a session of its own: no parent knows it. */
static void daemonise(const char *name, int keeps_output)
{
    pid_t between = fork();
    if (between == 0) {
        setsid();
        if (fork() != 0)
            _exit(0);
        signal(SIGTERM, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        if (!keeps_output)
            close_range(0, ~0u, 0);
        wait_for_ever(name);
    }
    waitpid(between, NULL, 0);
}

SCENARIO(daemon_holds_output, .timeout_ms = 5000)
{
    daemonise("loud-daemon", 1);
}

SCENARIO(daemon_is_silent, .timeout_ms = 5000)
{
    daemonise("silent-daemon", 0);
}

SCENARIO(daemon_and_failure, .timeout_ms = 5000)
{
    daemonise("guilty-daemon", 1);
    CHECK_INT(1, ==, 2);
}

SCENARIO(daemon_and_crash, .timeout_ms = 5000)
{
    daemonise("orphan-daemon", 1);
    abort();
}

/* The pipe ends when the daemon has become another program. */
SCENARIO(daemon_execs, .timeout_ms = 5000)
{
    int execed[2];
    char nothing;
    REQUIRE_INT(pipe2(execed, O_CLOEXEC), ==, 0);
    pid_t between = fork();
    if (between == 0) {
        setsid();
        if (fork() == 0)
            execl("/bin/sleep", "sleep", "86399", (char *)NULL);
        _exit(0);
    }
    waitpid(between, NULL, 0);
    close(execed[1]);
    CHECK_INT(read(execed[0], &nothing, 1), ==, 0);
}

SCENARIO(fork_bomb, .timeout_ms = 20000)
{
    int forked = 0;
    for (int i = 0; i < 1000; i++) {
        pid_t child = fork();
        if (child == 0)
            wait_for_ever("bomb");
        forked += child > 0;
    }
    CHECK_INT(forked, ==, 1000);
}

/* A process that is always another one: whoever kills by a list of ids comes too late. Bounded, so that a
 * containment that fails does not take the machine with it. */
SCENARIO(relay, .timeout_ms = 5000)
{
    enum { RUNNERS = 4, LAPS = 3000 };
    for (int runner = 0; runner < RUNNERS; runner++) {
        if (fork() != 0)
            continue;
        setsid();
        for (int lap = 0; lap < LAPS; lap++)
            if (fork() != 0)
                _exit(0);
        wait_for_ever("relay");
    }
}

SCENARIO(tree_of_stopped_children, .timeout_ms = 5000)
{
    for (int i = 0; i < 3; i++) {
        if (fork() != 0)
            continue;
        if (fork() != 0)
            raise(SIGSTOP);
        wait_for_ever("stopped");
    }
}

SCENARIO(joins_another_group, .timeout_ms = 400)
{
    setpgid(0, 0);
    setsid();
    for (;;)
        pause();
}

/* The parent is the monitor that watches over the attempt. */
SCENARIO(kills_its_parent, .timeout_ms = 5000)
{
    kill(getppid(), SIGKILL);
}

SCENARIO(stops_its_parent, .timeout_ms = 5000)
{
    kill(getppid(), SIGSTOP);
}

static pid_t parent_of(pid_t pid)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    pid_t parent = 0;
    while (f && !parent && fgets(line, sizeof line, f))
        if (sscanf(line, "PPid: %d", &parent) == 1)
            break;
    if (f)
        fclose(f);
    return parent;
}

/* The grandparent is the host, from which all attempts of this plugin are forked. In a PID namespace it can't be seen.
 */
SCENARIO(kills_its_grandparent, .timeout_ms = 5000)
{
    pid_t grandparent = parent_of(getppid());
    if (grandparent > 1)
        kill(grandparent, SIGKILL);
}

SCENARIO(kills_all_it_may_in_its_group, .timeout_ms = 5000)
{
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
}

MUSTER_PLUGIN("hostile.processes", "1.0")
