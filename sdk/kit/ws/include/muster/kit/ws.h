/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/ws.h: a WebSocket client for scenarios: TCP and TLS by libcurl, compression by zlib.
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
 * connection and a frame against the protocol are outcomes, M_WS_CLOSED, with a close code as RFC 6455 gives it; when
 * the server broke the protocol, m_ws_close_reason() says how. A header with CR or LF is an error.
 *
 * Evidence: the frames of an attempt that does not pass are an artifact, on-failure/ws-frames.txt: direction, time,
 * kind, flags, length and the start of the payload, the last 64 KiB of it.
 *
 * Time: no call takes longer than what is left of the attempt, less a margin to report in.
 */
#ifndef MUSTER_KIT_WS_H
#define MUSTER_KIT_WS_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_ws;

/* Zero is the default of each. Used during the call only. */
struct m_ws_options {
    const char *bearer;         /* "Authorization: Bearer ..." in the handshake */
    const char *const *headers; /* HEADERS("Name: value"), besides; or NULL */
    const char *subprotocol;    /* offered; a server that takes none of it is a failed handshake */
    uint64_t timeout_ms;        /* for connecting and the handshake; 10000 */
    uint64_t max_message;       /* bytes of one message received; 64 MiB. A longer one closes with 1009 */
    const char *ca_file;        /* PEM, as in http.h */
    const char *cert_file;
    const char *key_file;
    int32_t insecure;
    int32_t deflate;            /* 1: offers permessage-deflate (RFC 7692); m_ws_is_compressed() says what came of it */
    int32_t server_no_context;  /* 1: asks the server to begin each message without what went before */
    int32_t client_no_context;  /* 1: says that this side does so */
    int32_t server_window_bits; /* asks for so many at most, 8 to 15; 0: any */
    int32_t client_window_bits; /* uses so many at most, 9 to 15; 0: as many as the server allows */
    int32_t see_frames;         /* 1: m_ws_receive_frame() has each frame, besides the messages made of them */
    int32_t reserved;
};

/* Why there is no connection. */
struct m_ws_refusal {
    int32_t status;     /* of the server's answer; 0: there was none, or it broke the protocol */
    char reason[320];   /* in words */
    char body[4096];    /* of the server's answer, cut to fit; a NUL stands behind it */
    char headers[4096]; /* the same of its fields: "name: value" lines */
};

/* Outcomes of receiving. */
#define M_WS_MESSAGE 1
#define M_WS_TIMEOUT 2
#define M_WS_CLOSED  3

struct m_ws_message {
    const char *data; /* never NULL; a NUL stands behind the last byte */
    uint64_t length;
    int32_t binary;     /* 1: binary, 0: text */
    int32_t frames;     /* that it came in */
    int32_t compressed; /* 1: it came so */
    int32_t reserved;
};

/* A frame's opcode. */
#define M_WS_CONTINUATION 0
#define M_WS_TEXT         1
#define M_WS_BINARY       2
#define M_WS_CLOSE        8
#define M_WS_PING         9
#define M_WS_PONG         10

/* One frame as it is on the wire, but for the mask. */
struct m_ws_frame {
    int32_t opcode;
    int32_t fin; /* 1: the last of its message */
    int32_t rsv; /* 4: RSV1, which means compressed; 2: RSV2; 1: RSV3 */
    int32_t reserved;
    const char *data; /* the payload; of one received never NULL, a NUL stands behind it */
    uint64_t length;
};

M_KIT_BEGIN_

/* url: "ws://host:port/path?query", or wss. */
struct m_ws *m_ws_open(struct muster_ctx *t, const char *url, const struct m_ws_options *options);
/* NULL when there is no connection; *ret_refusal says why. */
struct m_ws *m_ws_try_open(struct muster_ctx *t, const char *url, const struct m_ws_options *options,
                           struct m_ws_refusal *ret_refusal);
/* The value of the first of that name, in any case, kept until the attempt ends; NULL: none. */
const char *m_ws_value(const struct m_ws *ws, const char *name);

M_KIT_END_

/* Ends the connection without a word, as a client that dies does. NULL is allowed. */
void m_ws_free(struct m_ws *ws);
/* The server's choice of subprotocol; NULL: none. */
const char *m_ws_subprotocol(const struct m_ws *ws);
/* The fields of the handshake's answer: "name: value" lines, each ended by "\n". Holds until it is freed. */
const char *m_ws_headers(const struct m_ws *ws);
/* 1: permessage-deflate is in use. Every message that is sent is compressed then. */
int m_ws_is_compressed(const struct m_ws *ws);

M_KIT_BEGIN_

/* Sends one message. 0, or -1 when the connection is closed or did not take it within 30 s. */
int m_ws_send(struct m_ws *ws, const char *text);
int m_ws_send_bytes(struct m_ws *ws, const void *bytes, uint64_t length, int binary);
/* A ping frame with a payload of at most 125 bytes. Its pong is counted by m_ws_pongs(), once it was received. */
int m_ws_ping(struct m_ws *ws, const char *payload);
/* One frame, masked and otherwise as it is given: fragments, reserved bits and opcodes, control frames too long. */
int m_ws_send_frame(struct m_ws *ws, const struct m_ws_frame *frame);
/* Bytes on the wire as they are: unmasked, half or senseless frames. */
int m_ws_send_raw(struct m_ws *ws, const void *bytes, uint64_t length);

/* Waits for the next message: M_WS_MESSAGE sets *ret_message, M_WS_TIMEOUT and M_WS_CLOSED do not. Messages that came
 * before the close are handed out first. timeout_ms 0 takes what is there. */
