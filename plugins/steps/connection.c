/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: each wait is a poll(2) with the deadline. */
#include "connection.h"

#include <muster/kit/data.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { RECEIVED_MOST = 4 << 20 };

static int fails(struct connection *c, const char *why)
{
    c->why = why;
    return -1;
}

/* 1: the descriptor is ready for it. */
static int ready(int fd, short events, struct m_deadline end)
{
    struct pollfd p = {.fd = fd, .events = events};
    for (;;) {
        int n = poll(&p, 1, m_deadline_poll_ms(end));
        if (n != 0 || m_deadline_left_ms(end) == 0)
            if (n >= 0 || errno != EINTR)
                return n > 0;
    }
}

/* 0, or an errno. */
static int connect_to(struct connection *c, const struct sockaddr *address, socklen_t length, struct m_deadline end)
{
    socklen_t size = sizeof(int);
    int code = 0, fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return errno;
    if (connect(fd, address, length) < 0)
        code = errno;
    if (code == EINPROGRESS)
        code = !ready(fd, POLLOUT, end)                                 ? ETIMEDOUT
               : getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0 ? errno
                                                                        : code;
    if (code)
        close(fd);
    else
        c->fd = fd;
    return code;
}

static int open_unix(struct connection *c, const char *path, struct m_deadline end)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return fails(c, "the path is too long");
    memcpy(address.sun_path, path, strlen(path));
    int code = connect_to(c, (const struct sockaddr *)&address, sizeof address, end);
    return code ? fails(c, strerrordesc_np(code)) : 0;
}

static int open_tcp(struct muster_ctx *t, struct connection *c, const char *address, struct m_deadline end)
{
    const char *colon = strrchr(address, ':');
    int bracket = *address == '[';
    if (!colon || colon == address || !colon[1] || (bracket && colon[-1] != ']'))
        return fails(c, "an address is host:port, [::1]:port or unix:/path");
    const char *host = m_keep(t, address + bracket, (size_t)(colon - address) - 2u * (unsigned)bracket);
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host, colon + 1, &hints, &found);
    if (code)
        return fails(c, code == EAI_SYSTEM ? strerrordesc_np(errno) : gai_strerror(code));
    code = ENOENT;
    for (struct addrinfo *a = found; a && code; a = a->ai_next)
        code = connect_to(c, a->ai_addr, a->ai_addrlen, end);
    freeaddrinfo(found);
    return code ? fails(c, strerrordesc_np(code)) : 0;
}

int connection_open(struct muster_ctx *t, struct connection *c, const char *address, struct m_deadline end)
{
    *c = (struct connection){.fd = -1};
    int r = strncmp(address, "unix:", 5) == 0 ? open_unix(c, address + 5, end) : open_tcp(t, c, address, end);
    if (r < 0)
        return r;
    if (!(c->received = calloc(1, RECEIVED_MOST + 1)))
        return fails(c, "out of memory");
    return 0;
}

int connection_send(struct connection *c, const char *bytes, size_t length, struct m_deadline end)
{
    while (length > 0) {
        ssize_t n = send(c->fd, bytes, length, MSG_NOSIGNAL);
        if (n > 0) {
            bytes += n;
            length -= (size_t)n;
        } else if (errno == EAGAIN) {
            if (!ready(c->fd, POLLOUT, end))
                return fails(c, "it did not take all in time");
        } else if (errno != EINTR) {
            return fails(c, strerrordesc_np(errno));
        }
    }
    return 0;
}

/* 1: something came. */
static int receive(struct connection *c, struct m_deadline end)
{
    if (c->length == RECEIVED_MOST) {
        c->why = "more than 4 MiB came";
        return 0;
    }
    if (!ready(c->fd, POLLIN, end)) {
        c->why = "nothing more came in time";
        return 0;
    }
    ssize_t n = recv(c->fd, c->received + c->length, RECEIVED_MOST - c->length, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 1;
    c->closed = n <= 0;
    c->why = n < 0 ? strerrordesc_np(errno) : "the connection was closed";
    c->length += n > 0 ? (size_t)n : 0;
    return n > 0;
}

int connection_until(struct connection *c, const char *text, struct m_deadline end)
{
    for (;;) {
        const char *from = c->received + c->seen,
                   *found = text ? memmem(from, c->length - c->seen, text, strlen(text)) : NULL;
        if (found) {
            c->seen = (size_t)(found - c->received) + strlen(text);
            return 1;
        }
        if (c->closed || !receive(c, end))
            return !text && c->closed;
    }
}

void connection_close(struct connection *c)
{
    if (c->fd >= 0)
        close(c->fd);
    free(c->received);
    *c = (struct connection){.fd = -1};
}
