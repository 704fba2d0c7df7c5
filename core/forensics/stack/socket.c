/* SPDX-License-Identifier: Apache-2.0 */
/* A duplicate of the socket is asked, and closed at once. */
#include "forensics/stack/socket.h"

#include "base/cleanup.h"
#include "base/proc_sockets.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
    struct sockaddr_storage room;
};

static int option(int sock, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    getsockopt(sock, SOL_SOCKET, name, &value, &size);
    return value;
}

enum { ADDRESS_TEXT = INET6_ADDRSTRLEN + sizeof "[]:65535" };

static void write_inet(const union address *a, char ret_text[ADDRESS_TEXT])
{
    char text[INET6_ADDRSTRLEN] = "";
    if (a->any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &a->in6.sin6_addr, text, sizeof text);
        snprintf(ret_text, ADDRESS_TEXT, "[%s]:%u", text, ntohs(a->in6.sin6_port));
    } else {
        inet_ntop(AF_INET, &a->in.sin_addr, text, sizeof text);
        snprintf(ret_text, ADDRESS_TEXT, "%s:%u", text, ntohs(a->in.sin_port));
    }
}

static const char *tcp_state(int sock)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    getsockopt(sock, IPPROTO_TCP, TCP_INFO, &info, &size);
    return sockets_state_name(info.tcpi_state);
}

static bool describe_inet(int sock, int domain, int type, char *ret_text, size_t size)
{
    union address own = {0}, peer = {0};
    socklen_t length = sizeof own, peer_length = sizeof peer;
    char from[ADDRESS_TEXT], to[ADDRESS_TEXT];
    if ((type != SOCK_STREAM && type != SOCK_DGRAM) || getsockname(sock, &own.any, &length) < 0)
        return false;
    peer.any.sa_family = own.any.sa_family; /* of one that has none: all zeroes */
    bool connected = getpeername(sock, &peer.any, &peer_length) == 0;
    write_inet(&own, from);
    write_inet(&peer, to);
    const char *six = domain == AF_INET6 ? "6" : "";
    if (type == SOCK_DGRAM)
        snprintf(ret_text, size, "udp%s %s to %s", six, from, to);
    else if (!connected && option(sock, SO_ACCEPTCONN) == 1)
        snprintf(ret_text, size, "tcp%s %s (LISTEN)", six, from);
    else
        snprintf(ret_text, size, "tcp%s %s to %s (%s)", six, from, to, tcp_state(sock));
    return true;
}

/* Its path; "@name" in the abstract namespace; "" without one. */
static void write_path(const union address *a, socklen_t length, char *ret_text, size_t size)
{
    size_t start = offsetof(struct sockaddr_un, sun_path);
    const char *path = a->un.sun_path;
    if (length <= start)
        *ret_text = '\0';
    else if (*path)
        snprintf(ret_text, size, "%.*s", (int)(length - start), path);
    else
        snprintf(ret_text, size, "@%.*s", (int)(length - start - 1), path + 1);
}

static bool describe_unix(int sock, char *ret_text, size_t size)
{
    union address own = {0}, peer = {0};
    socklen_t length = sizeof own, peer_length = sizeof peer;
    char path[sizeof own.un.sun_path + 2], to[sizeof path] = "";
    if (getsockname(sock, &own.any, &length) < 0)
        return false;
    write_path(&own, length, path, sizeof path);
    if (getpeername(sock, &peer.any, &peer_length) == 0)
        write_path(&peer, peer_length, to, sizeof to);
    if (*path)
        snprintf(ret_text, size, "unix %s", path);
    else if (*to)
        snprintf(ret_text, size, "unix socket to %s", to);
    else
        snprintf(ret_text, size, "unix socket without a name");
    return true;
}

bool socket_describe(int pidfd, int fd, char *ret_text, size_t size)
{
    autoclose int sock = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
    if (sock < 0)
        return false;
    int domain = option(sock, SO_DOMAIN);
    if (domain == AF_UNIX)
        return describe_unix(sock, ret_text, size);
    return (domain == AF_INET || domain == AF_INET6) &&
           describe_inet(sock, domain, option(sock, SO_TYPE), ret_text, size);
}
