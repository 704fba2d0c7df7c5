/* SPDX-License-Identifier: Apache-2.0 */
/* A program between its start and its end: fed, read, and ended when it is late. */
#include "run.h"

#include <muster/kit/data.h>
#include <muster/kit/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MOST = 4 << 20, PIECE = 65536 };

enum { IN, OUT, ERR, DEATH, N_FDS };

struct running {
    const struct run_program *program;
    struct run_result *result;
    pid_t pid;
    size_t fed;
    struct pollfd fds[N_FDS]; /* -1: closed */
};

static void close_fd(struct pollfd *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
}

static char **environment(struct muster_ctx *t, const char *const *more)
{
    size_t n = 0, m = 0;
    while (environ[n])
        n++;
    while (more && more[m])
        m++;
    char **all = calloc(n + m + 1, sizeof *all);
    if (!all)
        ERROR("out of memory for a program's environment");
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        size_t name = strcspn(environ[i], "="), j = 0;
        while (j < m && strncmp(environ[i], more[j], name + 1) != 0)
            j++;
        if (j == m)
            all[kept++] = environ[i];
    }
    for (size_t j = 0; j < m; j++)
        all[kept++] = (char *)(uintptr_t)more[j];
    return all;
}

static int prepare(posix_spawnattr_t *attr, posix_spawn_file_actions_t *actions, const char *dir, int pipes[3][2])
{
    sigset_t none, defaults;
    sigemptyset(&none);
    sigfillset(&defaults);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &defaults);
    posix_spawnattr_setpgroup(attr, 0);
    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int code = *dir ? posix_spawn_file_actions_addchdir_np(actions, dir) : 0;
    for (int i = 0; i < 3 && !code; i++)
        code = posix_spawn_file_actions_adddup2(actions, pipes[i][i == 0 ? 0 : 1], i);
    return code;
}

static int spawn(struct muster_ctx *t, struct running *r, int pipes[3][2])
{
    posix_spawnattr_t attr;
    posix_spawn_file_actions_t actions;
    const struct run_program *p = r->program;
    char **env = environment(t, p->env);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_init(&actions);
    int code = prepare(&attr, &actions, p->dir, pipes);
    if (!code)
        code = posix_spawnp(&r->pid, p->argv[0], &actions, &attr, (char **)(uintptr_t)p->argv, env);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    free(env);
    return code;
}

/* 0, or an errno. */
static int start(struct muster_ctx *t, struct running *r)
{
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}, code = 0;
    for (int i = 0; i < 3 && !code; i++)
        code = pipe2(pipes[i], O_CLOEXEC) < 0 ? errno : 0;
    if (!code)
        code = spawn(t, r, pipes);
    for (int i = 0; i < 3; i++) {
        int ours = pipes[i][i == 0 ? 1 : 0], theirs = pipes[i][i == 0 ? 0 : 1];
        if (theirs >= 0)
            close(theirs);
        if (code && ours >= 0)
            close(ours);
        if (!code)
            fcntl(ours, F_SETFL, O_NONBLOCK);
        r->fds[i] = (struct pollfd){.fd = code ? -1 : ours, .events = i == 0 ? POLLOUT : POLLIN};
    }
    int death = code ? -1 : (int)syscall(SYS_pidfd_open, r->pid, 0);
    r->fds[DEATH] = (struct pollfd){.fd = death, .events = POLLIN};
    return code;
}

/* Who does not read what he is given ends the feeding; it is his to judge. SIGPIPE is the attempt's to ignore or not:
 * so it is kept from this thread, and taken. */
static void feed(struct running *r)
{
    const struct run_program *p = r->program;
    sigset_t pipe_signal, before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t n = r->fed < p->input_length ? write(r->fds[IN].fd, p->input + r->fed, p->input_length - r->fed) : 0;
    int code = n < 0 ? errno : 0;
    if (code == EPIPE)
        sigtimedwait(&pipe_signal, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    r->fed += n > 0 ? (size_t)n : 0;
    if (r->fed == p->input_length || (code && code != EAGAIN && code != EINTR))
        close_fd(&r->fds[IN]);
}

/* 0: nothing more is there for now. */
static int take(struct running *r, int which)
{
    struct run_output *o = which == OUT ? &r->result->out : &r->result->err;
    struct pollfd *from = &r->fds[which];
    char piece[PIECE];
    ssize_t n = from->fd < 0 ? 0 : read(from->fd, piece, sizeof piece);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n <= 0) {
        close_fd(from);
        return 0;
    }
    size_t room = OUTPUT_MOST - o->length, kept = (size_t)n < room ? (size_t)n : room;
    o->cut = o->cut || kept < (size_t)n;
    memcpy(o->bytes + o->length, piece, kept);
    o->length += kept;
    o->bytes[o->length] = '\0';
    return 1;
}

static int ended(struct running *r)
{
    return waitpid(r->pid, &r->result->status, WNOHANG) == r->pid;
}

/* Until it has ended, or the time is up. */
static int attend(struct running *r, struct m_deadline end)
{
    for (;;) {
        int wait = m_deadline_poll_ms(end);
        if (r->fds[DEATH].fd < 0) /* a kernel without pidfds */
            wait = wait < 20 ? wait : 20;
        int n = poll(r->fds, N_FDS, wait);
        if (n > 0 && r->fds[IN].revents)
            feed(r);
        for (int i = OUT; i <= ERR; i++)
            if (n > 0 && r->fds[i].revents)
                take(r, i);
        if (ended(r))
            return 1;
        if (m_deadline_left_ms(end) == 0)
            return 0;
    }
}

static void end_late(struct running *r)
{
    r->result->late = 1;
    kill(-r->pid, SIGKILL);
    while (waitpid(r->pid, &r->result->status, 0) < 0 && errno == EINTR)
        ;
}

struct run_result run_to_end(struct muster_ctx *t, const struct run_program *program)
{
    struct run_result result = {.out = {.bytes = calloc(1, OUTPUT_MOST + 1)},
                                .err = {.bytes = calloc(1, OUTPUT_MOST + 1)}};
    struct running r = {.program = program, .result = &result};
    uint64_t began = m_now_ms();
    if (!result.out.bytes || !result.err.bytes)
        ERROR("out of memory for a program's output");
    int code = start(t, &r);
    if (code) {
        result.error = m_fmt(t, "%s", strerrordesc_np(code));
        return result;
    }
    if (!attend(&r, m_deadline_in(t, program->within_ms)))
        end_late(&r);
    for (int i = OUT; i <= ERR; i++)
        while (take(&r, i))
            ;
    for (int i = 0; i < N_FDS; i++)
        close_fd(&r.fds[i]);
    result.took_ms = m_now_ms() - began;
    return result;
}
