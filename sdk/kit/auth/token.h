/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens as texts. Internal to the kit auth. */
#ifndef MUSTER_KIT_AUTH_TOKEN_H
#define MUSTER_KIT_AUTH_TOKEN_H

#include "key.h"

/* The length of what is signed: the first two parts and the dot between them; 0: there are not three parts. */
size_t auth_token_signed_length(const char *token);
/* A JSON object in base64url, kept. */
const char *auth_token_part(struct muster_ctx *t, const json_t *object);
/* header.claims as texts of JSON, signed; the header's alg is not looked at. */
const char *auth_token_signed(struct muster_ctx *t, const json_t *header, const char *claims_part,
                              const struct algorithm *a, const struct m_key *key);
/* The key of a JWKS that is meant by the header. NULL: none; *ret_why says why. */
struct m_key *auth_token_key(struct muster_ctx *t, const json_t *jwks, const json_t *header, const char **ret_why);
/* A string without a NUL in it, or NULL. */
const char *auth_token_text(const json_t *value);

#endif
