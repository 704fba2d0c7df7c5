/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/auth.h: tokens, keys and signatures, good ones and bad ones on purpose.
 *
 *     struct m_key *key = m_key_make(t, "RS256");
 *     const char *token = m_jwt_make(t, m_json_pack(t, "{s:s, s:I}", "sub", "ada", "exp", soon), key, NULL);
 *     const struct m_jwt_forgery *f = m_jwt_forgeries(t, token, &options);
 *     for (; f->name; f++) {
 *         m_http_bearer(api, f->token);
 *         CHECK_INT(m_get(api, "/me").status, ==, 401, "%s: %s", f->name, f->what);
 *     }
 *
 * JSON Web Tokens are those of RFC 7519 as signed texts of three parts (RFC 7515). Algorithms: HS256, HS384, HS512
 * (a secret), RS256, RS384, RS512 (RSA), ES256, ES384, ES512 (P-256, P-384, P-521), EdDSA (Ed25519).
 *
 * Everything returned belongs to the kit and holds until the attempt's process ends. Keys are in memory alone, never in
 * a file. Secrets, private keys' texts and tokens that are made with a key are hidden from the kits' evidence, as
 * m_secret() does. Any thread may call. Times are seconds since 1970. What a server sent is never a reason to end the
 * scenario: it is an error value. A mistake of the author's (no such algorithm, a key of another kind, a text that is
 * no key) ends it as an error.
 */
#ifndef MUSTER_KIT_AUTH_H
#define MUSTER_KIT_AUTH_H

#include <muster/kit/json.h>
#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A secret, or a key of which at least the public half is known. */
struct m_key;

/* A token taken apart. `error` is NULL, or says why it is none; then all but `error` and `refusal` may be NULL. */
struct m_jwt {
    const struct m_json *header, *claims; /* objects */
    const void *signature;                /* decoded; `signature_length` is 0 where the third part is empty */
    size_t signature_length;
    /* One word: malformed, algorithm, key, signature, expired, not-yet-valid, issuer, audience; NULL: nothing is wrong.
     */
    const char *refusal;
    const char *error; /* a sentence without its end */
};

/* How a token is made. NULL for all of it is what each field says of NULL. */
struct m_jwt_making {
    const char *algorithm; /* NULL: the key's: HS256, RS256, ES256 ..., EdDSA */
    const char *kid;       /* NULL: the key's, or none */
    const char *header;    /* a JSON object whose members are put into the header, over all others; NULL: none */
};

/* What a token is held against. One of key and jwks has to be there. */
struct m_jwt_checking {
    const struct m_key *key;
    const struct m_json *jwks; /* {"keys": [...]}, RFC 7517: the one with the token's kid, or the only one */
    const char *issuer;        /* NULL: any */
    const char *audience;      /* has to be aud, or one of it; NULL: any */
    int64_t now_s;             /* 0: now */
    int64_t leeway_s;          /* by which exp and nbf may be missed */
};

/* What is known besides the good token. NULL for all of it leaves the forgeries that need nothing. */
struct m_jwt_forging {
    const struct m_key *key;   /* that the token is signed with: private, a secret, or the public half */
    const struct m_json *jwks; /* the server's public keys, where `key` is NULL */
    const char *claims;        /* a JSON object: what tampered-claim changes; NULL: the subject */
    int64_t now_s;             /* 0: now */
};

struct m_jwt_forgery {
    const char *name;  /* for a message or a step: alg-none; NULL ends the table */
    const char *token; /* what to send */
    const char *what;  /* a sentence without its end: what is wrong with it */
};

M_KIT_BEGIN_

/* ---- texts ---- */

/* Without padding (RFC 4648, 5). */
const char *m_base64url(struct muster_ctx *t, const void *bytes, size_t length);
/* The bytes, a NUL behind them, and how many. NULL: it is not base64url: another letter, padding, a length that cannot
 * be, bits that are left over. `text` may be NULL. */
const void *m_base64url_bytes(struct muster_ctx *t, const char *text, size_t *ret_length);
const char *m_base64(struct muster_ctx *t, const void *bytes, size_t length);
const char *m_sha256_hex(struct muster_ctx *t, const void *bytes, size_t length);
/* So many random bytes, up to 256, as hexadecimal digits. */
const char *m_random_hex(struct muster_ctx *t, size_t bytes);
/* `algorithm` is sha1, sha256, sha384 or sha512; `encoding` hex, base64 or base64url. */
const char *m_hmac(struct muster_ctx *t, const char *algorithm, const char *encoding, const char *key,
                   const char *text);
