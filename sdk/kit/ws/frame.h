/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of WebSockets as bytes (RFC 6455, 5.2), and which of them a server may send. Pure. */
#ifndef MUSTER_KIT_WS_FRAME_H
#define MUSTER_KIT_WS_FRAME_H

#include <muster/kit/ws.h>

#include <stddef.h>

#define FRAME_HEAD_MOST    14u
#define FRAME_CONTROL_MOST 125u
#define FRAME_RSV1         4

struct frame_head {
    int fin, rsv, opcode, masked;
    int minimal; /* its length has no longer form than it needs */
    uint64_t length;
    uint8_t mask[4];
};

/* Reads a head: how many bytes it has; 0: more than these are needed. */
size_t ws_frame_head_read(const uint8_t *bytes, size_t n, struct frame_head *ret_head);
/* Writes one: how many bytes it has. */
size_t ws_frame_head_write(const struct frame_head *head, uint8_t ret_bytes[FRAME_HEAD_MOST]);
void ws_frame_mask(uint8_t *bytes, size_t n, const uint8_t mask[4]);
int ws_frame_is_control(int opcode);
const char *ws_frame_name(int opcode);

/* What a server did wrong with such a frame: NULL, or words with the place in the standard. `within`: a fragmented
 * message has begun and not ended. `compressed`: permessage-deflate is in use. */
const char *ws_frame_fault(const struct frame_head *head, int within, int compressed);
/* The same for a close frame's payload: 0, or the code that it is answered with. */
int ws_frame_close_fault(const uint8_t *payload, size_t n, const char **ret_fault);

#endif
