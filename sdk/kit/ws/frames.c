/* SPDX-License-Identifier: Apache-2.0 */
/* Between libcurl's connection and wslay: one pump for both directions, and how a connection ends. */
#include "client.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/random.h>

/* A server that never pauses must not keep a receive from its deadline. */
#define TURN_BYTES (1u << 20)

ssize_t wire_receive(struct m_ws *ws, void *bytes, size_t room, const char **ret_why)
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

ssize_t wire_send(struct m_ws *ws, const void *bytes, size_t length, const char **ret_why)
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

void frames_ended(struct m_ws *ws, int code, const char *reason, size_t length)
{
    if (ws->close_code)
        return;
    if (length >= sizeof ws->close_reason)
        length = sizeof ws->close_reason - 1;
    ws->close_code = code;
    memcpy(ws->close_reason, reason, length);
    ws->close_reason[length] = '\0';
}

static ssize_t give_to_frames(wslay_event_context_ptr frames, uint8_t *bytes, size_t room, int flags, void *user)
{
    struct m_ws *ws = user;
    const char *why = "";
    (void)flags;
    size_t ahead = ws->ahead_length - ws->ahead_taken;
    if (ahead) {
        size_t n = ahead < room ? ahead : room;
        memcpy(bytes, ws->ahead + ws->ahead_taken, n);
        ws->ahead_taken += n;
        return (ssize_t)n;
    }
    if (ws->turn >= TURN_BYTES) {
        ws->more = 1;
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    ssize_t n = wire_receive(ws, bytes, room, &why);
    if (n > 0) {
        ws->turn += (size_t)n;
        return n;
    }
    if (n < 0)
        frames_ended(ws, 1006, why, strlen(why));
    wslay_event_set_error(frames, n ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static ssize_t take_from_frames(wslay_event_context_ptr frames, const uint8_t *bytes, size_t length, int flags,
                                void *user)
{
    struct m_ws *ws = user;
    const char *why = "";
    (void)flags;
    ssize_t n = wire_send(ws, bytes, length, &why);
    if (n > 0)
        return n;
    wslay_event_set_error(frames, n ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static int make_mask(wslay_event_context_ptr frames, uint8_t *bytes, size_t n, void *user)
{
    (void)frames;
    (void)user;
    return getrandom(bytes, n, 0) == (ssize_t)n ? 0 : -1;
}

static void take_message(struct m_ws *ws, const struct wslay_event_on_msg_recv_arg *m)
{
    struct muster_ctx *t = ws->t;
    struct inbox_entry *e = malloc(sizeof *e + m->msg_length + 1);
    if (!e)
        ERROR("out of memory for a message of %zu bytes", m->msg_length);
    e->next = NULL;
    e->length = m->msg_length;
    e->binary = m->opcode == WSLAY_BINARY_FRAME;
    if (m->msg_length)
        memcpy(e->data, m->msg, m->msg_length);
    e->data[m->msg_length] = '\0';
    *ws->last = e;
    ws->last = &e->next;
}

static void on_message(wslay_event_context_ptr frames, const struct wslay_event_on_msg_recv_arg *m, void *user)
{
    struct m_ws *ws = user;
    (void)frames;
    if (m->opcode == WSLAY_TEXT_FRAME || m->opcode == WSLAY_BINARY_FRAME)
        take_message(ws, m);
    else if (m->opcode == WSLAY_PONG)
        ws->pongs++;
    else if (m->opcode == WSLAY_CONNECTION_CLOSE)
        frames_ended(ws, m->status_code ? m->status_code : 1005, m->msg_length > 2 ? (const char *)m->msg + 2 : "",
                     m->msg_length > 2 ? m->msg_length - 2 : 0);
}

int frames_start(struct m_ws *ws, uint64_t max_message)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = give_to_frames,
        .send_callback = take_from_frames,
        .genmask_callback = make_mask,
        .on_msg_recv_callback = on_message,
    };
    if (wslay_event_context_client_init(&ws->frames, &callbacks, ws) != 0)
        return -1;
    wslay_event_config_set_max_recv_msg_length(ws->frames, max_message);
    return 0;
}

/* wslay stops reading when a frame breaks the protocol, and queues a close with the code that says why. */
static void note_protocol_end(struct m_ws *ws)
{
    static const char words[] = "what the server sent breaks the protocol or a limit";
    if (!ws->close_code && !wslay_event_get_read_enabled(ws->frames) && wslay_event_get_close_sent(ws->frames))
        frames_ended(ws, ws->closing ? 1002 : wslay_event_get_status_code_sent(ws->frames), words, sizeof words - 1);
}

static int write_out(struct m_ws *ws)
{
    if (wslay_event_want_write(ws->frames) && wslay_event_send(ws->frames) != 0) {
        static const char words[] = "the connection broke while sending";
        frames_ended(ws, 1006, words, sizeof words - 1);
        return -1;
    }
    return 0;
}

int frames_pump(struct m_ws *ws, struct m_deadline deadline)
{
    if (!ws->close_code && write_out(ws) < 0)
        return -1;
    if (ws->close_code)
        return -1;
    struct pollfd p = {.fd = ws->fd};
    p.events =
        (short)((wslay_event_want_read(ws->frames) ? POLLIN : 0) | (wslay_event_want_write(ws->frames) ? POLLOUT : 0));
    /* Frames that came with the handshake, and what a turn left in TLS, are no event of the socket. */
    int pending = ws->more || ws->ahead_taken < ws->ahead_length;
    int ready = poll(&p, 1, pending ? 0 : m_deadline_poll_ms(deadline));
    if (ready > 0 || pending) {
        /* Reads until it would block: TLS may hold bytes that poll knows nothing of. */
        ws->turn = 0;
        ws->more = 0;
        if (wslay_event_recv(ws->frames) != 0 && !ws->close_code)
            frames_ended(ws, 1006, "receiving failed", sizeof "receiving failed" - 1);
    }
    write_out(ws);
    note_protocol_end(ws);
    return ws->close_code ? -1 : 0;
}

int frames_flush(struct m_ws *ws, struct m_deadline deadline)
{
    while (!ws->close_code) {
        if (write_out(ws) < 0)
            return -1;
        if (!wslay_event_want_write(ws->frames))
            return 0;
        if (!m_deadline_left_ms(deadline) || frames_pump(ws, deadline) < 0)
            return -1;
    }
    return -1;
}
