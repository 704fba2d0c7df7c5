/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and algorithms. Internal to the kit auth. */
#ifndef MUSTER_KIT_AUTH_KEY_H
#define MUSTER_KIT_AUTH_KEY_H

#include "digest.h"

#include <muster/kit/auth.h>

#include <jansson.h>

enum key_kind { KEY_SECRET, KEY_RSA, KEY_EC, KEY_ED25519 };

struct m_key {
    struct m_key *next; /* all keys are reachable, and no leak to a sanitizer */
    enum key_kind kind;
    int is_private; /* a secret is */
    EVP_PKEY *pkey; /* NULL: a secret */
    const char *secret;
    size_t secret_length;
    const char *kid; /* or NULL */
};

/* A line of RFC 7518, 3.1. */
struct algorithm {
    const char *name, *hash; /* as m_hmac() names it */
    enum key_kind kind;
    const char *curve, *group; /* of KEY_EC: the JWK's name and OpenSSL's */
    int bits;
};

const struct algorithm *auth_algorithm_find(const char *name); /* NULL: none; of a NULL name too */
const struct algorithm *auth_algorithm_of(struct muster_ctx *t,
                                          const struct m_key *key); /* the one that it is used with */
int auth_algorithm_fits(struct muster_ctx *t, const struct algorithm *a, const struct m_key *key);

/* Any bytes as a secret; they are copied, and not hidden. */
struct m_key *auth_key_of_bytes(struct muster_ctx *t, const void *bytes, size_t length);
/* Takes over pkey. */
struct m_key *auth_key_of_pkey(struct muster_ctx *t, EVP_PKEY *pkey, int is_private);
/* NULL: it is no key; *ret_why says why. */
struct m_key *auth_key_of_jwk(struct muster_ctx *t, const json_t *jwk, const char **ret_why);
json_t *auth_key_public_jwk(struct muster_ctx *t, const struct m_key *key); /* new */

/* The signature as a token has it, kept. */
const void *auth_sign_bytes(struct muster_ctx *t, const struct algorithm *a, const struct m_key *key, const char *text,
                            size_t length, size_t *ret_length);
int auth_sign_matches(struct muster_ctx *t, const struct algorithm *a, const struct m_key *key, const char *text,
                      size_t length, const void *signature, size_t signature_length);

#endif
