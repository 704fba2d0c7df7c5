/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP side of the loop: requests in, answers out; and the server's start. */
#ifndef TESTBED_HTTP_H
#define TESTBED_HTTP_H

#include "server/request.h"

#define BODY_MAX (1024 * 1024)

/* Who is above: what answers a whole request, and what takes the part of a connection that is not HTTP. */
struct http_uses {
    void (*dispatch)(struct request *r); /* answers it, or leaves it deferred */
    int (*websocket)(struct testbed *tb, struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t len);
};

/* Listens; 0 or -1 after a message on stderr. */
int http_start(struct testbed *tb, const struct http_uses *uses);
int http_port(const struct testbed *tb);

/* Writes an answer's head and body at once; used by the WebSocket handshake too. Nonzero when the connection is lost.
 */
int http_send(struct lws *wsi, struct request *r);

/* Fills in what the request line and the headers say. */
void http_read_head(struct lws *wsi, struct request *r, const char *path, size_t path_len);

#endif
