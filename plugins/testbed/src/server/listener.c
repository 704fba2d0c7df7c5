/* SPDX-License-Identifier: Apache-2.0 */
/* Taking connections, and giving them to libwebsockets. */
#include "server/listener.h"

#include "server/watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

static bool on_connection(int fd, void *payload)
{
    const struct testbed *tb = payload;
    const int on = 1;

    for (;;) {
        int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client < 0)
            return true;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        lws_adopt_socket_vhost(tb->vhost, client); /* closes what it cannot take */
    }
}

static int listen_at(const struct options *opt)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt->port)};
    const int on = 1;
    int fd = -1;

    if (inet_pton(AF_INET, opt->listen, &at.sin_addr) != 1)
        errno = EINVAL;
    else
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    fprintf(stderr, "muster-testbed: cannot listen on %s port %d: %s\n", opt->listen, opt->port, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

int listener_start(struct testbed *tb)
{
    if (!tb->life.inherited)
        tb->life.listener = listen_at(&tb->opt);
    int fd = tb->life.listener < 0 ? -1 : fcntl(tb->life.listener, F_DUPFD_CLOEXEC, 3);
    tb->listener = fd < 0 ? NULL : watch_open(tb, fd, on_connection, tb);
    return tb->listener ? 0 : -1;
}

void listener_stop(struct testbed *tb)
{
    watch_close(tb->listener);
    tb->listener = NULL;
    if (tb->life.end == LIFE_GOES_ON && tb->life.listener >= 0) {
        close(tb->life.listener);
        tb->life.listener = -1;
    }
}

int listener_port(const struct testbed *tb)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;

    return getsockname(tb->life.listener, (struct sockaddr *)&at, &len) == 0 ? ntohs(at.sin_port) : 0;
}
