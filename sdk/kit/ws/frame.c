/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of WebSockets as bytes, and which of them a server may send. */
#include "frame.h"

#include "utf8.h"

static uint64_t number(const uint8_t *bytes, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | bytes[i];
    return value;
}

size_t ws_frame_head_read(const uint8_t *bytes, size_t n, struct frame_head *ret_head)
{
    if (n < 2)
        return 0;
    unsigned length = bytes[1] & 0x7fu;
    size_t wide = length == 126 ? 2 : length == 127 ? 8 : 0;
    int masked = bytes[1] >> 7;
    size_t size = 2 + wide + (masked ? 4 : 0);
    if (n < size)
        return 0;
    *ret_head = (struct frame_head){.fin = bytes[0] >> 7,
                                    .rsv = bytes[0] >> 4 & 7,
                                    .opcode = bytes[0] & 15,
                                    .masked = masked,
                                    .length = wide ? number(bytes + 2, wide) : length};
    ret_head->minimal = !wide || ret_head->length > (wide == 2 ? 125u : UINT16_MAX);
    if (masked)
        memcpy(ret_head->mask, bytes + size - 4, 4);
    return size;
}

size_t ws_frame_head_write(const struct frame_head *head, uint8_t ret_bytes[FRAME_HEAD_MOST])
{
    size_t wide = head->length < 126 ? 0 : head->length <= UINT16_MAX ? 2 : 8;
    unsigned length = wide == 0 ? (unsigned)head->length : wide == 2 ? 126 : 127;
    ret_bytes[0] = (uint8_t)((head->fin ? 0x80 : 0) | (head->rsv & 7) << 4 | (head->opcode & 15));
    ret_bytes[1] = (uint8_t)((head->masked ? 0x80u : 0) | length);
    for (size_t i = 0; i < wide; i++)
        ret_bytes[2 + i] = (uint8_t)(head->length >> 8 * (wide - 1 - i));
    if (head->masked)
        memcpy(ret_bytes + 2 + wide, head->mask, 4);
    return 2 + wide + (head->masked ? 4 : 0);
}

void ws_frame_mask(uint8_t *bytes, size_t n, const uint8_t mask[4])
{
    for (size_t i = 0; i < n; i++)
        bytes[i] ^= mask[i % 4];
}

int ws_frame_is_control(int opcode)
{
    return opcode >= 8;
}

const char *ws_frame_name(int opcode)
{
    switch (opcode) {
    case M_WS_CONTINUATION:
        return "continuation";
    case M_WS_TEXT:
        return "text";
    case M_WS_BINARY:
        return "binary";
    case M_WS_CLOSE:
        return "close";
    case M_WS_PING:
        return "ping";
    case M_WS_PONG:
        return "pong";
    default:
        return "reserved";
    }
}

static const char *fault_of_control(const struct frame_head *h)
{
    if (!h->fin)
        return "a control frame is fragmented (RFC 6455, 5.5)";
    if (h->length > FRAME_CONTROL_MOST)
        return "a control frame has more than 125 bytes (RFC 6455, 5.5)";
    return NULL;
}

const char *ws_frame_fault(const struct frame_head *h, int within, int compressed)
{
    int may_be_set = compressed && !ws_frame_is_control(h->opcode) && h->opcode != M_WS_CONTINUATION ? FRAME_RSV1 : 0;
    if (h->rsv & ~may_be_set)
        return compressed ? "a reserved bit is set that no extension uses there (RFC 6455, 5.2)"
                          : "a reserved bit is set without an extension (RFC 6455, 5.2)";
    if ((h->opcode > M_WS_BINARY && h->opcode < M_WS_CLOSE) || h->opcode > M_WS_PONG)
        return "the frame's opcode is reserved (RFC 6455, 5.2)";
    if (h->masked)
        return "the server masked a frame (RFC 6455, 5.1)";
    if (!h->minimal)
        return "a frame's length is not in its shortest form (RFC 6455, 5.2)";
    if (h->length >> 63)
        return "a frame's length has its highest bit set (RFC 6455, 5.2)";
    if (ws_frame_is_control(h->opcode))
        return fault_of_control(h);
    if (h->opcode == M_WS_CONTINUATION && !within)
        return "a continuation continues nothing (RFC 6455, 5.4)";
    if (h->opcode != M_WS_CONTINUATION && within)
        return "a message begins within a fragmented one (RFC 6455, 5.4)";
    return NULL;
}

/* RFC 6455, 7.4, and 1012 to 1014, which were registered since. 1004, 1005, 1006 and 1015 never stand in a frame. */
static int may_be_sent(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

int ws_frame_close_fault(const uint8_t *payload, size_t n, const char **ret_fault)
{
    struct utf8 text = {0};
    if (n == 1) {
        *ret_fault = "a close frame has half a code, one byte (RFC 6455, 5.5.1)";
        return 1002;
    }
    if (n && !may_be_sent(payload[0] * 256u + payload[1])) {
        *ret_fault = "a close frame has a code that must not be sent (RFC 6455, 7.4)";
        return 1002;
    }
    if (n > 2 && (ws_utf8_take(&text, payload + 2, n - 2) < 0 || ws_utf8_is_within(&text))) {
        *ret_fault = "a close frame's reason is no UTF-8 (RFC 6455, 5.5.1)";
        return 1007;
    }
    return 0;
}
