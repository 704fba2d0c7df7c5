/* SPDX-License-Identifier: Apache-2.0 */
/* What a redirect makes of a request (RFC 9110, 15.4). */
#ifndef MUSTER_KIT_HTTP_REDIRECT_H
#define MUSTER_KIT_HTTP_REDIRECT_H

#include "transfer.h"

/* Whether an answer with this status names where to go. */
int http_redirect_is(int status);
/* Turns the exchange into the next one: 0; or -1, and http->error says why it can't be followed. */
int http_redirect_take(struct m_http *http, struct exchange *x, const char *location);

#endif
