/* SPDX-License-Identifier: Apache-2.0 */
/* The zygote, from the supervisor's side. */
#include "discover/zygote.h"

#include "base/cleanup.h"
#include "base/program.h"
#include "base/spawn.h"
#include "contain/orphans.h"
#include "ipc/sock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a program needs to find its files, its home and its language; the sanitizers' settings so that a build with them
 * behaves in attempts as it does here. */
static const char *const always_passed[] = {"PATH",         "HOME",          "USER",         "LOGNAME",
                                            "SHELL",        "LANG",          "LC_ALL",       "LD_LIBRARY_PATH",
                                            "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", NULL};

struct environment {
    char **items;
    size_t n, cap;
};

/* A later value replaces an earlier one: getenv() would find the first of two. */
static void add(struct environment *e, char *pair)
{
    size_t name = strcspn(pair, "=") + 1;
    for (size_t i = 0; i < e->n; i++) {
        if (strncmp(e->items[i], pair, name) == 0) {
            free(e->items[i]);
            e->items[i] = pair;
            return;
        }
    }
    GROW(e->items, e->n, e->cap);
    e->items[e->n++] = pair;
}

static void pass_on(struct environment *e, const char *const *names)
{
    for (; names && *names; names++) {
        const char *value = getenv(*names);
        if (value)
            add(e, xasprintf("%s=%s", *names, value));
    }
}

static struct environment make_environment(const struct msg_run *run, const char *const *pass, const char *const *set)
{
    struct environment e = {0};
    pass_on(&e, always_passed);
    add(&e, xstrdup("TZ=UTC"));
    pass_on(&e, pass);
    for (; set && *set; set++)
        add(&e, xstrdup(*set));
    add(&e, xstrdup("MUSTER=1"));
    add(&e, xasprintf("MUSTER_RUN_ID=%s", run->run_id));
    add(&e, xasprintf("MUSTER_SEED=%llu", (unsigned long long)run->seed));
    GROW(e.items, e.n, e.cap);
    e.items[e.n] = NULL;
    return e;
}

static void free_environment(struct environment *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->items[i]);
    free(e->items);
}

static int start(const char *path, int sock, char *const *envp, pid_t *ret_pid)
{
    char *const argv[] = {(char *)"muster-host", NULL};
    /* Its own session: ^C at the terminal is for the supervisor, which ends the attempts in order. */
    const struct spawn host = {.program = path,
                               .argv = argv,
                               .envp = envp,
                               .fds = {SPAWN_NULL, SPAWN_OURS, SPAWN_OURS, sock},
                               .n_fds = 4,
                               .terminal = SPAWN_OWN_SESSION};
    return spawn(&host, ret_pid);
}

int zygote_start(struct zygote *z, const struct msg_run *run, const char *const *pass, const char *const *set,
                 struct err *err)
{
    int pair[2];
    int r = orphans_expect(err);
    if (r < 0)
        return r;
    r = sock_pair(pair);
    if (r < 0)
        return err_errno(err, r, "making a socket for the hosts");
    autoclose int theirs = pair[1];
    z->sock = pair[0];
    autofree char *path = helper_path("muster-host");
    struct environment env = make_environment(run, pass, set);
    r = start(path, theirs, env.items, &z->pid);
    free_environment(&env);
    if (r < 0)
        return err_errno(err, r, "starting %s", path);
    r = sock_send_order(z->sock, &(struct message){.type = MSG_RUN, .run = *run}, NULL, 0);
    if (r == -EMSGSIZE)
        return err_set(err, r, "--set: all values together are longer than %d MiB", MESSAGE_ORDER_MAX >> 20);
    return r < 0 ? err_errno(err, r, "%s ended at once", path) : 0;
}

int zygote_spawn_host(const struct zygote *z, const struct msg_host_spawn *spec, int sock, int output, struct err *err)
{
    const int fds[] = {sock, output};
    int r = sock_send_order(z->sock, &(struct message){.type = MSG_HOST_SPAWN, .host_spawn = *spec}, fds, 2);
    return r < 0 ? err_errno(err, r, "asking muster-host for a host") : 0;
}

void zygote_kill_host(const struct zygote *z, uint32_t host)
{
    sock_send_message(z->sock, &(struct message){.type = MSG_HOST_KILL, .host_kill = {host}}, NULL, 0);
}

int zygote_probe(void *zygote, const struct rung *rung, struct err *err)
{
    struct zygote *z = zygote;
    autobuf struct buf packet = {0};
    struct arena arena = {0};
    struct message m = {0};
    int r = sock_send_message(z->sock, &(struct message){.type = MSG_PROBE, .probe = {rung_index(rung)}}, NULL, 0);
    const char *p = NULL;
    if (r == 0 && sock_receive(z->sock, 0, &packet, NULL) > 0) {
        p = packet.data;
        r = message_decode(&p, packet.data + packet.len, &arena, &m);
    }
    if (!p || r < 0 || m.type != MSG_PROBED)
        r = err_set(err, -EPROTO, "muster-host did not answer");
    else if (*m.probed.error)
        r = err_set(err, -EPERM, "%s", m.probed.error);
    arena_free(&arena);
    return r;
}

/* It ends when its socket does, unless somebody has stopped it. */
static void wait_or_kill(pid_t pid)
{
    enum { LIMIT_MS = 2000 };
    autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    if (pidfd >= 0 && poll(&end, 1, LIMIT_MS) <= 0)
        kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

void zygote_stop(struct zygote *z)
{
    close_fd(z->sock);
    z->sock = -1;
    if (z->pid > 0)
        wait_or_kill(z->pid);
    z->pid = 0;
    orphans_end_all();
}
