/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebSocket clients: who they are, what they listen to, what is still to be sent.
 *
 * A client is made at the handshake and freed when its connection closes; libwebsockets' opaque pointer owns it.
 * Everything runs in the loop. Ending one from outside is asking: the close frame goes out when the socket takes it,
 * and the connection is cut if it doesn't soon.
 */
#ifndef TESTBED_WS_H
#define TESTBED_WS_H

#include "events.h"
#include "request.h"

#define WS_PATTERNS_MAX 100
#define WS_MESSAGE_MAX  65536

#define WS_GOING_AWAY   1001
#define WS_NOT_TEXT     1003
#define WS_TOO_BIG      1009
#define WS_TOO_SLOW     1013
#define WS_BAD_MESSAGES 4400
#define WS_TOKEN_ENDED  4401

struct frame;

struct ws_client {
    struct ws_client *next;
    struct testbed *tb;
    struct lws *wsi;
    char name[24];
    struct identity who;
    char *patterns[WS_PATTERNS_MAX];
    size_t pattern_count;
    struct frame *head, **tail; /* waiting to be sent, oldest first */
    size_t pending, pending_bytes;
    int64_t seq;   /* of the last event that was sent */
    char *message; /* what has come of a fragmented message */
    size_t message_len;
    int bad_in_a_row;
    int close_code; /* not 0: the connection is ending */
    const char *close_reason;
    lws_sorted_usec_list_t expiry;
};

/* Listens for events and for revoked tokens. */
void ws_start(struct testbed *tb);
/* The WebSocket part of libwebsockets' callbacks, and the handshake: what http_start() is given. */
int ws_callback(struct testbed *tb, struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t len);

void ws_send(struct ws_client *c, json_t *message); /* takes it */
void ws_send_event(struct ws_client *c, struct event *e);
void ws_close(struct ws_client *c, int code, const char *reason);

bool ws_may_see(const struct ws_client *c, const struct event *e);

void ws_close_all(struct testbed *tb, int code, const char *reason);
size_t ws_client_count(void);

/* ws_protocol.c: one whole message of a client. */
void ws_handle(struct ws_client *c, const char *text, size_t len);
void ws_greet(struct ws_client *c);

#endif
