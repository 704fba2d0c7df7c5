/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as JSON (RFC 7517, RFC 7518 section 6, RFC 8037), both ways. */
#include "key.h"

#include <muster/kit/data.h>

#define COORDINATE_MOST 66 /* bytes of P-521 */

static const char *member(const json_t *jwk, const char *name)
{
    const char *text = json_string_value(json_object_get(jwk, name));
    return text ? text : "";
}

/* ---- written ---- */

static void set_bytes(struct muster_ctx *t, json_t *jwk, const char *name, const void *bytes, size_t length)
{
    json_object_set_new(jwk, name, json_string(m_base64url(t, bytes, length)));
}

/* `length` 0: as many bytes as it has. */
static void set_number(struct muster_ctx *t, json_t *jwk, const char *name, const struct m_key *key, const char *param,
                       size_t length)
{
    const struct libcrypto *lib = digest_crypto(t);
    unsigned char bytes[2048]; /* RSA of 16384 bits, the most that OpenSSL takes */
    BIGNUM *number = NULL;
    int n = -1;
    if (lib->EVP_PKEY_get_bn_param(key->pkey, param, &number)) {
        length = length ? length : ((size_t)lib->BN_num_bits(number) + 7) / 8;
        n = length <= sizeof bytes ? lib->BN_bn2binpad(number, bytes, (int)length) : -1;
    }
    lib->BN_free(number);
    if (n < 0)
        ERROR("OpenSSL does not tell the number %s of a public key", param);
    set_bytes(t, jwk, name, bytes, (size_t)n);
}

json_t *auth_key_public_jwk(struct muster_ctx *t, const struct m_key *key)
{
    const struct algorithm *a = auth_algorithm_of(t, key);
    if (key->kind == KEY_SECRET)
        ERROR("a secret has no public half");
    json_t *jwk = json_object();
    json_object_set_new(jwk, "kty", json_string(a->kind == KEY_RSA ? "RSA" : a->kind == KEY_EC ? "EC" : "OKP"));
    if (a->kind == KEY_RSA) {
        set_number(t, jwk, "n", key, OSSL_PKEY_PARAM_RSA_N, 0);
        set_number(t, jwk, "e", key, OSSL_PKEY_PARAM_RSA_E, 0);
    } else if (a->kind == KEY_EC) {
        json_object_set_new(jwk, "crv", json_string(a->curve));
        set_number(t, jwk, "x", key, OSSL_PKEY_PARAM_EC_PUB_X, ((size_t)a->bits + 7) / 8);
        set_number(t, jwk, "y", key, OSSL_PKEY_PARAM_EC_PUB_Y, ((size_t)a->bits + 7) / 8);
    } else {
        unsigned char bytes[32];
        size_t n = sizeof bytes;
        if (!digest_crypto(t)->EVP_PKEY_get_raw_public_key(key->pkey, bytes, &n))
            ERROR("OpenSSL does not tell a public key of Ed25519");
        json_object_set_new(jwk, "crv", json_string("Ed25519"));
        set_bytes(t, jwk, "x", bytes, n);
    }
    if (key->kid)
        json_object_set_new(jwk, "kid", json_string(key->kid));
    return jwk;
}

/* ---- read ---- */

/* What the numbers of a key are put together in. OpenSSL copies none of it until the key is made. */
struct parts {
    OSSL_PARAM_BLD *build;
    unsigned char point[1 + 2 * COORDINATE_MOST];
    BIGNUM *numbers[3];
    unsigned n;
    int good;
};

static void push_number(struct muster_ctx *t, struct parts *p, const json_t *jwk, const char *name, const char *param)
{
    const struct libcrypto *lib = digest_crypto(t);
    size_t n;
    const unsigned char *bytes = m_base64url_bytes(t, member(jwk, name), &n);
    BIGNUM *number = bytes && n && n <= 2048 ? lib->BN_bin2bn(bytes, (int)n, NULL) : NULL;
    p->numbers[p->n++] = number;
    p->good = p->good && number && lib->OSSL_PARAM_BLD_push_BN(p->build, param, number);
}

static void push_point(struct muster_ctx *t, struct parts *p, const json_t *jwk, const struct algorithm *a)
{
    const struct libcrypto *lib = digest_crypto(t);
    size_t width = ((size_t)a->bits + 7) / 8, n_x, n_y;
    const void *x = m_base64url_bytes(t, member(jwk, "x"), &n_x), *y = m_base64url_bytes(t, member(jwk, "y"), &n_y);
    p->good = p->good && x && y && n_x == width && n_y == width;
    if (!p->good)
        return;
    p->point[0] = 4; /* uncompressed */
    memcpy(p->point + 1, x, width);
    memcpy(p->point + 1 + width, y, width);
    p->good = lib->OSSL_PARAM_BLD_push_utf8_string(p->build, OSSL_PKEY_PARAM_GROUP_NAME, a->group, 0) &&
              lib->OSSL_PARAM_BLD_push_octet_string(p->build, OSSL_PKEY_PARAM_PUB_KEY, p->point, 1 + 2 * width);
}

