/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios whose processes do not stay where they were put: in groups below the attempt's own, in a group elsewhere,
 * without a first thread, always another one, or under a runner of their own. What is left never ends by itself. Where
 * no group can be had (an ordinary user, another rung) it is a daemon like any other.
 */
#include "bystanders.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void wait_for_ever(const char *name)
{
    prctl(PR_SET_NAME, name);
    for (;;)
        pause();
}

/* Calls f(group's folder, name) for our group in each hierarchy that is mounted in the usual place. */
static void each_group(void (*f)(const char *mount, const char *own, const char *name), const char *name)
{
    char line[PATH_MAX];
    FILE *file = fopen("/proc/self/cgroup", "r");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *controller = strchr(line, ':');
        char *path = controller ? strchr(controller + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        static const char *const v2[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
        char v1[PATH_MAX];
        snprintf(v1, sizeof v1, "/sys/fs/cgroup/%s", controller + 1);
        if (strcmp(controller + 1, "") != 0)
            f(v1, path, name);
        for (size_t i = 0; !controller[1] && i < 2; i++)
            f(v2[i], path, name);
    }
    if (file)
        fclose(file);
}

static void enter(const char *group)
{
    char procs[PATH_MAX + 16];
    snprintf(procs, sizeof procs, "%s/cgroup.procs", group);
    int fd = open(procs, O_WRONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : write(fd, "0", 1);
    (void)n;
    if (fd >= 0)
        close(fd);
}

static int is_the_runs(const char *own)
{
    return strstr(own, "/muster-") != NULL;
}

/* Two below: "engine/container". */
static void go_below(const char *mount, const char *own, const char *name)
{
    char group[PATH_MAX];
    if (!is_the_runs(own) || (size_t)snprintf(group, sizeof group, "%s%s/%s", mount, own, name) >= sizeof group)
        return;
    if (mkdir(group, 0755) != 0)
        return;
    strncat(group, "/container", sizeof group - strlen(group) - 1);
    if (mkdir(group, 0755) == 0)
        enter(group);
}

static void go_to_the_top(const char *mount, const char *own, const char *name)
{
    (void)name;
    if (is_the_runs(own))
        enter(mount);
}

/* A daemon that is where `move` has put it when this returns. */
static void daemonise(struct muster_ctx *t, const char *name, void (*move)(const char *, const char *, const char *))
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
        each_group(move, "engine");
        close(ready[0]);
        close(ready[1]);
        wait_for_ever(name);
    }
    waitpid(between, NULL, 0);
    close(ready[1]);
    CHECK_INT(read(ready[0], &nothing, 1), ==, 0);
}

SCENARIO(daemon_in_a_group_below, .timeout_ms = 10000)
{
    daemonise(t, "below-daemon", go_below);
}

SCENARIO(daemon_in_a_group_elsewhere, .timeout_ms = 10000)
{
    daemonise(t, "moved-daemon", go_to_the_top);
}

static void leave_a_group(const char *mount, const char *own, const char *name)
{
    char group[PATH_MAX];
    if (is_the_runs(own) && (size_t)snprintf(group, sizeof group, "%s%s/%s", mount, own, name) < sizeof group)
        mkdir(group, 0755);
}

/* Nobody is in it: no leak, and gone afterwards. */
SCENARIO(empty_group_below, .timeout_ms = 10000)
{
    each_group(leave_a_group, "empty");
}

static void *go_on(void *ready)
{
    prctl(PR_SET_NAME, "second-thread");
    close(*(int *)ready);
    for (;;)
        pause();
    return NULL;
}

/* To the kernel's list of states it is a zombie, and it runs. */
SCENARIO(process_without_a_first_thread, .timeout_ms = 10000)
{
    static int ready[2];
    char nothing;
    REQUIRE_INT(pipe2(ready, O_CLOEXEC), ==, 0);
    if (fork() == 0) {
        pthread_t thread;
        setsid();
        if (pthread_create(&thread, NULL, go_on, &ready[1]) != 0)
            _exit(1);
        pthread_exit(NULL);
    }
    close(ready[1]);
    CHECK_INT(read(ready[0], &nothing, 1), ==, 0);
}

/* Always another one, for as long as it is let: a look at one moment may miss it, and it is never on its way out. */
SCENARIO(reforks, .timeout_ms = 10000)
{
    enum { LAPS = 100000, LAP_US = 500 };
    if (fork() != 0)
        return;
    setsid();
    for (int lap = 0; lap < LAPS; lap++) {
        usleep(LAP_US);
        if (fork() != 0)
            _exit(0);
    }
    wait_for_ever("reforks");
}

/* ---- a runner of its own --------------------------------------------------------------------------------------- */

static void beside(struct muster_ctx *t, const char *link, const char *name, char ret_path[PATH_MAX + 32])
{
    char path[PATH_MAX];
    ssize_t n = readlink(link, path, sizeof path - 1);
    REQUIRE_INT(n, >, 0);
    path[n] = '\0';
    *strrchr(path, '/') = '\0';
    snprintf(ret_path, PATH_MAX + 32, "%s/%s", path, name);
}

static void *our_own_file(char ret_path[PATH_MAX])
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[PATH_MAX + 128];
    while (maps && fgets(line, sizeof line, maps)) {
        char *path = strchr(line, '/');
        if (path && strstr(path, "hostile-nested.so")) {
            path[strcspn(path, "\n")] = '\0';
            snprintf(ret_path, PATH_MAX, "%.*s", PATH_MAX - 1, path);
            fclose(maps);
            return ret_path;
        }
    }
    if (maps)
        fclose(maps);
    return NULL;
}

static pid_t run_inside(struct muster_ctx *t, const char *id, const char *fifo)
{
    char muster[PATH_MAX + 32], file[PATH_MAX], set[PATH_MAX + 8];
    beside(t, "/proc/self/exe", "muster", muster);
    REQUIRE(our_own_file(file) != NULL);
    snprintf(set, sizeof set, "inner=%s", fifo);
    pid_t pid = fork();
    if (pid == 0) {
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
        execl(muster, "muster", "run", file, id, "--out", "inner", "--set", set, (char *)NULL);
        _exit(9);
    }
    return pid;
}

SCENARIO(runs_muster, .timeout_ms = 30000)
{
    int status = -1;
    CHECK_INT(waitpid(run_inside(t, "hostile.nested.bystander_prints", "no"), &status, 0), >, 0);
    CHECK_INT(status, ==, 0);
}

/* In the inner run: a line into the fifo, then for ever. In the outer one nothing. */
SCENARIO(stays_inside, .timeout_ms = 600000)
{
    const char *fifo = m_target(t, "inner");
    if (!fifo)
        return;
    int fd = open(fifo, O_WRONLY);
    REQUIRE_INT(write(fd, "here\n", 5), ==, 5);
    close(fd);
    daemonise(t, "inner-daemon", go_below);
    wait_for_ever("inner");
}

SCENARIO(leaves_a_muster_that_runs, .timeout_ms = 30000)
{
    char fifo[PATH_MAX], line[8];
    REQUIRE(getcwd(fifo, sizeof fifo - 8) != NULL);
    strcat(fifo, "/inner.f");
    REQUIRE_INT(mkfifo(fifo, 0600), ==, 0);
    int fd = open(fifo, O_RDWR | O_CLOEXEC);
    run_inside(t, "hostile.nested.stays_inside", fifo);
    CHECK_INT(read(fd, line, 5), ==, 5);
    close(fd);
}

MUSTER_PLUGIN("hostile.nested", "1.0")
