/* SPDX-License-Identifier: Apache-2.0 */
/* Making and checking bearer tokens. */
#include "identity/token.h"

#include "common/clock.h"
#include "common/crypto.h"
#include "store/store.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*heard)(struct testbed *tb, const char *token_id);

void token_listen(void (*revoked)(struct testbed *tb, const char *token_id))
{
    heard = revoked;
}

int token_load_key(struct testbed *tb)
{
    char hex[65];
    json_t *row = store_one(tb->db, "SELECT value FROM meta WHERE key = 'token_key'", "");
    const char *stored = json_string_value(json_object_get(row, "value"));

    if (stored) {
        size_t len = 0;
        int read = OPENSSL_hexstr2buf_ex(tb->token_key, sizeof tb->token_key, &len, stored, '\0');
        json_decref(row);
        if (tb->life.inherited && defect(tb, D_SESSIONS_END_WITH_RESTART))
            crypto_random(tb->token_key, sizeof tb->token_key);
        return read == 1 && len == sizeof tb->token_key ? 0 : -1;
    }
    crypto_random(tb->token_key, sizeof tb->token_key);
    crypto_hex(tb->token_key, sizeof tb->token_key, hex);
    return store_run(tb->db, "INSERT INTO meta (key, value) VALUES ('token_key', ?)", "s", hex) < 0 ? -1 : 0;
}

bool identity_of_user(const json_t *user, struct identity *ret_who)
{
    const char *tenant = json_string_value(json_object_get(user, "tenant_id"));
    const char *role = json_string_value(json_object_get(user, "role"));

    if (!user)
        return false;
    ret_who->role = role_parse(role);
    ret_who->must_change = json_is_true(json_object_get(user, "must_change"));
    snprintf(ret_who->user_id, sizeof ret_who->user_id, "%s", json_string_value(json_object_get(user, "id")));
    snprintf(ret_who->username, sizeof ret_who->username, "%s", json_string_value(json_object_get(user, "username")));
    snprintf(ret_who->role_name, sizeof ret_who->role_name, "%s", role);
    snprintf(ret_who->tenant_id, sizeof ret_who->tenant_id, "%s", tenant ? tenant : "");
    return json_is_true(json_object_get(user, "active"));
}

static char *encode_json(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    char *encoded = crypto_base64url(text, strlen(text));

    free(text);
    json_decref(value);
    return encoded;
}

int token_issue(struct testbed *tb, const json_t *user, int64_t ttl_ms, const char *agent,
                struct issued_token *ret_token)
{
    const char *user_id = json_string_value(json_object_get(user, "id"));
    int64_t now = clock_wall_ms();
    struct issued_token t = {.expires_ms = now + ttl_ms};
    unsigned char mac[SHA256_LEN];
    char issued[TIME_TEXT_MAX];

    crypto_new_id("tok", t.id);
    if (store_run(tb->db, "INSERT INTO tokens (id, user_id, expires_ms, created_at, agent) VALUES (?,?,?,?,?)", "ssIss",
                  t.id, user_id, t.expires_ms, clock_text(now, issued), agent) < 0)
        return -1;
    char *header = encode_json(json_pack("{s:s, s:s}", "alg", "HS256", "typ", "JWT"));
    char *claims =
        encode_json(json_pack("{s:s, s:O, s:O, s:s, s:I, s:f}", "sub", user_id, "role", json_object_get(user, "role"),
                              "tenant", json_object_get(user, "tenant_id"), "jti", t.id, "iat",
                              (json_int_t)(now / 1000), "exp", (double)t.expires_ms / 1000));
    size_t signed_len = strlen(header) + 1 + strlen(claims);
    t.text = malloc(signed_len + 64);
    if (!t.text)
        abort();
    sprintf(t.text, "%s.%s", header, claims);
    crypto_hmac(tb->token_key, sizeof tb->token_key, t.text, signed_len, mac);
    char *signature = crypto_base64url(mac, sizeof mac);
    sprintf(t.text + signed_len, ".%s", signature);
    free(signature);
    free(header);
    free(claims);
    *ret_token = t;
    return 0;
}

static json_t *decode_json(const char *text, size_t len)
{
    unsigned char raw[2048];
    int n = crypto_base64url_decode(text, len, raw, sizeof raw);

    return n < 0 ? NULL : json_loadb((const char *)raw, (size_t)n, JSON_REJECT_DUPLICATES, NULL);
}

