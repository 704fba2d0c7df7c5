/* SPDX-License-Identifier: Apache-2.0 */
/* Each forgery is refused, for the reason that it has, and is good but for it; the good token is taken. */
#include "fake_host.h"
#include "token.h"

#include <muster/kit/data.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW 1700000000
#define CLAIMS                                                                                                         \
    "{\"sub\":\"ada\",\"iss\":\"joe\",\"aud\":[\"shop\"],\"iat\":1699999900,\"exp\":1700000900,\"n\":"                 \
    "18446744073709551615}"

static struct fake_host h;
static struct muster_ctx *const t = &h.ctx;

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&h);
    return 0;
}

static const struct m_jwt_forgery *find(const struct m_jwt_forgery *all, const char *name)
{
    for (; all->name; all++)
        if (strcmp(all->name, name) == 0)
            return all;
    return NULL;
}

static const struct m_jwt_forgery *there(const struct m_jwt_forgery *all, const char *name)
{
    const struct m_jwt_forgery *f = find(all, name);
    if (!f)
        fail_msg("there is no forgery %s", name);
    return f;
}

static const char *refusal_of(const char *token, const struct m_jwt_checking *with)
{
    struct m_jwt jwt = m_jwt_verify(t, token, with);
    assert_int_equal(jwt.refusal != NULL, jwt.error != NULL);
    return jwt.refusal ? jwt.refusal : "good";
}

/* What a forgery is refused for where there is one key, and it is not HS256. */
static const struct {
    const char *name, *refusal;
} reasons[] = {
    {"alg-none", "algorithm"},
    {"alg-None", "algorithm"},
    {"alg-nOnE", "algorithm"},
    {"alg-empty", "algorithm"},
    {"no-signature", "signature"},
    {"two-parts", "malformed"},
    {"cut-signature", "signature"},
    {"changed-signature", "signature"},
    {"zero-signature", "signature"},
    {"tampered-claim", "signature"},
    {"other-key", "signature"},
    {"unknown-kid", "signature"},
    {"kid-path", "algorithm"},
    {"kid-sql", "algorithm"},
    {"embedded-key", "algorithm"},
    {"key-confusion", "algorithm"},
    {"key-confusion-trimmed", "algorithm"},
    {"expired", "expired"},
    {"not-yet-valid", "not-yet-valid"},
    {"wrong-issuer", "issuer"},
    {"wrong-audience", "audience"},
};

static const char *reason(const char *name)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (strcmp(reasons[i].name, name) == 0)
            return reasons[i].refusal;
    fail_msg("%s is not in the list", name);
    return NULL;
}

/* Without what is wrong with it, each is good: so a server that takes it has missed just that. */
static void are_good_otherwise(const struct m_jwt_forgery *all, struct m_jwt_checking with)
{
    with.now_s = NOW - 5000;
    assert_string_equal(refusal_of(there(all, "expired")->token, &with), "good");
    with.now_s = NOW + 5000;
    assert_string_equal(refusal_of(there(all, "not-yet-valid")->token, &with), "good");
    with.now_s = NOW;
    with.issuer = "https://issuer.invalid";
    assert_string_equal(refusal_of(there(all, "wrong-issuer")->token, &with), "good");
    with.issuer = "joe";
    with.audience = "https://audience.invalid";
    assert_string_equal(refusal_of(there(all, "wrong-audience")->token, &with), "good");
    with.audience = "shop";
    with.key = auth_key_of_bytes(t, "", 0);
    assert_string_equal(refusal_of(there(all, "kid-path")->token, &with), "good");
    with.key = auth_key_of_bytes(t, "muster", 6);
    assert_string_equal(refusal_of(there(all, "kid-sql")->token, &with), "good");
    const char *token = there(all, "embedded-key")->token;
    with.key = m_key_jwk(t, m_json_at(m_jwt_read(t, token).header, "/jwk"));
    assert_string_equal(refusal_of(token, &with), "good");
}

static void confusion_is_signed_with_the_pem(const struct m_jwt_forgery *all, const struct m_key *key)
{
    const char *pem = m_key_public_pem(t, key);
    struct m_jwt_checking with = {.key = auth_key_of_bytes(t, pem, strlen(pem)), .now_s = NOW};
    assert_string_equal(refusal_of(there(all, "key-confusion")->token, &with), "good");
    with.key = auth_key_of_bytes(t, pem, strlen(pem) - 1);
    assert_string_equal(refusal_of(there(all, "key-confusion-trimmed")->token, &with), "good");
}

static void are_refused(const char *algorithm)
{
    struct m_key *key = m_key_make(t, algorithm);
    int secret = algorithm[0] == 'H', es256 = strcmp(algorithm, "ES256") == 0;
    struct m_jwt_making making = {.algorithm = algorithm, .kid = "k"};
    const char *token = m_jwt_make(t, CLAIMS, key, &making);
    struct m_jwt_checking with = {.key = key, .issuer = "joe", .audience = "shop", .now_s = NOW};
    struct m_jwt_forging forging = {.key = key, .now_s = NOW};
    const struct m_jwt_forgery *all = m_jwt_forgeries(t, token, &forging);
    assert_string_equal(refusal_of(token, &with), "good");
    size_t n = 0;
    for (const struct m_jwt_forgery *f = all; f->name; f++, n++) {
        const char *expected = reason(f->name), *is = refusal_of(f->token, &with);
        if (secret && strncmp(f->name, "kid-", 4) == 0)
            expected = "signature";
        if (es256 && strcmp(f->name, "embedded-key") == 0)
            expected = "signature";
        if (strcmp(is, expected) != 0)
            fail_msg("%s: %s is %s, not %s", algorithm, f->name, is, expected);
        assert_string_not_equal(f->token, token);
    }
    assert_int_equal(n, secret ? 18 : 20 + (algorithm[0] == 'E' && algorithm[1] == 'S'));
    are_good_otherwise(all, with);
    size_t length;
    const struct m_jwt good = m_jwt_read(t, token);
    const char *longer = m_base64url(t, m_keep(t, good.signature, good.signature_length), good.signature_length + 1);
    const char *text = m_keep(t, token, auth_token_signed_length(token));
    assert_string_equal(refusal_of(m_fmt(t, "%s.%s", text, longer), &with), "signature");
    const struct m_jwt_forgery *zero = find(all, "zero-signature");
    const unsigned char *bytes = m_base64url_bytes(t, zero ? strrchr(zero->token, '.') + 1 : "", &length);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(bytes[i], 0);
    if (!secret)
        confusion_is_signed_with_the_pem(all, key);
}

