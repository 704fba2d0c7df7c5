/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests signed with an API key as the platform asks for it, and tokens as a forger would make them.
 */
#ifndef SCENARIOS_SIGNING_H
#define SCENARIOS_SIGNING_H

#include "common/answer.h"

struct api_key {
    const char *id, *secret;
};

struct signed_request {
    const char *method, *path, *body; /* what is signed; a path without a query */
    const char *nonce;
    int64_t at_ms;         /* Unix time */
    const char *sent_body; /* what is sent, when it is not what was signed */
};

int64_t signing_now_ms(void);
struct m_http_reply signed_send(struct muster_ctx *t, struct m_http *api, const struct api_key *key,
                                const struct signed_request *request);

/* The token's claims under the header {"alg":"none"}, without a signature. */
const char *jwt_unsigned(struct muster_ctx *t, const char *token);
/* The token's header and signature around claims with another role. */
const char *jwt_with_role(struct muster_ctx *t, const char *token, const char *role);

#endif
