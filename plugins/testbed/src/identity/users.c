/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/users */
#include "identity/users.h"

#include "audit/audit.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "events/events.h"
#include "identity/password.h"
#include "identity/policy.h"
#include "identity/token.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/tenants.h"

#include <string.h>

#define ROLE_CHOICES "platform_admin, platform_operator, platform_auditor, tenant_admin, tenant_member, tenant_viewer"
#define VIEW                                                                                                           \
    "SELECT id, username, email, role, tenant_id, active AS \"active:bool\","                                          \
    " must_change AS \"must_change_password:bool\", locked_until_ms, failed_logins, version, created_at, updated_at, " \
    "last_login_at FROM users "

int user_create(struct testbed *tb, const struct new_user *user, char ret_id[ID_MAX])
{
    char hash[PASSWORD_HASH_MAX], now[TIME_TEXT_MAX], id[ID_MAX];

    crypto_new_id("usr", id);
    password_hash(user->password, hash);
    clock_now_text(now);
    int rc = store_run(tb->db,
                       "INSERT INTO users (id, username, email, password, role, tenant_id, created_at, updated_at)"
                       " VALUES (?1,?2,?3,?4,?5,?6,?7,?7)",
                       "sssssss", id, user->username, user->email ? user->email : "", hash, user->role, user->tenant_id,
                       now);
    if (rc < 0)
        return rc;
    memcpy(ret_id, id, sizeof id);
    event_publish(tb, "user", id, "created", user->tenant_id,
                  json_pack("{s:s, s:s}", "username", user->username, "role", user->role));
    return 0;
}

static json_t *with_lock(json_t *user)
{
    int64_t until_ms = json_integer_value(json_object_get(user, "locked_until_ms"));
    bool locked = until_ms > clock_wall_ms();
    char until[TIME_TEXT_MAX];

    if (!user)
        return NULL;
    json_object_set_new(user, "locked", json_boolean(locked));
    json_object_set_new(user, "locked_until", locked ? json_string(clock_text(until_ms, until)) : json_null());
    json_object_del(user, "locked_until_ms");
    return user;
}

json_t *user_view(struct testbed *tb, const char *id)
{
    return with_lock(store_one(tb->db, VIEW "WHERE id = ?", "s", id));
}

int user_ensure_admin(struct testbed *tb, const char *password)
{
    char hash[PASSWORD_HASH_MAX], id[ID_MAX];

    if (store_number(tb->db, "SELECT count(*) FROM users WHERE username = 'admin'", "") == 0) {
        struct new_user admin = {"admin", password, "admin@testbed.invalid", "platform_admin", NULL};
        return user_create(tb, &admin, id);
    }
    password_hash(password, hash);
    return store_run(tb->db,
                     "UPDATE users SET password = ?, failed_logins = 0, locked_until_ms = 0 WHERE username = 'admin'",
                     "s", hash) < 0
               ? -1
               : 0;
}

static const char *text(const json_t *user, const char *name)
{
    return json_string_value(json_object_get(user, name));
}

/* Whether there is such a user at all, also where this caller may not know of it. */
static bool user_exists(struct testbed *tb, const char *id)
{
    struct store_scope before = store_enter(tb->db, NULL);
    bool exists = store_number(tb->db, "SELECT count(*) FROM users WHERE id = ?", "s", id) > 0;

    store_leave(tb->db, before);
    return exists;
}

/* The user of the path, if this caller may know it; NULL after a 404. */
static json_t *known_user(struct request *r)
{
    json_t *user = user_view(r->tb, r->param[0]);
    const char *tenant = user ? text(user, "tenant_id") : NULL;

    if (user && (!r->who.tenant_id[0] || (tenant && strcmp(tenant, r->who.tenant_id) == 0)))
        return user;
    json_decref(user);
    r->cross_tenant = user_exists(r->tb, r->param[0]);
    reply_not_found(r);
    return NULL;
}

static bool is_self(const struct request *r)
{
    return strcmp(r->who.user_id, r->param[0]) == 0;
}

/* A tenant's administrator gives out tenant roles, the platform's gives out all; both in a tenant that fits the role.
 */
static bool may_grant(struct request *r, const char *role, const char *tenant_id)
{
    bool tenant_role = role_parse(role) & ROLES_TENANT;

    if (r->who.role != PA && !tenant_role) {
        reply_error(r, 403, "role_not_grantable", "%s may not grant %s", r->who.role_name, role);
        return false;
    }
    if (tenant_role == (tenant_id != NULL))
        return true;
    reply_error(r, 422, "validation_failed", "role and tenant do not go together");
    json_object_set_new(
        json_object_get(r->reply, "error"), "fields",
        json_pack("{s:s}", "tenant_id", tenant_role ? "is required for a tenant role" : "platform roles have none"));
    return false;
}

