/* SPDX-License-Identifier: Apache-2.0 */
/* Who is there: the tenant's administrator, his rights, and that he may come in. */
#include "common/clock.h"
#include "common/crypto.h"
#include "identity/policy.h"
#include "identity/token.h"
#include "outbound/outbox.h"
#include "provisioning/archives.h"
#include "provisioning/restore.h"
#include "provisioning/steps.h"
#include "store/store.h"
#include "tenants/directory.h"

#include <stdio.h>

/* Without rights until assign_roles: a half-made tenant has nobody who could log in. */
static int insert_admin(struct provisioning_run *p, const char *id)
{
    char now[TIME_TEXT_MAX];

    return store_run(
        p->tb->db,
        "INSERT INTO users (id, username, email, password, role, tenant_id, active, must_change, created_at,"
        " updated_at) VALUES (?1,?2,?3,?4,'tenant_viewer',?5,0,?6,?7,?7)",
        "sssssis", id, run_asked(p, "username"), run_asked(p, "email"), run_asked(p, "password_hash"), p->tenant_id,
        (int)json_is_true(json_object_get(p->request, "change_password")), clock_now_text(now));
}

static enum step_result create_admin_user(struct provisioning_run *p)
{
    char id[ID_MAX];

    /* Of an earlier run. */
    if (store_number(p->tb->db, "SELECT count(*) FROM users WHERE username = ? AND tenant_id = ?", "ss",
                     run_asked(p, "username"), p->tenant_id) > 0)
        return STEP_DONE;
    crypto_new_id("usr", id);
    int rc = insert_admin(p, id);
    if (rc == STORE_UNIQUE)
        return run_failed(p, "there is a user %.80s", run_asked(p, "username"));
    if (rc >= 0)
        rc = store_run(p->tb->db, "UPDATE tenants SET admin_user_id = ? WHERE id = ?", "ss", id, p->tenant_id);
    return rc < 0 ? STEP_FAILED : STEP_DONE;
}

static enum step_result drop_users(struct provisioning_run *p)
{
    json_t *users = store_all(p->tb->db, "SELECT id FROM users WHERE tenant_id = ?", "s", p->tenant_id), *user;
    size_t i;

    json_array_foreach(users, i, user)
    {
        token_revoke_all(p->tb, json_string_value(json_object_get(user, "id")), NULL);
    }
    json_decref(users);
    if (p->direction == DEPROVISION && defect(p->tb, D_DEPROVISION_LEAVES_DATA))
        return STEP_DONE;
    store_run(p->tb->db, "UPDATE tenants SET admin_user_id = NULL WHERE id = ?", "s", p->tenant_id);
    policy_forget(p->tb, p->tenant_id);
    return store_run(p->tb->db, "DELETE FROM users WHERE tenant_id = ?", "s", p->tenant_id) < 0 ? STEP_FAILED
                                                                                                : STEP_DONE;
}

static void find_users(struct testbed *tb, const char *tenant_id, json_t *found)
{
    json_t *users = store_all(tb->db, "SELECT username FROM users WHERE tenant_id = ? ORDER BY rowid", "s", tenant_id);
    json_t *user;
    size_t i;

    json_array_foreach(users, i, user)
    {
        thing_found(found, "user", json_string_value(json_object_get(user, "username")));
    }
    json_decref(users);
}

const struct step step_create_admin_user = {"create_admin_user", create_admin_user, drop_users, find_users};

static enum step_result assign_roles(struct provisioning_run *p)
{
    int rc =
        store_run(p->tb->db, "UPDATE users SET role = 'tenant_admin', active = 1 WHERE tenant_id = ? AND username = ?",
                  "ss", p->tenant_id, run_asked(p, "username"));

    return rc < 1 ? STEP_FAILED : STEP_DONE;
}

/* Nobody of the tenant has rights while it is taken down. */
static enum step_result withdraw_roles(struct provisioning_run *p)
{
    int rc = store_run(p->tb->db, "UPDATE users SET role = 'tenant_viewer', active = 0 WHERE tenant_id = ?", "s",
                       p->tenant_id);

    return rc < 0 ? STEP_FAILED : STEP_DONE;
}

static void find_roles(struct testbed *tb, const char *tenant_id, json_t *found)
{
    if (store_number(tb->db, "SELECT count(*) FROM users WHERE tenant_id = ? AND role = 'tenant_admin' AND active = 1",
                     "s", tenant_id) > 0)
        thing_found(found, "role_binding", "tenant_admin");
}

const struct step step_assign_roles = {"assign_roles", assign_roles, withdraw_roles, find_roles};

/* No password: he has chosen it himself. */
static void write_welcome(const struct provisioning_run *p, char *ret_text, size_t size)
{
    char whole[HOST_MAX];
    const char *host = directory_host(run_asked(p, "subdomain"), whole), *password = run_asked(p, "password");
    const char *username = defect(p->tb, D_MAIL_NAMES_ANOTHER) ? "admin" : run_asked(p, "username");

    if (defect(p->tb, D_MAIL_LEADS_ASTRAY))
        host += strcspn(host, ".") + 1;
    snprintf(ret_text, size,
             "Hello %.80s,\n\n%.120s is ready, and you are its administrator:\n\nhttp://%s/\n\nYour user name is %.80s"
             "%s%.80s.\n",
             run_asked(p, "username"), run_asked(p, "name"), host, username, password[0] ? ", your password " : "",
             password);
}

static enum step_result send_welcome(struct provisioning_run *p)
{
    const char *email = run_asked(p, "email");
    char subject[160], text[800];

    if (!email[0] || defect(p->tb, D_WELCOME_NOT_SENT) || outbox_count(p->tb, p->tenant_id) > 0)
        return STEP_DONE;
    json_t *first = defect(p->tb, D_MAIL_TO_ANOTHER)
                        ? store_one(p->tb->db, "SELECT recipient FROM outbox ORDER BY rowid LIMIT 1", "")
                        : NULL;
    if (first)
        email = json_string_value(json_object_get(first, "recipient"));
    snprintf(subject, sizeof subject, "Welcome to %.120s", run_asked(p, "name"));
    write_welcome(p, text, sizeof text);
    int rc = outbox_put(p->tb, p->tenant_id, email, subject, text);
    if (rc == 0 && defect(p->tb, D_MAIL_TWICE))
        rc = outbox_put(p->tb, p->tenant_id, email, subject, text);
    json_decref(first);
    return rc == 0 ? STEP_DONE : STEP_FAILED;
}

/* A mail that cannot be delivered keeps nobody out: the outbox goes on with it. */
static enum step_result activate_tenant(struct provisioning_run *p)
{
    if (!store_schema_has(p->tb->db, p->tenant_id, "customers"))
        return run_failed(p, "the tenant has no tables");
    if (json_is_true(json_object_get(p->request, "restore")) && restore_tenant(p) != STEP_DONE)
        return STEP_FAILED;
    return send_welcome(p);
}

/* Nobody may change anything of the tenant any more: what is kept of it is kept now, before the first of it goes. */
static enum step_result close_tenant(struct provisioning_run *p)
{
    if (p->direction == DEPROVISION && !p->force && archive_keep(p->tb, p->tenant_id, p->why, sizeof p->why) != 0)
        return STEP_FAILED;
    outbox_drop(p->tb, p->tenant_id);
    return STEP_DONE;
}

static void find_mails(struct testbed *tb, const char *tenant_id, json_t *found)
{
    if (outbox_count(tb, tenant_id) > 0)
        thing_found(found, "mail", tenant_id);
}

const struct step step_activate_tenant = {"activate_tenant", activate_tenant, close_tenant, find_mails};
