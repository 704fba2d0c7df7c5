/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a token is to be taken (RFC 7515, 5.2; RFC 7519, 4.1 and 7.2). */
#include "token.h"

#include <muster/kit/data.h>

#include <exact.h>
#include <time.h>

static struct m_jwt refuse(struct m_jwt jwt, const char *refusal, const char *error)
{
    jwt.refusal = refusal;
    jwt.error = error;
    return jwt;
}

static int is_meant(const json_t *jwk, const char *kid)
{
    const char *own = auth_token_text(json_object_get(jwk, "kid")), *use = auth_token_text(json_object_get(jwk, "use"));
    if (use && strcmp(use, "sig") != 0)
        return 0;
    return !kid || (own && strcmp(own, kid) == 0);
}

struct m_key *auth_token_key(struct muster_ctx *t, const json_t *jwks, const json_t *header, const char **ret_why)
{
    const json_t *named = json_object_get(header, "kid"), *keys = json_object_get(jwks, "keys"), *found = NULL;
    const char *kid = auth_token_text(named);
    const char *alg = auth_token_text(json_object_get(header, "alg"));
    size_t n = 0;
    *ret_why = "the token's kid is not a text";
    if (named && !kid)
        return NULL;
    for (size_t i = 0; i < json_array_size(keys); i++)
        if (is_meant(json_array_get(keys, i), kid)) {
            found = json_array_get(keys, i);
            n++;
        }
    *ret_why =
        kid ? m_fmt(t, "%zu keys have the token's kid `%s`", n, kid) : m_fmt(t, "the token names none of %zu keys", n);
    if (n != 1)
        return NULL;
    const char *only = auth_token_text(json_object_get(found, "alg"));
    *ret_why = "the key is for another algorithm";
    if (only && (!alg || strcmp(only, alg) != 0))
        return NULL;
    return auth_key_of_jwk(t, found, ret_why);
}

static int is_for(const json_t *aud, const char *audience)
{
    const char *one = auth_token_text(aud);
    for (size_t i = 0; i < json_array_size(aud); i++)
        if (is_for(json_array_get(aud, i), audience))
            return 1;
    return one && strcmp(one, audience) == 0;
}

/* 1: absent, or a number, *ret_time; 0: something else. */
static int time_of(const json_t *claims, const char *name, double otherwise, double *ret_time)
{
    const json_t *value = json_object_get(claims, name);
    *ret_time = value && exact_is_number(value) ? exact_double(value) : otherwise;
    return !value || exact_is_number(value);
}

static struct m_jwt check_claims(struct muster_ctx *t, struct m_jwt jwt, const struct m_jwt_checking *c)
{
    const json_t *claims = (const json_t *)jwt.claims;
    double now = (double)(c->now_s ? c->now_s : time(NULL)), leeway = (double)c->leeway_s, exp, nbf;
    if (!time_of(claims, "exp", now + 1, &exp) || !time_of(claims, "nbf", now, &nbf))
        return refuse(jwt, "malformed", "the token's exp or nbf is not a number");
    if (now >= exp + leeway)
        return refuse(jwt, "expired", m_fmt(t, "the token expired %.0f s ago", now - exp));
    if (now + leeway < nbf)
        return refuse(jwt, "not-yet-valid", m_fmt(t, "the token is not valid for another %.0f s", nbf - now));
    const char *iss = auth_token_text(json_object_get(claims, "iss"));
    if (c->issuer && (!iss || strcmp(iss, c->issuer) != 0))
        return refuse(jwt, "issuer", m_fmt(t, "the token is issued by %s, not by %s", iss ? iss : "nobody", c->issuer));
    if (c->audience && !is_for(json_object_get(claims, "aud"), c->audience))
        return refuse(jwt, "audience", m_fmt(t, "the token is not for %s", c->audience));
    return jwt;
}

struct m_jwt m_jwt_verify(struct muster_ctx *t, const char *token, const struct m_jwt_checking *checking)
{
    if (!checking || (!checking->key && !checking->jwks))
        ERROR("a token is verified with a key or with a JWKS, and there is neither");
    struct m_jwt jwt = m_jwt_read(t, token);
    if (jwt.error)
        return jwt;
    const json_t *header = (const json_t *)jwt.header;
    const char *alg = auth_token_text(json_object_get(header, "alg")), *why = "";
    const struct algorithm *a = auth_algorithm_find(alg);
    if (!a)
        return refuse(jwt, "algorithm", m_fmt(t, "no signature has the algorithm `%s`", alg ? alg : ""));
    if (json_object_get(header, "crit"))
        return refuse(jwt, "malformed", "the token's header has a crit, of which nothing is understood");
    const struct m_key *key = checking->key;
    if (!key)
        key = auth_token_key(t, (const json_t *)checking->jwks, header, &why);
    if (!key)
        return refuse(jwt, "key", why);
    if (!auth_algorithm_fits(t, a, key))
        return refuse(jwt, "algorithm", m_fmt(t, "the algorithm `%s` is not one of the key's kind", alg));
    if (!auth_sign_matches(t, a, key, token, auth_token_signed_length(token), jwt.signature, jwt.signature_length))
        return refuse(jwt, "signature", "the signature is not the key's over this token");
    return check_claims(t, jwt, checking);
}
