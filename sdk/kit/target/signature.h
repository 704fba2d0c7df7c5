/* SPDX-License-Identifier: Apache-2.0 */
/* What is computed over a request: HMAC signatures, and the header of RFC 7617. */
#ifndef MUSTER_KIT_TARGET_SIGNATURE_H
#define MUSTER_KIT_TARGET_SIGNATURE_H

#include "document.h"

/* A request as it is signed. */
struct signed_request {
    const char *method, *path, *query; /* as sent; the query without "?" */
    const void *body;
    size_t body_length;
};

/* The names that `over` and the headers of an `hmac` may have, ${signature} among them: a new object. `scope` has the
 * session's; what the login was given under one of these names (timestamp, nonce, body_sha256) goes before. */
json_t *target_signature_make(const struct scope *scope, const json_t *hmac, const struct signed_request *request);
/* "Basic ...", kept and hidden. */
const char *target_signature_basic(struct muster_ctx *t, const char *username, const char *password);

#endif
