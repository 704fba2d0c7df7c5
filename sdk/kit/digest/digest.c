/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal digits, base64, digests and HMAC. */
#include "digest.h"

#include <muster/kit/data.h>

#include <stdlib.h>
#include <sys/random.h>

#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
#define URL   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

static const char *letters(struct muster_ctx *t, const char *alphabet, const unsigned char *in, size_t length,
                           int padded)
{
    char *out = malloc(4 * (length / 3 + 1) + 1), *to = out;
    if (!out)
        ERROR("out of memory for %zu bytes in base64", length);
    uint32_t held = 0;
    int bits = 0;
    for (size_t i = 0; i < length; i++) {
        held = held << 8 | in[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *to++ = alphabet[held >> (bits - 6) & 63];
    }
    if (bits)
        *to++ = alphabet[held << (6 - bits) & 63];
    while (padded && (to - out) % 4)
        *to++ = '=';
    const char *kept = m_keep(t, out, (size_t)(to - out));
    free(out);
    return kept;
}

const char *digest_base64url(struct muster_ctx *t, const void *bytes, size_t length)
{
    return letters(t, URL, bytes, length, 0);
}

const char *digest_base64(struct muster_ctx *t, const void *bytes, size_t length)
{
    return letters(t, PLAIN, bytes, length, 1);
}

const char *digest_hex(struct muster_ctx *t, const unsigned char *bytes, size_t n)
{
    char text[2 * 256 + 1] = "";
    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return m_keep(t, text, 2 * n);
}

const char *digest_random_hex(struct muster_ctx *t, size_t n)
{
    unsigned char bytes[256];
    if (n > sizeof bytes)
        ERROR("%zu random bytes: ask for %zu at the most", n, sizeof bytes);
    if (getrandom(bytes, n, 0) != (ssize_t)n)
        ERROR("no random bytes are to be had");
    return digest_hex(t, bytes, n);
}

const struct libcrypto *digest_crypto(struct muster_ctx *t)
{
    const char *why;
    const struct libcrypto *lib = lazy_libcrypto(&why);
    if (!lib)
        ERROR("no keys and signatures: %s", why);
    return lib;
}

const EVP_MD *digest_hash(struct muster_ctx *t, const char *name)
{
    const struct libcrypto *lib = digest_crypto(t);
    if (strcmp(name, "sha1") == 0)
        return lib->EVP_sha1();
    if (strcmp(name, "sha256") == 0)
        return lib->EVP_sha256();
    if (strcmp(name, "sha384") == 0)
        return lib->EVP_sha384();
    return strcmp(name, "sha512") == 0 ? lib->EVP_sha512() : NULL;
}

const char *digest_sha256_hex(struct muster_ctx *t, const void *bytes, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    const struct libcrypto *lib = digest_crypto(t);
    if (!lib->EVP_Digest(length ? bytes : "", length, digest, &n, lib->EVP_sha256(), NULL))
        ERROR("SHA-256 is not to be had");
    return digest_hex(t, digest, n);
}

size_t digest_hmac(struct muster_ctx *t, const char *algorithm, const void *key, size_t key_length, const void *bytes,
                   size_t length, unsigned char digest[EVP_MAX_MD_SIZE])
{
    unsigned n = 0;
    const EVP_MD *md = digest_hash(t, algorithm);
    if (!md)
        ERROR("no HMAC of `%s`; there are sha1, sha256, sha384, sha512", algorithm);
    if (!digest_crypto(t)->HMAC(md, key_length ? key : "", (int)key_length, length ? bytes : (const void *)"", length,
                                digest, &n))
        ERROR("HMAC of %s is not to be had", algorithm);
    return n;
}

const char *digest_hmac_text(struct muster_ctx *t, const char *algorithm, const char *encoding, const void *key,
                             size_t key_length, const void *bytes, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t n = digest_hmac(t, algorithm, key, key_length, bytes, length, digest);
    if (strcmp(encoding, "hex") == 0)
        return digest_hex(t, digest, n);
    if (strcmp(encoding, "base64") == 0)
        return digest_base64(t, digest, n);
    if (strcmp(encoding, "base64url") != 0)
        ERROR("no encoding `%s` of an HMAC; there are hex, base64, base64url", encoding);
    return digest_base64url(t, digest, n);
}
