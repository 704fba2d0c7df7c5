/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the ws kit share.
 *
 * Bytes flow in: libcurl's connection -> `ahead` (what came together with the handshake's answer) -> incoming.c, frame
 * by frame -> `inbox`; and out: outgoing.c -> `out` -> the connection. One function, ws_pump(), moves them in both
 * directions; everything that waits, waits in its poll(2).
 */
#ifndef MUSTER_KIT_WS_CLIENT_H
#define MUSTER_KIT_WS_CLIENT_H

#include "deflate.h"
#include "frame.h"
#include "libcurl.h"
#include "transcript.h"
#include "utf8.h"

#include <muster/kit/wait.h>
#include <muster/kit/ws.h>

/* A message, or a frame, that was received and not handed out yet. */
struct inbox_entry {
    struct inbox_entry *next;
    uint64_t length;
    struct frame_head head;         /* of a frame */
    int32_t opcode, frames, packed; /* of a message */
    char data[];
};

struct inbox {
    struct inbox_entry *first, **last;
    struct inbox_entry *held; /* handed out last */
};

/* The frame that comes in just now. */
struct incoming_frame {
    uint8_t bytes[FRAME_HEAD_MOST]; /* of its head, as many as have come */
    size_t n_bytes;
    int in_payload;
    struct frame_head head;
    uint64_t came; /* of its payload */
    uint8_t start[TRANSCRIPT_START];
    struct inbox_entry *copy; /* of it, when the author wants to see frames */
};

/* The message that it is part of. */
struct incoming_message {
    int opcode; /* 0: none has begun */
    int packed;
    int32_t frames;
    struct inbox_entry *entry; /* NULL: nothing of it yet */
    uint64_t length, room;
    struct utf8 utf8;
};

struct m_ws {
    struct muster_ctx *t;
    const struct libcurl *lib;
    CURL *curl;
    curl_socket_t fd;
    unsigned number; /* in the transcript */
    uint64_t max_message;
    int see_frames;
    char *answer; /* fields of the handshake's answer: "name: value\n" */
    char *subprotocol;
    struct extension extension;
    struct deflate *deflate; /* NULL: not in use */
    char *ahead;
    size_t ahead_length, ahead_taken;
    struct incoming_frame frame;
    struct incoming_message message;
    struct inbox messages, frames;
    uint8_t *out; /* to be sent */
    size_t out_length, out_taken, out_room;
    int more;      /* a turn of the pump ended although there may be more to read */
    int end_noted; /* in the transcript */
    uint64_t pings, pongs;
    char pong[FRAME_CONTROL_MOST + 1]; /* payload of the last one */
    size_t pong_length;
    int sent_code;  /* of our close; 0: none was sent */
    int close_code; /* 0 while open */
    char close_reason[192];
};

/* The connection is at its end, for this reason; the first cause counts. */
void ws_ended(struct m_ws *ws, int code, const char *reason, size_t length);

/* incoming.c: takes what came. */
void ws_incoming_take(struct m_ws *ws, const uint8_t *bytes, size_t n);
/* The connection ended: half a frame is told in the transcript. */
void ws_incoming_end(struct m_ws *ws);
void ws_inbox_clear(struct inbox *box);

/* outgoing.c: queues one masked frame: 0, or -1 when memory ran out. */
int ws_outgoing_frame(struct m_ws *ws, struct frame_head head, const void *payload);
/* A close frame, once; code 0: without one. */
void ws_outgoing_close(struct m_ws *ws, int code, const char *reason);

/* pump.c: moves what can be moved; waits until something can be, or the deadline. 0, or -1 once the connection has
 * ended. */
int ws_pump(struct m_ws *ws, struct m_deadline deadline);
/* Everything queued is on the wire: 0; closed or too late: -1. */
int ws_pump_out(struct m_ws *ws, struct m_deadline deadline);

/* One read or write on libcurl's connection. Bytes moved; 0 when it would block; -1 at its end, or an error, which
 * *ret_why names. */
ssize_t ws_wire_receive(struct m_ws *ws, void *bytes, size_t room, const char **ret_why);
ssize_t ws_wire_send(struct m_ws *ws, const void *bytes, size_t length, const char **ret_why);

#endif
