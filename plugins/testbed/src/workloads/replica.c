/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, stopping and talking to a workload's processes. */
#include "workloads/replica.h"

#include "common/clock.h"
#include "common/number.h"
#include "server/request.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GRACE_MS   500
#define SILENCE_MS 10000
#define CHILD_FD   3

static int spawn(const struct replica_spec *spec, int child_fd, pid_t *ret_pid)
{
    char parent[16], number[16], memory[16], nofile[16];
    char *argv[] = {(char *)"muster-workload",
                    (char *)"--workload",
                    parent,
                    (char *)(uintptr_t)spec->image,
                    (char *)(uintptr_t)spec->workload_id,
                    (char *)(uintptr_t)spec->version,
                    number,
                    memory,
                    nofile,
                    NULL};
    char *envp[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;

    snprintf(parent, sizeof parent, "%d", (int)getpid());
    snprintf(number, sizeof number, "%d", spec->index);
    snprintf(memory, sizeof memory, "%d", spec->memory_mb);
    snprintf(nofile, sizeof nofile, "%d", spec->nofile);
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
    int rc = posix_spawn(ret_pid, spec->tb->exe, &files, &attr, argv, envp);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static void answer(struct replica *p, const char *count)
{
    struct waiting_request *first = p->waiting;
    int64_t n;

    if (!first || !number_parse(count, 0, INT64_MAX, &n))
        return;
    p->waiting = first->next;
    if (!p->waiting)
        p->waiting_tail = &p->waiting;
    reply(first->request, 200,
          json_pack("{s:i, s:s, s:I}", "pid", (int)p->pid, "version", p->version, "count", (json_int_t)n));
    request_complete(first->request);
    free(first);
}

/* One that hangs is ended; its end is what the reconciler acts on. */
static void silence_over(lws_sorted_usec_list_t *sul)
{
    struct replica *p = lws_container_of(sul, struct replica, silence_timer);

    kill(-p->pid, SIGKILL);
}

static void heard(struct replica *p)
{
    lws_sul_schedule(p->tb->lws, 0, &p->silence_timer, silence_over, (lws_usec_t)SILENCE_MS * 1000);
}

static void take_line(struct replica *p)
{
    heard(p);
    switch (p->line[0]) {
    case 'R':
        if (p->state == R_STARTING) {
            p->state = R_READY;
            p->ready(p->workload);
        }
        break;
    case 'H':
        p->heartbeats++;
        break;
    case 'A':
        answer(p, p->line + 2);
        break;
    default:
        break;
    }
}

/* Its end is told by SIGCHLD; end of file only ends the watching. */
static bool readable(int fd, void *payload)
{
    struct replica *p = payload;
    char buf[512];
    ssize_t n = read(fd, buf, sizeof buf);

    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    for (ssize_t i = 0; i < n; i++) {
        if (buf[i] != '\n') {
            if (p->line_len < sizeof p->line - 1)
                p->line[p->line_len++] = buf[i];
            continue;
        }
        p->line[p->line_len] = '\0';
        p->line_len = 0;
        if (p->workload)
            take_line(p);
    }
    return true;
}

struct replica *replica_start(const struct replica_spec *spec)
{
    struct replica *p = calloc(1, sizeof *p);
    int fds[2];

    if (!p || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0) {
        free(p);
        return NULL;
    }
    int rc = spawn(spec, fds[1], &p->pid);
    close(fds[1]);
    if (rc != 0) {
        close(fds[0]);
        free(p);
        errno = rc;
        return NULL;
    }
    p->workload = spec->workload;
    p->ready = spec->ready;
    p->reroute = spec->reroute;
    p->tb = spec->tb;
    p->index = spec->index;
    snprintf(p->tenant_id, sizeof p->tenant_id, "%s", spec->tenant_id);
    p->waiting_tail = &p->waiting;
    snprintf(p->version, sizeof p->version, "%s", spec->version);
    clock_now_text(p->started_at);
    p->tb->metrics.processes_started++;
    /* Without a watch the process is there but never ready; the child sees its socket close, ends, and is replaced. */
    p->watch = watch_open(p->tb, fds[0], readable, p);
    heard(p);
    return p;
}

static void grace_over(lws_sorted_usec_list_t *sul)
{
    struct replica *p = lws_container_of(sul, struct replica, kill_timer);

    kill(-p->pid, SIGKILL);
}

void replica_stop(struct replica *p)
{
    if (p->state == R_STOPPING)
        return;
    p->state = R_STOPPING;
    kill(-p->pid, SIGTERM);
    /* One that was stopped by a signal would not hear the other. */
    kill(-p->pid, SIGCONT);
    lws_sul_schedule(p->tb->lws, 0, &p->kill_timer, grace_over, (lws_usec_t)GRACE_MS * 1000);
}

void replica_free(struct replica *p)
{
    struct waiting_request *waiting = p->waiting;
    struct workload *w = p->workload;
    void (*reroute)(struct workload * of, struct request * r) = p->reroute;

    lws_sul_cancel(&p->kill_timer);
    lws_sul_cancel(&p->silence_timer);
    watch_close(p->watch);
    free(p);
    while (waiting) {
        struct waiting_request *next = waiting->next;
        if (w)
            reroute(w, waiting->request);
        else {
            reply_error(waiting->request, 503, "no_ready_replica", "the workload has gone");
            request_complete(waiting->request);
        }
        free(waiting);
        waiting = next;
    }
}

int replica_ask(struct replica *p, struct request *r)
{
    struct waiting_request *entry = calloc(1, sizeof *entry);

    if (!entry || !p->watch || send(p->watch->fd, "Q", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) {
        free(entry);
        return -1;
    }
    entry->request = r;
    *p->waiting_tail = entry;
    p->waiting_tail = &entry->next;
    return 0;
}
