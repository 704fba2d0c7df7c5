/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/ws.h: a WebSocket client for scenarios: TCP and TLS by libcurl, frames by libwslay.
 *
 *     struct m_ws *ws = m_ws_open(t, m_target(t, "ws"), &(struct m_ws_options){.bearer = token});
 *     struct m_ws_message m;
 *     m_ws_send(ws, "{\"type\":\"ping\"}");
 *     REQUIRE_INT(m_ws_receive(ws, 2000, &m), ==, M_WS_MESSAGE);
 *     m_ws_close(ws, 1000, "done");
 *
 * A client is one connection. It belongs to the context that opened it and to one thread. Nothing happens behind
 * the author's back: the socket is read and written inside the calls below, which wait in poll(2). Inside them pings
 * are answered, fragments put together, and the peer's close answered. A client that is called too seldom is slow to
 * its server, which is at times what a scenario wants.
 *
 * Messages: what a message points to belongs to the client and holds until the next receive or free.
 *
 * Failure: that the connection cannot be made is an *error* of the surroundings; that the handshake is refused is the
 * server's answer and fails the scenario, unless it was asked for by m_ws_try_open(). Once connected, a lost
 * connection and a frame against the protocol are outcomes, M_WS_CLOSED, with a close code as RFC 6455 gives it.
 *
 * Time: no call takes longer than what is left of the attempt, less a margin to report in.
 */
#ifndef MUSTER_KIT_WS_H
#define MUSTER_KIT_WS_H

#include <muster/muster.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_ws;

/* Zero is the default of each. Used during the call only. */
struct m_ws_options {
    const char *bearer;         /* "Authorization: Bearer ..." in the handshake */
    const char *const *headers; /* NULL-terminated "Name: value", besides; or NULL */
    const char *subprotocol;    /* offered; a server that takes none of it is a failed handshake */
    uint64_t timeout_ms;        /* for connecting and the handshake; 10000 */
    uint64_t max_message;       /* bytes of one message received; 64 MiB. A longer one closes with 1009 */
    const char *ca_file;        /* PEM, as in http.h */
    const char *cert_file;
    const char *key_file;
    int32_t insecure;
};

/* Why there is no connection. */
struct m_ws_refusal {
    int32_t status;   /* of the server's answer; 0: there was none, or it broke the protocol */
    char reason[320]; /* in words */
    char body[4096];  /* of the server's answer, cut to fit; a NUL stands behind it */
};

/* Outcomes of receiving. */
#define M_WS_MESSAGE 1
#define M_WS_TIMEOUT 2
#define M_WS_CLOSED  3

struct m_ws_message {
    const char *data; /* never NULL; a NUL stands behind the last byte */
    uint64_t length;
    int32_t binary; /* 1: binary, 0: text */
    int32_t reserved;
};

/* url: "ws://host:port/path?query", or wss. */
struct m_ws *m_ws_open(struct muster_ctx *t, const char *url, const struct m_ws_options *options);
/* NULL when there is no connection; *ret_refusal says why. */
struct m_ws *m_ws_try_open(struct muster_ctx *t, const char *url, const struct m_ws_options *options,
                           struct m_ws_refusal *ret_refusal);
/* Ends the connection without a word, as a client that dies does. NULL is allowed. */
void m_ws_free(struct m_ws *ws);
/* The server's choice of subprotocol; NULL: none. */
const char *m_ws_subprotocol(const struct m_ws *ws);

/* Sends one message. 0, or -1 when the connection is closed or did not take it within 30 s. */
int m_ws_send(struct m_ws *ws, const char *text);
int m_ws_send_bytes(struct m_ws *ws, const void *bytes, uint64_t length, int binary);
/* A ping frame with a payload of at most 125 bytes. Its pong is counted by m_ws_pongs(), once it was received. */
int m_ws_ping(struct m_ws *ws, const char *payload);
uint64_t m_ws_pongs(const struct m_ws *ws);
/* Bytes on the wire as they are: unmasked, half or senseless frames. */
int m_ws_send_raw(struct m_ws *ws, const void *bytes, uint64_t length);

/* Waits for the next message: M_WS_MESSAGE sets *ret_message, M_WS_TIMEOUT and M_WS_CLOSED do not. Messages that came
 * before the close are handed out first. timeout_ms 0 takes what is there. */
int m_ws_receive(struct m_ws *ws, uint64_t timeout_ms, struct m_ws_message *ret_message);
/* Receives until a message matches; those before it are gone. */
int m_ws_receive_until(struct m_ws *ws, uint64_t timeout_ms, struct m_ws_message *ret_message,
                       int (*matches)(const struct m_ws_message *message, void *user), void *user);

/* Sends a close frame, waits up to 5 s for the server's, and returns m_ws_close_code(). Messages that come meanwhile
 * can still be received. Not the end of `ws`: see m_ws_free(). code 0: a close without a code. */
int m_ws_close(struct m_ws *ws, uint16_t code, const char *reason);
/* The code of the server's close: 1005 when it had none, 1006 when the connection ended without; 1002, 1007 or 1009
 * when this side ended it because of what the server sent; 0 while it is open. */
int m_ws_close_code(const struct m_ws *ws);
/* The server's reason, or this side's words on a lost connection; "" when there is none. */
const char *m_ws_close_reason(const struct m_ws *ws);

#ifdef __cplusplus
}
#endif

#endif
