/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SEND_MS 30000

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool wire_pause(int fd, uint32_t ms)
{
    int64_t end = now_ms() + ms;
    struct pollfd p = {.fd = fd}; /* POLLHUP comes unasked, and not for a client that only has nothing more to say */
    for (int64_t left = ms; left > 0; left = end - now_ms()) {
        int n = poll(&p, 1, (int)left);
        if (n > 0 || (n < 0 && errno != EINTR))
            return false;
    }
    return true;
}

bool wire_is_odd(const struct outcome *o)
{
    return o->slow_bytes > 0 || o->cut >= 0 || o->content_length != LENGTH_RIGHT;
}

static bool send_all(int fd, const char *bytes, size_t n)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            n -= (size_t)sent;
        } else if (sent < 0 && errno == EAGAIN) {
            if (poll(&p, 1, SEND_MS) <= 0 || !(p.revents & POLLOUT))
                return false;
        } else if (sent == 0 || errno != EINTR) {
            return false;
        }
    }
    return true;
}

static char *make_head(const struct outcome *o, size_t *ret_length)
{
    char *head = NULL;
    const char *reason = MHD_get_reason_phrase_for(o->status);
    FILE *to = needed(open_memstream(&head, ret_length));
    fprintf(to, "HTTP/1.1 %u %s\r\n", o->status, reason ? reason : "");
    for (size_t i = 0; i < o->n_headers; i++)
        fprintf(to, "%s: %s\r\n", o->names[i], o->headers[i]);
    if (o->content_length == LENGTH_RIGHT)
        fprintf(to, "Content-Length: %zu\r\n", o->length);
    else if (o->content_length >= 0)
        fprintf(to, "Content-Length: %lld\r\n", (long long)o->content_length);
    fputs("Connection: close\r\n\r\n", to);
    if (fclose(to) != 0)
        needed(NULL);
    return needed(head);
}

void wire_send(int fd, const struct outcome *o, bool has_body)
{
    size_t length, n = o->cut >= 0 && (size_t)o->cut < o->length ? (size_t)o->cut : o->length;
    char *head = make_head(o, &length);
    bool on = send_all(fd, head, length);
    size_t drop = o->slow_bytes ? o->slow_bytes : n;
    for (size_t at = 0; on && has_body && at < n; at += drop) {
        size_t piece = n - at < drop ? n - at : drop;
        on = (!o->slow_bytes || wire_pause(fd, o->slow_ms)) && send_all(fd, o->body + at, piece);
    }
    free(head);
}

void wire_reset(int fd)
{
    /* Closing with a linger of 0 resets, too, but the library shuts the connection down first, and so sends a FIN. */
    const struct sockaddr none = {.sa_family = AF_UNSPEC};
    if (connect(fd, &none, sizeof none) < 0)
        shutdown(fd, SHUT_RDWR); /* the client has ended it already */
}
