/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebSocket clients: who they are, and what is still to be sent. What is said is the business of whoever stands above
 * (struct ws_uses).
 *
 * A client is made at the handshake and freed when its connection closes; libwebsockets' opaque pointer owns it.
 * Everything runs in the loop. Ending one from outside is asking: the close frame goes out when the socket takes it,
 * and the connection is cut if it doesn't soon.
 */
#ifndef TESTBED_WS_H
#define TESTBED_WS_H

#include "server/request.h"

#define WS_MESSAGE_MAX 65536

#define WS_GOING_AWAY   1001
#define WS_NOT_TEXT     1003
#define WS_TOO_BIG      1009
#define WS_TOO_SLOW     1013
#define WS_BAD_MESSAGES 4400
#define WS_TOKEN_ENDED  4401

struct frame;

/* An immutable text that many clients are sent: there once, and freed with its last reference. */
struct shared_text {
    unsigned references;
    size_t len;
    char text[];
};
struct shared_text *shared_text_new(const char *text, size_t len); /* with one reference; NULL without memory */
struct shared_text *shared_text_ref(struct shared_text *s);
void shared_text_unref(struct shared_text *s); /* NULL is nothing */

struct ws_client {
    struct ws_client *next;
    struct testbed *tb;
    struct lws *wsi;
    char name[24];
    struct identity who;
    void *listener;             /* of the one above: made by `opened`, freed by `closed` */
    struct frame *head, **tail; /* waiting to be sent, oldest first */
    size_t pending, pending_bytes;
    int64_t seq;   /* of the last numbered message that was sent */
    char *message; /* what has come of a fragmented message */
    size_t message_len;
    int close_code; /* not 0: the connection is ending */
    const char *close_reason;
    lws_sorted_usec_list_t expiry;
};

struct ws_uses {
    /* Who is there: NULL with r->who filled, or the error code of the refusal. */
    const char *(*admit)(struct request *r);
    /* A handshake was refused with this code. */
    void (*refused)(struct testbed *tb, const char *code);
    /* Nonzero when there is no memory: the connection is closed. */
    int (*opened)(struct ws_client *c);
    /* One whole text message, with a NUL behind it. */
    void (*said)(struct ws_client *c, const char *text, size_t len);
    void (*closed)(struct ws_client *c);
};

/* Before the first connection. */
void ws_start(const struct ws_uses *uses);
/* The WebSocket part of libwebsockets' callbacks, and the handshake: what http_start() is given. */
int ws_callback(struct testbed *tb, struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t len);

void ws_send(struct ws_client *c, json_t *message); /* takes it */
/* {"type":"event","seq":N,"event":TEXT}, numbered when it leaves: what a client sees has no gap by construction. */
void ws_send_event(struct ws_client *c, struct shared_text *text);
void ws_close(struct ws_client *c, int code, const char *reason);

void ws_close_all(struct testbed *tb, int code, const char *reason);
/* The clients that are there, newest first: follow `next`. One that is told to close stays in the list until it has. */
struct ws_client *ws_clients(void);
size_t ws_client_count(void);

#endif
