/* SPDX-License-Identifier: Apache-2.0 */
/* The packet that this process is reading. */
#include "ipc/packet.h"

#include "ipc/message.h"

struct buf *packet_buf(void)
{
    static char room[MESSAGE_PACKET_MAX];
    static struct buf packet = {.data = room, .cap = sizeof room};
    return &packet;
}