/* The same of bytes. The bytes of a signature that is a key in its turn: m_base64url_bytes() of one in base64url. */
const char *m_hmac_bytes(struct muster_ctx *t, const char *algorithm, const char *encoding, const void *key,
                         size_t key_length, const void *bytes, size_t length);
/* The six digits of RFC 6238, as an app shows them: SHA-1, 30 s. `secret` is base32, spaces allowed; `at_s` 0: now. */
const char *m_totp(struct muster_ctx *t, const char *secret, int64_t at_s);

/* ---- keys ---- */

/* A new one for the algorithm. An RSA key has 2048 bits and takes a tenth of a second or more. */
struct m_key *m_key_make(struct muster_ctx *t, const char *algorithm);
struct m_key *m_key_secret(struct muster_ctx *t, const char *secret);
/* A private or a public key as PEM: PKCS#8, PKCS#1, SEC 1, SubjectPublicKeyInfo; not one under a password. */
struct m_key *m_key_pem(struct muster_ctx *t, const char *pem);
/* A JWK (RFC 7517): kty oct, RSA, EC, OKP (Ed25519); with d it is private. Its kid becomes the key's. */
struct m_key *m_key_jwk(struct muster_ctx *t, const struct m_json *jwk);
/* Sets the name that tokens and JWKs get. The key is not shared with other threads yet. */
void m_key_name(struct muster_ctx *t, struct m_key *key, const char *kid);
/* What a server would publish; a secret has neither. */
const char *m_key_public_pem(struct muster_ctx *t, const struct m_key *key);
const char *m_key_public_jwk(struct muster_ctx *t, const struct m_key *key);
/* {"keys": [...]} of `n` keys. */
const char *m_key_jwks(struct muster_ctx *t, const struct m_key *const *keys, size_t n);

/* ---- tokens ---- */

/* Whatever the text is; NULL too. Nothing is verified. */
struct m_jwt m_jwt_read(struct muster_ctx *t, const char *token);
/* `claims` is a JSON object and is signed as it is written. `making` may be NULL. */
const char *m_jwt_make(struct muster_ctx *t, const char *claims, const struct m_key *key,
                       const struct m_jwt_making *making);
/* Signature and claims: `refusal` is NULL when all is well. Strict: no `none`, no algorithm that is not the key's kind,
 * no `crit`. */
struct m_jwt m_jwt_verify(struct muster_ctx *t, const char *token, const struct m_jwt_checking *checking);
/*
 * Tokens that every server has to refuse, made from one that it takes. Always: alg-none, alg-None, alg-nOnE, alg-empty,
 * no-signature, two-parts, cut-signature, changed-signature, tampered-claim, other-key, unknown-kid, kid-path, kid-sql,
 * embedded-key; of a token of ES*, zero-signature. With a public key: key-confusion, key-confusion-trimmed. With the
 * private key or the secret also some that are signed as they must be: expired, not-yet-valid, and, where the token has
 * the claim, wrong-issuer, wrong-audience. Never NULL. `token` has to be a token, and `key` the one that signed it.
 */
const struct m_jwt_forgery *m_jwt_forgeries(struct muster_ctx *t, const char *token,
                                            const struct m_jwt_forging *forging);

M_KIT_END_

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(const char *, m_base64url, (t, bytes, length), struct muster_ctx *t, const void *bytes, size_t length)
M_PLACED_(const void *, m_base64url_bytes, (t, text, ret_length), struct muster_ctx *t, const char *text,
          size_t *ret_length)
M_PLACED_(const char *, m_base64, (t, bytes, length), struct muster_ctx *t, const void *bytes, size_t length)
M_PLACED_(const char *, m_sha256_hex, (t, bytes, length), struct muster_ctx *t, const void *bytes, size_t length)
M_PLACED_(const char *, m_random_hex, (t, bytes), struct muster_ctx *t, size_t bytes)
M_PLACED_(const char *, m_hmac, (t, algorithm, encoding, key, text), struct muster_ctx *t, const char *algorithm,
          const char *encoding, const char *key, const char *text)
