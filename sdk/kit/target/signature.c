/* SPDX-License-Identifier: Apache-2.0 */
/* What is computed over a request. */
#include "signature.h"

#include "digest.h"

#include <muster/kit/data.h>

#include <stdlib.h>
#include <time.h>

const char *target_signature_basic(struct muster_ctx *t, const char *username, const char *password)
{
    const char *both = m_fmt(t, "%s:%s", username, password), *text = digest_base64(t, both, strlen(both));
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

static const char *text_or(const json_t *object, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : otherwise;
}

static const char *sign(struct muster_ctx *t, const json_t *hmac, const char *key, const char *over)
{
    return digest_hmac_text(t, text_or(hmac, "algorithm", "sha256"), text_or(hmac, "encoding", "hex"), key, strlen(key),
                            over, strlen(over));
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
    json_object_set_new(names, "nonce", json_string(digest_random_hex(t, 16)));
    json_object_set_new(names, "body", json_stringn(request->body ? request->body : "", request->body_length));
    json_object_set_new(names, "body_sha256", json_string(digest_sha256_hex(t, request->body, request->body_length)));
    with.signing = names;
    const char *signature = sign(t, hmac, filled(&with, hmac, "key"), filled(&with, hmac, "over"));
    json_object_set_new(names, "signature", json_string(signature));
    return names;
}
