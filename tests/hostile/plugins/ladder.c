/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scenario for each row of the table in docs/internals/containment-ladder.md: it does what the row says, and passes
 * where that did it no good. ladder.sh runs each of them by itself, in namespaces of the test's own.
 */
#include "bystanders.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

/* A daemon that has done `first` when this returns. */
static void daemonise(struct muster_ctx *t, void (*first)(void))
{
    int ready[2];
    char nothing;
    REQUIRE_INT(pipe2(ready, O_CLOEXEC), ==, 0);
    pid_t between = fork();
    if (between == 0) {
        setsid();
        if (fork() != 0)
            _exit(0);
        signal(SIGTERM, SIG_IGN);
        first();
        close(ready[0]);
        close(ready[1]);
        wait_for_ever();
    }
    waitpid(between, NULL, 0);
    close(ready[1]);
    CHECK_INT(read(ready[0], &nothing, 1), ==, 0);
}

static void nothing(void)
{
}

SCENARIO(starts_a_daemon, .timeout_ms = 10000)
{
    daemonise(t, nothing);
}

/* Into the topmost group of every hierarchy. */
static void leave_groups(void)
{
    static const char *const tops[] = {"/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/unified/cgroup.procs",
                                       "/sys/fs/cgroup/freezer/cgroup.procs"};
    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++) {
        int fd = open(tops[i], O_WRONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? 0 : write(fd, "0", 1);
        (void)n;
        if (fd >= 0)
            close(fd);
    }
}

SCENARIO(leaves_its_group, .timeout_ms = 10000)
{
    daemonise(t, leave_groups);
}

SCENARIO(kills_its_monitor, .timeout_ms = 10000)
{
    daemonise(t, nothing);
    kill(getppid(), SIGKILL);
}

SCENARIO(forks_without_end, .timeout_ms = 10000)
{
    enum { RUNNERS = 4, LAPS = 20000 };
    for (int runner = 0; runner < RUNNERS; runner++) {
        if (fork() != 0)
            continue;
        setsid();
        for (int lap = 0; lap < LAPS; lap++)
            if (fork() != 0)
                _exit(0);
        wait_for_ever();
    }
}

/* As root that is everything there is. */
SCENARIO(kills_all_it_may, .timeout_ms = 10000)
{
    kill(-1, SIGKILL);
}

static int is_a_runner(const char *pid)
{
    char path[PATH_MAX], name[32] = "";
    snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, name, sizeof name - 1);
    (void)n;
    if (fd >= 0)
        close(fd);
    return strcmp(name, "muster\n") == 0;
}

/* In /proc, or in what an unmount of it brings to light. */
/* A slot's artifacts folder is <run>/.slots/<slot>. */
static int open_the_log(void)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/../../events.jsonl", getenv("MUSTER_ARTIFACTS"));
    return open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
}

SCENARIO(looks_for_the_log, .timeout_ms = 20000)
{
    CHECK_INT(open_the_log(), ==, -1);
}

SCENARIO(uncovers_the_log, .timeout_ms = 20000)
{
    char run[PATH_MAX], folder[PATH_MAX];
    snprintf(run, sizeof run, "%s/../..", getenv("MUSTER_ARTIFACTS"));
    REQUIRE(realpath(run, folder) != NULL);
    umount2(folder, MNT_DETACH);
    CHECK_INT(open_the_log(), ==, -1);
}

SCENARIO(looks_for_the_runner, .timeout_ms = 20000)
{
    for (int i = 0; i < 2; i++) {
        DIR *proc = opendir("/proc");
        REQUIRE(proc != NULL);
        for (struct dirent *e; (e = readdir(proc));)
            CHECK(!is_a_runner(e->d_name));
        closedir(proc);
        if (i == 0)
            umount2("/proc", MNT_DETACH);
    }
}

/* That it is contained must not make a difference to what it tests. */
SCENARIO(looks_where_it_is, .timeout_ms = 10000)
{
    static const char *const kinds[] = {"pid", "user", "mnt"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char path[PATH_MAX], space[64] = "";
        snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
        REQUIRE_INT(readlink(path, space, sizeof space - 1), >, 0);
        CHECK_STR(space, ==, m_target(t, kinds[i]));
    }
}

MUSTER_PLUGIN("hostile.ladder", "1.0")
