/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of the opening handshake (RFC 6455, section 4): the request, and what its answer must hold. Pure. */
#ifndef MUSTER_KIT_WS_HANDSHAKE_H
#define MUSTER_KIT_WS_HANDSHAKE_H

#include "extension.h"

#include <muster/kit/ws.h>

#include <stddef.h>

#define HANDSHAKE_KEY_SIZE    25 /* base64 of 16 bytes, with its NUL */
#define HANDSHAKE_ACCEPT_SIZE 29 /* base64 of a SHA-1, with its NUL */

struct handshake_target {
    const char *host; /* with the port when it is not the scheme's own */
    const char *path; /* with its query */
};

/* 0, or -1: no random bytes, or no libcrypto. */
int ws_handshake_make_key(char ret_key[HANDSHAKE_KEY_SIZE]);
/* What the server must answer to `key`; 0, or -1. */
int ws_handshake_accept(const char *key, char ret_accept[HANDSHAKE_ACCEPT_SIZE]);
/* The request's text, to be freed; NULL: out of memory. */
char *ws_handshake_request(const struct handshake_target *target, const struct m_ws_options *options, const char *key);
/* The status of an answer's head, -1 when it is no HTTP. */
int ws_handshake_status(const char *head);
/* Copies the header's first value; 0, or -1 when there is none or it does not fit. */
int ws_handshake_header(const char *head, const char *name, char *ret_value, size_t room);
/* All values of that name, joined by ", ", to be freed; NULL: there is none. */
char *ws_handshake_values(const char *head, const char *name);
/* The head's fields as "name: value\n" lines, to be freed; NULL: out of memory. */
char *ws_handshake_fields(const char *head);
/* NULL when a head with status 101 is a proper answer to `key`, or what is wrong with it. *ret: of permessage-deflate.
 */
const char *ws_handshake_fault(const char *head, const char *key, const struct m_ws_options *options,
                               struct extension *ret);

#endif
