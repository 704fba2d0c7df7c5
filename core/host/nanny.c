/* SPDX-License-Identifier: Apache-2.0 */
/* A nanny: forks attempts one at a time, waits for them, reports how they ended and what they left. */
#include "host/nanny.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/sock.h"
#include "host/attempt.h"
#include "host/contain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct nanny {
    const struct nanny_spec *spec;
    int cgroup;                     /* the slot's directory, or -1 */
    int procs;                      /* its list of processes, or -1 */
    bool temp_used, artifacts_used; /* by the attempt before: to be renewed */
};

static int open_pidfd(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static void say(const struct nanny *n, const struct message *m, int fd)
{
    sock_send_message(n->spec->sock, m, &fd, fd >= 0 ? 1 : 0);
}

static bool has_entries(int dirfd)
{
    char entries[1024];
    enum { DOT_AND_DOTDOT = 48 }; /* bytes of the two in getdents64 */
    return syscall(SYS_getdents64, dirfd, entries, sizeof entries) > DOT_AND_DOTDOT;
}

/* Used, gone or changed: anything but the empty private directory that it was. */
static bool dir_is_used(const char *path)
{
    autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    return fd < 0 || fstat(fd, &st) < 0 || (st.st_mode & 07777) != 0700 || st.st_nlink == 0 || has_entries(fd);
}

static int make_dir(const char *path)
{
    int r = io_remove_tree(AT_FDCWD, path);
    if (mkdir(path, 0700) == 0)
        return 0;
    return r < 0 ? r : -errno;
}

/* One directory a slot, renewed only when it was used: a fresh one costs a third of an attempt. */
static int renew_dirs(struct nanny *n)
{
    int r = n->temp_used ? make_dir(n->spec->temp_dir) : 0;
    if (r == 0 && n->artifacts_used)
        r = make_dir(n->spec->artifacts_dir);
    n->temp_used = n->artifacts_used = false;
    return r;
}

static _Noreturn void become_attempt(const struct nanny *n, const struct received *fds)
{
    const struct nanny_spec *spec = n->spec;
    setsid();
    dup2(fds->fds[1], STDOUT_FILENO);
    dup2(fds->fds[2], STDERR_FILENO);
    close(fds->fds[1]);
    close(fds->fds[2]);
    close(spec->sock);
    if (n->cgroup >= 0) {
        close(n->cgroup);
        close(n->procs);
    }
    if (chdir(spec->temp_dir) < 0)
        dprintf(STDERR_FILENO, "muster: %s: %s\n", spec->temp_dir, strerror(errno));
    attempt_main();
}

/* Fresh mode: the plugin is loaded here, in the attempt. What its constructors print is the attempt's output. */
static void no_progress(void *data, enum load_stage stage)
{
    (void)data;
    (void)stage;
}

static const struct plugin *load_fresh(const char *path)
{
    static struct plugin fresh;
    autoerr struct err err = {0};
    const char *reason;
    if (plugin_load(path, no_progress, NULL, &fresh, &reason, &err) < 0) {
        dprintf(STDERR_FILENO, "muster: %s: %s\n", path, err_text(&err));
        _exit(1);
    }
    return &fresh;
}

static _Noreturn void attempt_process(const struct nanny *n, struct attempt_spec *attempt_spec,
                                      const struct received *fds)
{
    if (!attempt_spec->plugin) {
        dup2(fds->fds[1], STDOUT_FILENO);
        dup2(fds->fds[2], STDERR_FILENO);
        attempt_spec->plugin = load_fresh(n->spec->path);
    }
    become_attempt(n, fds);
}

static void kill_and_sweep(const struct nanny *n, pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    if (contain_sweep(n->spec->containment))
        return;
    /* The supervisor that would empty the cgroup is gone: end what is in it, for as long as something is. */
    for (;;) {
        autobuf struct buf pids = {0};
        io_read_file(n->cgroup, "cgroup.procs", SIZE_MAX, &pids);
        bool others = false;
        const char *text = buf_str(&pids);
        for (char *end; *text; text = end + (*end != '\0')) {
            long other = strtol(text, &end, 10);
            if (end == text)
                break;
            if (other != getpid()) {
                others = true;
                kill((pid_t)other, SIGKILL);
            }
        }
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (!others)
            return;
    }
}

/* Waits for the attempt's end; false when the supervisor went away meanwhile (everything is then ended here). */
static bool wait_for_end(const struct nanny *n, int pidfd, pid_t pid)
{
    enum { TELL_AFTER_MS = 1 }; /* most attempts are over by then: nobody needs a pidfd of them */
    struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN}, {.fd = n->spec->sock, .events = POLLIN}};
    for (int wait = TELL_AFTER_MS;;) {
        int ready = poll(fds, 2, wait);
        if (ready == 0) {
            say(n, &(struct message){.type = MSG_STARTED}, pidfd);
            wait = -1;
        }
        if (ready <= 0)
            continue;
        if (fds[0].revents)
            return true;
        if (fds[1].revents) {
            kill_and_sweep(n, pid);
            return false;
        }
    }
}

