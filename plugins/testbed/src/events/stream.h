/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live events: what each WebSocket client listens to, and what it is sent of what happens.
 *
 * A client of a tenant's user is sent its own tenant's events alone, whatever it has subscribed to.
 */
#ifndef TESTBED_STREAM_H
#define TESTBED_STREAM_H

#include "server/ws.h"

/* From now on clients hear of events. */
void stream_start(struct testbed *tb);

/* The end of a token ends the connections that were opened with it. */
void stream_end_token(struct testbed *tb, const char *token_id);

/* What ws_start() is given of this room. */
int stream_opened(struct ws_client *c);
void stream_said(struct ws_client *c, const char *text, size_t len);
void stream_closed(struct ws_client *c);

#endif
