/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for processes, from outside of the runner. */
#include "killing.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

static ssize_t read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    if (n >= 0)
        text[n] = '\0';
    return n;
}

/* Zombies are no victims: 0. */
static pid_t parent_of(pid_t pid)
{
    char text[512], state;
    int parent = 0;
    const char *end = read_proc(pid, "stat", text, sizeof text) > 0 ? strrchr(text, ')') : NULL;
    return end && sscanf(end + 1, " %c %d", &state, &parent) == 2 && state != 'Z' ? parent : 0;
}

/* Its depth below the root, or 0. */
static int depth_of(pid_t pid, const struct descendant *tree, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tree[i].pid == pid)
            return tree[i].depth;
    return 0;
}

/* One pass over /proc, which lists by number: a child has mostly a larger one than its parent. */
size_t tree_of(pid_t root, struct descendant ret_tree[TREE_MAX])
{
    size_t n = 0;
    DIR *dir = opendir("/proc");
    for (struct dirent *e; dir && n < TREE_MAX && (e = readdir(dir));) {
        pid_t pid = (pid_t)atol(e->d_name), parent = pid > 0 ? parent_of(pid) : 0;
        int above = parent > 0 && parent != root ? depth_of(parent, ret_tree, n) : 0;
        if (parent > 0 && (parent == root || above > 0))
            ret_tree[n++] = (struct descendant){pid, above + 1};
    }
    if (dir)
        closedir(dir);
    return n;
}

bool wait_a_while(pid_t pid, int ms)
{
    struct pollfd p = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    bool ended = p.fd < 0 || poll(&p, 1, ms) > 0;
    if (p.fd >= 0)
        close(p.fd);
    return ended;
}

bool some_process_has(const char *variable)
{
    static char text[256 * 1024];
    bool found = false;
    DIR *dir = opendir("/proc");
    for (struct dirent *e; dir && !found && (e = readdir(dir));) {
        pid_t pid = (pid_t)atol(e->d_name);
        ssize_t n = pid > 0 ? read_proc(pid, "environ", text, sizeof text) : 0;
        for (const char *p = text; !found && p < text + n; p += strlen(p) + 1)
            found = strcmp(p, variable) == 0;
    }
    if (dir)
        closedir(dir);
    return found;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