static bool signature_fits(const struct testbed *tb, const json_t *header, const char *text, size_t signed_len)
{
    const char *alg = json_string_value(json_object_get(header, "alg"));
    const char *signature = text + signed_len + 1;
    unsigned char want[SHA256_LEN], got[SHA256_LEN];

    if (!alg)
        return false;
    if (defect(tb, D_UNSIGNED_TOKEN_ACCEPTED) && strcmp(alg, "none") == 0)
        return true;
    if (strcmp(alg, "HS256") != 0 ||
        crypto_base64url_decode(signature, strlen(signature), got, sizeof got) != (int)sizeof got)
        return false;
    crypto_hmac(tb->token_key, sizeof tb->token_key, text, signed_len, want);
    return crypto_equal(want, got, sizeof got);
}

/* The claims of a token that carries our signature; NULL otherwise. */
static json_t *signed_claims(struct testbed *tb, const char *text)
{
    const char *dot1 = strchr(text, '.');
    const char *dot2 = dot1 ? strchr(dot1 + 1, '.') : NULL;

    if (!dot2 || strchr(dot2 + 1, '.'))
        return NULL;
    json_t *header = decode_json(text, (size_t)(dot1 - text));
    bool fits = signature_fits(tb, header, text, (size_t)(dot2 - text));
    json_decref(header);
    return fits ? decode_json(dot1 + 1, (size_t)(dot2 - dot1 - 1)) : NULL;
}

static const char *check_claims(struct testbed *tb, const json_t *claims, struct identity *who)
{
    const char *jti = json_string_value(json_object_get(claims, "jti"));
    const char *sub = json_string_value(json_object_get(claims, "sub"));
    const json_t *exp = json_object_get(claims, "exp");

    if (!sub)
        return "invalid_token";
    who->expires_ms = (int64_t)(json_number_value(exp) * 1000);
    if (!defect(tb, D_EXPIRED_TOKEN_ACCEPTED) && json_is_number(exp) && who->expires_ms <= clock_wall_ms())
        return "token_expired";
    json_t *row =
        jti ? store_one(tb->db, "SELECT revoked FROM tokens WHERE id = ? AND user_id = ?", "ss", jti, sub) : NULL;
    bool known = row != NULL, revoked = json_integer_value(json_object_get(row, "revoked")) != 0;
    json_decref(row);
    if (!known && !defect(tb, D_UNSIGNED_TOKEN_ACCEPTED))
        return "invalid_token";
    if (revoked && !defect(tb, D_REVOKED_TOKEN_ACCEPTED))
        return "token_revoked";
    snprintf(who->token_id, sizeof who->token_id, "%s", jti ? jti : "");
    json_t *user =
        store_one(tb->db,
                  "SELECT id, username, role, tenant_id, active AS \"active:bool\", must_change AS \"must_change:bool\""
                  " FROM users WHERE id = ?",
                  "s", sub);
    bool active = identity_of_user(user, who) || (user && defect(tb, D_INACTIVE_USER_ACCEPTED));
    json_decref(user);
    return active ? NULL : "token_revoked";
}

const char *token_check(struct testbed *tb, const char *text, struct identity *ret_who)
{
    struct identity who = {0};
    json_t *claims = signed_claims(tb, text);
    const char *refusal = claims ? check_claims(tb, claims, &who) : "invalid_token";

    json_decref(claims);
    if (!refusal)
        *ret_who = who;
    return refusal;
}

void token_revoke(struct testbed *tb, const char *token_id)
{
    store_run(tb->db, "UPDATE tokens SET revoked = 1 WHERE id = ?", "s", token_id);
    if (!defect(tb, D_REVOKED_TOKEN_ACCEPTED) && heard)
        heard(tb, token_id);
}

void token_revoke_all(struct testbed *tb, const char *user_id, const char *except)
{
    json_t *rows =
        store_all(tb->db, "SELECT id FROM tokens WHERE user_id = ?1 AND revoked = 0 AND (?2 IS NULL OR id <> ?2)", "ss",
                  user_id, except);
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row)
    {

        token_revoke(tb, json_string_value(json_object_get(row, "id")));
    }
    json_decref(rows);
}