static uint64_t to_us(struct timeval t)
{
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_usec;
}

static void report_end(struct nanny *n, pid_t pid)
{
    static struct arena arena;
    struct rusage usage;
    int status;
    if (wait4(pid, &status, 0, &usage) < 0)
        _exit(1); /* somebody reaped it: the supervisor sees our end and judges by the attempt's own words */
    n->temp_used = dir_is_used(n->spec->temp_dir);
    n->artifacts_used = dir_is_used(n->spec->artifacts_dir);
    struct message m = {.type = MSG_EXITED,
                        .exited = {.wait_status = status,
                                   .user_us = to_us(usage.ru_utime),
                                   .system_us = to_us(usage.ru_stime),
                                   .max_rss_kb = (uint64_t)usage.ru_maxrss,
                                   .artifacts = n->artifacts_used}};
    if (!contain_is_clean(n->spec->containment, n->procs)) {
        m.exited.n_leaked = contain_leftovers(n->spec->containment, n->cgroup, &arena, &m.exited.leaked);
        if (m.exited.n_leaked > 0)
            m.exited.dirty = !contain_sweep(n->spec->containment);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ; /* orphans that ended by themselves */
    }
    say(n, &m, -1);
    arena_reset(&arena);
}

static bool run_attempt(struct nanny *n, const struct msg_attempt *order, struct received *fds)
{
    struct attempt_spec attempt_spec = {.sock = fds->fds[0],
                                        .plugin = n->spec->plugin,
                                        .order = order,
                                        .run = n->spec->run,
                                        .slot = n->spec->slot,
                                        .temp_dir = n->spec->temp_dir,
                                        .artifacts_dir = n->spec->artifacts_dir};
    int r = renew_dirs(n);
    attempt_prepare(&attempt_spec);
    pid_t pid = r < 0 ? -1 : fork();
    if (pid == 0)
        attempt_process(n, &attempt_spec, fds);
    if (pid < 0) {
        say(n, &(struct message){.type = MSG_STARTED, .started = {(uint32_t)(r < 0 ? -r : errno)}}, -1);
        return true;
    }
    received_close(fds);
    autoclose int pidfd = open_pidfd(pid);
    if (!wait_for_end(n, pidfd, pid))
        return false;
    report_end(n, pid);
    return true;
}

static void serve(struct nanny *n)
{
    autobuf struct buf packet = {0};
    struct arena arena = {0};
    for (bool more = true; more;) {
        struct received got = {0};
        if (sock_receive(n->spec->sock, 0, &packet, &got) <= 0)
            return;
        struct message m;
        const char *p = packet.data;
        if (message_decode(&p, packet.data + packet.len, &arena, &m) == 0 && m.type == MSG_ATTEMPT && got.n_fds == 3)
            more = run_attempt(n, &m.attempt, &got);
        received_close(&got);
        arena_reset(&arena);
    }
}

static void set_slot_environment(const struct nanny_spec *spec)
{
    char number[16];
    snprintf(number, sizeof number, "%u", spec->slot);
    setenv("MUSTER_SLOT", number, 1);
    setenv("MUSTER_TMPDIR", spec->temp_dir, 1);
    setenv("TMPDIR", spec->temp_dir, 1);
    setenv("MUSTER_ARTIFACTS", spec->artifacts_dir, 1);
}

static _Noreturn void nanny_main(const struct nanny_spec *spec, int cgroup)
{
    struct nanny n = {.spec = spec, .cgroup = cgroup, .temp_used = true, .artifacts_used = true};
    close(spec->host_sock);
    signal(SIGCHLD, SIG_DFL);
    autoerr struct err err = {0};
    int r = contain_enter(spec->containment, cgroup, &err);
    n.procs = contain_open_list(spec->containment, cgroup);
    int self = r < 0 ? -1 : open_pidfd(getpid());
    say(&n, &(struct message){.type = MSG_NANNY_READY, .nanny_ready = {r < 0 ? err_text(&err) : ""}}, self);
    if (r < 0)
        _exit(1);
    close(self);
    set_slot_environment(spec);
    crash_install();
    serve(&n);
    _exit(0);
}

int nanny_fork(const struct nanny_spec *spec, int cgroup)
{
    pid_t pid = contain_fork(spec->containment, cgroup);
    if (pid == 0)
        nanny_main(spec, cgroup);
    return pid < 0 ? pid : 0;
}
