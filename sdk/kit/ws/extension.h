/* SPDX-License-Identifier: Apache-2.0 */
/* permessage-deflate in the handshake (RFC 7692, 7.1): what is offered, and what the server made of it. Pure. */
#ifndef MUSTER_KIT_WS_EXTENSION_H
#define MUSTER_KIT_WS_EXTENSION_H

#include <muster/kit/ws.h>

struct extension {
    int on;
    int server_forgets, client_forgets; /* after each message */
    int server_bits, client_bits;       /* of the windows */
};

/* The offer's text in `room`; "" when there is none. */
void ws_extension_offer(const struct m_ws_options *o, char *room, size_t size);
/* What is wrong with what was asked for; NULL: nothing. */
const char *ws_extension_option_fault(const struct m_ws_options *o);
/* Reads all values of the answer's Sec-WebSocket-Extensions, joined by commas; NULL: there is none. NULL, or what is
 * wrong with them. */
const char *ws_extension_read(const char *values, const struct m_ws_options *o, struct extension *ret);

#endif
