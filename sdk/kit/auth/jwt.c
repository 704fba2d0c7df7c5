/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens taken apart and made. */
#include "token.h"

#include <muster/kit/data.h>

#include <exact.h>
#include <pthread.h>
#include <stdlib.h>

/* What was read holds until the process ends, and is reachable. */
struct document {
    struct document *next;
    json_t *value;
};

static struct document *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const struct m_json *keep_document(struct muster_ctx *t, json_t *value)
{
    struct document *d = malloc(sizeof *d);
    if (!d)
        ERROR("out of memory for a token");
    d->value = value;
    pthread_mutex_lock(&lock);
    d->next = all;
    all = d;
    pthread_mutex_unlock(&lock);
    return (const struct m_json *)value;
}

const char *auth_token_text(const json_t *value)
{
    if (!value || !exact_is_string(value))
        return NULL;
    const char *text = json_string_value(value);
    return strlen(text) == json_string_length(value) ? text : NULL;
}

size_t auth_token_signed_length(const char *token)
{
    const char *first = strchr(token, '.'), *second = first ? strchr(first + 1, '.') : NULL;
    return second && !strchr(second + 1, '.') ? (size_t)(second - token) : 0;
}

static const struct m_json *read_part(struct muster_ctx *t, const char *start, size_t n)
{
    size_t length;
    const char *text = m_base64url_bytes(t, m_keep(t, start, n), &length);
    json_t *value = text && length == strlen(text) ? exact_loads(text, JSON_ALLOW_NUL, NULL) : NULL;
    if (!json_is_object(value)) {
        json_decref(value);
        return NULL;
    }
    return keep_document(t, value);
}

struct m_jwt m_jwt_read(struct muster_ctx *t, const char *token)
{
    struct m_jwt jwt = {.refusal = "malformed"};
    size_t n = token ? auth_token_signed_length(token) : 0;
    if (!n) {
        jwt.error = token ? "the token does not have three parts with dots between them" : "there is no token";
        return jwt;
    }
    const char *dot = strchr(token, '.');
    jwt.header = read_part(t, token, (size_t)(dot - token));
    jwt.claims = read_part(t, dot + 1, n - (size_t)(dot + 1 - token));
    jwt.signature = m_base64url_bytes(t, token + n + 1, &jwt.signature_length);
    jwt.error = !jwt.header      ? "the token's header is not a JSON object in base64url"
                : !jwt.claims    ? "the token's claims are not a JSON object in base64url"
                : !jwt.signature ? "the token's signature is not base64url"
                                 : NULL;
    if (!jwt.error)
        jwt.refusal = NULL;
    return jwt;
}

const char *auth_token_part(struct muster_ctx *t, const json_t *object)
{
    char *text = exact_dumps(object, false);
    if (!text)
        ERROR("a part of a token is not UTF-8");
    const char *part = m_base64url(t, text, strlen(text));
    free(text);
    return part;
}

const char *auth_token_signed(struct muster_ctx *t, const json_t *header, const char *claims_part,
                              const struct algorithm *a, const struct m_key *key)
{
    size_t n;
    const char *text = m_fmt(t, "%s.%s", auth_token_part(t, header), claims_part);
    const void *signature = auth_sign_bytes(t, a, key, text, strlen(text), &n);
    return m_fmt(t, "%s.%s", text, m_base64url(t, signature, n));
}

static json_t *object_of(struct muster_ctx *t, const char *what, const char *text)
{
    json_error_t why = {.text = "there is no text"};
    json_t *value = text ? exact_loads(text, 0, &why) : NULL;
    if (!value)
        ERROR("the %s of a token: %s", what, why.text);
    if (!json_is_object(value)) {
        json_decref(value);
        ERROR("the %s of a token: a JSON object is expected: %.200s", what, text);
    }
    return value;
}

const char *m_jwt_make(struct muster_ctx *t, const char *claims, const struct m_key *key,
                       const struct m_jwt_making *making)
{
    static const struct m_jwt_making nothing;
    const struct m_jwt_making *m = making ? making : &nothing;
    if (!key)
        ERROR("a token is made with a key, and there is none");
    const struct algorithm *a = m->algorithm ? auth_algorithm_find(m->algorithm) : auth_algorithm_of(t, key);
    if (!a || !auth_algorithm_fits(t, a, key))
        ERROR("no token can be signed with `%s` and this key", m->algorithm);
    if (!key->is_private)
        ERROR("the key is a public one, which signs nothing");
    json_decref(object_of(t, "claims", claims));
    json_t *more = m->header ? object_of(t, "header", m->header) : NULL;
    json_t *header = json_object();
    json_object_set_new(header, "alg", json_string(a->name));
    json_object_set_new(header, "typ", json_string("JWT"));
    if (m->kid || key->kid)
        json_object_set_new(header, "kid", json_string(m->kid ? m->kid : key->kid));
    if (more)
        json_object_update(header, more);
    json_decref(more);
    const char *token = auth_token_signed(t, header, m_base64url(t, claims, strlen(claims)), a, key);
    json_decref(header);
    m_secret(t, token);
    return token;
}
