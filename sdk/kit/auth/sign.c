/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures over a token's first two parts (RFC 7518, section 3). */
#include "key.h"

#include <muster/kit/data.h>

#include <stdlib.h>

#define EC_MOST 132 /* bytes of two numbers of P-521 */

static size_t ec_width(const struct algorithm *a)
{
    return ((size_t)a->bits + 7) / 8;
}

/* DER, as OpenSSL has it, to two numbers side by side. 0: it is none. */
static int flat_of_der(struct muster_ctx *t, const struct algorithm *a, const unsigned char *der, size_t length,
                       unsigned char *out)
{
    const struct libcrypto *lib = digest_crypto(t);
    const BIGNUM *r = NULL, *s = NULL;
    int width = (int)ec_width(a);
    ECDSA_SIG *sig = lib->d2i_ECDSA_SIG(NULL, &der, (long)length);
    if (!sig)
        return 0;
    lib->ECDSA_SIG_get0(sig, &r, &s);
    int good = lib->BN_bn2binpad(r, out, width) == width && lib->BN_bn2binpad(s, out + width, width) == width;
    lib->ECDSA_SIG_free(sig);
    return good;
}

/* The other way; malloc'd by OpenSSL's own allocator is avoided: `out` has room. 0: not to be had. */
static size_t der_of_flat(struct muster_ctx *t, const struct algorithm *a, const unsigned char *flat,
                          unsigned char *out)
{
    const struct libcrypto *lib = digest_crypto(t);
    int width = (int)ec_width(a), n = 0;
    ECDSA_SIG *sig = lib->ECDSA_SIG_new();
    BIGNUM *r = lib->BN_bin2bn(flat, width, NULL), *s = lib->BN_bin2bn(flat + width, width, NULL);
    if (sig && r && s && lib->ECDSA_SIG_set0(sig, r, s)) {
        r = s = NULL; /* the signature's now */
        n = lib->i2d_ECDSA_SIG(sig, &out);
    }
    lib->BN_free(r);
    lib->BN_free(s);
    lib->ECDSA_SIG_free(sig);
    return n > 0 ? (size_t)n : 0;
}

static const void *sign_by_key(struct muster_ctx *t, const struct algorithm *a, const struct m_key *key,
                               const char *text, size_t length, size_t *ret_length)
{
    const struct libcrypto *lib = digest_crypto(t);
    unsigned char raw[2048], flat[EC_MOST];
    size_t n = sizeof raw;
    EVP_MD_CTX *ctx = lib->EVP_MD_CTX_new();
    int good = ctx &&
               lib->EVP_DigestSignInit(ctx, NULL, a->hash ? digest_hash(t, a->hash) : NULL, NULL, key->pkey) == 1 &&
               lib->EVP_DigestSign(ctx, raw, &n, (const unsigned char *)text, length) == 1;
    lib->EVP_MD_CTX_free(ctx);
    lib->ERR_clear_error();
    if (good && a->kind == KEY_EC)
        good = flat_of_der(t, a, raw, n, flat);
    if (!good)
        ERROR("OpenSSL does not sign with %s", a->name);
    *ret_length = a->kind == KEY_EC ? 2 * ec_width(a) : n;
    return m_keep(t, a->kind == KEY_EC ? flat : raw, *ret_length);
}

const void *auth_sign_bytes(struct muster_ctx *t, const struct algorithm *a, const struct m_key *key, const char *text,
                            size_t length, size_t *ret_length)
{
    if (a->kind != KEY_SECRET)
        return sign_by_key(t, a, key, text, length, ret_length);
    const char *letters = m_hmac_bytes(t, a->hash, "base64url", key->secret, key->secret_length, text, length);
    return m_base64url_bytes(t, letters, ret_length);
}

static int matches_key(struct muster_ctx *t, const struct algorithm *a, const struct m_key *key, const char *text,
                       size_t length, const void *signature, size_t signature_length)
{
    const struct libcrypto *lib = digest_crypto(t);
    unsigned char der[EC_MOST + 16];
    if (a->kind == KEY_EC) {
        if (signature_length != 2 * ec_width(a))
            return 0;
        signature_length = der_of_flat(t, a, signature, der);
        signature = der;
    }
    EVP_MD_CTX *ctx = lib->EVP_MD_CTX_new();
    int good = ctx &&
               lib->EVP_DigestVerifyInit(ctx, NULL, a->hash ? digest_hash(t, a->hash) : NULL, NULL, key->pkey) == 1 &&
               lib->EVP_DigestVerify(ctx, signature, signature_length, (const unsigned char *)text, length) == 1;
    lib->EVP_MD_CTX_free(ctx);
    lib->ERR_clear_error();
    return good;
}

int auth_sign_matches(struct muster_ctx *t, const struct algorithm *a, const struct m_key *key, const char *text,
                      size_t length, const void *signature, size_t signature_length)
{
    if (a->kind != KEY_SECRET)
        return matches_key(t, a, key, text, length, signature, signature_length);
    size_t n;
    const void *right = auth_sign_bytes(t, a, key, text, length, &n);
    return n == signature_length && memcmp(right, signature, n) == 0;
}
