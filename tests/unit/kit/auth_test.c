/* SPDX-License-Identifier: Apache-2.0 */
/* The kit auth against the examples of the RFCs 4231, 4648, 6238, 7515, 7519 and 8037, and against what is no token. */
#include "fake_host.h"
#include "key.h"

#include <muster/kit/data.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define CLAIMS      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define HS256_TOKEN "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." CLAIMS ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define HS256_KEY                                                                                                      \
    "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-"                                           \
    "1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}"
#define RS256_TOKEN                                                                                                    \
    "eyJhbGciOiJSUzI1NiJ9." CLAIMS ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_"   \
    "lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Q"  \
    "e7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq"  \
    "Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define RS256_KEY                                                                                                      \
    "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4q"  \
    "PCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5"  \
    "rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAc"  \
    "o9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}"
#define ES256_TOKEN                                                                                                    \
    "eyJhbGciOiJFUzI1NiJ9." CLAIMS                                                                                     \
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define ES256_KEY                                                                                                      \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                         \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"
#define ED25519_KEY                                                                                                    \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","                      \
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define ED25519_TEXT      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
#define ED25519_SIGNATURE "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

#define BEFORE 1300819379 /* the example's exp, less a second */

static struct fake_host h;
static struct muster_ctx *const t = &h.ctx;

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&h);
    return 0;
}

static struct m_key *key_of(const char *jwk)
{
    struct m_json *doc = m_json_parse(t, jwk);
    struct m_key *key = m_key_jwk(t, doc);
    m_json_free(doc);
    return key;
}

/* ---- texts ---- */

static void base64url_is_that_of_rfc_4648(void **state)
{
    static const char *const pairs[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xff\xef\xfe", "_-_-"}};
    size_t n;
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_string_equal(m_base64url(t, pairs[i][0], strlen(pairs[i][0])), pairs[i][1]);
        assert_string_equal(m_base64url_bytes(t, pairs[i][1], &n), pairs[i][0]);
        assert_int_equal(n, strlen(pairs[i][0]));
    }
    assert_string_equal(m_base64(t, "\xff\xef\xfe?", 4), "/+/+Pw==");
}

static void what_is_not_base64url_is_refused(void **state)
{
    static const char *const bad[] = {"Zg==", "Zh", "Zm9", "Z", "Zm9vY", "Zm 9", "Zm+v", "Zm/v", "Zm9v\n", "\xc3\xa9"};
    size_t n;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (m_base64url_bytes(t, bad[i], &n))
            fail_msg("\"%s\" is taken for base64url", bad[i]);
    assert_null(m_base64url_bytes(t, NULL, &n));
}

