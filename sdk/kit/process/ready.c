/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a server whether it is there. HTTP/1.1 by hand, since some servers take nothing older: a status line is all
 * that is wanted, and libcurl is large. */
#include "ready.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REST_MS = 500 };

static void name_server(struct ready_place *p)
{
    int has_colons = strchr(p->host, ':') != NULL; /* an IPv6 address */
    snprintf(p->server, sizeof p->server, has_colons ? "[%s]:%s" : "%s:%s", p->host, p->port);
}

void process_ready_at_port(int port, struct ready_place *ret_place)
{
    *ret_place = (struct ready_place){.host = "127.0.0.1"};
    snprintf(ret_place->port, sizeof ret_place->port, "%d", port);
    name_server(ret_place);
}

static int take(const char *from, size_t n, char *ret_text, size_t size)
{
    if (n >= size)
        return -1;
    memcpy(ret_text, from, n);
    ret_text[n] = '\0';
    return 0;
}

static int is_port(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n > 0 && !text[n] && strtol(text, NULL, 10) <= 65535;
}

int process_ready_at_url(const char *url, struct ready_place *ret_place)
{
    static const char scheme[] = "http://";
    struct ready_place p = {.port = "80"};
    if (strncmp(url, scheme, sizeof scheme - 1) != 0)
        return -1;
    const char *host = url + sizeof scheme - 1, *path = host + strcspn(host, "/?");
    const char *end = path;
    if (*host == '[') { /* an IPv6 address has colons of its own */
        host++;
        end = memchr(host, ']', (size_t)(path - host));
    } else if (memchr(host, ':', (size_t)(path - host))) {
        end = memchr(host, ':', (size_t)(path - host));
    }
    if (!end || end == host || take(host, (size_t)(end - host), p.host, sizeof p.host) < 0)
        return -1;
    end += *end == ']';
    if (*end == ':' && (take(end + 1, (size_t)(path - end - 1), p.port, sizeof p.port) < 0 || !is_port(p.port)))
        return -1;
    if (end < path && *end != ':')
        return -1;
    if (strpbrk(path, " \r\n") || snprintf(p.path, sizeof p.path, "%s%s", *path == '/' ? "" : "/", path) >= 1024)
        return -1;
    name_server(&p);
    *ret_place = p;
    return 0;
}

static int wait_for(int fd, short events, struct m_deadline end)
{
    struct pollfd p = {.fd = fd, .events = events};
    int n;
    while ((n = poll(&p, 1, m_deadline_poll_ms(end))) < 0 && errno == EINTR)
        ;
    errno = n == 0 ? ETIMEDOUT : errno;
    return n == 1 ? 0 : -1;
}

static int connect_to(const struct addrinfo *a, struct m_deadline end)
{
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol), e = 0;
    socklen_t size = sizeof e;
    if (fd < 0)
        return -1;
    if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
        return fd;
    if (errno == EINPROGRESS && wait_for(fd, POLLOUT, end) == 0 &&
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &size) == 0 && e == 0)
        return fd;
    e = e ? e : errno;
    close(fd);
    errno = e;
    return -1;
}

/* A connection, or -1 after a sentence. */
static int open_to(const struct ready_place *p, struct m_deadline end, char *ret_why, size_t size)
{
    struct addrinfo *all = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    int e = getaddrinfo(p->host, p->port, &hints, &all), fd = -1;
    if (e != 0) {
        snprintf(ret_why, size, "%s: %s", p->host, gai_strerror(e));
        return -1;
    }
    for (const struct addrinfo *a = all; a && fd < 0; a = a->ai_next)
        fd = connect_to(a, end);
    if (fd < 0)
        snprintf(ret_why, size, "%s: %s", p->server, strerror(errno));
    freeaddrinfo(all);
    return fd;
}

int process_ready_accepts(const struct ready_place *p, struct m_deadline end, char *ret_why, size_t size)
{
    int fd = open_to(p, end, ret_why, size);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int send_request(int fd, const struct ready_place *p)
{
    char text[1536];
    int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", p->path, p->server);
    return send(fd, text, (size_t)n, MSG_NOSIGNAL) == n ? 0 : -1;
}

/* The first line of the answer. */
static int read_status(int fd, struct m_deadline end, char line[64])
{
    size_t n = 0;
    ssize_t got = 1;
    while (got > 0 && n < 63 && !memchr(line, '\n', n)) {
        if (wait_for(fd, POLLIN, end) < 0)
            break;
        got = recv(fd, line + n, 63 - n, 0);
        n += got > 0 ? (size_t)got : 0;
    }
    line[n] = '\0';
    int status = 0;
    return sscanf(line, "HTTP/%*d.%*d %3d", &status) == 1 ? status : 0;
}

/* The rest of the answer, of a reasonable size: a connection that is closed before is an error to many servers, which
 * they log. One that keeps the connection, against what it was asked, is not waited for. */
static void read_rest(int fd, struct m_deadline end)
{
    char bytes[16 * 1024];
    const uint64_t soon = m_now_ms() + REST_MS;
    end.at_ms = end.at_ms < soon ? end.at_ms : soon;
    for (int i = 0; i < 64 && wait_for(fd, POLLIN, end) == 0 && recv(fd, bytes, sizeof bytes, 0) > 0; i++)
        ;
}

int process_ready_answers(const struct ready_place *p, struct m_deadline end, char *ret_why, size_t size)
{
    char line[64];
    int fd = open_to(p, end, ret_why, size);
    if (fd < 0)
        return 0;
    int status = send_request(fd, p) == 0 ? read_status(fd, end, line) : 0;
    if (status)
        read_rest(fd, end);
    close(fd);
    if (status >= 200 && status < 400)
        return 1;
    if (status)
        snprintf(ret_why, size, "GET %s: status %d", p->path, status);
    else
        snprintf(ret_why, size, "GET %s: no answer", p->path);
    return 0;
}
