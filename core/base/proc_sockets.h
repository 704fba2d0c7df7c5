/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process's sockets are connected to, from the tables of its network namespace in /proc/PID/net.
 */
#ifndef MUSTER_BASE_PROC_SOCKETS_H
#define MUSTER_BASE_PROC_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct socket_entry {
    unsigned long inode;
    bool listening;
    char text[192]; /* "tcp 127.0.0.1:5000 to 127.0.0.1:80 (ESTABLISHED)", "unix /run/x.sock" */
};

struct sockets {
    struct socket_entry *items;
    size_t n;
};

/* Of TCP: "LISTEN"; "?" for one that is none. */
const char *sockets_state_name(unsigned state);
/* Reads at most a few thousand entries; an unreadable table counts as empty. */
void sockets_read(pid_t pid, struct sockets *ret_sockets);
/* NULL when it isn't in a table. */
const struct socket_entry *sockets_find(const struct sockets *sockets, unsigned long inode);
void sockets_free(struct sockets *sockets);

#endif
