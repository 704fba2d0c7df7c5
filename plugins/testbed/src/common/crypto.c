/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, signatures, random ids and their text forms. */
#include "common/crypto.h"

#include "common/id.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void crypto_random(void *buf, size_t len)
{
    /* A platform without randomness must not hand out tokens. */
    if (RAND_bytes(buf, (int)len) != 1)
        abort();
}

void crypto_hex(const void *data, size_t len, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = data;

    for (size_t i = 0; i < len; i++) {
        ret_hex[2 * i] = digits[p[i] >> 4];
        ret_hex[2 * i + 1] = digits[p[i] & 15];
    }
    ret_hex[2 * len] = '\0';
}

void crypto_random_hex(size_t bytes, char *ret_hex)
{
    unsigned char raw[64];

    if (bytes > sizeof raw)
        bytes = sizeof raw;
    crypto_random(raw, bytes);
    crypto_hex(raw, bytes, ret_hex);
}

void crypto_new_id(const char *prefix, char *ret_id)
{
    char hex[17];

    crypto_random_hex(8, hex);
    snprintf(ret_id, ID_MAX, "%s_%s", prefix, hex);
}

void crypto_sha256_hex(const void *data, size_t len, char ret_hex[SHA256_HEX])
{
    unsigned char digest[SHA256_LEN];

    if (EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL) != 1)
        abort();
    crypto_hex(digest, sizeof digest, ret_hex);
}

void crypto_hmac(const void *key, size_t key_len, const void *data, size_t len, unsigned char ret_mac[SHA256_LEN])
{
    unsigned int n = 0;

    if (!HMAC(EVP_sha256(), key, (int)key_len, data, len, ret_mac, &n) || n != SHA256_LEN)
        abort();
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

char *crypto_base64url(const void *data, size_t len)
{
    char *text = malloc(4 * ((len + 2) / 3) + 1);

    if (!text)
        abort();
    int n = EVP_EncodeBlock((unsigned char *)text, data, (int)len);
    for (int i = 0; i < n; i++) {
        if (text[i] == '+')
            text[i] = '-';
        else if (text[i] == '/')
            text[i] = '_';
    }
    while (n > 0 && text[n - 1] == '=')
        n--;
    text[n] = '\0';
    return text;
}

static int base64url_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

int crypto_base64url_decode(const char *text, size_t len, unsigned char *ret_data, size_t max)
{
    unsigned bits = 0, have = 0;
    size_t n = 0;

    if (len % 4 == 1)
        return -1;
    for (size_t i = 0; i < len; i++) {
        int v = base64url_value(text[i]);
        if (v < 0)
            return -1;
        bits = bits << 6 | (unsigned)v;
        have += 6;
        if (have >= 8) {
            have -= 8;
            if (n == max)
                return -1;
            ret_data[n++] = (unsigned char)(bits >> have);
            bits &= (1u << have) - 1;
        }
    }
    /* Left-over bits must be zero, or one token would have several spellings. */
    return bits == 0 ? (int)n : -1;
}
