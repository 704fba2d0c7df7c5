/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as text, digests and HMAC, for the kits that sign. Internal to the kit. OpenSSL does the sums; where it is
 * missing, or memory is, the scenario ends as an error at the author's line. Texts are kept until the attempt ends, and
 * are not hidden: what is secret, the caller says.
 */
#ifndef MUSTER_KIT_DIGEST_DIGEST_H
#define MUSTER_KIT_DIGEST_DIGEST_H

#include "libcrypto.h"

#include <muster/muster.h>

const struct libcrypto *digest_crypto(struct muster_ctx *t);
/* sha1, sha256, sha384, sha512; NULL: there is no such. */
const EVP_MD *digest_hash(struct muster_ctx *t, const char *name);

/* Up to 256 bytes, as small letters. */
const char *digest_hex(struct muster_ctx *t, const unsigned char *bytes, size_t length);
/* With padding (RFC 4648, 4). */
const char *digest_base64(struct muster_ctx *t, const void *bytes, size_t length);
/* Without padding (RFC 4648, 5). */
const char *digest_base64url(struct muster_ctx *t, const void *bytes, size_t length);
/* So many random bytes, up to 256, as hexadecimal digits. */
const char *digest_random_hex(struct muster_ctx *t, size_t length);

const char *digest_sha256_hex(struct muster_ctx *t, const void *bytes, size_t length);
/* `algorithm` is one of digest_hash(); the length of the digest. */
size_t digest_hmac(struct muster_ctx *t, const char *algorithm, const void *key, size_t key_length, const void *bytes,
                   size_t length, unsigned char digest[EVP_MAX_MD_SIZE]);
/* As text: `encoding` is hex, base64 or base64url. */
const char *digest_hmac_text(struct muster_ctx *t, const char *algorithm, const char *encoding, const void *key,
                             size_t key_length, const void *bytes, size_t length);

#endif