static void each_forgery_of_each_algorithm_is_refused(void **state)
{
    static const char *const names[] = {"HS256", "HS384", "HS512", "RS256", "RS384",
                                        "RS512", "ES256", "ES384", "ES512", "EdDSA"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        are_refused(names[i]);
}

static void with_a_jwks_they_are_refused_too(void **state)
{
    (void)state;
    struct m_key *key = m_key_make(t, "RS256"), *other = m_key_make(t, "ES256");
    m_key_name(t, key, "k");
    m_key_name(t, other, "o");
    const struct m_key *const keys[] = {other, key};
    struct m_json *jwks = m_json_parse(t, m_key_jwks(t, keys, 2));
    const char *token = m_jwt_make(t, CLAIMS, key, NULL);
    struct m_jwt_checking with = {.jwks = jwks, .now_s = NOW};
    struct m_jwt_forging forging = {.jwks = jwks, .now_s = NOW};
    const struct m_jwt_forgery *all = m_jwt_forgeries(t, token, &forging);
    assert_string_equal(refusal_of(token, &with), "good");
    for (const struct m_jwt_forgery *f = all; f->name; f++)
        assert_string_not_equal(refusal_of(f->token, &with), "good");
    assert_string_equal(refusal_of(there(all, "unknown-kid")->token, &with), "key");
    assert_string_equal(refusal_of(there(all, "kid-path")->token, &with), "key");
    /* The public keys sign nothing. */
    assert_null(find(all, "expired"));
    confusion_is_signed_with_the_pem(all, key);
    m_json_free(jwks);
}

static void without_a_key_there_are_those_that_need_none(void **state)
{
    (void)state;
    struct m_key *key = m_key_make(t, "ES256");
    const struct m_jwt_forgery *all = m_jwt_forgeries(t, m_jwt_make(t, "{}", key, NULL), NULL);
    struct m_jwt_checking with = {.key = key};
    size_t n = 0;
    for (const struct m_jwt_forgery *f = all; f->name; f++, n++)
        assert_string_not_equal(refusal_of(f->token, &with), "good");
    assert_int_equal(n, 15);
}

static void what_is_tampered_with_is_the_authors_choice(void **state)
{
    (void)state;
    struct m_key *key = m_key_make(t, "HS256");
    const char *token = m_jwt_make(t, CLAIMS, key, NULL);
    struct m_jwt_forging forging = {.claims = "{\"role\":\"admin\",\"sub\":\"eve\"}"};
    struct m_jwt jwt = m_jwt_read(t, there(m_jwt_forgeries(t, token, &forging), "tampered-claim")->token);
    assert_string_equal(m_json_text(t, jwt.claims, ""),
                        "{\"aud\":[\"shop\"],\"exp\":1700000900,\"iat\":1699999900,\"iss\":\"joe\",\"n\":"
                        "18446744073709551615,\"role\":\"admin\",\"sub\":\"eve\"}");
    struct m_jwt good = m_jwt_read(t, token);
    assert_int_equal(jwt.signature_length, good.signature_length);
    assert_memory_equal(jwt.signature, good.signature, good.signature_length);
    forging.claims = NULL;
    jwt = m_jwt_read(t, there(m_jwt_forgeries(t, token, &forging), "tampered-claim")->token);
    assert_string_equal(m_json_str(jwt.claims, "/sub"), "ada-forged");
}

static void what_cannot_be_forged_is_an_authors_error(void **state)
{
    (void)state;
    struct m_key *key = m_key_make(t, "HS256");
    const char *token = m_jwt_make(t, CLAIMS, key, NULL);
    struct m_jwt_forging other = {.key = m_key_make(t, "HS256")}, same = {.claims = "{\"sub\":\"ada\"}"};
    RUN(&h, m_jwt_forgeries(t, token, &other));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "not signed with the key"));
    RUN(&h, m_jwt_forgeries(t, token, &same));
    assert_non_null(strstr(h.reason, "that changes something"));
    RUN(&h, m_jwt_forgeries(t, "not.a.token", NULL));
    assert_non_null(strstr(h.reason, "no forgeries of this"));
    RUN(&h, m_jwt_forgeries(t, "eyJhbGciOiJub25lIn0.e30.", NULL));
    assert_non_null(strstr(h.reason, "signed with `none`"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_forgery_of_each_algorithm_is_refused),
        cmocka_unit_test(with_a_jwks_they_are_refused_too),
        cmocka_unit_test(without_a_key_there_are_those_that_need_none),
        cmocka_unit_test(what_is_tampered_with_is_the_authors_choice),
        cmocka_unit_test(what_cannot_be_forged_is_an_authors_error),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
