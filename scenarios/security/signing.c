/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC-SHA256 over a request, and base64url around forged claims: OpenSSL does the sums. */
#include "security/signing.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <time.h>

int64_t signing_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *hex(struct muster_ctx *t, const unsigned char *bytes, unsigned n)
{
    char text[2 * EVP_MAX_MD_SIZE + 1] = "";
    for (unsigned i = 0; i < n; i++)
        snprintf(text + 2 * (size_t)i, 3, "%02x", bytes[i]);
    return m_fmt(t, "%s", text);
}

static const char *sha256_hex(struct muster_ctx *t, const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!EVP_Digest(text, strlen(text), digest, &n, EVP_sha256(), NULL))
        ERROR("SHA-256 is not to be had");
    return hex(t, digest, n);
}

static const char *hmac_hex(struct muster_ctx *t, const char *secret, const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, strlen(text), digest, &n))
        ERROR("HMAC-SHA256 is not to be had");
    return hex(t, digest, n);
}

struct m_http_reply signed_send(struct muster_ctx *t, struct m_http *api, const struct api_key *key,
                                const struct signed_request *r)
{
    const char *body = r->body ? r->body : "", *at = m_fmt(t, "%" PRId64, r->at_ms);
    const char *text = m_fmt(t, "%s\n%s\n%s\n%s\n%s\n%s", r->method, r->path, "", at, r->nonce, sha256_hex(t, body));
    const char *headers[] = {m_fmt(t, "X-Muster-Key: %s", key->id), m_fmt(t, "X-Muster-Timestamp: %s", at),
                             m_fmt(t, "X-Muster-Nonce: %s", r->nonce),
                             m_fmt(t, "X-Muster-Signature: %s", hmac_hex(t, key->secret, text)), NULL};
    return M_REQUEST(api, .method = r->method, .path = r->path, .body = r->sent_body ? r->sent_body : r->body,
                     .headers = headers);
}

static const char *base64url(struct muster_ctx *t, const char *text)
{
    unsigned char out[4096];
    if (strlen(text) > sizeof out / 2)
        ERROR("a token's claims are longer than %zu bytes", sizeof out / 2);
    EVP_EncodeBlock(out, (const unsigned char *)text, (int)strlen(text));
    for (unsigned char *c = out; *c; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c;
    return m_fmt(t, "%s", (char *)out);
}

/* The claims of a token, decoded. */
static const char *claims_of(struct muster_ctx *t, const char *token)
{
    unsigned char in[2048], out[2048];
    const char *start = strchr(token, '.');
    size_t n = start ? strcspn(++start, ".") : 0;
    if (!n || n > sizeof in - 4)
        FAIL("not a JWT: %.40s", token);
    for (size_t i = 0; i < n; i++)
        in[i] = (unsigned char)(start[i] == '-' ? '+' : start[i] == '_' ? '/' : start[i]);
    while (n % 4)
        in[n++] = '=';
    /* Padding decodes to zeros, where a text ends anyhow. */
    int length = EVP_DecodeBlock(out, in, (int)n);
    if (length < 0)
        FAIL("not base64url: %.40s", start);
    return m_keep(t, out, (size_t)length);
}

const char *jwt_unsigned(struct muster_ctx *t, const char *token)
{
    return m_fmt(t, "%s.%s.", base64url(t, "{\"alg\":\"none\",\"typ\":\"JWT\"}"), base64url(t, claims_of(t, token)));
}

const char *jwt_with_role(struct muster_ctx *t, const char *token, const char *role)
{
    struct m_json *claims = m_json_parse(t, claims_of(t, token));
    const char *old = m_fmt(t, "\"role\":\"%s\"", m_json_str(claims, "/role"));
    const char *text = m_json_text(t, claims, ""), *at = strstr(text, old);
    if (!at)
        FAIL("the token has no role: %s", text);
    const char *changed = m_fmt(t, "%.*s\"role\":\"%s\"%s", (int)(at - text), text, role, at + strlen(old));
    const char *signature = strrchr(token, '.');
    return m_fmt(t, "%.*s.%s%s", (int)strcspn(token, "."), token, base64url(t, changed), signature);
}