M_PLACED_(const char *, m_hmac_bytes, (t, algorithm, encoding, key, key_length, bytes, length), struct muster_ctx *t,
          const char *algorithm, const char *encoding, const void *key, size_t key_length, const void *bytes,
          size_t length)
M_PLACED_(const char *, m_totp, (t, secret, at_s), struct muster_ctx *t, const char *secret, int64_t at_s)
M_PLACED_(struct m_key *, m_key_make, (t, algorithm), struct muster_ctx *t, const char *algorithm)
M_PLACED_(struct m_key *, m_key_secret, (t, secret), struct muster_ctx *t, const char *secret)
M_PLACED_(struct m_key *, m_key_pem, (t, pem), struct muster_ctx *t, const char *pem)
M_PLACED_(struct m_key *, m_key_jwk, (t, jwk), struct muster_ctx *t, const struct m_json *jwk)
M_PLACED_VOID_(m_key_name, (t, key, kid), struct muster_ctx *t, struct m_key *key, const char *kid)
M_PLACED_(const char *, m_key_public_pem, (t, key), struct muster_ctx *t, const struct m_key *key)
M_PLACED_(const char *, m_key_public_jwk, (t, key), struct muster_ctx *t, const struct m_key *key)
M_PLACED_(const char *, m_key_jwks, (t, keys, n), struct muster_ctx *t, const struct m_key *const *keys, size_t n)
M_PLACED_(struct m_jwt, m_jwt_read, (t, token), struct muster_ctx *t, const char *token)
M_PLACED_(const char *, m_jwt_make, (t, claims, key, making), struct muster_ctx *t, const char *claims,
          const struct m_key *key, const struct m_jwt_making *making)
M_PLACED_(struct m_jwt, m_jwt_verify, (t, token, checking), struct muster_ctx *t, const char *token,
          const struct m_jwt_checking *checking)
M_PLACED_(const struct m_jwt_forgery *, m_jwt_forgeries, (t, token, forging), struct muster_ctx *t, const char *token,
          const struct m_jwt_forging *forging)
#ifdef M_PLACED_IN_C_
#define m_base64url(...)       m_base64url_at_(M_HERE_, __VA_ARGS__)
#define m_base64url_bytes(...) m_base64url_bytes_at_(M_HERE_, __VA_ARGS__)
#define m_base64(...)          m_base64_at_(M_HERE_, __VA_ARGS__)
#define m_sha256_hex(...)      m_sha256_hex_at_(M_HERE_, __VA_ARGS__)
#define m_random_hex(...)      m_random_hex_at_(M_HERE_, __VA_ARGS__)
#define m_hmac(...)            m_hmac_at_(M_HERE_, __VA_ARGS__)
#define m_hmac_bytes(...)      m_hmac_bytes_at_(M_HERE_, __VA_ARGS__)
#define m_totp(...)            m_totp_at_(M_HERE_, __VA_ARGS__)
#define m_key_make(...)        m_key_make_at_(M_HERE_, __VA_ARGS__)
#define m_key_secret(...)      m_key_secret_at_(M_HERE_, __VA_ARGS__)
#define m_key_pem(...)         m_key_pem_at_(M_HERE_, __VA_ARGS__)
#define m_key_jwk(...)         m_key_jwk_at_(M_HERE_, __VA_ARGS__)
#define m_key_name(...)        m_key_name_at_(M_HERE_, __VA_ARGS__)
#define m_key_public_pem(...)  m_key_public_pem_at_(M_HERE_, __VA_ARGS__)
#define m_key_public_jwk(...)  m_key_public_jwk_at_(M_HERE_, __VA_ARGS__)
#define m_key_jwks(...)        m_key_jwks_at_(M_HERE_, __VA_ARGS__)
#define m_jwt_read(...)        m_jwt_read_at_(M_HERE_, __VA_ARGS__)
#define m_jwt_make(...)        m_jwt_make_at_(M_HERE_, __VA_ARGS__)
#define m_jwt_verify(...)      m_jwt_verify_at_(M_HERE_, __VA_ARGS__)
#define m_jwt_forgeries(...)   m_jwt_forgeries_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
