/* SPDX-License-Identifier: Apache-2.0 */
/* base64, hexadecimal, digests and one-time passwords. */
#include "digest.h"

#include <muster/kit/auth.h>
#include <muster/kit/data.h>

#include <stdlib.h>
#include <time.h>

const char *m_base64url(struct muster_ctx *t, const void *bytes, size_t length)
{
    return digest_base64url(t, bytes, length);
}

const char *m_base64(struct muster_ctx *t, const void *bytes, size_t length)
{
    return digest_base64(t, bytes, length);
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* 0: letters that are none, or bits left over. */
static int decode(const char *text, size_t n, unsigned char *out, size_t *ret_length)
{
    uint32_t held = 0;
    int bits = 0;
    *ret_length = 0;
    for (size_t i = 0; i < n; i++) {
        const char *at = strchr(alphabet, text[i]);
        if (!at)
            return 0;
        held = held << 6 | (uint32_t)(at - alphabet);
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

const char *m_random_hex(struct muster_ctx *t, size_t n)
{
    return digest_random_hex(t, n);
}

const char *m_sha256_hex(struct muster_ctx *t, const void *bytes, size_t length)
{
    return digest_sha256_hex(t, bytes, length);
}

const char *m_hmac_bytes(struct muster_ctx *t, const char *algorithm, const char *encoding, const void *key,
                         size_t key_length, const void *bytes, size_t length)
{
    return digest_hmac_text(t, algorithm, encoding, key, key_length, bytes, length);
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
    size_t n = digest_hmac(t, "sha1", key, length, counter, sizeof counter, digest);
    const unsigned char *at = digest + (digest[n - 1] & 15);
    uint32_t number = (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return m_fmt(t, "%06u", number % 1000000);
}
