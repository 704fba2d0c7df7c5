/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the ws kit share.
 *
 * Bytes flow: libcurl's connection -> `ahead` (what came together with the handshake's answer) -> wslay -> `inbox`.
 * One function, frames_pump(), moves them in both directions; everything that waits, waits in its poll(2).
 */
#ifndef MUSTER_KIT_WS_CLIENT_H
#define MUSTER_KIT_WS_CLIENT_H

#include "libcurl.h"

#include <muster/kit/wait.h>
#include <muster/kit/ws.h>
#include <wslay/wslay.h>

struct inbox_entry {
    struct inbox_entry *next;
    uint64_t length;
    int32_t binary;
    char data[];
};

struct m_ws {
    struct muster_ctx *t;
    const struct libcurl *lib;
    CURL *curl;
    curl_socket_t fd;
    wslay_event_context_ptr frames;
    char *subprotocol;
    char *ahead;
    size_t ahead_length, ahead_taken;
    struct inbox_entry *first, **last; /* received, not yet handed out */
    struct inbox_entry *held;          /* handed out last */
    size_t turn;                       /* bytes read in this turn of the pump */
    int more;                          /* the turn ended although there may be more to read */
    int closing;                       /* m_ws_close() was called */
    uint64_t pongs;
    int close_code; /* 0 while open */
    char close_reason[128];
};

/* Sets up wslay on a connection whose handshake is done; 0, or -1 when memory ran out. */
int frames_start(struct m_ws *ws, uint64_t max_message);
/* Moves what can be moved; waits until something can be, or the deadline. 0, or -1 once the connection has ended. */
int frames_pump(struct m_ws *ws, struct m_deadline deadline);
/* Everything queued is on the wire: 0; closed or too late: -1. */
int frames_flush(struct m_ws *ws, struct m_deadline deadline);
/* The first cause counts. */
void frames_ended(struct m_ws *ws, int code, const char *reason, size_t length);

/* One read or write on libcurl's connection. Bytes moved; 0 when it would block; -1 at its end, or an error, which
 * *ret_why names. */
ssize_t wire_receive(struct m_ws *ws, void *bytes, size_t room, const char **ret_why);
ssize_t wire_send(struct m_ws *ws, const void *bytes, size_t length, const char **ret_why);

#endif
