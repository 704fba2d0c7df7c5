/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out: frames, masked, and messages made of them. */
#include "client.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/random.h>

#define SEND_TIMEOUT_MS 30000u

/* Room for n more bytes to be sent; NULL: out of memory. */
static uint8_t *make_room(struct m_ws *ws, size_t n)
{
    if (ws->out_taken) {
        memmove(ws->out, ws->out + ws->out_taken, ws->out_length - ws->out_taken);
        ws->out_length -= ws->out_taken;
        ws->out_taken = 0;
    }
    if (ws->out_room - ws->out_length < n) {
        uint8_t *larger = realloc(ws->out, ws->out_length + n);
        if (!larger)
            return NULL;
        ws->out = larger;
        ws->out_room = ws->out_length + n;
    }
    return ws->out + ws->out_length;
}

int ws_outgoing_frame(struct m_ws *ws, struct frame_head head, const void *payload)
{
    uint8_t *at = make_room(ws, FRAME_HEAD_MOST + (size_t)head.length);
    head.masked = 1;
    if (!at || getrandom(head.mask, sizeof head.mask, 0) != (ssize_t)sizeof head.mask)
        return -1;
    size_t n = ws_frame_head_write(&head, at);
    if (head.length)
        memcpy(at + n, payload, (size_t)head.length);
    ws_frame_mask(at + n, (size_t)head.length, head.mask);
    ws->out_length += n + (size_t)head.length;
    ws_transcript_frame(ws->t, ws->number, 1, &head, payload, head.length);
    return 0;
}

void ws_outgoing_close(struct m_ws *ws, int code, const char *reason)
{
    uint8_t payload[FRAME_CONTROL_MOST] = {(uint8_t)(code >> 8), (uint8_t)code};
    size_t n = code ? strlen(reason) : 0;
    if (ws->sent_code)
        return;
    n = n < sizeof payload - 2 ? n : sizeof payload - 2;
    memcpy(payload + 2, reason, n);
    struct frame_head head = {.fin = 1, .opcode = M_WS_CLOSE, .length = code ? n + 2 : 0};
    if (ws_outgoing_frame(ws, head, payload) == 0)
        ws->sent_code = code ? code : 1005;
}

static int send_frame(struct m_ws *ws, struct frame_head head, const void *payload)
{
    if (ws->close_code || ws->sent_code || ws_outgoing_frame(ws, head, payload) < 0)
        return -1;
    return ws_pump_out(ws, m_deadline_in(ws->t, SEND_TIMEOUT_MS));
}

static int send_message(struct m_ws *ws, int opcode, const void *bytes, uint64_t length)
{
    struct frame_head head = {.fin = 1, .opcode = opcode, .length = length};
    if (!ws->deflate)
        return send_frame(ws, head, bytes);
    size_t n = 0;
    uint8_t *packed = ws_deflate_pack(ws->deflate, bytes, (size_t)length, &n);
    head.rsv = FRAME_RSV1;
    head.length = n;
    int r = packed ? send_frame(ws, head, packed) : -1;
    free(packed);
    return r;
}

int m_ws_send(struct m_ws *ws, const char *text)
{
    return send_message(ws, M_WS_TEXT, text, strlen(text));
}

int m_ws_send_bytes(struct m_ws *ws, const void *bytes, uint64_t length, int binary)
{
    return send_message(ws, binary ? M_WS_BINARY : M_WS_TEXT, bytes, length);
}

int m_ws_ping(struct m_ws *ws, const char *payload)
{
    size_t n = strlen(payload);
    struct frame_head head = {.fin = 1, .opcode = M_WS_PING, .length = n};
    return n > FRAME_CONTROL_MOST ? -1 : send_frame(ws, head, payload);
}

int m_ws_send_frame(struct m_ws *ws, const struct m_ws_frame *frame)
{
    struct frame_head head = {
        .fin = frame->fin != 0, .rsv = frame->rsv, .opcode = frame->opcode, .length = frame->length};
    return send_frame(ws, head, frame->data ? frame->data : "");
}

int m_ws_send_raw(struct m_ws *ws, const void *bytes, uint64_t length)
{
    const char *at = bytes, *why;
    struct m_deadline end = m_deadline_in(ws->t, SEND_TIMEOUT_MS);
    ws_transcript_raw(ws->t, ws->number, bytes, length);
    while (length) {
        ssize_t n = ws->close_code ? -1 : ws_wire_send(ws, at, length, &why);
        if (n < 0)
            return -1;
        if (n == 0) {
            struct pollfd p = {.fd = ws->fd, .events = POLLOUT};
            if (!m_deadline_left_ms(end) || poll(&p, 1, m_deadline_poll_ms(end)) == 0)
                return -1;
        }
        at += n;
        length -= (uint64_t)n;
    }
    return 0;
}
