/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/auth and /v1/tokens: logging in and out, and tokens for others. */
#include "audit/audit.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "events/events.h"
#include "identity/auth.h"
#include "identity/password.h"
#include "identity/policy.h"
#include "identity/token.h"
#include "identity/users.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/tenants.h"

#include <stdlib.h>
#include <string.h>

static const char *text(const json_t *user, const char *name)
{
    return json_string_value(json_object_get(user, name));
}

static void give_token(struct request *r, int status, const json_t *user, int64_t ttl_ms)
{
    char expires[TIME_TEXT_MAX];
    struct issued_token t;

    if (token_issue(r->tb, user, ttl_ms, r->agent, &t) != 0)
        return;
    reply(r, status,
          json_pack("{s:s, s:s, s:s, s:s, s:f, s:o}", "token", t.text, "token_type", "Bearer", "token_id", t.id,
                    "expires_at", clock_text(t.expires_ms, expires), "expires_in", (double)ttl_ms / 1000, "user",
                    user_view(r->tb, text(user, "id"))));
    free(t.text);
}

static void refuse_login(struct request *r, const json_t *user, const char *username, const char *code)
{
    const char *id = user ? text(user, "id") : username;
    const char *tenant = user ? text(user, "tenant_id") : NULL;

    if (strcmp(code, "invalid_credentials") == 0)
        audit_failed(r->tb, username, "auth.login", "user", id, tenant, code);
    else
        audit_denied(r->tb, username, "auth.login", "user", id, tenant, code);
    r->tb->metrics.logins_failed++;
}

static void refuse_for(struct request *r, int status, const char *code, int64_t wait_ms)
{
    long long seconds = (long long)(wait_ms + 999) / 1000;

    reply_error(r, status, code, "try again in %lld s", seconds);
    reply_header(r, "Retry-After", "%lld", seconds);
}

static void count_failure(struct request *r, const json_t *user)
{
    const char *id = text(user, "id");
    int64_t failed = json_integer_value(json_object_get(user, "failed_logins")) + 1;
    struct policy policy = policy_of(r->tb, text(user, "tenant_id"));
    bool lock = failed >= policy.lock_after && !defect(r->tb, D_LOCKOUT_MISSING);
    int64_t lock_ms = policy.lock_seconds * (defect(r->tb, D_LOCK_TOO_SHORT) ? 1 : 1000);

    store_run(r->tb->db, "UPDATE users SET failed_logins = ?, locked_until_ms = ? WHERE id = ?", "IIs", failed,
              lock ? clock_wall_ms() + lock_ms : (int64_t)0, id);
    if (lock)
        event_publish(r->tb, "user", id, "locked", text(user, "tenant_id"),
                      json_pack("{s:s}", "username", text(user, "username")));
}

static bool tenant_lets_in(struct request *r, const json_t *user)
{
    const char *tenant = text(user, "tenant_id");

    return !tenant || tenant_is_active(r->tb, tenant);
}

static void check_login(struct request *r, const json_t *user, const char *username, const char *password,
                        int64_t ttl_s)
{
    int64_t locked_ms = json_integer_value(json_object_get(user, "locked_until_ms")) - clock_wall_ms();

    if (defect(r->tb, D_LOCKS_OPEN_WITH_RESTART) && r->tb->life.inherited)
        locked_ms = 0;
    if (user && locked_ms > 0) {
        login_limit_failed(r->tb, username);
        refuse_login(r, user, username, "account_locked");
        refuse_for(r, 423, "account_locked", locked_ms);
        return;
    }
    bool right = password_check(password, user ? text(user, "password") : NULL);
    if (!right || !json_is_true(json_object_get(user, "active"))) {
        login_limit_failed(r->tb, username);
        if (user && !right)
            count_failure(r, user);
        refuse_login(r, user, username, "invalid_credentials");
        reply_error(r, 401, "invalid_credentials", "user name or password is wrong");
        return;
    }
    if (!tenant_lets_in(r, user)) {
        refuse_login(r, user, username, "tenant_inactive");
        reply_error(r, 403, "tenant_inactive", "the tenant is not active");
        return;
    }
    struct policy policy = policy_of(r->tb, text(user, "tenant_id"));
    if (!policy_admits(r->tb, &policy, r->peer) && !defect(r->tb, D_NETWORKS_IGNORED)) {
        refuse_login(r, user, username, "network_not_allowed");
        reply_error(r, 403, "network_not_allowed", "the tenant's users don't come from %s", r->peer);
        return;
    }
    if (ttl_s > policy.session_seconds && !defect(r->tb, D_SESSION_POLICY_IGNORED))
        ttl_s = policy.session_seconds;
    char now[TIME_TEXT_MAX];
    if (!defect(r->tb, D_GUESSES_ADD_UP))
        login_limit_forget(r->tb, username);
    json_int_t failed =
        defect(r->tb, D_FAILURES_ADD_UP) ? json_integer_value(json_object_get(user, "failed_logins")) : 0;
    store_run(r->tb->db, "UPDATE users SET failed_logins = ?, locked_until_ms = 0, last_login_at = ? WHERE id = ?",
              "Iss", (int64_t)failed, clock_now_text(now), text(user, "id"));
    identity_of_user(user, &r->who);
    audit_ok(r, "auth.login", "user", text(user, "id"), text(user, "tenant_id"), "%s", username);
    r->tb->metrics.logins_ok++;
    give_token(r, 200, user, ttl_s * 1000);
}

