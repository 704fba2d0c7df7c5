/* SPDX-License-Identifier: Apache-2.0 */
/* A browser that does not end by its driver's word is found by its profile, which no other has. */
#include "leftover.h"

#include <muster/kit/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPEN_MOST = 16, TRIES_MOST = 20, PAUSE_MS = 50 };

/* A renderer rewrites its command line, blanks instead of NULs: so the argument is looked for as a part. */
static int has_profile(int pid, const char *argument)
{
    char path[64], line[16384];
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
    if (fd >= 0)
        close(fd);
    return n > 0 && memmem(line, (size_t)n, argument, strlen(argument)) != NULL;
}

/* The descriptor holds the process, so it is looked at again behind it: the number may have become another's. */
static int end_one(int pid, const char *argument, struct m_deadline until)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0)
        return 0;
    int ours = has_profile(pid, argument);
    if (ours && syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        while (poll(&p, 1, m_deadline_poll_ms(until)) < 0 && errno == EINTR)
            ;
    }
    close(fd);
    return ours;
}

unsigned browser_leftover_end(const char *profile, uint64_t timeout_ms)
{
    char argument[4200];
    unsigned n = 0;
    struct m_deadline until = {m_now_ms() + timeout_ms};
    DIR *all = opendir("/proc");
    snprintf(argument, sizeof argument, "--user-data-dir=%s", profile);
    for (const struct dirent *e; all && (e = readdir(all)) != NULL;) {
        int pid = (int)strtol(e->d_name, NULL, 10);
        if (pid > 0 && has_profile(pid, argument))
            n += end_one(pid, argument, until) ? 1u : 0u;
    }
    if (all)
        closedir(all);
    return n;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    remove(path);
    return 0;
}

/* A process that has just been told to end may still write. */
void browser_leftover_remove(const char *profile)
{
    struct m_deadline until = {m_now_ms() + (uint64_t)TRIES_MOST * PAUSE_MS};
    do
        nftw(profile, remove_one, OPEN_MOST, FTW_DEPTH | FTW_PHYS);
    while (access(profile, F_OK) == 0 && m_deadline_pause(until, PAUSE_MS));
}
