/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP side of the loop: requests in, answers out; and the server's start. */
#ifndef TESTBED_HTTP_H
#define TESTBED_HTTP_H

#include "request.h"

#define BODY_MAX (1024 * 1024)

/* Listens; 0 or -1 after a message on stderr. */
int http_start(struct testbed *tb);
int http_port(const struct testbed *tb);

/* Writes an answer's head and body at once; used by the WebSocket handshake too. Nonzero when the connection is lost.
 */
int http_send(struct lws *wsi, struct request *r);

/* Fills in what the request line and the headers say. */
void http_read_head(struct lws *wsi, struct request *r, const char *path, size_t path_len);

#endif