#define LOGIN_OF                                                                                                       \
    "SELECT id, username, password, role, tenant_id, active AS \"active:bool\", failed_logins, locked_until_ms FROM"   \
    " users WHERE "

static void auth_login(struct request *r)
{
    struct fields f;

    fields_begin(&f, r);
    const char *username = field_text(&f, "username", REQUIRED, 1, 200);
    const char *password = field_text(&f, "password", REQUIRED, 1, 1000);
    int64_t ttl_s = field_number(&f, "ttl", OPTIONAL, 1, 86400, r->tb->opt.token_ttl_s);
    if (!fields_end(&f))
        return;
    int64_t wait_ms = login_limit_wait_ms(r->tb, username);
    if (wait_ms > 0) {
        refuse_login(r, NULL, username, "rate_limited");
        refuse_for(r, 429, "rate_limited", wait_ms);
        return;
    }
    if (ttl_s > r->tb->opt.token_ttl_s)
        ttl_s = r->tb->opt.token_ttl_s;
    bool any = defect(r->tb, D_LOGIN_IN_ANY_CASE);
    json_t *user =
        store_one(r->tb->db, any ? LOGIN_OF "lower(username) = lower(?)" : LOGIN_OF "username = ?", "s", username);
    check_login(r, user, username, password, ttl_s);
    json_decref(user);
}

static bool wants_token(struct request *r)
{
    if (!r->who.by_key)
        return true;
    reply_error(r, 400, "bad_request", "this is for requests with a token");
    return false;
}

static void auth_logout(struct request *r)
{
    if (!wants_token(r))
        return;
    token_revoke(r->tb, r->who.token_id);
    audit_ok(r, "auth.logout", "user", r->who.user_id, r->who.tenant_id, "%s", r->who.token_id);
    reply(r, 204, NULL);
}

static void auth_me(struct request *r)
{
    char expires[TIME_TEXT_MAX];

    reply(r, 200,
          json_pack("{s:o, s:s, s:o, s:s}", "user", user_view(r->tb, r->who.user_id), "auth",
                    r->who.by_key ? "api_key" : "token", "token_id",
                    r->who.by_key ? json_null() : json_string(r->who.token_id), "expires_at",
                    clock_text(r->who.expires_ms, expires)));
}

static void auth_password(struct request *r)
{
    char hash[PASSWORD_HASH_MAX], now[TIME_TEXT_MAX];
    struct fields f;

    if (!wants_token(r))
        return;
    fields_begin(&f, r);
    const char *current = field_text(&f, "current", REQUIRED, 1, 1000);
    const char *new = field_password(&f, "new", REQUIRED);
    policy_check_password(&f, "new", new, r->who.tenant_id);
    if (current && new &&strcmp(current, new) == 0)
        field_error(&f, "new", "must be another one");
    if (!fields_end(&f))
        return;
    /* Guessing here is guessing at the login, with a token that was stolen. */
    int64_t wait_ms = login_limit_wait_ms(r->tb, r->who.username);
    if (wait_ms > 0) {
        refuse_for(r, 429, "rate_limited", wait_ms);
        return;
    }
    json_t *user = store_one(r->tb->db, "SELECT password FROM users WHERE id = ?", "s", r->who.user_id);
    bool right = password_check(current, text(user, "password"));
    json_decref(user);
    if (!right) {
        login_limit_failed(r->tb, r->who.username);
        audit_failed(r->tb, r->who.username, "auth.password", "user", r->who.user_id, r->who.tenant_id,
                     "invalid_credentials");
        reply_error(r, 401, "invalid_credentials", "the current password is wrong");
        return;
    }
    password_hash(new, hash);
    store_run(r->tb->db,
              "UPDATE users SET password = ?, must_change = 0, version = version + 1, updated_at = ? WHERE id = ?",
              "sss", hash, clock_now_text(now), r->who.user_id);
    token_revoke_all(r->tb, r->who.user_id, r->who.token_id);
    audit_ok(r, "auth.password", "user", r->who.user_id, r->who.tenant_id, "%s", r->who.username);
    reply(r, 204, NULL);
}

