/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication of requests, and the limit on failed logins. */
#include "identity/auth.h"

#include "common/clock.h"
#include "common/crypto.h"
#include "common/number.h"
#include "identity/policy.h"
#include "identity/token.h"
#include "store/store.h"
#include "tenants/quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SKEW_MS      300000
#define LIMIT_COUNT  10
#define LIMIT_WINDOW 10000

static const char *refusal_text(const char *code)
{
    static const char *const texts[][2] = {
        {"token_expired", "the token has expired"},
        {"token_revoked", "the token was revoked"},
        {"password_change_required", "the password has to be changed first"},
        {"bad_signature", "the signature does not fit the request"},
        {"timestamp_skew", "the timestamp is too far from the platform's clock"},
        {"replayed_request", "the nonce was used before"},
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i][0], code) == 0)
            return texts[i][1];
    return "the credentials are not valid";
}

static bool signature_fits(struct request *r, const char *secret)
{
    char digest[SHA256_HEX], want[SHA256_HEX];
    unsigned char mac[SHA256_LEN];

    crypto_sha256_hex(r->body ? r->body : "", r->body_len, digest);
    char *text = NULL;
    int len = asprintf(&text, "%s\n%s\n%s\n%s\n%s\n%s", r->method_name, r->path, r->query, r->key_timestamp,
                       r->key_nonce, digest);
    if (len < 0)
        abort();
    crypto_hmac(secret, strlen(secret), text, (size_t)len, mac);
    free(text);
    crypto_hex(mac, sizeof mac, want);
    return strlen(r->key_signature) == strlen(want) && crypto_equal(want, r->key_signature, strlen(want));
}

