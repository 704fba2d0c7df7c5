/* SPDX-License-Identifier: Apache-2.0 */
/* base64, hexadecimal, digests and one-time passwords. */
#include "key.h"

#include <muster/kit/data.h>

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

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

const char *m_base64url(struct muster_ctx *t, const void *bytes, size_t length)
{
    return letters(t, URL, bytes, length, 0);
}

const char *m_base64(struct muster_ctx *t, const void *bytes, size_t length)
{
    return letters(t, PLAIN, bytes, length, 1);
}

/* 0: letters that are none, or bits left over. */
static int decode(const char *text, size_t n, unsigned char *out, size_t *ret_length)
{
    uint32_t held = 0;
    int bits = 0;
    *ret_length = 0;
    for (size_t i = 0; i < n; i++) {
        const char *at = strchr(URL, text[i]);
        if (!at)
            return 0;
        held = held << 6 | (uint32_t)(at - URL);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[(*ret_length)++] = (unsigned char)(held >> bits);
        }
    }
    return bits < 6 && !(held & ((1u << bits) - 1));
}

const void *m_base64url_bytes(struct muster_ctx *t, const char *text, size_t *ret_length)
{
    *ret_length = 0;
    if (!text)
        return NULL;
    size_t n = strlen(text);
    unsigned char *out = malloc(n + 1);
    if (!out)
        ERROR("out of memory for %zu letters of base64url", n);
    const void *kept = decode(text, n, out, ret_length) ? m_keep(t, out, *ret_length) : NULL;
    free(out);
    return kept;
}

static const char *hex(struct muster_ctx *t, const unsigned char *bytes, size_t n)
{
    char text[2 * 256 + 1] = "";
    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return m_keep(t, text, 2 * n);
}

const char *m_random_hex(struct muster_ctx *t, size_t n)
{
    unsigned char bytes[256];
    if (n > sizeof bytes)
        ERROR("%zu random bytes: ask for %zu at the most", n, sizeof bytes);
    if (getrandom(bytes, n, 0) != (ssize_t)n)
        ERROR("no random bytes are to be had");
    return hex(t, bytes, n);
}

const struct libcrypto *auth_crypto(struct muster_ctx *t)
{
    const char *why;
    const struct libcrypto *lib = libcrypto(&why);
    if (!lib)
        ERROR("no keys and signatures: %s", why);
    return lib;
}

const EVP_MD *auth_hash(struct muster_ctx *t, const char *name)
{
    const struct libcrypto *lib = auth_crypto(t);
    if (strcmp(name, "sha1") == 0)
        return lib->EVP_sha1();
    if (strcmp(name, "sha256") == 0)
        return lib->EVP_sha256();
    if (strcmp(name, "sha384") == 0)
        return lib->EVP_sha384();
    return strcmp(name, "sha512") == 0 ? lib->EVP_sha512() : NULL;
}

const char *m_sha256_hex(struct muster_ctx *t, const void *bytes, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    const struct libcrypto *lib = auth_crypto(t);
    if (!lib->EVP_Digest(length ? bytes : "", length, digest, &n, lib->EVP_sha256(), NULL))
        ERROR("SHA-256 is not to be had");
    return hex(t, digest, n);
}

static size_t hmac(struct muster_ctx *t, const char *algorithm, const void *key, size_t key_length, const void *bytes,
                   size_t length, unsigned char digest[EVP_MAX_MD_SIZE])
{
    unsigned n = 0;
    const EVP_MD *md = auth_hash(t, algorithm);
    if (!md)
        ERROR("no HMAC of `%s`; there are sha1, sha256, sha384, sha512", algorithm);
    if (!auth_crypto(t)->HMAC(md, key_length ? key : "", (int)key_length, length ? bytes : (const void *)"", length,
                              digest, &n))
        ERROR("HMAC of %s is not to be had", algorithm);
    return n;
}

const char *m_hmac_bytes(struct muster_ctx *t, const char *algorithm, const char *encoding, const void *key,
                         size_t key_length, const void *bytes, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t n = hmac(t, algorithm, key, key_length, bytes, length, digest);
    if (strcmp(encoding, "hex") == 0)
        return hex(t, digest, n);
    if (strcmp(encoding, "base64") == 0)
        return m_base64(t, digest, n);
    if (strcmp(encoding, "base64url") != 0)
        ERROR("no encoding `%s` of an HMAC; there are hex, base64, base64url", encoding);
    return m_base64url(t, digest, n);
}

const char *m_hmac(struct muster_ctx *t, const char *algorithm, const char *encoding, const char *key, const char *text)
{
    if (!key || !text)
        ERROR("an HMAC needs a key and a text, and the %s is missing", key ? "text" : "key");
    m_secret(t, key);
    return m_hmac_bytes(t, algorithm, encoding, key, strlen(key), text, strlen(text));
}

/* Base32 (RFC 4648, 6) as people type it: small letters, spaces and hyphens too. */
static size_t base32(struct muster_ctx *t, const char *text, unsigned char *out, size_t room)
{
    uint32_t held = 0;
    int bits = 0;
    size_t n = 0;
    for (const char *c = text; *c && *c != '='; c++) {
        int upper = *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c;
        if (upper == ' ' || upper == '-')
            continue;
        int value = upper >= 'A' && upper <= 'Z' ? upper - 'A' : upper >= '2' && upper <= '7' ? upper - '2' + 26 : -1;
        if (value < 0 || n == room)
            ERROR("the secret of a one-time password is not base32 of %zu bytes at the most", room);
        held = held << 5 | (uint32_t)value;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (unsigned char)(held >> bits);
        }
    }
    return n;
}

const char *m_totp(struct muster_ctx *t, const char *secret, int64_t at_s)
{
    unsigned char key[128], counter[8], digest[EVP_MAX_MD_SIZE];
    if (!secret)
        ERROR("a one-time password needs a secret, which is missing");
    m_secret(t, secret);
    size_t length = base32(t, secret, key, sizeof key);
    uint64_t steps = (uint64_t)(at_s ? at_s : time(NULL)) / 30;
    for (int i = 7; i >= 0; i--, steps >>= 8)
        counter[i] = (unsigned char)steps;
    size_t n = hmac(t, "sha1", key, length, counter, sizeof counter, digest);
    const unsigned char *at = digest + (digest[n - 1] & 15);
    uint32_t number = (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return m_fmt(t, "%06u", number % 1000000);
}
