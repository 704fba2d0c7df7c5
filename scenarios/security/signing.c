/* SPDX-License-Identifier: Apache-2.0 */
/* Forged claims, and base64url around them: OpenSSL does the sums. */
#include "security/signing.h"

#include <muster/kit/data.h>
#include <muster/kit/json.h>

#include <openssl/evp.h>

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
