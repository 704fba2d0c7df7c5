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

/* Never to be freed. */
struct buf *packet_buf(void);

#endif
