/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a daemon of ours has made on the machine, and how it is found when nobody is there to be asked: its processes by
 * the folder in their command lines, its containers' by their control group, and the folder. Its mounts are in a mount
 * namespace of its own, and go with the last process in that.
 */
#include "docker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"

enum { END_MS = 15000, LOOK_EVERY_MS = 5, OPEN_MOST = 32 };

/* "3f2a..." of "/tmp/muster-docker-3f2a..." */
static const char *random_part(const char *folder)
{
    return strrchr(folder, '-') + 1;
}

const char *cgroup_of(struct muster_ctx *t, const char *folder)
{
    return m_fmt(t, "/muster-docker-%s", random_part(folder));
}

const char *bridge_of(struct muster_ctx *t, const char *folder)
{
    return m_fmt(t, "mst-%.8s", random_part(folder));
}

/* ---- control groups ---------------------------------------------------------------------------------------------- */

/* Of version 1 there is a hierarchy for each controller; of version 2 the root is the only one. */
static void each_group(const char *group, void (*look)(const char *path, int *n), int *n)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, CGROUPS "%s", group);
    if (access(path, F_OK) == 0)
        look(path, n);
    DIR *all = opendir(CGROUPS);
    for (const struct dirent *e; all && (e = readdir(all));) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, CGROUPS "/%s%s", e->d_name, group);
        if (access(path, F_OK) == 0)
            look(path, n);
    }
    if (all)
        closedir(all);
}

static void write_word(const char *folder, const char *file, const char *word)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, word, strlen(word));
    close(fd);
}

/* One that is paused would not end before it is let go. */
static int end_group(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    char file[PATH_MAX];
    (void)st, (void)ftw;
    if (type != FTW_D)
        return 0;
    snprintf(file, sizeof file, "%s/cgroup.procs", path);
    FILE *in = fopen(file, "re");
    for (int pid; in && fscanf(in, "%d", &pid) == 1;)
        if (pid > 1)
            kill(pid, SIGKILL);
    if (in)
        fclose(in);
    write_word(path, "freezer.state", "THAWED");
    write_word(path, "cgroup.freeze", "0");
    return 0;
}

static int remove_group(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)ftw;
    if (type == FTW_DP || type == FTW_D)
        rmdir(path);
    return 0;
}

static void end_tree(const char *path, int *n)
{
    (void)n;
    nftw(path, end_group, OPEN_MOST, FTW_PHYS);
}

static void remove_tree(const char *path, int *n)
{
    nftw(path, remove_group, OPEN_MOST, FTW_PHYS | FTW_DEPTH);
    *n += access(path, F_OK) == 0;
}

static int count_left(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    char file[PATH_MAX];
    int pid, left = 0;
    (void)st, (void)ftw;
    if (type != FTW_D)
        return 0;
    snprintf(file, sizeof file, "%s/cgroup.procs", path);
    FILE *in = fopen(file, "re");
    left = in && fscanf(in, "%d", &pid) == 1;
    if (in)
        fclose(in);
    return left;
}

static void count_tree(const char *path, int *n)
{
    *n += nftw(path, count_left, OPEN_MOST, FTW_PHYS) != 0;
}

int remove_cgroups(struct muster_ctx *t, const char *folder)
{
    const char *group = cgroup_of(t, folder);
    struct m_deadline end = m_deadline_in(t, END_MS);
    for (;;) { /* a process that has just ended is still in its group for a moment */
        int left = 0;
        each_group(group, remove_tree, &left);
        if (!left || !m_deadline_pause(end, LOOK_EVERY_MS))
            return left;
    }
}

/* ---- processes --------------------------------------------------------------------------------------------------- */

/* Whether a process names the folder in its command line, as the daemon, containerd and the shims of containers do. */
static int names(const char *pid, const char *folder)
{
    char path[64], line[4096];
    snprintf(path, sizeof path, "/proc/%.20s/cmdline", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, line, sizeof line) : -1;
    if (fd >= 0)
        close(fd);
    return n > 0 && memmem(line, (size_t)n, folder, strlen(folder)) != NULL;
}

/* Kills them: how many there were. The runner's own name folders, too: of these none is asked. */
static int end_named(const char *folder)
{
    static const char *const programs[] = {"dockerd", "containerd", "containerd-shim", "docker-proxy", "runc"};
    DIR *all = opendir("/proc");
    int n = 0;
    for (const struct dirent *e; all && (e = readdir(all));) {
        char path[64], name[64] = "";
        if (e->d_name[0] < '1' || e->d_name[0] > '9' || !names(e->d_name, folder))
            continue;
        snprintf(path, sizeof path, "/proc/%.20s/comm", e->d_name);
        FILE *in = fopen(path, "re");
        if (in && !fgets(name, sizeof name, in))
            name[0] = '\0';
        if (in)
            fclose(in);
        name[strcspn(name, "\n")] = '\0';
        for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
            if (strcmp(name, programs[i]) == 0)
                n += kill(atoi(e->d_name), SIGKILL) == 0;
    }
    if (all)
        closedir(all);
    return n;
}

/* The daemon first: it would start containers again. */
int end_processes(struct muster_ctx *t, const char *folder)
{
    const char *group = cgroup_of(t, folder);
    struct m_deadline end = m_deadline_in(t, END_MS);
    for (;;) {
        int left = end_named(folder);
        each_group(group, end_tree, &left);
        each_group(group, count_tree, &left);
        if (!left || !m_deadline_pause(end, LOOK_EVERY_MS))
            return left;
    }
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    remove(path);
    return 0;
}

void remove_folder(const char *folder)
{
    nftw(folder, remove_one, OPEN_MOST, FTW_PHYS | FTW_DEPTH | FTW_MOUNT);
}
