/* SPDX-License-Identifier: Apache-2.0 */
/* Ports that no two attempts of this machine get at the same time. */
#include <muster/kit/process.h>

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST = 10000, LAST = 32767, N = LAST - FIRST + 1 };

/* The ports that the kernel gives to clients. Where they are all of ours nothing is left out. */
static void read_ephemeral(int *ret_first, int *ret_last)
{
    FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    int first, last, n = f ? fscanf(f, "%d %d", &first, &last) : 0;
    if (f)
        fclose(f);
    int leaves_some = n == 2 && (first > FIRST || last < LAST);
    *ret_first = leaves_some ? first : LAST + 1;
    *ret_last = leaves_some ? last : LAST + 1;
}

/* An abstract socket of the port's number, kept open: its name is taken as long as this process lives, in the network
 * namespace whose ports are meant, and whoever the others are. */
static int claim(int port)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int n = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "muster-port-%d", port);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&name,
                        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)) < 0) {
        int e = errno;
        close(fd);
        errno = e;
        return -1;
    }
    return fd;
}

/* Bound on all addresses, as a server without SO_REUSEADDR would: old connections count, too. */
static int is_free(int family, const void *address, socklen_t size)
{
    int on = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno == EAFNOSUPPORT;
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    int r = bind(fd, address, size);
    int is = r == 0 || (errno != EADDRINUSE && errno != EACCES);
    close(fd);
    return is;
}

static int is_unused(int port)
{
    const struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    return is_free(AF_INET, &four, sizeof four) && is_free(AF_INET6, &six, sizeof six);
}

/* Neighbours begin at different places, so that they seldom meet. */
static unsigned first_try(struct muster_ctx *t)
{
    const struct muster_attempt_info *a = m_attempt(t);
    unsigned hash = 2166136261u;
    for (const char *c = a->run_id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    return hash + a->slot * 97 + (unsigned)getpid() * 7;
}

int32_t m_port(struct muster_ctx *t)
{
    int from, to;
    read_ephemeral(&from, &to);
    unsigned start = first_try(t);
    for (unsigned i = 0; i < N; i++) {
        int port = FIRST + (int)((start + i) % N);
        if (port >= from && port <= to)
            continue;
        int held = claim(port);
        if (held >= 0 && is_unused(port))
            return port; /* `held` stays open */
        if (held >= 0)
            close(held);
        else if (errno != EADDRINUSE)
            ERROR("a port can't be claimed: %s", strerror(errno));
    }
    ERROR("no port of %d to %d is free", FIRST, LAST);
}