static void digests_are_those_of_the_rfcs(void **state)
{
    (void)state;
    const char *text = "what do ya want for nothing?";
    assert_string_equal(m_hmac(t, "sha256", "hex", "Jefe", text),
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_string_equal(
        m_hmac(t, "sha384", "hex", "Jefe", text),
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
    assert_string_equal(m_hmac(t, "sha1", "hex", "Jefe", text), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    assert_string_equal(m_hmac(t, "sha1", "base64", "Jefe", text), "7/zfauXrL6LSdBbV8YTfnCWafHk=");
    assert_string_equal(m_hmac(t, "sha1", "base64url", "Jefe", text), "7_zfauXrL6LSdBbV8YTfnCWafHk");
    assert_string_equal(m_sha256_hex(t, "abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(m_sha256_hex(t, NULL, 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const char *one = m_random_hex(t, 16), *two = m_random_hex(t, 16);
    assert_int_equal(strlen(one), 32);
    assert_string_not_equal(one, two);
}

static void one_time_passwords_are_those_of_rfc_6238(void **state)
{
    (void)state;
    const char *secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    assert_string_equal(m_totp(t, secret, 59), "287082");
    assert_string_equal(m_totp(t, secret, 1111111109), "081804");
    assert_string_equal(m_totp(t, secret, 20000000000), "353130");
    assert_string_equal(m_totp(t, "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", 59), "287082");
    RUN(&h, m_totp(t, "GEZD1", 59));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "not base32"));
}

/* ---- the tokens of RFC 7515, appendix A ---- */

static void is_good(const char *token, const char *jwk)
{
    struct m_jwt_checking with = {.key = key_of(jwk), .issuer = "joe", .now_s = BEFORE};
    struct m_jwt jwt = m_jwt_verify(t, token, &with);
    if (jwt.error)
        fail_msg("%s: %s", jwt.refusal, jwt.error);
    assert_null(jwt.refusal);
    assert_int_equal(m_json_bool(jwt.claims, "/http:~1~1example.com~1is_root"), 1);
    with.now_s++;
    assert_string_equal(m_jwt_verify(t, token, &with).refusal, "expired");
    with.leeway_s = 1;
    assert_null(m_jwt_verify(t, token, &with).refusal);
    with.issuer = "jo";
    assert_string_equal(m_jwt_verify(t, token, &with).refusal, "issuer");
    with.issuer = NULL;
    with.audience = "joe";
    assert_string_equal(m_jwt_verify(t, token, &with).refusal, "audience");
}

static void the_examples_of_rfc_7515_are_good(void **state)
{
    (void)state;
    is_good(HS256_TOKEN, HS256_KEY);
    is_good(RS256_TOKEN, RS256_KEY);
    is_good(ES256_TOKEN, ES256_KEY);
    struct m_jwt_checking with = {.key = key_of(HS256_KEY), .now_s = BEFORE};
    assert_string_equal(m_jwt_verify(t, "eyJhbGciOiJub25lIn0." CLAIMS ".", &with).refusal, "algorithm");
    assert_string_equal(m_jwt_verify(t, RS256_TOKEN, &with).refusal, "algorithm");
}

static void the_example_of_rfc_8037_is_what_is_signed(void **state)
{
    size_t n;
    (void)state;
    const struct algorithm *a = auth_algorithm_find("EdDSA");
    const void *signature = auth_sign_bytes(t, a, key_of(ED25519_KEY), ED25519_TEXT, strlen(ED25519_TEXT), &n);
    assert_string_equal(m_base64url(t, signature, n), ED25519_SIGNATURE);
}

static void a_secret_signs_as_in_rfc_7515(void **state)
{
    (void)state;
    size_t n;
    const char *claims = m_base64url_bytes(t, CLAIMS, &n);
    struct m_key *key = key_of(HS256_KEY);
    const char *token = m_jwt_make(t, claims, key, NULL);
    struct m_jwt jwt = m_jwt_read(t, token);
    assert_null(jwt.error);
    assert_string_equal(m_json_text(t, jwt.header, ""), "{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    assert_non_null(strstr(token, "." CLAIMS "."));
    is_good(token, HS256_KEY);
}

/* ---- what is no token ---- */

static void is_malformed(const char *token)
{
    struct m_jwt_checking with = {.key = key_of(HS256_KEY)};
    struct m_jwt jwt = m_jwt_verify(t, token, &with);
    if (!jwt.refusal || strcmp(jwt.refusal, "malformed") != 0)
        fail_msg("%s is %s", token, jwt.refusal ? jwt.refusal : "good");
    assert_non_null(jwt.error);
}

static const char *token_of(const char *header, const char *claims)
{
    return m_fmt(t, "%s.%s.AA", m_base64url(t, header, strlen(header)), m_base64url(t, claims, strlen(claims)));
}

static void what_is_no_token_is_an_error_value(void **state)
{
    size_t n;
    (void)state;
    is_malformed(NULL);
    static const char *const bad[] = {
        "",          ".",        "..",       "...",         "a",         "not.a.token", "e30.e30",  "e30.e30.e30.e30",
        "e30.e30.A", "W10.e30.", "e30.W10.", "e30.bnVsbA.", " e30.e30.", "e30.e30.\n",  "e30=.e30."};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        is_malformed(bad[i]);
    is_malformed(token_of("{\"alg\":\"HS256\",\"alg\":\"none\"}", "{}"));
    is_malformed(m_fmt(t, "%s.e30.AA", m_base64url(t, "{}\0x", 4)));
    is_malformed(token_of("{\"alg\":\"HS256\",\"crit\":[\"x\"]}", "{}"));
    assert_null(m_jwt_read(t, "e30.e30.").error);
    /* Every token that is cut somewhere, and one with each byte changed. */
    struct m_jwt_checking with = {.key = key_of(HS256_KEY), .now_s = BEFORE};
    for (n = 0; n < strlen(HS256_TOKEN); n++) {
        assert_non_null(m_jwt_verify(t, m_keep(t, HS256_TOKEN, n), &with).refusal);
        char changed[] = HS256_TOKEN;
        changed[n] ^= 1;
        if (!m_jwt_verify(t, changed, &with).refusal)
            fail_msg("byte %zu may be another one", n);
    }
}

static void claims_of_other_types_are_refused(void **state)
{
    (void)state;
    struct m_key *key = m_key_secret(t, "a secret of some length");
    struct m_jwt_checking with = {.key = key, .issuer = "joe", .audience = "shop", .now_s = 1000};
    static const char *const cases[][2] = {
        {"{\"iss\":\"joe\",\"aud\":\"shop\"}", NULL},
        {"{\"iss\":\"joe\",\"aud\":[\"club\",\"shop\"],\"exp\":1000.5,\"nbf\":1000}", NULL},
        {"{\"iss\":\"joe\",\"aud\":\"shop\",\"exp\":1000}", "expired"},
        {"{\"iss\":\"joe\",\"aud\":\"shop\",\"exp\":-1}", "expired"},
        {"{\"iss\":\"joe\",\"aud\":\"shop\",\"nbf\":1001}", "not-yet-valid"},
        {"{\"iss\":\"joe\",\"aud\":\"shop\",\"exp\":\"2000\"}", "malformed"},
        {"{\"iss\":\"joe\",\"aud\":\"shop\",\"exp\":null}", "malformed"},
        {"{\"iss\":\"joe\\u0000x\",\"aud\":\"shop\"}", "issuer"},
        {"{\"iss\":[\"joe\"],\"aud\":\"shop\"}", "issuer"},
        {"{\"iss\":\"joe\",\"aud\":\"shop\\u0000x\"}", "audience"},
        {"{\"iss\":\"joe\",\"aud\":{\"shop\":1}}", "audience"},
        {"{\"iss\":\"joe\",\"aud\":[]}", "audience"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n;
        const char *part = m_base64url(t, cases[i][0], strlen(cases[i][0]));
        const char *text = m_fmt(t, "eyJhbGciOiJIUzI1NiJ9.%s", part);
        const void *signature = auth_sign_bytes(t, auth_algorithm_find("HS256"), key, text, strlen(text), &n);
        struct m_jwt jwt = m_jwt_verify(t, m_fmt(t, "%s.%s", text, m_base64url(t, signature, n)), &with);
        const char *is = jwt.refusal ? jwt.refusal : "good", *expected = cases[i][1] ? cases[i][1] : "good";
        if (strcmp(is, expected) != 0)
            fail_msg("%s is %s, not %s", cases[i][0], is, expected);
    }
}

/* ---- keys ---- */

static void is_refused(const char *part)
{
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    if (!strstr(h.reason, part))
        fail_msg("\"%s\" does not have \"%s\"", h.reason, part);
}

static void what_is_no_key_is_an_authors_error(void **state)
{
    (void)state;
    RUN(&h, m_key_pem(t, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
    is_refused("a text that is no key");
    RUN(&h, m_key_pem(t, NULL));
    is_refused("a text that is no key");
    RUN(&h, m_key_jwk(t, NULL));
    is_refused("a JWK that is no key: its kty");
    RUN(&h, m_key_make(t, "HS1"));
    is_refused("no algorithm `HS1`");
    RUN(&h, m_key_public_pem(t, m_key_secret(t, "secret")));
    is_refused("no public half");
    RUN(&h, m_jwt_make(t, "{}", key_of(ES256_KEY), NULL));
    is_refused("a public one");
    RUN(&h, m_jwt_make(t, "[]", m_key_secret(t, "secret"), NULL));
    is_refused("a JSON object is expected");
    struct m_jwt_making making = {.algorithm = "RS256"};
    RUN(&h, m_jwt_make(t, "{}", m_key_secret(t, "secret"), &making));
    is_refused("no token can be signed with `RS256`");
}

static void no_point_off_the_curve_is_a_key(void **state)
{
    (void)state;
    struct m_json *jwk =
        m_json_parse(t, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                        "\"y\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"}");
    RUN(&h, m_key_jwk(t, jwk));
    is_refused("its numbers make no key");
    m_json_free(jwk);
}

static void a_key_set_is_asked_by_kid(void **state)
{
    (void)state;
    struct m_key *one = m_key_make(t, "ES256"), *two = m_key_make(t, "ES256");
    m_key_name(t, one, "one");
    m_key_name(t, two, "two");
    const struct m_key *const keys[] = {one, two};
    struct m_json *jwks = m_json_parse(t, m_key_jwks(t, keys, 2));
    struct m_jwt_checking with = {.jwks = jwks};
    struct m_jwt_making three = {.kid = "three"}, none = {.header = "{\"kid\":null}"}, other = {.kid = "one"};
    assert_null(m_jwt_verify(t, m_jwt_make(t, "{}", one, NULL), &with).refusal);
    assert_null(m_jwt_verify(t, m_jwt_make(t, "{}", two, NULL), &with).refusal);
    assert_string_equal(m_jwt_verify(t, m_jwt_make(t, "{}", two, &three), &with).refusal, "key");
    assert_string_equal(m_jwt_verify(t, m_jwt_make(t, "{}", two, &none), &with).refusal, "key");
    assert_string_equal(m_jwt_verify(t, m_jwt_make(t, "{}", two, &other), &with).refusal, "signature");
    m_key_name(t, two, NULL);
    assert_string_equal(m_jwt_verify(t, m_jwt_make(t, "{}", two, NULL), &with).refusal, "key");
    m_json_free(jwks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64url_is_that_of_rfc_4648),
        cmocka_unit_test(what_is_not_base64url_is_refused),
        cmocka_unit_test(digests_are_those_of_the_rfcs),
        cmocka_unit_test(one_time_passwords_are_those_of_rfc_6238),
        cmocka_unit_test(the_examples_of_rfc_7515_are_good),
        cmocka_unit_test(the_example_of_rfc_8037_is_what_is_signed),
        cmocka_unit_test(a_secret_signs_as_in_rfc_7515),
        cmocka_unit_test(what_is_no_token_is_an_error_value),
        cmocka_unit_test(claims_of_other_types_are_refused),
        cmocka_unit_test(what_is_no_key_is_an_authors_error),
        cmocka_unit_test(no_point_off_the_curve_is_a_key),
        cmocka_unit_test(a_key_set_is_asked_by_kid),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
