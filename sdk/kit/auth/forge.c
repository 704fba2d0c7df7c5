/* SPDX-License-Identifier: Apache-2.0 */
/* Bad tokens out of a good one. Each has one thing wrong with it, and all else as it was. */
#include "token.h"

#include <muster/kit/data.h>

#include <exact.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define MOST 32 /* forgeries of one token, and the end */

struct table {
    struct table *next;
    struct m_jwt_forgery list[MOST];
};

static struct table *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What forgeries are made of. */
struct forge {
    struct muster_ctx *t;
    const char *token, *claims_part; /* the good one's */
    size_t signed_length;
    struct m_jwt jwt;
    const struct algorithm *a;
    const struct m_key *key; /* or NULL */
    int64_t now_s;
    struct table *table;
    size_t n;
};

static void add(struct forge *f, const char *name, const char *token, const char *what)
{
    struct muster_ctx *t = f->t;
    if (f->n == MOST - 1)
        ERROR("no room for the forgery %s", name);
    f->table->list[f->n++] = (struct m_jwt_forgery){name, token, what};
}

/* The good header with one member changed; new. */
static json_t *header_with(const struct forge *f, const char *name, const char *value)
{
    json_t *header = json_copy((json_t *)(uintptr_t)f->jwt.header);
    json_object_set_new(header, name, json_string(value));
    return header;
}

/* Takes over the header. */
static const char *sign_and_drop(struct forge *f, json_t *header, const char *claims_part, const struct algorithm *a,
                                 const struct m_key *key)
{
    const char *token = auth_token_signed(f->t, header, claims_part, a, key);
    json_decref(header);
    return token;
}

static void add_unsigned(struct forge *f, const char *name, const char *alg)
{
    json_t *header = header_with(f, "alg", alg);
    add(f, name, m_fmt(f->t, "%s.%s.", auth_token_part(f->t, header), f->claims_part),
        m_fmt(f->t, "the algorithm is `%s`, and there is no signature", alg));
    json_decref(header);
}

static void add_broken_signatures(struct forge *f)
{
    struct muster_ctx *t = f->t;
    const char *text = m_keep(t, f->token, f->signed_length);
    size_t n = f->jwt.signature_length;
    unsigned char *bytes = malloc(n);
    if (!bytes)
        ERROR("out of memory for a signature");
    memcpy(bytes, f->jwt.signature, n);
    add(f, "no-signature", m_fmt(t, "%s.", text), "the signature is taken away");
    add(f, "two-parts", text, "the signature is taken away, and the dot before it");
    add(f, "cut-signature", m_fmt(t, "%s.%s", text, m_base64url(t, bytes, n - 1)), "the signature lacks its last byte");
    bytes[0] ^= 1;
    add(f, "changed-signature", m_fmt(t, "%s.%s", text, m_base64url(t, bytes, n)), "a bit of the signature is turned");
    memset(bytes, 0, n);
    if (f->a->kind == KEY_EC)
        add(f, "zero-signature", m_fmt(t, "%s.%s", text, m_base64url(t, bytes, n)),
            "both numbers of the signature are zero");
    free(bytes);
}

/* The members to change; new. NULL: `changes` is no object that changes something. */
static json_t *changed(const struct forge *f, const char *changes)
{
    json_t *with = exact_loads(changes, 0, NULL), *claims = json_copy((json_t *)(uintptr_t)f->jwt.claims);
    int good = json_is_object(with) && json_object_update(claims, with) == 0 &&
               !exact_equal(claims, (const json_t *)f->jwt.claims, false);
    json_decref(with);
    if (!good) {
        json_decref(claims);
        return NULL;
    }
    return claims;
}

static json_t *claims_with(const struct forge *f, const char *name, json_t *value)
{
    json_t *claims = json_copy((json_t *)(uintptr_t)f->jwt.claims);
    json_object_set_new(claims, name, value);
    return claims;
}

static void add_tampered(struct forge *f, const char *changes)
{
    struct muster_ctx *t = f->t;
    const char *sub = auth_token_text(json_object_get((const json_t *)f->jwt.claims, "sub"));
    json_t *claims = changes ? changed(f, changes)
                             : claims_with(f, "sub", json_string(m_fmt(t, "%s-forged", sub ? sub : "somebody")));
    if (!claims)
        ERROR("the claims to change in a token: a JSON object is expected that changes something: %.200s", changes);
    const char *header = m_keep(t, f->token, strcspn(f->token, "."));
    add(f, "tampered-claim", m_fmt(t, "%s.%s%s", header, auth_token_part(t, claims), f->token + f->signed_length),
        "claims are changed under the old signature");
    json_decref(claims);
}

static void add_other_keys(struct forge *f)
{
    struct muster_ctx *t = f->t;
    const struct algorithm *hs256 = auth_algorithm_find("HS256"), *es256 = auth_algorithm_find("ES256");
    const struct m_key *other = m_key_make(t, f->a->name), *own = m_key_make(t, "ES256");
    add(f, "other-key", sign_and_drop(f, json_copy((json_t *)(uintptr_t)f->jwt.header), f->claims_part, f->a, other),
        "it is signed with a key that nobody knows");
    const char *kid = m_fmt(t, "unknown-%s", m_random_hex(t, 8));
    add(f, "unknown-kid", sign_and_drop(f, header_with(f, "kid", kid), f->claims_part, f->a, other),
        "its kid is unknown, and the key too");
    json_t *header = header_with(f, "alg", hs256->name);
    json_object_set_new(header, "kid", json_string("../../../../../../../../dev/null"));
    add(f, "kid-path", sign_and_drop(f, header, f->claims_part, hs256, auth_key_of_bytes(t, "", 0)),
        "its kid is the path of an empty file, whose content is the secret");
    header = header_with(f, "alg", hs256->name);
    json_object_set_new(header, "kid", json_string("x' UNION SELECT 'muster' -- "));
    add(f, "kid-sql", sign_and_drop(f, header, f->claims_part, hs256, auth_key_of_bytes(t, "muster", 6)),
        "its kid is SQL that finds the secret `muster`");
    header = header_with(f, "alg", es256->name);
    json_object_del(header, "kid");
    json_object_set_new(header, "jwk", auth_key_public_jwk(t, own));
    add(f, "embedded-key", sign_and_drop(f, header, f->claims_part, es256, own),
        "it brings the key that verifies it in its header");
}

