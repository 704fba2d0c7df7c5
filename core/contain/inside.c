/* SPDX-License-Identifier: Apache-2.0 */
/* The inner side of containment. */
#include "contain/inside.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAMES_MAX = 16, COMMAND_MAX = 160 };

static bool has_kill_file(int cgroup)
{
    return faccessat(cgroup, "cgroup.kill", F_OK, 0) == 0; /* cgroup v2, Linux 5.14 */
}

/* Born inside the cgroup: moving in afterwards can take the kernel 10 ms (a grace period of RCU). */
static pid_t fork_into_cgroup(int cgroup)
{
    struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (__u64)(unsigned)cgroup};
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    return pid < 0 ? -errno : pid;
}

static int write_text(const char *path, const char *text)
{
    autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
}

/* A user who isn't root gets the right to make namespaces from a user namespace that maps only himself. */
static int unshare_namespaces(void)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWPID | CLONE_NEWNS) == 0)
        return 0;
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS) < 0)
        return -errno;
    autofree char *uid_map = xasprintf("%u %u 1", uid, uid);
    autofree char *gid_map = xasprintf("%u %u 1", gid, gid);
    int r = write_text("/proc/self/setgroups", "deny");
    if (r == 0)
        r = write_text("/proc/self/uid_map", uid_map);
    if (r == 0)
        r = write_text("/proc/self/gid_map", gid_map);
    return r;
}

/* The first child after unshare() is the namespace's init: the go-between makes it and goes. */
static pid_t fork_into_pidns(void)
{
    pid_t between = fork();
    if (between != 0)
        return between < 0 ? -errno : between;
    int r = unshare_namespaces();
    if (r < 0)
        _exit(-r);
    pid_t init = fork();
    if (init != 0)
        _exit(init < 0 ? errno : 0);
    return 0;
}

pid_t contain_fork(enum containment kind, int cgroup)
{
    if (kind == CONTAIN_PIDNS)
        return fork_into_pidns();
    if (kind == CONTAIN_CGROUP && has_kill_file(cgroup))
        return fork_into_cgroup(cgroup);
    pid_t pid = fork();
    return pid < 0 ? -errno : pid;
}

static int enter_cgroup_v1(int cgroup, struct err *err)
{
    if (has_kill_file(cgroup))
        return 0; /* v2: born in it */
    autoclose int fd = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "0", 1) < 0)
        return err_errno(err, -errno, "entering the cgroup");
    return 0;
}

/* A /proc of the new namespace, seen by nobody outside. */
static int enter_pidns(struct err *err)
{
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return err_errno(err, -errno, "making mounts private");
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return err_errno(err, -errno, "mounting /proc for the PID namespace");
    return 0;
}

int contain_enter(enum containment kind, int cgroup, struct err *err)
{
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return err_errno(err, -errno, "becoming a sub-reaper");
    if (kind == CONTAIN_CGROUP)
        return enter_cgroup_v1(cgroup, err);
    if (kind == CONTAIN_PIDNS)
        return enter_pidns(err);
    return 0;
}

static int read_small(int dirfd, const char *path, struct buf *out)
{
    enum { PIDS_MAX = 4 * 1024 * 1024 };
    return io_read_file(dirfd, path, PIDS_MAX, out);
}

/* "4711 sleep 1000", from /proc; just the number when it has gone meanwhile. */
static const char *describe(pid_t pid, struct arena *arena)
{
    autofree char *path = xasprintf("/proc/%d/cmdline", (int)pid);
    autobuf struct buf line = {0};
    if (read_small(AT_FDCWD, path, &line) < 0 || line.len == 0) {
        autofree char *comm = xasprintf("/proc/%d/comm", (int)pid);
        buf_clear(&line);
        read_small(AT_FDCWD, comm, &line);
        while (line.len > 0 && line.data[line.len - 1] == '\n')
            line.len--;
    }
    if (line.len > COMMAND_MAX)
        line.len = COMMAND_MAX;
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] == '\0')
            line.data[i] = ' ';
    while (line.len > 0 && line.data[line.len - 1] == ' ')
        line.len--;
    autofree char *text = xasprintf("%d %s", (int)pid, buf_str(&line));
    return arena_strdup(arena, text);
}

