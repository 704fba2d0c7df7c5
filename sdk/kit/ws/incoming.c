/* SPDX-License-Identifier: Apache-2.0 */
/* What comes in: bytes become frames, frames messages, and what breaks the protocol ends the connection. */
#include "client.h"

#include <stdlib.h>

void ws_ended(struct m_ws *ws, int code, const char *reason, size_t length)
{
    if (ws->close_code)
        return;
    if (length >= sizeof ws->close_reason)
        length = sizeof ws->close_reason - 1;
    ws->close_code = code;
    memcpy(ws->close_reason, reason, length);
    ws->close_reason[length] = '\0';
}

/* This side ends it, and tells the server why (RFC 6455, 7.1.7). */
static int fail(struct m_ws *ws, int code, const char *fault)
{
    const char *place = strstr(fault, " (RFC");
    char reason[FRAME_CONTROL_MOST - 1];
    snprintf(reason, sizeof reason, "%.*s", (int)(place ? place - fault : (long)strlen(fault)), fault);
    ws_ended(ws, code, fault, strlen(fault));
    ws_outgoing_close(ws, code, reason);
    return -1;
}

static void put(struct inbox *box, struct inbox_entry *e)
{
    e->next = NULL;
    *box->last = e;
    box->last = &e->next;
}

void ws_inbox_clear(struct inbox *box)
{
    for (struct inbox_entry *e = box->first, *next; e; e = next) {
        next = e->next;
        free(e);
    }
    free(box->held);
}

/* ---- messages ---- */

/* Room for n more bytes, and a NUL. */
static void grow(struct m_ws *ws, size_t n)
{
    struct muster_ctx *t = ws->t;
    struct incoming_message *m = &ws->message;
    if (m->entry && m->room - m->length > n)
        return;
    uint64_t room = m->room ? m->room : 1024;
    while (room - m->length <= n)
        room *= 2;
    struct inbox_entry *larger = realloc(m->entry, sizeof *larger + room);
    if (!larger)
        ERROR("out of memory for a message of %" PRIu64 " bytes", m->length + n);
    m->entry = larger;
    m->room = room;
}

/* A piece of its content: 0, or -1 when it may not be. */
static int add(void *data, const void *bytes, size_t n)
{
    struct m_ws *ws = data;
    struct incoming_message *m = &ws->message;
    if (n > ws->max_message - m->length)
        return fail(ws, 1009, "a message is larger than .max_message");
    if (m->opcode == M_WS_TEXT && ws_utf8_take(&m->utf8, bytes, n) < 0)
        return fail(ws, 1007, "a text is no UTF-8 (RFC 6455, 8.1)");
    grow(ws, n);
    memcpy(m->entry->data + m->length, bytes, n);
    m->length += n;
    return 0;
}

static int take_content(struct m_ws *ws, const uint8_t *bytes, size_t n, int last)
{
    if (!ws->message.packed)
        return add(ws, bytes, n);
    int r = ws_deflate_unpack(ws->deflate, bytes, n, last, add, ws);
    return r == -1 ? fail(ws, 1007, "a compressed message is no DEFLATE (RFC 7692, 7.2.2)") : r;
}

static int end_message(struct m_ws *ws)
{
    struct incoming_message *m = &ws->message;
    if (ws_utf8_is_within(&m->utf8))
        return fail(ws, 1007, "a text ends within a character (RFC 6455, 8.1)");
    m->entry->length = m->length;
    m->entry->opcode = m->opcode;
    m->entry->frames = m->frames;
    m->entry->packed = m->packed;
    m->entry->data[m->length] = '\0';
    put(&ws->messages, m->entry);
    *m = (struct incoming_message){0};
    return 0;
}

/* ---- frames ---- */

static int begin_frame(struct m_ws *ws)
{
    struct muster_ctx *t = ws->t;
    struct incoming_frame *f = &ws->frame;
    struct incoming_message *m = &ws->message;
    f->in_payload = 1;
    f->came = 0;
    const char *fault = ws_frame_fault(&f->head, m->opcode != 0, ws->deflate != NULL);
    if (fault)
        return fail(ws, 1002, fault);
    if (f->head.length > ws->max_message - (m->packed ? 0 : m->length))
        return fail(ws, 1009, "a message is larger than .max_message");
    if (ws->see_frames) {
        f->copy = malloc(sizeof *f->copy + f->head.length + 1);
        if (!f->copy)
            ERROR("out of memory for a frame of %" PRIu64 " bytes", f->head.length);
    }
    if (ws_frame_is_control(f->head.opcode))
        return 0;
    if (f->head.opcode != M_WS_CONTINUATION) {
        m->opcode = f->head.opcode;
        m->packed = (f->head.rsv & FRAME_RSV1) != 0;
    }
    m->frames++;
    return 0;
}