/* The server is to take its public key for a secret. */
static void add_confusion(struct forge *f)
{
    struct muster_ctx *t = f->t;
    if (!f->key || f->key->kind == KEY_SECRET)
        return;
    const struct algorithm *hs256 = auth_algorithm_find("HS256");
    const char *pem = m_key_public_pem(t, f->key);
    size_t n = strlen(pem);
    add(f, "key-confusion",
        sign_and_drop(f, header_with(f, "alg", hs256->name), f->claims_part, hs256, auth_key_of_bytes(t, pem, n)),
        "its algorithm is HS256, and the secret is the PEM of the public key");
    add(f, "key-confusion-trimmed",
        sign_and_drop(f, header_with(f, "alg", hs256->name), f->claims_part, hs256, auth_key_of_bytes(t, pem, n - 1)),
        "its algorithm is HS256, and the secret is the PEM of the public key without the last line's end");
}

/* Signed as it must be; takes over the claims. */
static void add_signed(struct forge *f, const char *name, json_t *claims, const char *what)
{
    const char *token =
        sign_and_drop(f, json_copy((json_t *)(uintptr_t)f->jwt.header), auth_token_part(f->t, claims), f->a, f->key);
    json_decref(claims);
    m_secret(f->t, token);
    add(f, name, token, what);
}

static void move(json_t *claims, const char *name, int64_t at_s)
{
    if (json_object_get(claims, name))
        json_object_set_new(claims, name, json_integer(at_s));
}

static void add_wrong_claims(struct forge *f)
{
    if (!f->key || !f->key->is_private)
        return;
    json_t *claims = claims_with(f, "exp", json_integer(f->now_s - 3600));
    move(claims, "nbf", f->now_s - 7200);
    move(claims, "iat", f->now_s - 7200);
    add_signed(f, "expired", claims, "it expired an hour ago");
    claims = claims_with(f, "nbf", json_integer(f->now_s + 3600));
    move(claims, "exp", f->now_s + 7200);
    add_signed(f, "not-yet-valid", claims, "it is not valid for another hour");
    if (m_json_at(f->jwt.claims, "/iss"))
        add_signed(f, "wrong-issuer", claims_with(f, "iss", json_string("https://issuer.invalid")),
                   "another issuer has made it");
    if (m_json_at(f->jwt.claims, "/aud"))
        add_signed(f, "wrong-audience", claims_with(f, "aud", json_string("https://audience.invalid")),
                   "it is for another audience");
}

/* What is forged has to be good but for one thing: with another key, `expired` would be refused for its signature. */
static void begin(struct forge *f, const struct m_jwt_forging *forging)
{
    struct muster_ctx *t = f->t;
    const char *why = NULL, *alg;
    f->jwt = m_jwt_read(t, f->token);
    if (f->jwt.error)
        ERROR("no forgeries of this: %s", f->jwt.error);
    alg = auth_token_text(json_object_get((const json_t *)f->jwt.header, "alg"));
    f->a = auth_algorithm_find(alg);
    if (!f->a || !f->jwt.signature_length)
        ERROR("no forgeries of a token that is signed with `%s`", alg ? alg : "nothing");
    f->signed_length = auth_token_signed_length(f->token);
    size_t header = strcspn(f->token, ".") + 1;
    f->claims_part = m_keep(t, f->token + header, f->signed_length - header);
    f->now_s = forging->now_s ? forging->now_s : time(NULL);
    f->key = forging->key;
    if (!f->key && forging->jwks)
        f->key = auth_token_key(t, (const json_t *)forging->jwks, (const json_t *)f->jwt.header, &why);
    if (why && !f->key)
        ERROR("no key of the JWKS is the token's: %s", why);
    if (f->key &&
        (!auth_algorithm_fits(t, f->a, f->key) ||
         !auth_sign_matches(t, f->a, f->key, f->token, f->signed_length, f->jwt.signature, f->jwt.signature_length)))
        ERROR("the token is not signed with the key that is given");
}

const struct m_jwt_forgery *m_jwt_forgeries(struct muster_ctx *t, const char *token,
                                            const struct m_jwt_forging *forging)
{
    static const struct m_jwt_forging nothing;
    struct forge f = {.t = t, .token = token};
    forging = forging ? forging : &nothing;
    begin(&f, forging);
    f.table = calloc(1, sizeof *f.table);
    if (!f.table)
        ERROR("out of memory for forged tokens");
    pthread_mutex_lock(&lock);
    f.table->next = all;
    all = f.table;
    pthread_mutex_unlock(&lock);
    add_unsigned(&f, "alg-none", "none");
    add_unsigned(&f, "alg-None", "None");
    add_unsigned(&f, "alg-nOnE", "nOnE");
    add_unsigned(&f, "alg-empty", "");
    add_broken_signatures(&f);
    add_tampered(&f, forging->claims);
    add_other_keys(&f);
    add_confusion(&f);
    add_wrong_claims(&f);
    return f.table->list;
}
