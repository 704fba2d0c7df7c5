/* SPDX-License-Identifier: Apache-2.0 */
/* What an author does with an open WebSocket: receiving, closing, asking. */
#include "client.h"

#include <stdlib.h>

#define CLOSE_TIMEOUT_MS 5000u

static const struct inbox_entry *take(struct inbox *box)
{
    struct inbox_entry *e = box->first;
    if (!e)
        return NULL;
    box->first = e->next;
    if (!box->first)
        box->last = &box->first;
    free(box->held);
    box->held = e;
    return e;
}

/* M_WS_MESSAGE with the first of the box. */
static int receive_from(struct m_ws *ws, struct inbox *box, struct m_deadline end, const struct inbox_entry **ret_entry)
{
    for (int looked = 0;; looked = 1) {
        if ((*ret_entry = take(box)))
            return M_WS_MESSAGE;
        if (ws->close_code)
            return M_WS_CLOSED;
        if (looked && !m_deadline_left_ms(end))
            return M_WS_TIMEOUT;
        ws_pump(ws, end);
    }
}

static int receive_by(struct m_ws *ws, struct m_deadline end, struct m_ws_message *ret_message)
{
    const struct inbox_entry *e;
    int outcome = receive_from(ws, &ws->messages, end, &e);
    if (e)
        *ret_message = (struct m_ws_message){.data = e->data,
                                             .length = e->length,
                                             .binary = e->opcode == M_WS_BINARY,
                                             .frames = e->frames,
                                             .compressed = e->packed};
    return outcome;
}

int m_ws_receive(struct m_ws *ws, uint64_t timeout_ms, struct m_ws_message *ret_message)
{
    return receive_by(ws, m_deadline_in(ws->t, timeout_ms), ret_message);
}

int m_ws_receive_frame(struct m_ws *ws, uint64_t timeout_ms, struct m_ws_frame *ret_frame)
{
    struct muster_ctx *t = ws->t;
    const struct inbox_entry *e;
    if (!ws->see_frames)
        ERROR("m_ws_receive_frame() needs a WebSocket that was opened with .see_frames");
    int outcome = receive_from(ws, &ws->frames, m_deadline_in(t, timeout_ms), &e);
    if (e)
        *ret_frame = (struct m_ws_frame){
            .opcode = e->head.opcode, .fin = e->head.fin, .rsv = e->head.rsv, .data = e->data, .length = e->length};
    return outcome;
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
    struct muster_ctx *t = ws->t;
    struct m_deadline end = m_deadline_in(t, CLOSE_TIMEOUT_MS);
    const char *words = code && reason ? reason : "";
    if (strlen(words) > FRAME_CONTROL_MOST - 2)
        ERROR("the reason of a WebSocket's close has at most %u bytes", FRAME_CONTROL_MOST - 2);
    if (!ws->close_code)
        ws_outgoing_close(ws, code, words);
    while (!ws->close_code && m_deadline_left_ms(end))
        ws_pump(ws, end);
    return ws->close_code;
}

int m_ws_close_code(const struct m_ws *ws)
{
    return ws->close_code;
}

int m_ws_sent_code(const struct m_ws *ws)
{
    return ws->sent_code;
}

const char *m_ws_close_reason(const struct m_ws *ws)
{
    return ws->close_reason;
}

uint64_t m_ws_pings(const struct m_ws *ws)
{
    return ws->pings;
}

uint64_t m_ws_pongs(const struct m_ws *ws)
{
    return ws->pongs;
}

const char *m_ws_pong(const struct m_ws *ws, uint64_t *ret_length)
{
    if (ret_length)
        *ret_length = ws->pong_length;
    return ws->pong;
}
