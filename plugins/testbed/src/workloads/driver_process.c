/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, limiting, measuring and ending contained processes. */
#include "workloads/driver_process.h"

#include "common/number.h"
#include "server/watch.h"
#include "workloads/process_usage.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_FD  3
#define PERIOD_MS 50 /* in which a share of the CPU is measured out */

struct instance {
    struct instance *next;
    void *owner;
    pid_t pid;
    struct limits limits;
    struct watch *watch; /* on which it tells its port, and which ends with this program */
    char line[16];
    size_t line_len;
    lws_sorted_usec_list_t kill_timer, share_timer;
    lws_sorted_usec_list_t answer_timer; /* what was asked is told in the next turn of the loop */
    bool measuring, resizing, resized;
    int64_t share_us, cpu_us; /* what of its share is left, below 0: too much; the CPU that it had used by then */
    bool halted;              /* by SIGSTOP, until it has a share again */
    char reason[80];
};

static struct {
    struct testbed *tb;
    const struct driver_told *told;
    char program[sizeof((struct testbed *)NULL)->exe + 32];
    struct instance *all;
} driver;

/* ---- start ------------------------------------------------------------------------------------------------------- */

static int process_open(struct testbed *tb, const char *where, const struct driver_told *told)
{
    const char *slash = strrchr(tb->exe, '/');

    driver.tb = tb;
    driver.told = told;
    if (where)
        snprintf(driver.program, sizeof driver.program, "%s", where);
    else
        snprintf(driver.program, sizeof driver.program, "%.*s/muster-workload", (int)(slash - tb->exe), tb->exe);
    if (access(driver.program, X_OK) == 0)
        return 0;
    fprintf(stderr, "muster-testbed: %s: %s: replicas are started from it\n", driver.program, strerror(errno));
    return -1;
}

