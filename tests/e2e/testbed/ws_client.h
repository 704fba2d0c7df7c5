/* SPDX-License-Identifier: Apache-2.0 */
/* A WebSocket client for tests: blocking, with a deadline on everything. */
#ifndef TEST_WS_CLIENT_H
#define TEST_WS_CLIENT_H

#include "bed.h"

#include <wslay/wslay.h>

struct message {
    struct message *next;
    json_t *json;
};

struct ws {
    int fd;
    wslay_event_context_ptr ctx;
    struct message *head, **tail;
    int close_code; /* 0 while open */
};

/* The status of the handshake: 101 when it is open. */
int ws_open(struct bed *b, const char *token, struct ws *ret_ws);
void ws_end(struct ws *w);
void ws_say(struct ws *w, const char *text);

/* The next message; NULL when none came in time, or the connection was closed. The caller decrefs it. */
json_t *ws_next(struct ws *w, int timeout_ms);
/* The next one of this type; others are dropped. */
json_t *ws_next_of(struct ws *w, const char *type, int timeout_ms);
/* Waits for the other side to close; its code, 0 after the timeout. */
int ws_wait_closed(struct ws *w, int timeout_ms);

#endif
