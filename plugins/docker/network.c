/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bridge for containers, by ioctl(2). It is made here and not by the daemon, whose own is named docker0, as that of
 * the system's daemon is; and without rules in iptables, which a daemon that was killed would leave behind.
 */
#include "docker.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define RANGE_FIRST 0xc6120000u /* 198.18.0.0/15 */

enum { BLOCKS = 128, BLOCK_SIZE = 1024, TRIES = 64, BRIDGES_MOST = 64 };

static uint32_t address_of(const struct sockaddr *a)
{
    struct sockaddr_in in;
    memcpy(&in, a, sizeof in);
    return ntohl(in.sin_addr.s_addr);
}

static int is_in(uint32_t address, struct block b)
{
    return address >= b.first && address - b.first < BLOCK_SIZE;
}

/* How many of the machine's addresses are in it. */
static int count_in(struct muster_ctx *t, struct block b)
{
    struct ifaddrs *all;
    int n = 0;
    if (getifaddrs(&all) < 0)
        ERROR("the machine's addresses can't be read: %s", strerror(errno));
    for (const struct ifaddrs *a = all; a; a = a->ifa_next)
        n += a->ifa_addr && a->ifa_addr->sa_family == AF_INET && is_in(address_of(a->ifa_addr), b);
    freeifaddrs(all);
    return n;
}

const char *address_text(struct muster_ctx *t, uint32_t address)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr in = {.s_addr = htonl(address)};
    return m_fmt(t, "%s", inet_ntop(AF_INET, &in, text, sizeof text));
}

static int set_address(int fd, const char *name, unsigned long request, uint32_t address)
{
    struct ifreq r = {0};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
    snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
    memcpy(&r.ifr_addr, &in, sizeof in);
    return ioctl(fd, request, &r);
}

static int set_up(int fd, const char *name, int up)
{
    struct ifreq r = {0};
    snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
    if (ioctl(fd, SIOCGIFFLAGS, &r) < 0)
        return -1;
    r.ifr_flags = (short)(up ? r.ifr_flags | IFF_UP : r.ifr_flags & ~IFF_UP);
    return ioctl(fd, SIOCSIFFLAGS, &r);
}

static struct block draw(struct muster_ctx *t)
{
    uint32_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        ERROR("no random bytes: %s", strerror(errno));
    return (struct block){RANGE_FIRST + random % BLOCKS * BLOCK_SIZE};
}

struct block make_bridge(struct muster_ctx *t, const char *name, void (*say)(struct muster_ctx *t, struct block b))
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCBRADDBR, name) < 0)
        ERROR("no bridge for containers can be made: %s: making one wants the capability CAP_NET_ADMIN",
              strerror(errno));
    for (int try = 0; try < TRIES; try++) {
        struct block b = draw(t);
        if (count_in(t, b))
            continue;
        say(t, b);
        if (set_address(fd, name, SIOCSIFADDR, b.first + 1) < 0 ||
            set_address(fd, name, SIOCSIFNETMASK, 0xffffff00u) < 0 || set_up(fd, name, 1) < 0)
            ERROR("%s: its address can't be set: %s", name, strerror(errno));
        if (count_in(t, b) > 1) /* another daemon has drawn the same, at the same time */
            continue;
        close(fd);
        return b;
    }
    ERROR("no free addresses for containers are left in 198.18.0.0/15");
}

/* ---- its end ----------------------------------------------------------------------------------------------------- */

static int is_bridge(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "/sys/class/net/%s/bridge", name);
    return access(path, F_OK) == 0;
}

static int remove_bridge(int fd, const char *name)
{
    if (!if_nametoindex(name))
        return 0;
    set_up(fd, name, 0);
    return ioctl(fd, SIOCBRDELBR, name) < 0 && if_nametoindex(name);
}

int remove_bridges(const char *name, struct block b)
{
    struct ifaddrs *all = NULL;
    int left = 0, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return 1;
    if (b.first && getifaddrs(&all) == 0)
        for (const struct ifaddrs *a = all; a; a = a->ifa_next)
            if (a->ifa_addr && a->ifa_addr->sa_family == AF_INET && is_in(address_of(a->ifa_addr), b) &&
                is_bridge(a->ifa_name))
                left += remove_bridge(fd, a->ifa_name);
    freeifaddrs(all);
    left += remove_bridge(fd, name);
    close(fd);
    return left;
}
