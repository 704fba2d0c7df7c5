/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes what a WebSocket's server sends. The first byte of the input says how it is read: 'h' as the head of a
 * handshake's answer; else as frames, '1' with permessage-deflate, '2' byte by byte, '4' with frames to be seen, added
 * up. What is handed out keeps to the limit and is UTF-8 where it is a text; what ends the connection has a code and,
 * when this side ended it, words.
 */
#include "client.h"
#include "handshake.h"

#include <stdlib.h>

#define MAX_MESSAGE (64u << 10)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

static const struct muster_attempt_info *info(struct muster_ctx *t)
{
    static const struct muster_attempt_info nowhere = {
        .size = sizeof nowhere, .run_id = "", .case_id = "", .temp_dir = "/nowhere", .artifacts_dir = "/nowhere"};
    (void)t;
    return &nowhere;
}

static const void *extension(struct muster_ctx *t, const char *id, uint32_t wanted_size)
{
    static const struct muster_ext_attempt attempt = {.size = sizeof attempt, .info = info};
    (void)t;
    return strcmp(id, MUSTER_EXT_ATTEMPT) == 0 && wanted_size <= sizeof attempt ? &attempt : NULL;
}

static const struct muster_host host = {.size = sizeof host, .extension = extension};

static void check_messages(const struct m_ws *ws)
{
    for (const struct inbox_entry *e = ws->messages.first; e; e = e->next) {
        struct utf8 utf8 = {0};
        require(e->length <= MAX_MESSAGE && e->data[e->length] == '\0' && e->frames > 0);
        require(e->opcode == M_WS_BINARY ||
                (ws_utf8_take(&utf8, (const uint8_t *)e->data, e->length) == 0 && !ws_utf8_is_within(&utf8)));
    }
    if (!ws->close_code)
        return;
    require(ws->close_code >= 1000 && ws->close_code <= 4999 && ws->sent_code == ws->close_code);
    require((ws->close_code != 1002 && ws->close_code != 1007 && ws->close_code != 1009) || ws->out_length > 0);
}

static void read_frames(const uint8_t *bytes, size_t size, int how)
{
    static struct muster_ctx ctx = {&host};
    static struct m_ws ws;
    ws = (struct m_ws){.t = &ctx, .max_message = MAX_MESSAGE, .see_frames = how & 4};
    ws.messages.last = &ws.messages.first;
    ws.frames.last = &ws.frames.first;
    if (how & 1)
        require((ws.deflate = ws_deflate_open(&(struct extension){.on = 1, .server_bits = 15, .client_bits = 15})) !=
                NULL);
    if (how & 2)
        for (size_t i = 0; i < size; i++)
            ws_incoming_take(&ws, bytes + i, 1);
    else
        ws_incoming_take(&ws, bytes, size);
    check_messages(&ws);
    ws_deflate_close(ws.deflate);
    ws_inbox_clear(&ws.messages);
    ws_inbox_clear(&ws.frames);
    free(ws.frame.copy);
    free(ws.message.entry);
    free(ws.out);
}

static void read_head(const uint8_t *bytes, size_t size)
{
    struct extension e;
    struct m_ws_options o = {.deflate = 1, .subprotocol = "a, b"};
    char *head = malloc(size + 1);
    memcpy(head, bytes, size);
    head[size] = '\0';
    char *fields = ws_handshake_fields(head), *values = ws_handshake_values(head, "Sec-WebSocket-Extensions");
    require(fields && !strchr(fields, '\r'));
    if (!ws_extension_read(values, &o, &e) && e.on)
        require(e.server_bits >= 8 && e.server_bits <= 15 && e.client_bits >= 9 && e.client_bits <= 15);
    ws_handshake_fault(head, "dGhlIHNhbXBsZSBub25jZQ==", &o, &e);
    ws_handshake_status(head);
    free(fields);
    free(values);
    free(head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] == 'h')
        read_head(data + 1, size - 1);
    else if (size > 0)
        read_frames(data + 1, size - 1, data[0] - '0');
    return 0;
}