static bool nonce_is_wellformed(const char *nonce)
{
    size_t len = strlen(nonce);

    return len >= 8 && len <= 64 &&
           strspn(nonce, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

/* The signature first: only who holds the key may spend a nonce. */
static const char *check_key(struct request *r, const json_t *row)
{
    const char *secret = json_string_value(json_object_get(row, "secret"));
    int64_t now = clock_wall_ms(), stamp;

    if (!row || !nonce_is_wellformed(r->key_nonce))
        return "invalid_credentials";
    if (!signature_fits(r, secret))
        return "bad_signature";
    r->who.expires_ms = json_integer_value(json_object_get(row, "expires_ms"));
    if (r->who.expires_ms <= now)
        return "token_expired";
    if (!number_parse(r->key_timestamp, now - SKEW_MS, now + SKEW_MS, &stamp))
        return "timestamp_skew";
    int64_t keep_ms = defect(r->tb, D_NONCE_FORGOTTEN) ? 2 * SKEW_MS / 1000 : 2 * SKEW_MS;
    store_run(r->tb->db, "DELETE FROM nonces WHERE seen_ms < ?", "I", now - keep_ms);
    int kept = store_run(r->tb->db, "INSERT INTO nonces (key_id, nonce, seen_ms) VALUES (?,?,?)", "ssI", r->key_id,
                         r->key_nonce, now);
    bool forgotten = defect(r->tb, D_REPLAY_AFTER_RESTART) && r->tb->life.inherited;
    if (kept == STORE_UNIQUE && !defect(r->tb, D_REPLAY_ACCEPTED) && !forgotten)
        return "replayed_request";
    return identity_of_user(row, &r->who) ? NULL : "invalid_credentials";
}

static const char *auth_key(struct request *r)
{
    json_t *row = store_one(
        r->tb->db,
        "SELECT k.secret, k.expires_ms, u.id, u.username, u.role, u.tenant_id, u.active AS \"active:bool\","
        " u.must_change AS \"must_change:bool\" FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.id = ?",
        "s", r->key_id);
    const char *refusal = check_key(r, row);

    json_decref(row);
    r->who.by_key = true;
    return refusal;
}

bool auth_network_fits(struct request *r)
{
    struct policy policy = policy_of(r->tb, r->who.tenant_id);

    return policy_admits(r->tb, &policy, r->peer) || defect(r->tb, D_NETWORKS_IGNORED);
}

bool auth_request(struct request *r)
{
    const char *refusal;

    if (r->key_id[0]) {
        refusal = auth_key(r);
    } else if (strncasecmp(r->authorization, "Bearer ", 7) == 0) {
        refusal = token_check(r->tb, r->authorization + 7, &r->who);
    } else {
        reply_error(r, 401, "missing_credentials", "a bearer token or a signed request is needed");
        return false;
    }
    if (refusal)
        reply_error(r, 401, refusal, "%s", refusal_text(refusal));
    else if (!auth_network_fits(r))
        reply_error(r, 403, "network_not_allowed", "the tenant's users don't come from %s", r->peer);
    return r->status == 0;
}

static const char *handshake_token(const struct request *r)
{
    if (strncasecmp(r->authorization, "Bearer ", 7) == 0)
        return r->authorization + 7;
    return request_arg(r, "token");
}

/* Live connections stay, so they are counted. */
static bool may_listen(struct request *r)
{
    return !r->who.tenant_id[0] || defect(r->tb, D_STREAMS_UNLIMITED) ||
           quota_allows(r, r->who.tenant_id, "streams", 1);
}

const char *auth_handshake(struct request *r)
{
    const char *token = handshake_token(r);
    const char *refusal = token ? token_check(r->tb, token, &r->who) : "missing_credentials";

    if (!refusal && r->who.must_change)
        return "password_change_required";
    if (!refusal && !auth_network_fits(r))
        return "network_not_allowed";
    if (!refusal && !may_listen(r))
        return "quota_exceeded";
    if (!refusal || !token || !defect(r->tb, D_WS_TOKEN_UNCHECKED))
        return refusal;
    r->who = (struct identity){.role = PU, .username = "anonymous", .role_name = "platform_auditor"};
    return NULL;
}

struct login_limits {
    struct login_limits *next;
    char username[72];
    int64_t first_ms;
    int failed;
};

/* The username's entry; entries out of their window are dropped on the way. */
static struct login_limits **find_limit(struct testbed *tb, const char *username)
{
    int64_t now = clock_mono_ms();
    struct login_limits **at = &tb->logins, **found = NULL;

    while (*at) {
        struct login_limits *l = *at;
        if (now - l->first_ms > LIMIT_WINDOW) {
            *at = l->next;
            free(l);
            continue;
        }
        if (strncmp(l->username, username, sizeof l->username - 1) == 0)
            found = at;
        at = &l->next;
    }
    return found;
}

int64_t login_limit_wait_ms(struct testbed *tb, const char *username)
{
    struct login_limits **at = find_limit(tb, username);

    if (!at || (*at)->failed < LIMIT_COUNT || defect(tb, D_RATE_LIMIT_MISSING))
        return 0;
    return (*at)->first_ms + LIMIT_WINDOW - clock_mono_ms() + 1;
}

void login_limit_failed(struct testbed *tb, const char *username)
{
    struct login_limits **at = find_limit(tb, username);

    if (at) {
        (*at)->failed++;
        return;
    }
    struct login_limits *l = calloc(1, sizeof *l);
    if (!l)
        return;
    snprintf(l->username, sizeof l->username, "%s", username);
    l->first_ms = clock_mono_ms();
    l->failed = 1;
    l->next = tb->logins;
    tb->logins = l;
}

void login_limit_forget(struct testbed *tb, const char *username)
{
    struct login_limits **at = find_limit(tb, username);

    if (!at)
        return;
    struct login_limits *l = *at;
    *at = l->next;
    free(l);
}

void login_limits_free(struct testbed *tb)
{
    while (tb->logins) {
        struct login_limits *next = tb->logins->next;
        free(tb->logins);
        tb->logins = next;
    }
}
