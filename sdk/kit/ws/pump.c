/* SPDX-License-Identifier: Apache-2.0 */
/* Between libcurl's connection and the frames: one pump for both directions. */
#include "client.h"

#include <poll.h>

/* A server that never pauses must not keep a receive from its deadline. */
#define TURN_BYTES (1u << 20)
#define CHUNK      16384u

ssize_t ws_wire_receive(struct m_ws *ws, void *bytes, size_t room, const char **ret_why)
{
    size_t n = 0;
    CURLcode code = ws->lib->easy_recv(ws->curl, bytes, room, &n);
    if (code == CURLE_AGAIN)
        return 0;
    if (code == CURLE_OK && n)
        return (ssize_t)n;
    *ret_why = code ? ws->lib->easy_strerror(code) : "the server closed it";
    return -1;
}

ssize_t ws_wire_send(struct m_ws *ws, const void *bytes, size_t length, const char **ret_why)
{
    size_t n = 0;
    CURLcode code = ws->lib->easy_send(ws->curl, bytes, length, &n);
    if (code == CURLE_AGAIN)
        return 0;
    if (code == CURLE_OK)
        return (ssize_t)n;
    *ret_why = ws->lib->easy_strerror(code);
    return -1;
}

static void lose(struct m_ws *ws, const char *why)
{
    char words[160];
    const struct incoming_frame *f = &ws->frame;
    snprintf(words, sizeof words, "%s%s", why,
             f->in_payload || f->n_bytes ? ", within a frame"
             : ws->message.opcode        ? ", within a fragmented message"
                                         : "");
    ws_ended(ws, 1006, words, strlen(words));
}

static void read_ahead(struct m_ws *ws)
{
    size_t n = ws->ahead_length - ws->ahead_taken;
    const uint8_t *from = (const uint8_t *)ws->ahead + ws->ahead_taken;
    ws->ahead_taken = ws->ahead_length;
    if (n)
        ws_incoming_take(ws, from, n);
}

/* Reads until it would block: TLS may hold bytes that poll knows nothing of. */
static void read_in(struct m_ws *ws)
{
    uint8_t bytes[CHUNK];
    const char *why;
    ws->more = 0;
    read_ahead(ws);
    for (size_t turn = 0; !ws->close_code;) {
        if (turn >= TURN_BYTES) {
            ws->more = 1;
            return;
        }
        ssize_t n = ws_wire_receive(ws, bytes, sizeof bytes, &why);
        if (n < 0)
            lose(ws, why);
        if (n <= 0)
            return;
        turn += (size_t)n;
        ws_incoming_take(ws, bytes, (size_t)n);
    }
}

/* 0, or -1 when the connection broke. What the server had to say before it did counts for more than that. */
static int write_out(struct m_ws *ws)
{
    static const char words[] = "the connection broke while sending";
    const char *why;
    while (ws->out_taken < ws->out_length) {
        ssize_t n = ws_wire_send(ws, ws->out + ws->out_taken, ws->out_length - ws->out_taken, &why);
        if (n == 0)
            return 0;
        if (n < 0) {
            if (!ws->close_code)
                read_in(ws);
            ws_ended(ws, 1006, words, sizeof words - 1);
            return -1;
        }
        ws->out_taken += (size_t)n;
    }
    return 0;
}

static void note_end(struct m_ws *ws)
{
    char what[32];
    if (!ws->close_code || ws->end_noted)
        return;
    ws->end_noted = 1;
    ws_incoming_end(ws);
    snprintf(what, sizeof what, "ended, %d:", ws->close_code);
    ws_transcript_note(ws->t, ws->number, what, ws->close_reason);
}

int ws_pump(struct m_ws *ws, struct m_deadline deadline)
{
    if (ws->close_code)
        return -1;
    if (write_out(ws) == 0) {
        struct pollfd p = {.fd = ws->fd, .events = POLLIN};
        if (ws->out_taken < ws->out_length)
            p.events |= POLLOUT;
        /* Frames that came with the handshake, and what a turn left in TLS, are no event of the socket. */
        int pending = ws->more || ws->ahead_taken < ws->ahead_length;
        int ready = poll(&p, 1, pending ? 0 : m_deadline_poll_ms(deadline));
        if (ready > 0 || pending)
            read_in(ws);
        write_out(ws); /* pongs, and the close that answers what ended it */
    }
    note_end(ws);
    return ws->close_code ? -1 : 0;
}

int ws_pump_out(struct m_ws *ws, struct m_deadline deadline)
{
    while (!ws->close_code) {
        if (write_out(ws) < 0) {
            note_end(ws);
            return -1;
        }
        if (ws->out_taken == ws->out_length)
            return 0;
        if (!m_deadline_left_ms(deadline) || ws_pump(ws, deadline) < 0)
            return -1;
    }
    return -1;
}
