/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, signatures, random ids and their text forms, over OpenSSL. Nothing here fails but for lack of memory, which
 * ends the program. */
#ifndef TESTBED_CRYPTO_H
#define TESTBED_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#define SHA256_LEN 32
#define SHA256_HEX 65

void crypto_random(void *buf, size_t len);
void crypto_hex(const void *data, size_t len, char *ret_hex); /* 2 * len + 1 bytes */
void crypto_new_id(const char *prefix, char *ret_id);         /* ID_MAX bytes */
void crypto_random_hex(size_t bytes, char *ret_hex);

void crypto_sha256_hex(const void *data, size_t len, char ret_hex[SHA256_HEX]);
void crypto_hmac(const void *key, size_t key_len, const void *data, size_t len, unsigned char ret_mac[SHA256_LEN]);

/* Compares in a time that does not depend on where they differ. */
bool crypto_equal(const void *a, const void *b, size_t len);

/* base64url without padding. encode: the caller frees. decode: returns the length, or -1 for text that is not
 * base64url. */
char *crypto_base64url(const void *data, size_t len);
int crypto_base64url_decode(const char *text, size_t len, unsigned char *ret_data, size_t max);

#endif
