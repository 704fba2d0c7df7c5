/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets and descriptors over a unix SOCK_SEQPACKET socket. Packet boundaries are kept; a peer that is gone is
 * -EPIPE on send and 0 bytes on receive, never a signal. One that had not read all: -ECONNRESET on receive, once.
 */
#ifndef MUSTER_IPC_SOCK_H
#define MUSTER_IPC_SOCK_H

#include "base/buf.h"
#include "ipc/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { SOCK_MAX_FDS = 9 };

/* A connected pair, close-on-exec. */
int sock_pair(int ret_fds[2]);
/* Sends a packet with descriptors, which stay the caller's. Waits for room unless `nowait`. -EMSGSIZE for one above
 * MESSAGE_PACKET_MAX: no receiver would take it. */
int sock_send(int fd, const void *data, size_t len, const int *fds, size_t n_fds, bool nowait);
/* Async-signal-safe for messages below 1 KiB. */
int sock_send_message(int fd, const struct message *m, const int *fds, size_t n_fds);
/* The same for an order, which comes from the supervisor and is received by packet_receive() (ipc/packet.h): one that
 * is too large for a packet travels in a sealed file beside it. -EMSGSIZE above MESSAGE_ORDER_MAX. `n_fds` is below
 * SOCK_MAX_FDS. */
int sock_send_order(int fd, const struct message *m, const int *fds, size_t n_fds);
/* The same to a peer that may not be listening: -EAGAIN instead of waiting. */
int sock_offer_message(int fd, const struct message *m);

/* Receives a packet into *packet (replacing what it held) and up to SOCK_MAX_FDS descriptors, which become the
 * caller's; more are closed. Returns the number of bytes, 0 at the end of the stream, -EAGAIN when nothing is there,
 * -EMSGSIZE for a packet above MESSAGE_PACKET_MAX. `flags`: MSG_DONTWAIT or 0. */
struct received {
    int fds[SOCK_MAX_FDS];
    size_t n_fds;
};
ssize_t sock_receive(int fd, int flags, struct buf *packet, struct received *ret_received);
void received_close(struct received *r);
/* The i-th descriptor, ownership included; -1 when it was not sent. */
int received_take(struct received *r, size_t i);

#endif
