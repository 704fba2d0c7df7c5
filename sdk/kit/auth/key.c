/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: made, read from PEM, and what of them is public. */
#include "key.h"

#include <muster/kit/data.h>

#include <exact.h>
#include <pthread.h>
#include <stdlib.h>

static struct m_key *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const struct algorithm algorithms[] = {
    {"HS256", "sha256", KEY_SECRET, NULL, NULL, 256},   {"HS384", "sha384", KEY_SECRET, NULL, NULL, 384},
    {"HS512", "sha512", KEY_SECRET, NULL, NULL, 512},   {"RS256", "sha256", KEY_RSA, NULL, NULL, 2048},
    {"RS384", "sha384", KEY_RSA, NULL, NULL, 2048},     {"RS512", "sha512", KEY_RSA, NULL, NULL, 2048},
    {"ES256", "sha256", KEY_EC, "P-256", "P-256", 256}, {"ES384", "sha384", KEY_EC, "P-384", "P-384", 384},
    {"ES512", "sha512", KEY_EC, "P-521", "P-521", 521}, {"EdDSA", NULL, KEY_ED25519, NULL, NULL, 253},
};

const struct algorithm *auth_algorithm_find(const char *name)
{
    for (size_t i = 0; name && i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (strcmp(algorithms[i].name, name) == 0)
            return &algorithms[i];
    return NULL;
}

int auth_algorithm_fits(struct muster_ctx *t, const struct algorithm *a, const struct m_key *key)
{
    return a->kind == key->kind && (a->kind != KEY_EC || digest_crypto(t)->EVP_PKEY_get_bits(key->pkey) == a->bits);
}

const struct algorithm *auth_algorithm_of(struct muster_ctx *t, const struct m_key *key)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (auth_algorithm_fits(t, &algorithms[i], key))
            return &algorithms[i];
    ERROR("no algorithm of JSON Web Tokens takes this key: EC keys are of P-256, P-384, P-521");
}

static struct m_key *key_new(struct muster_ctx *t)
{
    struct m_key *key = calloc(1, sizeof *key);
    if (!key)
        ERROR("out of memory for a key");
    pthread_mutex_lock(&lock);
    key->next = all;
    all = key;
    pthread_mutex_unlock(&lock);
    return key;
}

struct m_key *auth_key_of_bytes(struct muster_ctx *t, const void *bytes, size_t length)
{
    const char *kept = m_keep(t, bytes, length);
    struct m_key *key = key_new(t);
    key->kind = KEY_SECRET;
    key->is_private = 1;
    key->secret = kept;
    key->secret_length = length;
    return key;
}

struct m_key *auth_key_of_pkey(struct muster_ctx *t, EVP_PKEY *pkey, int is_private)
{
    int id = digest_crypto(t)->EVP_PKEY_get_base_id(pkey);
    if (id != EVP_PKEY_RSA && id != EVP_PKEY_EC && id != EVP_PKEY_ED25519) {
        digest_crypto(t)->EVP_PKEY_free(pkey);
        ERROR("a key of another kind than RSA, EC and Ed25519");
    }
    struct m_key *key = key_new(t);
    key->kind = id == EVP_PKEY_RSA ? KEY_RSA : id == EVP_PKEY_EC ? KEY_EC : KEY_ED25519;
    key->is_private = is_private;
    key->pkey = pkey;
    return key;
}

struct m_key *m_key_make(struct muster_ctx *t, const char *name)
{
    const struct libcrypto *lib = digest_crypto(t);
    const struct algorithm *a = auth_algorithm_find(name);
    if (!a)
        ERROR("no algorithm `%s`; there are HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512, EdDSA",
              name ? name : "NULL");
    if (a->kind == KEY_SECRET)
        return m_key_secret(t, m_random_hex(t, (size_t)a->bits / 8));
    EVP_PKEY *pkey = a->kind == KEY_RSA  ? lib->EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)a->bits)
                     : a->kind == KEY_EC ? lib->EVP_PKEY_Q_keygen(NULL, NULL, "EC", a->group)
                                         : lib->EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (!pkey)
        ERROR("OpenSSL makes no key for %s", name);
    return auth_key_of_pkey(t, pkey, 1);
}

struct m_key *m_key_secret(struct muster_ctx *t, const char *secret)
{
    if (!secret)
        ERROR("a secret that is missing is no key");
    m_secret(t, secret);
    return auth_key_of_bytes(t, secret, strlen(secret));
}

struct m_key *m_key_pem(struct muster_ctx *t, const char *pem)
{
    const struct libcrypto *lib = digest_crypto(t);
    static char no_password[] = ""; /* without one OpenSSL would ask at the terminal */
    int is_private = pem && strstr(pem, "PRIVATE KEY-----");
    BIO *in = pem ? lib->BIO_new_mem_buf(pem, -1) : NULL;
    EVP_PKEY *pkey = !in          ? NULL
                     : is_private ? lib->PEM_read_bio_PrivateKey(in, NULL, NULL, no_password)
                                  : lib->PEM_read_bio_PUBKEY(in, NULL, NULL, no_password);
    lib->BIO_free(in);
    lib->ERR_clear_error();
    if (!pkey)
        ERROR("a text that is no key: PEM of a private key without a password, or of a public one, is expected");
    if (is_private)
        m_secret(t, pem);
    return auth_key_of_pkey(t, pkey, is_private);
}

void m_key_name(struct muster_ctx *t, struct m_key *key, const char *kid)
{
    key->kid = kid ? m_keep(t, kid, strlen(kid)) : NULL;
}

const char *m_key_public_pem(struct muster_ctx *t, const struct m_key *key)
{
    const struct libcrypto *lib = digest_crypto(t);
    if (key->kind == KEY_SECRET)
        ERROR("a secret has no public half");
    BIO *out = lib->BIO_new(lib->BIO_s_mem());
    char *text = NULL;
    const char *kept = NULL;
    if (out && lib->PEM_write_bio_PUBKEY(out, key->pkey)) {
        long n = lib->BIO_ctrl(out, BIO_CTRL_INFO, 0, &text);
        kept = m_keep(t, text, (size_t)n);
    }
    lib->BIO_free(out);
    if (!kept)
        ERROR("OpenSSL writes no PEM of a public key");
    return kept;
}

static const char *json_kept(struct muster_ctx *t, json_t *value)
{
    char *text = exact_dumps(value, false);
    json_decref(value);
    if (!text)
        ERROR("a key's name is not UTF-8");
    const char *kept = m_keep(t, text, strlen(text));
    free(text);
    return kept;
}

const char *m_key_public_jwk(struct muster_ctx *t, const struct m_key *key)
{
    return json_kept(t, auth_key_public_jwk(t, key));
}

const char *m_key_jwks(struct muster_ctx *t, const struct m_key *const *keys, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, auth_key_public_jwk(t, keys[i]));
    json_t *set = json_object();
    json_object_set_new(set, "keys", list);
    return json_kept(t, set);
}
