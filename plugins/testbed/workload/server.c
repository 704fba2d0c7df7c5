/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: each reads one request, waits for its work to be done, writes the answer, and reads the next. */
#include "server.h"

#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLICE_US 5000
#define FIXED    2 /* the listener and the life line stand before the connections in what is polled */

int server_listen(const char *where, int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    const char *colon = strrchr(where, ':');
    char host[64], *end;
    int one = 1;

    if (!colon || (size_t)(colon - where) >= sizeof host)
        return -EINVAL;
    snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1 || *end != '\0' || port > 65535)
        return -EINVAL;
    address.sin_port = htons((uint16_t)port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    *ret_port = ntohs(address.sin_port);
    return fd;
}

struct all {
    struct connection **list;
    size_t n, room;
};

/* All that are waiting. One for which there is no descriptor waits on. */
static void accept_all(struct all *all, int listener)
{
    int fd, one = 1;

    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (all->n == all->room) {
            size_t room = all->room ? all->room * 2 : 16;
            struct connection **grown = realloc(all->list, room * sizeof *grown);
            if (!grown) {
                close(fd);
                return;
            }
            all->list = grown;
            all->room = room;
        }
        struct connection *c = connection_new(fd);
        if (c)
            all->list[all->n++] = c;
    }
}

/* Those that have ended go; when draining, so do those that wait for nothing. */
static void sweep(struct all *all, bool draining)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (connection_over(all->list[i], draining))
            connection_free(all->list[i]);
        else
            all->list[kept++] = all->list[i];
    }
    all->n = kept;
}

/* The earliest of what is waited for, in ms; -1: nothing but the descriptors. */
static int pause_for(const struct self *s, const struct all *all, int64_t now)
{
    int64_t until = s->dies_at_ms;

    for (size_t i = 0; i < all->n; i++) {
        int64_t wanted = connection_wants_time(all->list[i]);
        if (wanted > 0 && (until == 0 || wanted < until))
            until = wanted;
    }
    if (until == 0)
        return -1;
    return until > now ? (int)(until - now) : 0;
}

static void work_on(const struct self *s, struct all *all, bool draining)
{
    int64_t now = self_now_ms();
    size_t burning = 0;

    for (size_t i = 0; i < all->n; i++)
        burning += connection_burns(all->list[i]);
    for (size_t i = 0; i < all->n; i++)
        connection_work(all->list[i], s, now, burning ? SLICE_US / (int64_t)burning : 0, draining);
}

void server_run(const struct self *s, int listener, int life_fd, const volatile bool *draining)
{
    struct all all = {0};
    struct pollfd *polled = NULL;

    for (;;) {
        bool ending = *draining;
        struct pollfd *grown = realloc(polled, (all.n + FIXED) * sizeof *polled);
        if (!grown)
            abort();
        polled = grown;
        /* Once ending, the listener is asked one last time: who was let in by the kernel is answered. */
        polled[0] = (struct pollfd){.fd = listener, .events = POLLIN};
        polled[1] = (struct pollfd){.fd = life_fd, .events = POLLIN};
        size_t n = all.n;
        for (size_t i = 0; i < n; i++)
            polled[i + FIXED] = (struct pollfd){.fd = all.list[i]->fd, .events = connection_events(all.list[i])};
        int ready = poll(polled, (nfds_t)(n + FIXED), ending ? 0 : pause_for(s, &all, self_now_ms()));
        if (ready < 0 && errno != EINTR)
            abort();
        if (ready > 0 && (polled[1].revents & (POLLIN | POLLHUP)))
            break; /* nothing is ever said on it: it is at its end */
        for (size_t i = 0; ready > 0 && i < n; i++)
            if (polled[i + FIXED].revents)
                connection_ready(all.list[i], s, polled[i + FIXED].revents);
        if (listener >= 0)
            accept_all(&all, listener);
        if (ending && listener >= 0) {
            close(listener);
            listener = -1;
            for (size_t i = 0; i < all.n; i++)
                connection_ready(all.list[i], s, POLLIN);
        }
        work_on(s, &all, ending);
        sweep(&all, ending);
        if ((ending && all.n == 0) || (s->dies_at_ms > 0 && self_now_ms() >= s->dies_at_ms))
            break;
        if (ending)
            poll(NULL, 0, 1); /* what is open is polled without a wait above, so that this ends soon */
    }
    for (size_t i = 0; i < all.n; i++)
        connection_free(all.list[i]);
    free(all.list);
    free(polled);
}
