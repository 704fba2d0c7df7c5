/* SPDX-License-Identifier: Apache-2.0 */
/* What is computed over a request. OpenSSL does the sums. */
#include "signature.h"

#include "libcrypto.h"

#include <muster/kit/data.h>

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static const struct libcrypto *crypto(struct muster_ctx *t)
{
    const char *why;
    const struct libcrypto *lib = libcrypto(&why);
    if (!lib)
        ERROR("no signatures: %s", why);
    return lib;
}

static const char *hex(struct muster_ctx *t, const unsigned char *bytes, size_t n)
{
    char text[2 * EVP_MAX_MD_SIZE + 1] = "";
    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return m_keep(t, text, 2 * n);
}

static const char *base64(struct muster_ctx *t, const void *bytes, size_t n)
{
    char *out = malloc(4 * (n / 3 + 1) + 1);
    if (!out)
        ERROR("out of memory for a login");
    int length = crypto(t)->EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);
    const char *kept = m_keep(t, out, (size_t)length);
    free(out);
    return kept;
}

static const char *base64url(struct muster_ctx *t, const void *bytes, size_t n)
{
    const char *plain = base64(t, bytes, n);
    char *text = strdup(plain);
    if (!text)
        ERROR("out of memory for a signature");
    for (char *c = text; *c; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c;
    const char *kept = m_keep(t, text, strlen(text));
    free(text);
    return kept;
}

const char *target_signature_basic(struct muster_ctx *t, const char *username, const char *password)
{
    const char *both = m_fmt(t, "%s:%s", username, password), *text = base64(t, both, strlen(both));
    m_secret(t, text);
    return m_fmt(t, "Basic %s", text);
}

static const char *timestamp(struct muster_ctx *t, const char *unit)
{
    struct timespec now;
    struct tm parts;
    char text[40];
    clock_gettime(CLOCK_REALTIME, &now);
    if (unit && strcmp(unit, "ms") == 0)
        return m_fmt(t, "%" PRId64, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    if (!unit || strcmp(unit, "rfc3339") != 0)
        return m_fmt(t, "%" PRId64, (int64_t)now.tv_sec);
    gmtime_r(&now.tv_sec, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return m_fmt(t, "%s", text);
}

static const char *nonce(struct muster_ctx *t)
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        ERROR("no random bytes for a nonce");
    return hex(t, bytes, sizeof bytes);
}

static const char *sha256(struct muster_ctx *t, const void *bytes, size_t n)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    const struct libcrypto *lib = crypto(t);
    if (!lib->EVP_Digest(n ? bytes : "", n, digest, &length, lib->EVP_sha256(), NULL))
        ERROR("SHA-256 is not to be had");
    return hex(t, digest, length);
}

static const char *sign(struct muster_ctx *t, const json_t *hmac, const char *key, const char *over)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    const struct libcrypto *lib = crypto(t);
    const char *algorithm = json_string_value(json_object_get(hmac, "algorithm"));
    const char *encoding = json_string_value(json_object_get(hmac, "encoding"));
    const EVP_MD *md = algorithm && strcmp(algorithm, "sha1") == 0     ? lib->EVP_sha1()
                       : algorithm && strcmp(algorithm, "sha512") == 0 ? lib->EVP_sha512()
                                                                       : lib->EVP_sha256();
    if (!lib->HMAC(md, key, (int)strlen(key), (const unsigned char *)over, strlen(over), digest, &n))
        ERROR("HMAC is not to be had");
    if (encoding && strcmp(encoding, "base64") == 0)
        return base64(t, digest, n);
    if (encoding && strcmp(encoding, "base64url") == 0)
        return base64url(t, digest, n);
    return hex(t, digest, n);
}

static const char *filled(const struct scope *scope, const json_t *hmac, const char *key)
{
    struct muster_ctx *t = scope->t;
    const char *given = json_string_value(json_object_get(hmac, key));
    char *text = target_template_text(given ? given : "", TEMPLATE_PLAIN, target_scope_names(scope), NULL);
    if (!text)
        ERROR("out of memory for a signature");
    const char *kept = m_keep(t, text, strlen(text));
    free(text);
    return kept;
}

json_t *target_signature_make(const struct scope *scope, const json_t *hmac, const struct signed_request *request)
{
    struct muster_ctx *t = scope->t;
    json_t *names = json_object();
    struct scope with = *scope;
    json_object_set_new(names, "method", json_string(request->method));
    json_object_set_new(names, "path", json_string(request->path));
    json_object_set_new(names, "query", json_string(request->query));
    json_object_set_new(names, "timestamp",
                        json_string(timestamp(t, json_string_value(json_object_get(hmac, "timestamp")))));
    json_object_set_new(names, "nonce", json_string(nonce(t)));
    json_object_set_new(names, "body", json_stringn(request->body ? request->body : "", request->body_length));
    json_object_set_new(names, "body_sha256", json_string(sha256(t, request->body, request->body_length)));
    with.signing = names;
    const char *signature = sign(t, hmac, filled(&with, hmac, "key"), filled(&with, hmac, "over"));
    json_object_set_new(names, "signature", json_string(signature));
    return names;
}