static int take_payload(struct m_ws *ws, const uint8_t *bytes, size_t n)
{
    struct incoming_frame *f = &ws->frame;
    if (f->came < sizeof f->start)
        memcpy(f->start + f->came, bytes, n < sizeof f->start - f->came ? n : sizeof f->start - f->came);
    if (f->copy)
        memcpy(f->copy->data + f->came, bytes, n);
    f->came += n;
    return ws_frame_is_control(f->head.opcode) ? 0 : take_content(ws, bytes, n, 0);
}

static int take_close(struct m_ws *ws)
{
    const struct incoming_frame *f = &ws->frame;
    const char *fault;
    size_t n = (size_t)f->head.length;
    int code = ws_frame_close_fault(f->start, n, &fault);
    if (code)
        return fail(ws, code, fault);
    code = n ? f->start[0] * 256 + f->start[1] : 0;
    ws_ended(ws, code ? code : 1005, n ? (const char *)f->start + 2 : "", n ? n - 2 : 0);
    ws_outgoing_close(ws, code, "");
    return -1;
}

static int end_control(struct m_ws *ws)
{
    const struct incoming_frame *f = &ws->frame;
    if (f->head.opcode == M_WS_CLOSE)
        return take_close(ws);
    if (f->head.opcode == M_WS_PING) {
        ws->pings++;
        struct frame_head pong = {.fin = 1, .opcode = M_WS_PONG, .length = f->head.length};
        return ws->sent_code ? 0 : ws_outgoing_frame(ws, pong, f->start);
    }
    ws->pongs++;
    ws->pong_length = (size_t)f->head.length;
    memcpy(ws->pong, f->start, ws->pong_length);
    ws->pong[ws->pong_length] = '\0';
    return 0;
}

static int end_frame(struct m_ws *ws)
{
    struct incoming_frame *f = &ws->frame;
    ws_transcript_frame(ws->t, ws->number, 0, &f->head, f->start, f->came);
    f->in_payload = 0;
    f->n_bytes = 0;
    if (f->copy) {
        f->copy->length = f->head.length;
        f->copy->head = f->head;
        f->copy->data[f->head.length] = '\0';
        put(&ws->frames, f->copy);
        f->copy = NULL;
    }
    if (ws_frame_is_control(f->head.opcode))
        return end_control(ws);
    if (!f->head.fin)
        return 0;
    int r = ws->message.packed ? take_content(ws, NULL, 0, 1) : take_content(ws, f->start, 0, 1);
    return r < 0 ? r : end_message(ws);
}

/* How many bytes were the head's; *ret_whole: it is complete. */
static size_t take_head(struct incoming_frame *f, const uint8_t *bytes, size_t n, int *ret_whole)
{
    size_t taken = 0;
    size_t size;
    while (!(size = ws_frame_head_read(f->bytes, f->n_bytes, &f->head)) && taken < n)
        f->bytes[f->n_bytes++] = bytes[taken++];
    *ret_whole = size > 0;
    return taken;
}

void ws_incoming_take(struct m_ws *ws, const uint8_t *bytes, size_t n)
{
    struct incoming_frame *f = &ws->frame;
    while (!ws->close_code) {
        int whole = 1;
        if (!f->in_payload) {
            size_t taken = take_head(f, bytes, n, &whole);
            bytes += taken;
            n -= taken;
            if (!whole || begin_frame(ws) < 0)
                return;
        }
        uint64_t left = f->head.length - f->came;
        size_t part = left < n ? (size_t)left : n;
        if (part && take_payload(ws, bytes, part) < 0)
            return;
        bytes += part;
        n -= part;
        if (f->came < f->head.length || end_frame(ws) < 0)
            return;
    }
}

void ws_incoming_end(struct m_ws *ws)
{
    struct incoming_frame *f = &ws->frame;
    if (f->in_payload)
        ws_transcript_frame(ws->t, ws->number, 0, &f->head, f->start, f->came);
    f->in_payload = 0;
}