static int spawn(const struct instance_order *order, int child_fd, pid_t *ret_pid)
{
    char parent[16], memory[16], files_max[16];
    const char *argv[] = {"muster-workload",
                          "--image",
                          order->image,
                          "--version",
                          order->version,
                          "--name",
                          order->name,
                          "--listen",
                          "127.0.0.1:0",
                          "--tell",
                          "3",
                          "--parent",
                          parent,
                          "--memory-mb",
                          memory,
                          "--open-files",
                          files_max,
                          NULL};
    char *envp[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;

    snprintf(parent, sizeof parent, "%d", (int)getpid());
    snprintf(memory, sizeof memory, "%d", order->limits.of[LIMIT_MEMORY]);
    snprintf(files_max, sizeof files_max, "%d", order->limits.of[LIMIT_OPEN_FILES]);
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", 0, 0);
    /* What it prints is in the platform's log. */
    posix_spawn_file_actions_adddup2(&files, 2, 1);
    posix_spawn_file_actions_adddup2(&files, child_fd, CHILD_FD);
    posix_spawn_file_actions_addclosefrom_np(&files, CHILD_FD + 1);
    posix_spawnattr_init(&attr);
    /* The parent blocks what its signalfd reads; a child must not inherit that. */
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int rc = posix_spawn(ret_pid, driver.program, &files, &attr, (char *const *)(uintptr_t)argv, envp);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* Its end is told by SIGCHLD; end of file only ends the watching. */
static bool on_port(int fd, void *payload)
{
    struct instance *i = payload;
    ssize_t n = read(fd, i->line + i->line_len, sizeof i->line - 1 - i->line_len);
    int64_t port;

    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    i->line_len += (size_t)n;
    char *end = memchr(i->line, '\n', i->line_len);
    if (!end)
        return i->line_len < sizeof i->line - 1;
    *end = '\0';
    i->line_len = 0;
    if (number_parse(i->line, 1, 65535, &port))
        driver.told->runs(i->owner,
                          &(struct instance_place){.host = "127.0.0.1", .port = (int)port, .pid = (int)i->pid});
    return true;
}

static void share_cpu(lws_sorted_usec_list_t *timer);

static void watch_share(struct instance *i)
{
    /* It has one thread: a whole core is no limit. */
    if (i->limits.of[LIMIT_CPU] < 100)
        lws_sul_schedule(driver.tb->lws, 0, &i->share_timer, share_cpu, (lws_usec_t)PERIOD_MS * 1000);
    else
        lws_sul_cancel(&i->share_timer);
}

static struct instance *process_start(const struct instance_order *order, void *owner)
{
    struct instance *i = calloc(1, sizeof *i);
    int fds[2];

    if (!i || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0) {
        free(i);
        return NULL;
    }
    int rc = spawn(order, fds[1], &i->pid);
    close(fds[1]);
    if (rc != 0) {
        close(fds[0]);
        free(i);
        errno = rc;
        return NULL;
    }
    i->owner = owner;
    i->limits = order->limits;
    /* Without a watch its port is never known; it sees its socket close, and ends. */
    i->watch = watch_open(driver.tb, fds[0], on_port, i);
    i->next = driver.all;
    driver.all = i;
    watch_share(i);
    return i;
}

/* ---- the CPU's share --------------------------------------------------------------------------------------------- */

static void let_run(struct instance *i, bool run)
{
    if (i->halted != run)
        return;
    i->halted = !run;
    kill(-i->pid, run ? SIGCONT : SIGSTOP);
}

/* Each period brings a share; who has used more than he had is halted until he has some again. What is not used is
 * lost. */
static void share_cpu(lws_sorted_usec_list_t *timer)
{
    struct instance *i = lws_container_of(timer, struct instance, share_timer);
    int64_t share = (int64_t)PERIOD_MS * 1000 * i->limits.of[LIMIT_CPU] / 100, cpu = process_cpu_us(i->pid);

    i->share_us += share - (cpu - i->cpu_us);
    i->cpu_us = cpu;
    if (i->share_us > share)
        i->share_us = share;
    let_run(i, i->share_us >= 0);
    watch_share(i);
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static void grace_over(lws_sorted_usec_list_t *timer)
{
    struct instance *i = lws_container_of(timer, struct instance, kill_timer);

    kill(-i->pid, SIGKILL);
}

static void process_stop(struct instance *i, int grace_ms)
{
    kill(-i->pid, SIGTERM);
    /* One that was stopped by a signal would not hear the other. */
    lws_sul_cancel(&i->share_timer);
    kill(-i->pid, SIGCONT);
    lws_sul_schedule(driver.tb->lws, 0, &i->kill_timer, grace_over, (lws_usec_t)grace_ms * 1000 + 1);
}

static void process_kill(struct instance *i, int signal)
{
    kill(i->pid, signal);
}

static void forget(struct instance *i)
{
    struct instance **at = &driver.all;

    while (*at != i)
        at = &(*at)->next;
    *at = i->next;
    lws_sul_cancel(&i->kill_timer);
    lws_sul_cancel(&i->share_timer);
    lws_sul_cancel(&i->answer_timer);
    watch_close(i->watch);
    free(i);
}

static struct instance *find(pid_t pid)
{
    struct instance *i = driver.all;

    while (i && i->pid != pid)
        i = i->next;
    return i;
}

static void has_ended(struct instance *i, int status)
{
    char reason[sizeof i->reason];
    void *owner = i->owner;
    struct instance_end end = {.signaled = WIFSIGNALED(status),
                               .code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)};

    memcpy(reason, i->reason, sizeof reason);
    end.reason = reason[0] ? reason : NULL;
    forget(i);
    driver.told->ended(owner, &end);
}

static void process_children(void)
{
    siginfo_t dead = {0};
    int status;

    while (waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT) == 0 && dead.si_pid > 0) {
        struct instance *i = find(dead.si_pid);
        /* Its group goes with it; while it is not waited for, its number is nobody else's. */
        kill(-dead.si_pid, SIGKILL);
        if (waitpid(dead.si_pid, &status, 0) < 0)
            return;
        if (i)
            has_ended(i, status);
        dead.si_pid = 0;
    }
}

static void process_close(void)
{
    while (driver.all) {
        kill(-driver.all->pid, SIGKILL);
        waitpid(driver.all->pid, NULL, 0);
        forget(driver.all);
    }
}

/* ---- measures and limits ----------------------------------------------------------------------------------------- */

static void tell(lws_sorted_usec_list_t *timer)
{
    struct instance *i = lws_container_of(timer, struct instance, answer_timer);
    struct instance_usage usage;
    bool measuring = i->measuring, resizing = i->resizing;

    i->measuring = i->resizing = false;
    if (measuring) {
        bool measured = process_usage(i->pid, &usage) == 0;
        int most = i->limits.of[LIMIT_PROCESSES];
        if (measured && most > 0 && usage.processes > most) {
            snprintf(i->reason, sizeof i->reason, "%d processes, of at most %d", usage.processes, most);
            kill(-i->pid, SIGKILL);
        }
        driver.told->measured(i->owner, measured ? &usage : NULL);
    }
    if (resizing)
        driver.told->resized(i->owner, i->resized);
}

static void tell_soon(struct instance *i)
{
    lws_sul_schedule(driver.tb->lws, 0, &i->answer_timer, tell, 1);
}

static void process_measure(struct instance *i)
{
    i->measuring = true;
    tell_soon(i);
}

/* Lowering is everybody's right, raising is not: then it has to be started anew. */
static bool set_limit(pid_t pid, __rlimit_resource_t resource, rlim_t value)
{
    const struct rlimit l = {.rlim_cur = value, .rlim_max = value};

    return prlimit(pid, resource, &l, NULL) == 0;
}

static void process_resize(struct instance *i, const struct limits *limits)
{
    i->limits = *limits;
    i->resized = set_limit(i->pid, RLIMIT_AS, (rlim_t)limits->of[LIMIT_MEMORY] * 1024 * 1024) &&
                 set_limit(i->pid, RLIMIT_NOFILE, (rlim_t)limits->of[LIMIT_OPEN_FILES]);
    i->resizing = true;
    if (limits->of[LIMIT_CPU] >= 100)
        let_run(i, true);
    watch_share(i);
    tell_soon(i);
}

static const char *process_holds(enum limit limit)
{
    switch (limit) {
    case LIMIT_MEMORY:
        return "RLIMIT_AS";
    case LIMIT_CPU:
        return "measured share";
    case LIMIT_OPEN_FILES:
        return "RLIMIT_NOFILE";
    case LIMIT_PROCESSES:
        return "measured count";
    default:
        return NULL;
    }
}

const struct driver driver_process = {
    .name = "process",
    .open = process_open,
    .close = process_close,
    .start = process_start,
    .stop = process_stop,
    .kill = process_kill,
    .measure = process_measure,
    .resize = process_resize,
    .holds = process_holds,
    .children = process_children,
};
