/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-host: the zygote. A small process that the supervisor spawns once and that forks a host for each plugin; it
 * links libc and libdl (and libffi) only, so that what is forked is small.
 *
 * It serves the socket on descriptor 3 until the supervisor closes it.
 */
#include "base/cleanup.h"
#include "contain/inside.h"
#include "host/host.h"
#include "host/resumed.h"
#include "ipc/packet.h"
#include "ipc/sock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { SUPERVISOR_FD = 3, STAGES = 64 * 1024 };

struct host_child {
    pid_t pid;
    uint32_t host;
};

struct zygote {
    int signals;     /* signalfd: SIGCHLD */
    uint8_t *stages; /* of hosts by number: how far loading came; shared memory, so that it outlives them */
    struct host_child *hosts;
    size_t n_hosts, cap_hosts;
    struct arena arena; /* the run's facts */
    struct run_facts run;
};

static void keep_run_facts(struct zygote *z, const struct msg_run *m)
{
    const char **target = arena_alloc(&z->arena, (m->target.n + 1) * sizeof *target);
    for (uint32_t i = 0; i < m->target.n; i++)
        target[i] = arena_strdup(&z->arena, m->target.items[i]);
    z->run = (struct run_facts){
        arena_strdup(&z->arena, m->run_id), m->seed, target, m->target.n, m->exit_handlers, m->log_checks, NULL};
}

/* In a child: enters the containment for nothing, and sends how that went: a blank when well. */
static _Noreturn void try_to_enter(struct inside *in, int report)
{
    autoerr struct err err = {0};
    int r = contain_enter(in, &err);
    sock_send(report, r < 0 ? err_text(&err) : " ", r < 0 ? strlen(err_text(&err)) : 1, NULL, 0, false);
    _exit(r < 0);
}

/* NULL: it can be had. malloc'd. */
static char *probe(uint32_t rung)
{
    int report[2];
    struct inside in;
    int r = inside_init(&in, rung, UINT32_MAX, -1);
    if (r == 0)
        r = sock_pair(report);
    if (r < 0)
        return xasprintf("asking for it: %s", strerror(-r));
    pid_t pid = contain_fork(&in);
    if (pid == 0)
        try_to_enter(&in, report[1]);
    close_fd(report[1]);
    autobuf struct buf answer = {0};
    ssize_t n = pid < 0 ? 0 : sock_receive(report[0], 0, &answer, NULL);
    close_fd(report[0]);
    if (n == 1)
        return NULL;
    return xasprintf("no %s can be had here: %s", in.rung->name,
                     n > 0     ? buf_str(&answer)
                     : pid < 0 ? strerror(-pid)
                               : "its first process ended");
}

static void answer_probe(uint32_t rung)
{
    autofree char *refusal = probe(rung);
    const char *text = refusal ? refusal : "";
    sock_send_message(SUPERVISOR_FD, &(struct message){.type = MSG_PROBED, .probed = {text}}, NULL, 0);
}

/* Beyond the packet that it came in. */
static struct message_list keep_list(const struct message_list *list)
{
    struct message_list copy = {.items = xcalloc(list->n + 1, sizeof *copy.items), .n = list->n};
    for (uint32_t i = 0; i < list->n; i++)
        copy.items[i] = xstrdup(list->items[i]);
    return copy;
}

