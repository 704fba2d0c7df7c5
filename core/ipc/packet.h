/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packet that this process is reading: zygote, host and monitor read one at a time, into static memory. Large
 * buffers from malloc() are mappings of their own, and every fork pays for each mapping.
 *
 * What a decoded message points to is overwritten by the next packet, also after a fork: copy what is kept.
 */
#ifndef MUSTER_IPC_PACKET_H
#define MUSTER_IPC_PACKET_H

#include "base/buf.h"
#include "ipc/sock.h"

/* Never to be freed. */
struct buf *packet_buf(void);

/* The bytes of one packet, or of the order that travelled beside it. */
struct packet {
    const char *data;
    size_t len;
};
/* As sock_receive(), from the supervisor alone: whoever is trusted less must not make us map its files. The bytes are
 * valid until the next call. */
ssize_t packet_receive(int sock, struct packet *ret_packet, struct received *ret_received);

#endif
