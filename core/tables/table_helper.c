/* SPDX-License-Identifier: Apache-2.0 */
/* muster-table as a process: started, asked, heard, ended. */
#include "tables/table_helper.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/spawn.h"
#include "base/wait_status.h"
#include "ipc/sock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

static int start(struct table_helper *h, struct err *err)
{
    int pair[2];
    int r = sock_pair(pair);
    if (r < 0)
        return err_errno(err, r, "making a socket for the reader of tables");
    autoclose int ours = pair[0], theirs = pair[1];
    autofree char *path = helper_path("muster-table");
    char *const argv[] = {(char *)"muster-table", NULL};
    const struct spawn reader = {
        .program = path, .argv = argv, .fds = {SPAWN_NULL, SPAWN_NULL, SPAWN_OURS, theirs}, .n_fds = 4};
    r = spawn(&reader, &h->pid);
    if (r < 0)
        return err_errno(err, r, "starting %s", path);
    h->sock = steal_fd(&ours);
    return 0;
}

static int reap(struct table_helper *h)
{
    int status = 0;
    close_fd(h->sock);
    kill(h->pid, SIGKILL); /* it holds nothing that anybody would miss */
    while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
        ;
    h->pid = 0;
    return status;
}

void table_helper_end(struct table_helper *h)
{
    if (h->pid > 0)
        reap(h);
}

/* Waits for one packet of what it says: -EINTR, -ETIMEDOUT, -EPIPE; it is ended then. */
static int hear(struct table_helper *h, const char *what, int64_t deadline_ns, struct buf *packet, struct err *err)
{
    struct pollfd fds[] = {{.fd = h->sock, .events = POLLIN}, {.fd = h->signals, .events = POLLIN}};
    for (;;) {
        int64_t left_ms = deadline_ns == NEVER ? -1 : (deadline_ns - clock_mono() + NS_PER_MS - 1) / NS_PER_MS;
        if (deadline_ns != NEVER && left_ms <= 0) {
            reap(h);
            return err_set(err, -ETIMEDOUT, "reading %s: it was not done within %.3g s (--load-timeout)", what,
                           (double)h->limit_ns / NS_PER_S);
        }
        int n = poll(fds, 2, left_ms < INT32_MAX ? (int)left_ms : INT32_MAX);
        if (n < 0 && errno != EINTR)
            return err_errno(err, -errno, "reading %s: waiting for it", what);
        if (n > 0 && fds[1].revents) {
            reap(h);
            return err_set(err, -EINTR, "interrupted while %s was read: nothing was run", what);
        }
        if (n > 0 && fds[0].revents)
            break;
    }
    if (sock_receive(h->sock, 0, packet, NULL) > 0)
        return 0;
    autofree char *how = describe_wait_status(reap(h));
    return err_set(err, -EPIPE, "reading %s: the process that read it %s", what, how);
}

/* One message: 1 when it was the last. */
static int hear_one(struct table_helper *h, const char *what, int64_t deadline_ns, struct buf *packet,
                    const struct table_listener *listener, struct err *err)
{
    struct arena arena = {0};
    struct message m = {0};
    bool last = false;
    int e = hear(h, what, deadline_ns, packet, err);
    if (e < 0)
        return e;
    const char *p = packet->data;
    bool ok = message_decode(&p, packet->data + packet->len, &arena, &m) == 0;
    if (ok && m.type == MSG_REFUSED)
        e = err_set(err, -EINVAL, "%s", m.refused.text);
    else if (!ok || m.type != listener->type || !listener->take(listener->user, &m, &last))
        e = err_set(err, -EPROTO, "reading %s: the process that read it said what makes no sense", what);
    arena_free(&arena);
    return e < 0 ? e : last;
}

static int hear_all(struct table_helper *h, const char *what, const struct table_listener *listener, struct err *err)
{
    int64_t deadline = h->limit_ns > 0 ? clock_mono() + h->limit_ns : NEVER;
    autobuf struct buf packet = {0};
    int e = 0;
    while (e == 0)
        e = hear_one(h, what, deadline, &packet, listener, err);
    return e < 0 ? e : 0;
}

int table_helper_ask(struct table_helper *h, const char *what, const struct message *m,
                     const struct table_listener *listener, struct err *err)
{
    int e = h->pid > 0 ? 0 : start(h, err);
    if (e < 0)
        return e;
    e = sock_send_message(h->sock, m, NULL, 0);
    e = e < 0 ? err_errno(err, e, "reading %s: asking for it", what) : hear_all(h, what, listener, err);
    if (e < 0 && e != -EINVAL) /* who has refused a file is good for the next; who did anything else is not */
        table_helper_end(h);
    return e;
}
