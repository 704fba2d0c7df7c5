/* SPDX-License-Identifier: Apache-2.0 */
/* Reading /proc/PID/net/{tcp,tcp6,udp,udp6,unix}. */
#include "base/proc_sockets.h"

#include "base/cleanup.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A host with more sockets than this has its forensics cut rather than slowed. */
enum { ENTRIES_MAX = 4096 };

const char *sockets_state_name(unsigned state)
{
    static const char *const names[] = {
        [TCP_ESTABLISHED] = "ESTABLISHED",
        [TCP_SYN_SENT] = "SYN_SENT",
        [TCP_SYN_RECV] = "SYN_RECV",
        [TCP_FIN_WAIT1] = "FIN_WAIT1",
        [TCP_FIN_WAIT2] = "FIN_WAIT2",
        [TCP_TIME_WAIT] = "TIME_WAIT",
        [TCP_CLOSE] = "CLOSE",
        [TCP_CLOSE_WAIT] = "CLOSE_WAIT",
        [TCP_LAST_ACK] = "LAST_ACK",
        [TCP_LISTEN] = "LISTEN",
        [TCP_CLOSING] = "CLOSING",
    };
    return state < sizeof names / sizeof *names && names[state] ? names[state] : "?";
}

/* "0100007F:1F90" is 127.0.0.1:8080: words in the machine's byte order. */
static bool read_address(const char *hex, char *ret_text, size_t size)
{
    uint32_t words[4];
    unsigned port;
    char address[INET6_ADDRSTRLEN];
    if (sscanf(hex, "%8x%8x%8x%8x:%x", &words[0], &words[1], &words[2], &words[3], &port) == 5) {
        inet_ntop(AF_INET6, words, address, sizeof address);
        snprintf(ret_text, size, "[%s]:%u", address, port);
        return true;
    }
    if (sscanf(hex, "%8x:%x", &words[0], &port) == 2) {
        inet_ntop(AF_INET, words, address, sizeof address);
        snprintf(ret_text, size, "%s:%u", address, port);
        return true;
    }
    return false;
}

static bool parse_inet(const char *protocol, const char *line, struct socket_entry *ret_entry)
{
    char local_hex[64], peer_hex[64], local[64], peer[64];
    unsigned state;
    if (sscanf(line, "%*s %63s %63s %x %*s %*s %*s %*s %*s %lu", local_hex, peer_hex, &state, &ret_entry->inode) != 4 ||
        !read_address(local_hex, local, sizeof local) || !read_address(peer_hex, peer, sizeof peer))
        return false;
    const char *name = strncmp(protocol, "tcp", 3) == 0 ? sockets_state_name(state) : "";
    ret_entry->listening = strcmp(name, "LISTEN") == 0;
    if (ret_entry->listening)
        snprintf(ret_entry->text, sizeof ret_entry->text, "%s %s (LISTEN)", protocol, local);
    else if (name[0])
        snprintf(ret_entry->text, sizeof ret_entry->text, "%s %s to %s (%s)", protocol, local, peer, name);
    else
        snprintf(ret_entry->text, sizeof ret_entry->text, "%s %s to %s", protocol, local, peer);
    return true;
}

static bool parse_unix(const char *protocol, const char *line, struct socket_entry *ret_entry)
{
    enum { ACCEPTS = 1 << 16 }; /* __SO_ACCEPTCON of the kernel's <linux/net.h> */
    char path[128] = "";
    unsigned flags;
    if (sscanf(line, "%*s %*s %*s %x %*s %*s %lu %127s", &flags, &ret_entry->inode, path) < 2)
        return false;
    ret_entry->listening = flags & ACCEPTS;
    snprintf(ret_entry->text, sizeof ret_entry->text, path[0] ? "%s %s" : "%s socket without a name", protocol, path);
    return true;
}

static void read_table(pid_t pid, const char *protocol, struct sockets *sockets)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/net/%s", (int)pid, protocol);
    autofclose FILE *f = fopen(path, "re");
    bool is_unix = strcmp(protocol, "unix") == 0;
    while (f && sockets->n < ENTRIES_MAX && fgets(line, sizeof line, f)) {
        struct socket_entry *entry = &sockets->items[sockets->n];
        if (is_unix ? parse_unix(protocol, line, entry) : parse_inet(protocol, line, entry))
            sockets->n++;
    }
}

void sockets_read(pid_t pid, struct sockets *ret_sockets)
{
    static const char *const tables[] = {"tcp", "tcp6", "udp", "udp6", "unix"};
    *ret_sockets = (struct sockets){.items = calloc(ENTRIES_MAX, sizeof(struct socket_entry))};
    for (size_t i = 0; ret_sockets->items && i < sizeof tables / sizeof *tables; i++)
        read_table(pid, tables[i], ret_sockets);
}

const struct socket_entry *sockets_find(const struct sockets *sockets, unsigned long inode)
{
    for (size_t i = 0; i < sockets->n; i++)
        if (sockets->items[i].inode == inode)
            return &sockets->items[i];
    return NULL;
}

void sockets_free(struct sockets *sockets)
{
    free(sockets->items);
    *sockets = (struct sockets){0};
}
