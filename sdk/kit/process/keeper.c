/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper of a program. It is forked from an attempt that may have threads, so it allocates nothing and calls only
 * what is safe then.
 */
#include "keeper.h"

#include "tail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the keeper: between standard error and what is closed. */
enum { LOG_FD = 3, STARTED_FD = 4 };

/* Made before the fork, since it takes memory. */
struct launch {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

/* ---- in the keeper ----------------------------------------------------------------------------------------------- */

/* What of the attempt would live on in it: its descriptors, and what it does with signals. -1 with errno: the attempt
 * may have as many descriptors as it can. */
static int leave_attempt(const struct keeper_order *order, int started)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    int log = fcntl(order->log_fd, F_DUPFD, STARTED_FD + 1);
    int end = log < 0 ? -1 : fcntl(started, F_DUPFD, STARTED_FD + 1);
    int null = end < 0 ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(log, LOG_FD) < 0 ||
        dup2(end, STARTED_FD) < 0)
        return -1;
    syscall(SYS_close_range, STARTED_FD + 1, ~0u, 0);
    prctl(PR_SET_NAME, "muster-keeper");
    return 0;
}

/* As many lines as a report shows of a fixture's output, and less: the first one is to be among them. */
void process_keeper_tell_end(const char *name, int log_fd, int status)
{
    char text[TAIL_MOST + 256], how[TAIL_HOW_MOST];
    process_tail_describe(status, how);
    int n = snprintf(text, 256, "%.64s %s; the last that it printed:\n", name, how);
    size_t length = (size_t)n + process_tail_read(log_fd, 15, text + n);
    if (write(STDERR_FILENO, text, length) < 0)
        return; /* nobody is there to read it */
}

static _Noreturn void end_as(int status)
{
    if (WIFEXITED(status))
        _exit(WEXITSTATUS(status));
    const struct rlimit no_core = {0, 0};
    int signo = WTERMSIG(status);
    sigset_t it;
    setrlimit(RLIMIT_CORE, &no_core);
    signal(signo, SIG_DFL);
    sigemptyset(&it);
    sigaddset(&it, signo);
    sigprocmask(SIG_UNBLOCK, &it, NULL);
    kill(getpid(), signo);
    _exit(128 + signo);
}

static int status_of(const siginfo_t *info)
{
    return info->si_code == CLD_EXITED ? W_EXITCODE(info->si_status, 0) : W_EXITCODE(0, info->si_status);
}

static _Noreturn void keep(const struct keeper_order *order, const struct launch *launch,
                           volatile struct keeper_page *page, int started)
{
    pid_t pid = 0;
    siginfo_t info = {0};
    if (leave_attempt(order, started) < 0) {
        page->error = errno;
        _exit(127);
    }
    page->error = posix_spawnp(&pid, order->argv[0], &launch->actions, &launch->attributes, (char *const *)order->argv,
                               (char *const *)order->env);
    page->pid = page->error ? 0 : pid;
    close(STARTED_FD);
    if (page->error)
        _exit(127);
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        ;
    int status = status_of(&info);
    if (__atomic_exchange_n(&page->phase, KEEPER_OVER, __ATOMIC_SEQ_CST) == KEEPER_IN_USE)
        process_keeper_tell_end(order->name, LOG_FD, status);
    kill(-pid, SIGKILL); /* workers that it left: its group's number is taken until it is reaped */
    page->status = status;
    __atomic_store_n(&page->ended, 1, __ATOMIC_SEQ_CST);
    waitpid(pid, NULL, 0);
    end_as(status);
}

/* ---- in the attempt ---------------------------------------------------------------------------------------------- */

static void prepare(struct launch *l, const char *dir)
{
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&l->actions);
    posix_spawn_file_actions_adddup2(&l->actions, LOG_FD, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&l->actions, LOG_FD, STDERR_FILENO);
    if (dir)
        posix_spawn_file_actions_addchdir_np(&l->actions, dir);
    posix_spawn_file_actions_addclosefrom_np(&l->actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&l->attributes);
    posix_spawnattr_setflags(&l->attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&l->attributes, &all);
    posix_spawnattr_setsigmask(&l->attributes, &none);
}

static int begin(const struct keeper_order *order, volatile struct keeper_page *page, struct keeper *ret_keeper)
{
    struct launch launch;
    int started[2];
    char none;
    if (pipe2(started, O_CLOEXEC) < 0)
        return -errno;
    prepare(&launch, order->dir);
    pid_t pid = fork();
    if (pid == 0)
        keep(order, &launch, page, started[1]);
    int e = errno;
    posix_spawn_file_actions_destroy(&launch.actions);
    posix_spawnattr_destroy(&launch.attributes);
    close(started[1]);
    while (pid > 0 && read(started[0], &none, 1) < 0 && errno == EINTR)
        ;
    close(started[0]);
    if (pid < 0)
        return -e;
    *ret_keeper = (struct keeper){.pid = pid, .pidfd = (int)syscall(SYS_pidfd_open, pid, 0), .page = page};
    return ret_keeper->pidfd < 0 ? -errno : 0;
}

int process_keeper_start(const struct keeper_order *order, struct keeper *ret_keeper)
{
    volatile struct keeper_page *page =
        mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return -errno;
    struct keeper k = {.pidfd = -1, .page = page};
    int e = begin(order, page, &k);
    if (e == 0 && !page->pid)
        e = page->error ? -page->error : -ECHILD;
    if (e < 0) {
        if (page->pid) /* it runs, and can't be watched */
            process_keeper_signal(&k, SIGKILL, 1);
        if (k.pid > 0)
            waitpid(k.pid, NULL, 0);
        process_keeper_close(&k);
        return e;
    }
    *ret_keeper = k;
    return 0;
}

void process_keeper_close(struct keeper *k)
{
    if (k->pidfd >= 0)
        close(k->pidfd);
    munmap((void *)k->page, sizeof *k->page);
    *k = (struct keeper){.pid = k->pid, .pidfd = -1};
}

int process_keeper_enter(const struct keeper *k, enum keeper_phase phase)
{
    int was = __atomic_load_n(&k->page->phase, __ATOMIC_SEQ_CST);
    while (was != KEEPER_OVER)
        if (__atomic_compare_exchange_n(&k->page->phase, &was, phase, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return 1;
    return 0;
}

int process_keeper_wait(struct keeper *k, int timeout_ms)
{
    struct pollfd p = {.fd = k->pidfd, .events = POLLIN};
    int n;
    while ((n = poll(&p, 1, timeout_ms)) < 0 && errno == EINTR)
        ;
    return n == 1;
}

void process_keeper_signal(const struct keeper *k, int signo, int group)
{
    if (!__atomic_load_n(&k->page->ended, __ATOMIC_SEQ_CST))
        kill(group ? -k->page->pid : k->page->pid, signo);
}
