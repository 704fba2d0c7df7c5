/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of authentication, authorisation and the walls between tenants. */
#include "bed.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static bool me(struct bed *b, const char *token)
{
    return call(b, token, "GET", NULL, NULL, "/v1/auth/me") == 200;
}

/* Users of another tenant are not there, in lists either. */
static bool users_are_apart(struct bed *b)
{
    struct tenant a, other;

    make_tenant(b, &a);
    make_tenant(b, &other);
    return call(b, a.token, "GET", NULL, NULL, "/v1/users?tenant=%s", a.id) == 200 &&
           call(b, other.token, "GET", NULL, NULL, "/v1/users?tenant=%s", a.id) == 404;
}

static bool tenants_are_apart(struct bed *b)
{
    struct tenant a, other;

    make_tenant(b, &a);
    make_tenant(b, &other);
    if (call(b, a.token, "POST", "{\"name\":\"C\",\"email\":\"c@x.org\"}", NULL, "/v1/tenants/%s/customers", a.id) !=
        201)
        return false;
    return users_are_apart(b) && call(b, a.token, "GET", NULL, NULL, "/v1/tenants/%s/customers", a.id) == 200 &&
           call(b, other.token, "GET", NULL, NULL, "/v1/tenants/%s/customers", a.id) == 404 &&
           call(b, other.token, "GET", NULL, NULL, "/v1/tenants/%s", a.id) == 404;
}

static bool backups_are_apart(struct bed *b)
{
    struct tenant a, other;
    char theirs[32], ours[32], body[100];
    json_t *answer;

    make_tenant(b, &a);
    make_tenant(b, &other);
    make_workload(b, &a, "", theirs);
    make_workload(b, &other, "", ours);
    if (!workload_becomes(b, theirs, "running") || !workload_becomes(b, ours, "running") ||
        call(b, a.token, "POST", "{}", &answer, "/v1/workloads/%s/backups", theirs) != 201)
        return false;
    snprintf(body, sizeof body, "{\"backup_id\":\"%s\"}", text_at(answer, "id"));
    json_decref(answer);
    return call(b, a.token, "POST", body, NULL, "/v1/workloads/%s/restore", theirs) == 200 &&
           call(b, other.token, "POST", body, NULL, "/v1/workloads/%s/restore", ours) == 404;
}

static void issue(struct bed *b, const char *user_id, int ttl_ms, char *ret_token, char *ret_id)
{
    char body[100];
    json_t *answer;

    snprintf(body, sizeof body, "{\"user_id\":\"%s\",\"ttl_ms\":%d}", user_id, ttl_ms);
    call(b, b->admin, "POST", body, &answer, "/v1/tokens");
    snprintf(ret_token, TOKEN_MAX, "%s", text_at(answer, "token"));
    snprintf(ret_id, 32, "%s", text_at(answer, "token_id"));
    json_decref(answer);
}

static bool tokens_expire(struct bed *b)
{
    char name[32], user[32], token[TOKEN_MAX], id[32];

    make_user(b, NULL, "platform_auditor", name, user, token);
    issue(b, user, 60000, token, id);
    if (!me(b, token))
        return false;
    issue(b, user, 1, token, id);
    pause_ms(5);
    return !me(b, token);
}

static bool tokens_can_be_revoked(struct bed *b)
{
    char name[32], user[32], token[TOKEN_MAX], second[TOKEN_MAX], id[32];

    make_user(b, NULL, "platform_auditor", name, user, token);
    issue(b, user, 60000, second, id);
    if (call(b, token, "POST", NULL, NULL, "/v1/auth/logout") != 204 || me(b, token) || !me(b, second))
        return false;
    return call(b, b->admin, "DELETE", NULL, NULL, "/v1/tokens/%s", id) == 204 && !me(b, second);
}

