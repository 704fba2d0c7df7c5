/* SPDX-License-Identifier: Apache-2.0 */
/* A connection of bytes: TCP, or a unix socket. */
#ifndef MUSTER_STEPS_CONNECTION_H
#define MUSTER_STEPS_CONNECTION_H

#include <muster/kit/wait.h>

#include <stddef.h>

struct connection {
    int fd;
    int closed;      /* by the peer */
    const char *why; /* what went wrong last */
    char *received;  /* all of it, with a NUL behind it; never NULL once it is open */
    size_t length;
    size_t seen; /* so much of it was what somebody waited for */
};

/* "host:port", "[::1]:port" or "unix:/path". 0; -1: c->why says why not. */
int connection_open(struct muster_ctx *t, struct connection *c, const char *address, struct m_deadline end);
int connection_send(struct connection *c, const char *bytes, size_t length, struct m_deadline end);
/* Until the text has come, behind what was seen before; NULL: until the peer closes. 1, or 0 and c->why. */
int connection_until(struct connection *c, const char *text, struct m_deadline end);
void connection_close(struct connection *c);

#endif