/* A zombie that nobody has waited for yet is no leftover. */
static bool is_alive(pid_t pid)
{
    autofree char *path = xasprintf("/proc/%d/stat", (int)pid);
    autobuf struct buf text = {0};
    if (read_small(AT_FDCWD, path, &text) < 0)
        return false;
    const char *state = strrchr(buf_str(&text), ')');
    return state && state[1] == ' ' && state[2] != 'Z' && state[2] != 'X';
}

/* Adds the pids of a list, one a line or separated by blanks, without our own. */
static uint32_t name_pids(const char *text, struct arena *arena, struct message_list *ret_names)
{
    uint32_t n = 0;
    pid_t self = getpid();
    for (char *end; *text; text = end) {
        long pid = strtol(text, &end, 10);
        if (end == text)
            break;
        while (*end == ' ' || *end == '\n')
            end++;
        if (pid == self || !is_alive((pid_t)pid))
            continue;
        if (n < NAMES_MAX)
            ret_names->items[ret_names->n++] = describe((pid_t)pid, arena);
        n++;
    }
    return n;
}

static bool has_children(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | WSTOPPED) == 0;
}

/* Every process of the namespace, from its own /proc. */
static void list_pidns(struct buf *out)
{
    autoclosedir DIR *proc = opendir("/proc");
    for (struct dirent *e; proc && (e = readdir(proc));)
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
            buf_addf(out, "%s ", e->d_name);
}

static void list_children(struct buf *out)
{
    autofree char *path = xasprintf("/proc/self/task/%d/children", (int)syscall(SYS_gettid));
    read_small(AT_FDCWD, path, out);
}

int contain_open_list(enum containment kind, int cgroup)
{
    return kind == CONTAIN_CGROUP ? openat(cgroup, "cgroup.procs", O_RDONLY | O_CLOEXEC) : -1;
}

bool contain_is_clean(enum containment kind, int procs)
{
    if (kind != CONTAIN_CGROUP)
        return !has_children();
    char text[32];
    ssize_t n = pread(procs, text, sizeof text - 1, 0);
    if (n <= 0)
        return false;
    text[n] = '\0';
    char *end;
    return strtol(text, &end, 10) == getpid() && strcmp(end, "\n") == 0;
}

uint32_t contain_leftovers(enum containment kind, int cgroup, struct arena *arena, struct message_list *ret_names)
{
    *ret_names = (struct message_list){0};
    autobuf struct buf pids = {0};
    if (kind == CONTAIN_CGROUP)
        read_small(cgroup, "cgroup.procs", &pids);
    else if (kind == CONTAIN_PIDNS)
        list_pidns(&pids);
    else
        list_children(&pids);
    ret_names->items = arena_alloc(arena, NAMES_MAX * sizeof *ret_names->items);
    return name_pids(buf_str(&pids), arena, ret_names);
}

static void kill_children(void)
{
    autobuf struct buf pids = {0};
    list_children(&pids);
    const char *text = buf_str(&pids);
    for (char *end; *text; text = end) {
        long pid = strtol(text, &end, 10);
        if (end == text)
            break;
        kill((pid_t)pid, SIGKILL);
    }
}

bool contain_sweep(enum containment kind)
{
    if (kind == CONTAIN_CGROUP)
        return false;
    /* As init of a PID namespace, kill(-1) reaches everything at once. As a mere sub-reaper, each round kills our
     * children and adopts theirs: it ends, since what is killed can't fork. */
    for (;;) {
        if (kind == CONTAIN_PIDNS)
            kill(-1, SIGKILL);
        else
            kill_children();
        pid_t pid = waitpid(-1, NULL, __WALL);
        if (pid < 0 && errno == ECHILD)
            return true;
        while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
            ;
    }
}
