/* SPDX-License-Identifier: Apache-2.0 */
/* What a runner that was killed left behind. */
#include "exec/crash_recovery.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { ENVIRON_MAX = 4 * 1024 * 1024, PROCS_MAX = 4 * 1024 * 1024, END_MS = 2000 };
static const int64_t limit_ns = 10 * NS_PER_S; /* for what forks faster than it is ended */

/* Ends a process that is still the one that was looked at, and waits for it. */
static void end_process(int pidfd)
{
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, END_MS);
}

static bool has_variable(pid_t pid, const char *variable, size_t len)
{
    autofree char *path = xasprintf("/proc/%d/environ", (int)pid);
    autobuf struct buf text = {0};
    if (io_read_file(AT_FDCWD, path, ENVIRON_MAX, &text) < 0)
        return false;
    for (const char *p = text.data, *end = p + text.len; p < end;) {
        size_t n = strnlen(p, (size_t)(end - p));
        if (n == len && memcmp(p, variable, len) == 0)
            return true;
        p += n + 1;
    }
    return false;
}

/* Returns how many there were. */
static size_t end_processes_of(const char *variable)
{
    size_t found = 0, len = strlen(variable);
    autoclosedir DIR *dir = opendir("/proc");
    for (struct dirent *e; dir && (e = readdir(dir));) {
        pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
        if (pid <= 0 || pid == getpid())
            continue;
        autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (pidfd < 0 || !has_variable(pid, variable, len))
            continue;
        found++;
        end_process(pidfd);
    }
    return found;
}

static size_t end_listed(int group)
{
    size_t found = 0;
    autobuf struct buf pids = {0};
    io_read_file(group, "cgroup.procs", PROCS_MAX, &pids);
    const char *text = buf_str(&pids);
    for (char *end; *text; text = end) {
        pid_t pid = (pid_t)strtol(text, &end, 10);
        if (end == text)
            break;
        autoclose int pidfd = pid > 0 && pid != getpid() ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
        if (pidfd < 0)
            continue;
        found++;
        end_process(pidfd);
    }
    return found;
}

/* The run's cgroup has one for each slot; scenarios may have made more below. Removes what is empty. */
static size_t clear_group(int parent, const char *name)
{
    autoclose int group = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (group < 0)
        return 0;
    size_t found = 0;
    autoclosedir DIR *dir = fdopendir(fcntl(group, F_DUPFD_CLOEXEC, 0));
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_type == DT_DIR && e->d_name[0] != '.')
            found += clear_group(group, e->d_name);
    found += end_listed(group);
    unlinkat(parent, name, AT_REMOVEDIR);
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
    for (size_t found = 1; found > 0 && clock_mono() < until;) {
        found = by_variable ? end_processes_of(variable) : 0;
        if (is_ours(f->cgroup))
            found += clear_group(AT_FDCWD, f->cgroup);
        for (size_t i = 0; i < f->n_groups; i++)
            if (is_ours(f->groups[i]))
                found += clear_group(AT_FDCWD, f->groups[i]);
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
    int first = check_gone(facts->cgroup, err);
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
