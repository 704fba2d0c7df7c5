/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP server on libmicrohttpd: whole requests come in, and each is answered on a thread of its connection's. */
#ifndef DOUBLE_HTTP_H
#define DOUBLE_HTTP_H

#include "player.h"

#include <stdint.h>

struct http;

/* `play` fills in the outcome of a request. */
typedef void http_play(void *data, const struct asked *asked, struct outcome *ret_outcome);

/* 0, or a negative errno. */
int http_open(const char *address, uint16_t port, http_play *play, void *data, struct http **ret_http);
/* Ends its connections, and waits for what is being answered. */
void http_close(struct http *http);
uint16_t http_port(const struct http *http);

#endif