int m_ws_receive(struct m_ws *ws, uint64_t timeout_ms, struct m_ws_message *ret_message);
/* The same for the next frame of any kind, for a client that was opened with .see_frames. Frames and messages are two
 * views of the same: what one has handed out is still there for the other. A frame that breaks the protocol is in
 * neither. */
int m_ws_receive_frame(struct m_ws *ws, uint64_t timeout_ms, struct m_ws_frame *ret_frame);
/* Receives until a message matches; those before it are gone. */
int m_ws_receive_until(struct m_ws *ws, uint64_t timeout_ms, struct m_ws_message *ret_message,
                       int (*matches)(const struct m_ws_message *message, void *user), void *user);

/* Sends a close frame, waits up to 5 s for the server's, and returns m_ws_close_code(). Messages that come meanwhile
 * can still be received. Not the end of `ws`: see m_ws_free(). code 0: a close without a code. */
int m_ws_close(struct m_ws *ws, uint16_t code, const char *reason);

M_KIT_END_

uint64_t m_ws_pongs(const struct m_ws *ws);
/* The last pong's payload, "" when there was none; ret_length may be NULL. Holds until the next receive. */
const char *m_ws_pong(const struct m_ws *ws, uint64_t *ret_length);
/* How many pings of the server's were received, and answered. */
uint64_t m_ws_pings(const struct m_ws *ws);
/* The code of the server's close: 1005 when it had none, 1006 when the connection ended without; 1002, 1007 or 1009
 * when this side ended it because of what the server sent; 0 while it is open. */
int m_ws_close_code(const struct m_ws *ws);
/* The code of this side's close frame: 1005 when it had none, 0 when none was sent. */
int m_ws_sent_code(const struct m_ws *ws);
/* The server's reason; or this side's words on a lost connection, or on what the server did wrong, as "the server
 * masked a frame (RFC 6455, 5.1)"; "" when there is none. */
const char *m_ws_close_reason(const struct m_ws *ws);

/* HEADERS("If-Match: \"3\"", "Accept: text/plain"): of requests and of handshakes. */
#ifndef M_HEADERS
#define M_HEADERS(...) M_LIST_(__VA_ARGS__)
#ifndef MUSTER_NO_SHORT_NAMES
#define HEADERS(...) M_HEADERS(__VA_ARGS__)
#endif
#endif

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_ws *, m_ws_open, (t, url, options), struct muster_ctx *t, const char *url,
          const struct m_ws_options *options)
M_PLACED_(struct m_ws *, m_ws_try_open, (t, url, options, ret_refusal), struct muster_ctx *t, const char *url,
          const struct m_ws_options *options, struct m_ws_refusal *ret_refusal)
M_PLACED_(const char *, m_ws_value, (ws, name), const struct m_ws *ws, const char *name)
M_PLACED_(int, m_ws_send, (ws, text), struct m_ws *ws, const char *text)
M_PLACED_(int, m_ws_send_bytes, (ws, bytes, length, binary), struct m_ws *ws, const void *bytes, uint64_t length,
          int binary)
M_PLACED_(int, m_ws_ping, (ws, payload), struct m_ws *ws, const char *payload)
M_PLACED_(int, m_ws_send_frame, (ws, frame), struct m_ws *ws, const struct m_ws_frame *frame)
M_PLACED_(int, m_ws_send_raw, (ws, bytes, length), struct m_ws *ws, const void *bytes, uint64_t length)
M_PLACED_(int, m_ws_receive, (ws, timeout_ms, ret_message), struct m_ws *ws, uint64_t timeout_ms,
          struct m_ws_message *ret_message)
M_PLACED_(int, m_ws_receive_frame, (ws, timeout_ms, ret_frame), struct m_ws *ws, uint64_t timeout_ms,
          struct m_ws_frame *ret_frame)
M_PLACED_(int, m_ws_receive_until, (ws, timeout_ms, ret_message, matches, user), struct m_ws *ws, uint64_t timeout_ms,
          struct m_ws_message *ret_message, int (*matches)(const struct m_ws_message *message, void *user), void *user)
M_PLACED_(int, m_ws_close, (ws, code, reason), struct m_ws *ws, uint16_t code, const char *reason)
#ifdef M_PLACED_IN_C_
#define m_ws_open(...)          m_ws_open_at_(M_HERE_, __VA_ARGS__)
#define m_ws_try_open(...)      m_ws_try_open_at_(M_HERE_, __VA_ARGS__)
#define m_ws_value(...)         m_ws_value_at_(M_HERE_, __VA_ARGS__)
#define m_ws_send(...)          m_ws_send_at_(M_HERE_, __VA_ARGS__)
#define m_ws_send_bytes(...)    m_ws_send_bytes_at_(M_HERE_, __VA_ARGS__)
#define m_ws_ping(...)          m_ws_ping_at_(M_HERE_, __VA_ARGS__)
#define m_ws_send_frame(...)    m_ws_send_frame_at_(M_HERE_, __VA_ARGS__)
#define m_ws_send_raw(...)      m_ws_send_raw_at_(M_HERE_, __VA_ARGS__)
#define m_ws_receive(...)       m_ws_receive_at_(M_HERE_, __VA_ARGS__)
#define m_ws_receive_frame(...) m_ws_receive_frame_at_(M_HERE_, __VA_ARGS__)
#define m_ws_receive_until(...) m_ws_receive_until_at_(M_HERE_, __VA_ARGS__)
#define m_ws_close(...)         m_ws_close_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