/* Who belongs to a tenant asks about that one alone, also when he names none. */
static bool keep_to_own(struct request *r, const char **tenant_id)
{
    if (!r->who.tenant_id[0])
        return true;
    if (*tenant_id && strcmp(*tenant_id, r->who.tenant_id) != 0) {
        r->cross_tenant = true;
        reply_not_found(r);
        return false;
    }
    *tenant_id = r->who.tenant_id;
    return true;
}

/* The tenant a new user goes to: the administrator's own, or any that exists. */
static bool settle_tenant(struct request *r, const char **tenant_id)
{
    if (!keep_to_own(r, tenant_id))
        return false;
    if (r->who.tenant_id[0])
        return true;
    if (!*tenant_id || tenant_is_active(r->tb, *tenant_id))
        return true;
    reply_error(r, 422, "validation_failed", "1 field is invalid");
    json_object_set_new(json_object_get(r->reply, "error"), "fields",
                        json_pack("{s:s}", "tenant_id", "must be an active tenant"));
    return false;
}

static void users_create(struct request *r)
{
    struct fields f;
    char id[ID_MAX];

    fields_begin(&f, r);
    struct new_user user = {
        .username = field_match(&f, "username", REQUIRED, USERNAME_PATTERN),
        .password = field_password(&f, "password", REQUIRED),
        .role = field_choice(&f, "role", REQUIRED, ROLE_CHOICES),
        .tenant_id = field_text(&f, "tenant_id", OPTIONAL, 1, 64),
        .email = field_email(&f, "email", OPTIONAL),
    };
    bool asks = r->who.tenant_id[0] || defect(r->tb, D_POLICY_OF_WHO_ASKS);
    policy_check_password(&f, "password", user.password, asks ? r->who.tenant_id : user.tenant_id);
    if (!fields_end(&f) || (r->who.role != PA && !may_grant(r, user.role, r->who.tenant_id)))
        return;
    if (!settle_tenant(r, &user.tenant_id) || !may_grant(r, user.role, user.tenant_id))
        return;
    int rc = user_create(r->tb, &user, id);
    if (rc == STORE_UNIQUE) {
        reply_error(r, 409, "username_taken", "there is a user %s", user.username);
        return;
    }
    if (rc < 0)
        return;
    audit_ok(r, "user.create", "user", id, user.tenant_id, "%s as %s", user.username, user.role);
    reply_header(r, "Location", "/v1/users/%s", id);
    reply_versioned(r, 201, user_view(r->tb, id));
}

static void users_list(struct request *r)
{
    const char *role = request_arg(r, "role"), *tenant = request_arg(r, "tenant");
    struct page page;
    size_t i;
    json_t *user;

    if (!request_page(r, &page))
        return;
    if (!keep_to_own(r, &tenant))
        return;
    if (!request_arg(r, "tenant") && defect(r->tb, D_USERS_OF_ALL)) {
        store_enter(r->tb->db, NULL);
        tenant = NULL;
    }
    json_t *users = store_all(r->tb->db,
                              VIEW "WHERE (?1 IS NULL OR tenant_id = ?1) AND (?2 IS NULL OR role = ?2)"
                                   " ORDER BY rowid LIMIT ?3 OFFSET ?4",
                              "ssII", tenant, role, page.limit, page.offset);
    json_array_foreach(users, i, user)
    {
        with_lock(user);
    }
    int64_t total = store_number(
        r->tb->db, "SELECT count(*) FROM users WHERE (?1 IS NULL OR tenant_id = ?1) AND (?2 IS NULL OR role = ?2)",
        "ss", tenant, defect(r->tb, D_TOTAL_OF_ALL_ROLES) ? NULL : role);
    reply(r, 200, json_pack("{s:o, s:I}", "users", users, "total", (json_int_t)total));
}

static void users_get(struct request *r)
{
    json_t *user = known_user(r);

    if (!user)
        return;
    if (is_self(r) || (r->who.role & (PA | PU | TA))) {
        reply_versioned(r, 200, user);
        return;
    }
    json_decref(user);
    reply_error(r, 403, "forbidden", "%s sees only itself", r->who.role_name);
}

