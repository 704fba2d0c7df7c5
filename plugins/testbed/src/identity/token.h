/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bearer tokens: JSON Web Tokens signed with HS256 under a key of this platform, each with a row in `tokens` by which
 * it can be revoked.
 */
#ifndef TESTBED_TOKEN_H
#define TESTBED_TOKEN_H

#include "server/request.h"

struct issued_token {
    char *text; /* freed by the caller */
    char id[ID_MAX];
    int64_t expires_ms;
};

/* For a row of `users`, to somebody who calls himself `agent`. 0, or -1 when the database refuses. */
int token_issue(struct testbed *tb, const json_t *user, int64_t ttl_ms, const char *agent,
                struct issued_token *ret_token);

/* NULL and the identity, or the code of the refusal: invalid_token, token_expired, token_revoked. */
const char *token_check(struct testbed *tb, const char *text, struct identity *ret_who);

/* From now on `revoked` is called with each token that is revoked: its WebSocket connections end (ws.c). */
void token_listen(void (*revoked)(struct testbed *tb, const char *token_id));

/* Revokes one. */
void token_revoke(struct testbed *tb, const char *token_id);

/* Revokes all of a user's tokens but `except` (NULL for none). */
void token_revoke_all(struct testbed *tb, const char *user_id, const char *except);

/* Reads or makes the signing key. */
int token_load_key(struct testbed *tb);

/* Fills an identity from a row of `users`; false when the user is not active. */
bool identity_of_user(const json_t *user, struct identity *ret_who);

#endif