static EVP_PKEY *pkey_of(struct muster_ctx *t, struct parts *p, const char *type, int selection)
{
    const struct libcrypto *lib = digest_crypto(t);
    OSSL_PARAM *params = p->good ? lib->OSSL_PARAM_BLD_to_param(p->build) : NULL;
    EVP_PKEY_CTX *ctx = params ? lib->EVP_PKEY_CTX_new_from_name(NULL, type, NULL) : NULL;
    EVP_PKEY *pkey = NULL;
    if (ctx && lib->EVP_PKEY_fromdata_init(ctx) > 0 && lib->EVP_PKEY_fromdata(ctx, &pkey, selection, params) <= 0)
        pkey = NULL;
    lib->EVP_PKEY_CTX_free(ctx);
    lib->OSSL_PARAM_free(params);
    lib->OSSL_PARAM_BLD_free(p->build);
    for (unsigned i = 0; i < p->n; i++)
        lib->BN_free(p->numbers[i]);
    lib->ERR_clear_error();
    return pkey;
}

static EVP_PKEY *rsa(struct muster_ctx *t, const json_t *jwk, int is_private)
{
    OSSL_PARAM_BLD *build = digest_crypto(t)->OSSL_PARAM_BLD_new();
    struct parts p = {.build = build, .good = build != NULL};
    push_number(t, &p, jwk, "n", OSSL_PKEY_PARAM_RSA_N);
    push_number(t, &p, jwk, "e", OSSL_PKEY_PARAM_RSA_E);
    if (is_private)
        push_number(t, &p, jwk, "d", OSSL_PKEY_PARAM_RSA_D);
    return pkey_of(t, &p, "RSA", is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
}

static EVP_PKEY *ec(struct muster_ctx *t, const json_t *jwk, int is_private)
{
    static const char *const names[] = {"ES256", "ES384", "ES512"};
    OSSL_PARAM_BLD *build = digest_crypto(t)->OSSL_PARAM_BLD_new();
    struct parts p = {.build = build};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct algorithm *a = auth_algorithm_find(names[i]);
        if (strcmp(a->curve, member(jwk, "crv")) == 0) {
            p.good = build != NULL;
            push_point(t, &p, jwk, a);
        }
    }
    if (is_private)
        push_number(t, &p, jwk, "d", OSSL_PKEY_PARAM_PRIV_KEY);
    return pkey_of(t, &p, "EC", is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
}

static EVP_PKEY *okp(struct muster_ctx *t, const json_t *jwk, int is_private)
{
    const struct libcrypto *lib = digest_crypto(t);
    size_t n;
    const unsigned char *bytes = m_base64url_bytes(t, member(jwk, is_private ? "d" : "x"), &n);
    if (!bytes || strcmp(member(jwk, "crv"), "Ed25519") != 0)
        return NULL;
    EVP_PKEY *pkey = is_private ? lib->EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes, n)
                                : lib->EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, n);
    lib->ERR_clear_error();
    return pkey;
}

static struct m_key *read_key(struct muster_ctx *t, const json_t *jwk, const char **ret_why)
{
    const char *type = member(jwk, "kty");
    int is_private = json_object_get(jwk, "d") != NULL;
    EVP_PKEY *pkey = NULL;
    if (strcmp(type, "oct") == 0) {
        size_t n;
        const void *bytes = m_base64url_bytes(t, member(jwk, "k"), &n);
        *ret_why = "its k is not base64url of a secret";
        return bytes && n ? auth_key_of_bytes(t, bytes, n) : NULL;
    }
    *ret_why = "its numbers make no key";
    if (strcmp(type, "RSA") == 0)
        pkey = rsa(t, jwk, is_private);
    else if (strcmp(type, "EC") == 0)
        pkey = ec(t, jwk, is_private);
    else if (strcmp(type, "OKP") == 0)
        pkey = okp(t, jwk, is_private);
    else
        *ret_why = "its kty is none of oct, RSA, EC, OKP";
    return pkey ? auth_key_of_pkey(t, pkey, is_private) : NULL;
}

struct m_key *auth_key_of_jwk(struct muster_ctx *t, const json_t *jwk, const char **ret_why)
{
    struct m_key *key = read_key(t, jwk, ret_why);
    if (key && *member(jwk, "kid"))
        m_key_name(t, key, member(jwk, "kid"));
    return key;
}

struct m_key *m_key_jwk(struct muster_ctx *t, const struct m_json *jwk)
{
    const char *why = "";
    struct m_key *key = auth_key_of_jwk(t, (const json_t *)jwk, &why);
    if (!key)
        ERROR("a JWK that is no key: %s", why);
    m_secret(t, m_json_str(jwk, "/k"));
    m_secret(t, m_json_str(jwk, "/d"));
    return key;
}