static void base64url(const char *text, char *ret)
{
    int n = EVP_EncodeBlock((unsigned char *)ret, (const unsigned char *)text, (int)strlen(text));

    while (n > 0 && ret[n - 1] == '=')
        ret[--n] = '\0';
    for (char *p = ret; *p; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
}

static bool tokens_must_be_signed(struct bed *b)
{
    char name[32], user[32], token[TOKEN_MAX], claims[200], part[2][400], forged[TOKEN_MAX];

    make_user(b, NULL, "platform_auditor", name, user, token);
    snprintf(claims, sizeof claims, "{\"sub\":\"%s\",\"exp\":9999999999}", user);
    base64url("{\"alg\":\"none\",\"typ\":\"JWT\"}", part[0]);
    base64url(claims, part[1]);
    snprintf(forged, sizeof forged, "%s.%s.", part[0], part[1]);
    if (me(b, forged))
        return false;
    /* One changed letter of a real one. */
    char *signature = strrchr(token, '.') + 1;
    *signature = *signature == 'A' ? 'B' : 'A';
    return !me(b, token);
}

static bool roles_cannot_be_taken(struct bed *b)
{
    char name[32], user[32], token[TOKEN_MAX];
    struct tenant t;

    make_tenant(b, &t);
    make_user(b, &t, "tenant_viewer", name, user, token);
    return call(b, token, "PATCH", "{\"role\":\"tenant_admin\"}", NULL, "/v1/users/%s", user) == 403 &&
           call(b, token, "PATCH", "{\"email\":\"me@x.org\"}", NULL, "/v1/users/%s", user) == 200 &&
           call(b, token, "POST", "{\"name\":\"w\"}", NULL, "/v1/tenants/%s/workloads", t.id) == 403 &&
           call(b, t.token, "POST",
                "{\"username\":\"root1\",\"password\":\"" PASSWORD "\",\"role\":\"platform_admin\"}", NULL,
                "/v1/users") == 403;
}

static bool accounts_are_locked(struct bed *b)
{
    char name[32], user[32], token[TOKEN_MAX];

    make_user(b, NULL, "platform_auditor", name, user, token);
    for (int i = 0; i < 5; i++)
        if (login(b, name, "wrong password", NULL) != 401)
            return false;
    if (login(b, name, PASSWORD, NULL) != 423)
        return false;
    return call(b, b->admin, "POST", NULL, NULL, "/v1/users/%s/unlock", user) == 200 &&
           login(b, name, PASSWORD, NULL) == 200;
}

static bool guessing_is_limited(struct bed *b)
{
    char name[32];

    unique(name, sizeof name, "nobody");
    for (int i = 0; i < 10; i++)
        if (login(b, name, "wrong password", NULL) != 401)
            return false;
    return login(b, name, "wrong password", NULL) == 429;
}

static void hex(const unsigned char *data, size_t len, char *ret)
{
    for (size_t i = 0; i < len; i++)
        sprintf(ret + 2 * i, "%02x", data[i]);
}

static int signed_call(struct bed *b, const char *key, const char *secret, const char *nonce, const char *body)
{
    char digest[65], signature[65], stamp[32], text[1024];
    unsigned char raw[32];
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(stamp, sizeof stamp, "%lld", (long long)now.tv_sec * 1000);
    EVP_Digest(body, strlen(body), raw, NULL, EVP_sha256(), NULL);
    hex(raw, sizeof raw, digest);
    snprintf(text, sizeof text, "POST\n/v1/events\na=b c\n%s\n%s\n%s", stamp, nonce, digest);
    HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, strlen(text), raw, NULL);
    hex(raw, sizeof raw, signature);
    next_header(b, "X-Muster-Key: %s", key);
    next_header(b, "X-Muster-Timestamp: %s", stamp);
    next_header(b, "X-Muster-Nonce: %s", nonce);
    next_header(b, "X-Muster-Signature: %s", signature);
    return call(b, NULL, "POST", body, NULL, "/v1/events?a=b%%20c");
}

static bool replays_are_refused(struct bed *b)
{
    char key[32], secret[80], nonce[32];
    json_t *answer;

    if (call(b, b->admin, "POST", "{\"name\":\"k\"}", &answer, "/v1/api-keys") != 201)
        return false;
    snprintf(key, sizeof key, "%s", text_at(answer, "id"));
    snprintf(secret, sizeof secret, "%s", text_at(answer, "secret"));
    json_decref(answer);
    unique(nonce, sizeof nonce, "nonce-000");
    if (signed_call(b, key, "another secret", nonce, "{\"name\":\"x\"}") != 401 ||
        signed_call(b, key, secret, nonce, "{\"name\":\"x\"}") != 202)
        return false;
    return signed_call(b, key, secret, nonce, "{\"name\":\"x\"}") == 401;
}

const struct probe probes_security[] = {
    {"cross-tenant-read", tenants_are_apart},           {"backup-by-id-alone", backups_are_apart},
    {"expired-token-accepted", tokens_expire},          {"revoked-token-accepted", tokens_can_be_revoked},
    {"unsigned-token-accepted", tokens_must_be_signed}, {"role-escalation", roles_cannot_be_taken},
    {"lockout-missing", accounts_are_locked},           {"rate-limit-missing", guessing_is_limited},
    {"replay-accepted", replays_are_refused},           {NULL, NULL},
};
