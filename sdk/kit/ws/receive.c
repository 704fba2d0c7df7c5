/* SPDX-License-Identifier: Apache-2.0 */
/* What an author does with an open WebSocket: sending, receiving, closing. */
#include "client.h"

#include <poll.h>
#include <stdlib.h>

#define SEND_TIMEOUT_MS  30000u
#define CLOSE_TIMEOUT_MS 5000u

static int send_message(struct m_ws *ws, uint8_t opcode, const void *bytes, uint64_t length)
{
    struct wslay_event_msg m = {.opcode = opcode, .msg = bytes, .msg_length = length};
    if (ws->close_code || wslay_event_queue_msg(ws->frames, &m) != 0)
        return -1;
    return frames_flush(ws, m_deadline_in(ws->t, SEND_TIMEOUT_MS));
}

int m_ws_send(struct m_ws *ws, const char *text)
{
    return send_message(ws, WSLAY_TEXT_FRAME, text, strlen(text));
}

int m_ws_send_bytes(struct m_ws *ws, const void *bytes, uint64_t length, int binary)
{
    return send_message(ws, binary ? WSLAY_BINARY_FRAME : WSLAY_TEXT_FRAME, bytes, length);
}

int m_ws_ping(struct m_ws *ws, const char *payload)
{
    return send_message(ws, WSLAY_PING, payload, strlen(payload));
}

uint64_t m_ws_pongs(const struct m_ws *ws)
{
    return ws->pongs;
}

int m_ws_send_raw(struct m_ws *ws, const void *bytes, uint64_t length)
{
    const char *at = bytes, *why;
    struct m_deadline end = m_deadline_in(ws->t, SEND_TIMEOUT_MS);
    while (length) {
        ssize_t n = ws->close_code ? -1 : wire_send(ws, at, length, &why);
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

static int hand_out(struct m_ws *ws, struct m_ws_message *ret_message)
{
    struct inbox_entry *e = ws->first;
    if (!e)
        return 0;
    ws->first = e->next;
    if (!ws->first)
        ws->last = &ws->first;
    free(ws->held);
    ws->held = e;
    ret_message->data = e->data;
    ret_message->length = e->length;
    ret_message->binary = e->binary;
    ret_message->reserved = 0;
    return 1;
}

static int receive_by(struct m_ws *ws, struct m_deadline end, struct m_ws_message *ret_message)
{
    for (int looked = 0;; looked = 1) {
        if (hand_out(ws, ret_message))
            return M_WS_MESSAGE;
        if (ws->close_code)
            return M_WS_CLOSED;
        if (looked && !m_deadline_left_ms(end))
            return M_WS_TIMEOUT;
        frames_pump(ws, end);
    }
}

int m_ws_receive(struct m_ws *ws, uint64_t timeout_ms, struct m_ws_message *ret_message)
{
    return receive_by(ws, m_deadline_in(ws->t, timeout_ms), ret_message);
}

int m_ws_receive_until(struct m_ws *ws, uint64_t timeout_ms, struct m_ws_message *ret_message,
                       int (*matches)(const struct m_ws_message *message, void *user), void *user)
{
    struct m_deadline end = m_deadline_in(ws->t, timeout_ms);
    for (;;) {
        struct m_ws_message m;
        int outcome = receive_by(ws, end, &m);
        if (outcome != M_WS_MESSAGE)
            return outcome;
        if (matches(&m, user)) {
            *ret_message = m;
            return M_WS_MESSAGE;
        }
    }
}

int m_ws_close(struct m_ws *ws, uint16_t code, const char *reason)
{
    struct m_deadline end = m_deadline_in(ws->t, CLOSE_TIMEOUT_MS);
    const char *words = code && reason ? reason : "";
    ws->closing = 1;
    if (!ws->close_code)
        wslay_event_queue_close(ws->frames, code, (const uint8_t *)words, strlen(words));
    while (!ws->close_code && m_deadline_left_ms(end))
        frames_pump(ws, end);
    return ws->close_code;
}

int m_ws_close_code(const struct m_ws *ws)
{
    return ws->close_code;
}

const char *m_ws_close_reason(const struct m_ws *ws)
{
    return ws->close_reason;
}