static void apply_patch(struct request *r, const json_t *user, const struct new_user *change, int active)
{
    const char *id = r->param[0];
    char hash[PASSWORD_HASH_MAX], now[TIME_TEXT_MAX];

    if (change->password)
        password_hash(change->password, hash);
    store_run(
        r->tb->db,
        "UPDATE users SET email = coalesce(?1, email), password = coalesce(?2, password), role = coalesce(?3, role),"
        " active = CASE WHEN ?4 < 0 THEN active ELSE ?4 END, version = version + 1, updated_at = ?5 WHERE id = ?6",
        "sssiss", defect(r->tb, D_EMAIL_STAYS) ? NULL : change->email, change->password ? hash : NULL, change->role,
        active, clock_now_text(now), id);
    if (change->password || (active == 0 && !defect(r->tb, D_INACTIVE_USER_ACCEPTED)))
        token_revoke_all(r->tb, id, is_self(r) ? r->who.token_id : NULL);
    audit_ok(r, "user.update", "user", id, text(user, "tenant_id"), "%s", text(user, "username"));
    event_publish(r->tb, "user", id, "updated", text(user, "tenant_id"),
                  json_pack("{s:s}", "username", text(user, "username")));
    reply_versioned(r, 200, user_view(r->tb, id));
}

static void users_patch(struct request *r)
{
    json_t *user = known_user(r);
    struct fields f;

    if (!user)
        return;
    fields_begin(&f, r);
    struct new_user change = {
        .email = field_email(&f, "email", OPTIONAL),
        .password = field_password(&f, "password", OPTIONAL),
        .role = field_choice(&f, "role", OPTIONAL, ROLE_CHOICES),
    };
    policy_check_password(&f, "password", change.password,
                          defect(r->tb, D_POLICY_OF_WHO_ASKS) ? r->who.tenant_id : text(user, "tenant_id"));
    int active = field_given(&f, "active") ? field_bool(&f, "active", true) : -1;
    field_bool(&f, "active", true);
    field_number(&f, "version", OPTIONAL, 1, INT64_MAX, 0);
    bool escalates = is_self(r) && change.role && defect(r->tb, D_ROLE_ESCALATION);
    bool administers = (r->who.role & (PA | TA)) && !(is_self(r) && (change.role || active >= 0));

    if (!fields_end(&f))
        ;
    else if (!escalates && !administers && !(is_self(r) && !change.role && active < 0))
        reply_error(r, 403, "forbidden", "%s may not change this", r->who.role_name);
    else if (!escalates && change.role && !may_grant(r, change.role, text(user, "tenant_id")))
        ;
    else if (request_version_matches(r, json_integer_value(json_object_get(user, "version"))))
        apply_patch(r, user, &change, active);
    json_decref(user);
}

static void users_delete(struct request *r)
{
    json_t *user = known_user(r);

    if (!user)
        return;
    if (is_self(r)) {
        reply_error(r, 409, "cannot_delete_self", "ask another administrator");
    } else {
        token_revoke_all(r->tb, r->param[0], NULL);
        store_run(r->tb->db, "DELETE FROM users WHERE id = ?", "s", r->param[0]);
        audit_ok(r, "user.delete", "user", r->param[0], text(user, "tenant_id"), "%s", text(user, "username"));
        event_publish(r->tb, "user", r->param[0], "deleted", text(user, "tenant_id"),
                      json_pack("{s:s}", "username", text(user, "username")));
        reply(r, 204, NULL);
    }
    json_decref(user);
}

static void users_unlock(struct request *r)
{
    json_t *user = known_user(r);

    if (!user)
        return;
    store_run(r->tb->db, "UPDATE users SET failed_logins = 0, locked_until_ms = 0 WHERE id = ?", "s", r->param[0]);
    audit_ok(r, "user.unlock", "user", r->param[0], text(user, "tenant_id"), "%s", text(user, "username"));
    json_decref(user);
    reply_versioned(r, 200, user_view(r->tb, r->param[0]));
}

const struct route users_routes[] = {
    {M_POST, "/v1/users", PA | TA, 0, NULL, users_create},
    {M_GET, "/v1/users", PA | PU | TA, 0, NULL, users_list},
    {M_GET, "/v1/users/{}", ROLES_ALL, 0, NULL, users_get},
    {M_PATCH, "/v1/users/{}", ROLES_ALL, 0, NULL, users_patch},
    {M_DELETE, "/v1/users/{}", PA | TA, 0, NULL, users_delete},
    {M_POST, "/v1/users/{}/unlock", PA | TA, 0, NULL, users_unlock},
    {.pattern = NULL},
};