/* What one can still be known by; the id is no secret, but what ends it. */
static void auth_sessions(struct request *r)
{
    json_t *sessions = store_all(r->tb->db,
                                 "SELECT id, created_at, expires_ms, agent FROM tokens"
                                 " WHERE user_id = ? AND revoked = 0 AND expires_ms > ? ORDER BY created_at DESC, id",
                                 "sI", r->who.user_id, clock_wall_ms());
    char expires[TIME_TEXT_MAX];
    json_t *session;
    size_t i;

    json_array_foreach(sessions, i, session)
    {
        int64_t expires_ms = json_integer_value(json_object_get(session, "expires_ms"));
        json_object_set_new(session, "expires_at", json_string(clock_text(expires_ms, expires)));
        json_object_set_new(session, "current", json_boolean(strcmp(text(session, "id"), r->who.token_id) == 0));
        json_object_del(session, "expires_ms");
    }
    reply(r, 200, json_pack("{s:o, s:i}", "sessions", sessions, "total", (int)json_array_size(sessions)));
}

static void tokens_issue(struct request *r)
{
    struct fields f;

    fields_begin(&f, r);
    const char *user_id = field_text(&f, "user_id", REQUIRED, 1, 64);
    int64_t ttl_ms = field_number(&f, "ttl_ms", OPTIONAL, 1, 86400000, 60000);
    if (!fields_end(&f))
        return;
    json_t *user = user_view(r->tb, user_id);
    if (user) {
        audit_ok(r, "token.issue", "user", user_id, text(user, "tenant_id"), "for %lld ms", (long long)ttl_ms);
        give_token(r, 201, user, ttl_ms);
    } else {
        reply_not_found(r);
    }
    json_decref(user);
}

/* Whether there is such a token at all, also where it is not this caller's. */
static bool token_exists(struct testbed *tb, const char *id)
{
    struct store_scope before = store_enter(tb->db, NULL);
    bool exists = store_number(tb->db, "SELECT count(*) FROM tokens WHERE id = ?", "s", id) > 0;

    store_leave(tb->db, before);
    return exists;
}

static void tokens_revoke(struct request *r)
{
    json_t *row = store_one(r->tb->db, "SELECT user_id FROM tokens WHERE id = ?", "s", r->param[0]);

    if (row && (r->who.role == PA || strcmp(text(row, "user_id"), r->who.user_id) == 0)) {
        token_revoke(r->tb, r->param[0]);
        audit_ok(r, "token.revoke", "token", r->param[0], r->who.tenant_id, "of %s", text(row, "user_id"));
        reply(r, 204, NULL);
    } else {
        r->cross_tenant = token_exists(r->tb, r->param[0]);
        reply_not_found(r);
    }
    json_decref(row);
}

const struct route auth_routes[] = {
    {M_POST, "/v1/auth/login", 0, ROUTE_ANYONE, NULL, auth_login},
    {M_POST, "/v1/auth/logout", ROLES_ALL, ROUTE_FIRST, NULL, auth_logout},
    {M_GET, "/v1/auth/me", ROLES_ALL, ROUTE_FIRST, NULL, auth_me},
    {M_POST, "/v1/auth/password", ROLES_ALL, ROUTE_FIRST, NULL, auth_password},
    {M_GET, "/v1/auth/sessions", ROLES_ALL, 0, NULL, auth_sessions},
    {M_POST, "/v1/tokens", PA, 0, NULL, tokens_issue},
    {M_DELETE, "/v1/tokens/{}", ROLES_ALL, 0, NULL, tokens_revoke},
    {.pattern = NULL},
};