static void spawn_host(struct zygote *z, const struct msg_host_spawn *m, struct received *got)
{
    autoclose int sock = received_take(got, 0);
    autoclose int output = received_take(got, 1);
    uint8_t *stage = &z->stages[m->host % STAGES];
    *stage = STAGE_CHECKING;
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        close_fd(SUPERVISOR_FD);
        close_fd(z->signals);
        madvise(z->stages, STAGES, MADV_DONTFORK); /* only the host loads: what it forks has one mapping less */
        const struct host_spec spec = {.sock = steal_fd(&sock),
                                       .output = steal_fd(&output),
                                       .path = xstrdup(m->path),
                                       .fresh = m->fresh,
                                       .serve = m->serve,
                                       .stage = stage,
                                       .run = &z->run,
                                       .providers = keep_list(&m->providers)};
        if (*spec.path)
            host_main(&spec);
        reader_main(&spec);
    }
    if (pid < 0) {
        int error = errno;
        sock_send_message(
            SUPERVISOR_FD,
            &(struct message){.type = MSG_HOST_GONE, .host_gone = {m->host, 0, STAGE_CHECKING, (uint32_t)error}}, NULL,
            0);
        return;
    }
    GROW(z->hosts, z->n_hosts, z->cap_hosts);
    z->hosts[z->n_hosts++] = (struct host_child){pid, m->host};
}

static void kill_host(const struct zygote *z, uint32_t host)
{
    for (size_t i = 0; i < z->n_hosts; i++)
        if (z->hosts[i].host == host)
            kill(z->hosts[i].pid, SIGKILL);
}

/* Nobody is left to end one that hangs in a constructor. */
static void kill_hosts(const struct zygote *z)
{
    for (size_t i = 0; i < z->n_hosts; i++)
        kill(z->hosts[i].pid, SIGKILL);
}

static bool serve_packet(struct zygote *z)
{
    struct packet packet;
    struct received got = {0};
    if (packet_receive(SUPERVISOR_FD, &packet, &got) <= 0)
        return false;
    struct arena arena = {0};
    struct message m;
    const char *p = packet.data;
    while (message_decode(&p, packet.data + packet.len, &arena, &m) == 0) {
        if (m.type == MSG_RUN)
            keep_run_facts(z, &m.run);
        else if (m.type == MSG_PROBE)
            answer_probe(m.probe.rung);
        else if (m.type == MSG_HOST_SPAWN)
            spawn_host(z, &m.host_spawn, &got);
        else if (m.type == MSG_HOST_KILL)
            kill_host(z, m.host_kill.host);
    }
    received_close(&got);
    arena_free(&arena);
    return true;
}

static void report_ended_hosts(struct zygote *z)
{
    struct signalfd_siginfo ignored;
    ssize_t n = read(z->signals, &ignored, sizeof ignored);
    (void)n;
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        for (size_t i = 0; i < z->n_hosts; i++) {
            if (z->hosts[i].pid != pid)
                continue;
            if (status == 0 && z->stages[z->hosts[i].host % STAGES] == STAGE_LOADED) {
                z->hosts[i] = z->hosts[--z->n_hosts]; /* it has said all, and its socket's end says the rest */
                break;
            }
            sock_send_message(
                SUPERVISOR_FD,
                &(struct message){.type = MSG_HOST_GONE,
                                  .host_gone = {z->hosts[i].host, status, z->stages[z->hosts[i].host % STAGES], 0}},
                NULL, 0);
            z->hosts[i] = z->hosts[--z->n_hosts];
            break;
        }
    }
}

/* By hand there is none; our own signalfd would have its number, and never end. */
static bool has_supervisor(void)
{
    int type;
    socklen_t size = sizeof type;
    return getsockopt(SUPERVISOR_FD, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

int main(int argc, char **argv)
{
    struct zygote z = {0};
    resume_main(argc, argv);
    if (!has_supervisor()) {
        fputs("muster-host is muster's own helper, which runs plugins; see: muster help run\n", stderr);
        return 4;
    }
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    z.signals = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
    z.stages = mmap(NULL, STAGES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (z.signals < 0 || z.stages == MAP_FAILED) {
        perror("muster-host: starting");
        return 3;
    }
    struct pollfd fds[] = {{.fd = SUPERVISOR_FD, .events = POLLIN}, {.fd = z.signals, .events = POLLIN}};
    for (;;) {
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[1].revents)
            report_ended_hosts(&z);
        if (fds[0].revents && !serve_packet(&z))
            break;
    }
    kill_hosts(&z);
    free(z.hosts);
    arena_free(&z.arena);
    return 0;
}
