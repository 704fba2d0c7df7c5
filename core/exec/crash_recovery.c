/* SPDX-License-Identifier: Apache-2.0 */
/* What a runner that was killed left behind. */
#include "exec/crash_recovery.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/pids.h"
#include "contain/group_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { END_MS = 2000 };
static const int64_t limit_ns = 10 * NS_PER_S; /* for what forks faster than it is ended */

/* Ends a process that is still the one that was looked at, and waits for it. */
static void end_process(int pidfd)
{
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, END_MS);
}

/* Returns how many there were. */
static size_t end_all_of(int proc, const struct pids *pids, const char *variable)
{
    size_t found = 0;
    for (size_t i = 0; i < pids->n; i++) {
        if (pids->items[i] == getpid())
            continue;
        autoclose int pidfd = (int)syscall(SYS_pidfd_open, pids->items[i], 0);
        if (pidfd < 0 || (variable && !pid_has_variable(proc, pids->items[i], variable)))
            continue;
        found++;
        end_process(pidfd);
    }
    return found;
}

static size_t end_processes_of(int proc, const char *variable)
{
    autopids struct pids all = {0};
    pids_all(proc, &all);
    return end_all_of(proc, &all, variable);
}

/* The run's group has one for each slot; scenarios may have made more below. */
static size_t clear_group(int proc, const char *path)
{
    autopids struct pids all = {0};
    group_list(AT_FDCWD, path, &all);
    size_t found = end_all_of(proc, &all, NULL);
    group_remove(AT_FDCWD, path);
    return found;
}

/* Names come from a file: only what looks like ours is removed. */
static bool is_ours(const char *path)
{
    const char *name = path ? strrchr(path, '/') : NULL;
    return name && *path == '/' && strncmp(name, "/muster-", 8) == 0;
}

static void end_all(const struct run_state *f)
{
    const int64_t until = clock_mono() + limit_ns;
    const char *own = getenv("MUSTER_RUN_ID");
    autofree char *variable = xasprintf("MUSTER_RUN_ID=%s", f->run_id);
    /* Called from within that run, we would end our own parents. */
    bool by_variable = *f->run_id && !(own && strcmp(own, f->run_id) == 0);
    autoclose int proc = pids_open_proc();
    for (size_t found = 1; found > 0 && clock_mono() < until;) {
        found = by_variable ? end_processes_of(proc, variable) : 0;
        for (size_t i = 0; i < f->n_groups; i++)
            if (is_ours(f->groups[i]))
                found += clear_group(proc, f->groups[i]);
    }
}

static int check_gone(const char *group, struct err *err)
{
    struct stat st;
    bool is_there = is_ours(group) && stat(group, &st) == 0;
    return is_there ? err_set(err, -EBUSY, "%s: this cgroup still has processes", group) : 0;
}

int crash_recover(const struct run_state *facts, int run_dir, struct err *err)
{
    end_all(facts);
    int first = 0;
    for (size_t i = 0; i < facts->n_groups && first == 0; i++)
        first = check_gone(facts->groups[i], err);
    int r = is_ours(facts->temp) ? io_remove_tree(AT_FDCWD, facts->temp) : 0;
    if (r < 0 && first == 0)
        first = err_errno(err, r, "removing %s", facts->temp);
    r = io_remove_tree(run_dir, ".slots");
    if (r < 0 && first == 0)
        first = err_errno(err, r, "removing .slots");
    return first;
}
