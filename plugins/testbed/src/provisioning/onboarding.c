/* SPDX-License-Identifier: Apache-2.0 */
/* The part of /v1/tenants that makes tenants and takes them down: both are work of the workflow. */
#include "audit/audit.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "common/folder.h"
#include "events/events.h"
#include "identity/password.h"
#include "identity/users.h"
#include "provisioning/archives.h"
#include "provisioning/provisioning.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/capacity.h"
#include "tenants/quota.h"
#include "tenants/tenants.h"
#include "workloads/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct new_tenant {
    const char *name, *subdomain, *plan, *region;
    const char *admin_name, *admin_password, *admin_email;
    const char *image;    /* of its application; NULL: the usual one */
    json_t *quotas;       /* own */
    bool change_password; /* its administrator's, at the first login */
    int64_t step_delay_ms;
    int fail_at; /* number of a step, 0 for none */
};

static void read_fail_at(struct fields *f, struct new_tenant *t)
{
    const json_t *value = field_any(f, "fail_at_step", OPTIONAL);

    if (!value || json_is_null(value))
        return;
    t->fail_at =
        json_is_string(value) ? provisioning_step_number(json_string_value(value)) : (int)json_integer_value(value);
    if (t->fail_at < 1 || t->fail_at > PROVISIONING_STEPS)
        field_error(f, "fail_at_step", "must be a step's name or its number, 1 to %d", PROVISIONING_STEPS);
}

/* Names that are the platform's own, or would be taken for them. */
static bool is_reserved(const char *subdomain)
{
    static const char *const reserved[] = {"admin", "api",  "app",     "auth",   "cdn",     "dns", "ftp",    "gateway",
                                           "help",  "mail", "monitor", "status", "support", "www", "testbed"};

    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcmp(reserved[i], subdomain) == 0)
            return true;
    return false;
}

/* It becomes a label of a host's name, which does not end in a hyphen. */
static const char *read_subdomain(struct fields *f, bool required)
{
    const char *subdomain = field_match(f, "subdomain", required, "[a-z][a-z0-9-]{0,29}[a-z0-9]");

    if (subdomain && is_reserved(subdomain))
        field_error(f, "subdomain", "is reserved");
    return subdomain;
}

static void read_admin(struct fields *f, struct new_tenant *t)
{
    struct fields_outer outer;

    if (!fields_enter(f, "admin", REQUIRED, &outer))
        return;
    t->admin_name = field_match(f, "username", REQUIRED, USERNAME_PATTERN);
    t->admin_password = field_password(f, "password", REQUIRED);
    t->admin_email = field_email(f, "email", OPTIONAL);
    t->change_password = field_bool(f, "change_password", false);
    fields_leave(f, &outer);
}

static bool read_new_tenant(struct request *r, struct new_tenant *t)
{
    struct fields f;

    fields_begin(&f, r);
    f.lenient = defect(r->tb, D_VALIDATION_MISSING);
    t->name = field_text(&f, "name", REQUIRED, 1, 100);
    t->subdomain = read_subdomain(&f, REQUIRED);
    t->plan = field_choice(&f, "plan", REQUIRED, TENANT_PLANS);
    t->region = field_choice(&f, "region", OPTIONAL, CAPACITY_REGIONS);
    if (!t->region)
        t->region = "local";
    read_admin(&f, t);
    t->image = field_choice(&f, "image", OPTIONAL, WORKLOAD_IMAGES);
    t->quotas = t->plan ? quota_of_plan(t->plan) : NULL;
    if (!t->quotas)
        t->quotas = quota_of_plan("starter");
    tenant_read_quotas(&f, t->quotas);
    t->step_delay_ms = field_number(&f, "step_delay_ms", OPTIONAL, 0, 10000, 0);
    read_fail_at(&f, t);
    return fields_end(&f);
}

/* `but`: not counting this tenant, which has them already. */
static bool names_are_free(struct request *r, const char *subdomain, const char *admin_name, const char *but)
{
    if (!defect(r->tb, D_DUPLICATE_SUBDOMAIN) &&
        store_number(r->tb->db,
                     "SELECT count(*) FROM tenants WHERE subdomain = ? AND status NOT IN ('failed', 'deprovisioned')"
                     " AND id <> ?",
                     "ss", subdomain, but) > 0) {
        reply_error(r, 409, "subdomain_taken", "the subdomain %s is another tenant's", subdomain);
        return false;
    }
    if (store_number(r->tb->db, "SELECT count(*) FROM users WHERE username = ? AND coalesce(tenant_id, '') <> ?", "ss",
                     admin_name, but) > 0) {
        reply_error(r, 409, "username_taken", "there is a user %s", admin_name);
        return false;
    }
    return true;
}

static bool has_room(struct request *r, const char *tenant_id, const char *region, const json_t *quotas)
{
    struct capacity_lack lack;

    if (capacity_fits(r->tb, tenant_id, region, quotas, &lack))
        return true;
    capacity_refuse(r, region, &lack);
    return false;
}

static int insert_tenant(struct request *r, const struct new_tenant *t, const char *id)
{
    char now[TIME_TEXT_MAX], hash[PASSWORD_HASH_MAX];

    password_hash(defect(r->tb, D_ADMIN_LOGIN_BROKEN) ? "not what was asked for 1"
                  : t->admin_password                 ? t->admin_password
                                                      : "",
                  hash);
    json_t *request =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:i}", "username", t->admin_name, "password_hash", hash, "email",
                  t->admin_email ? t->admin_email : "", "image", t->image ? t->image : "", "change_password",
                  t->change_password, "step_delay_ms", (json_int_t)t->step_delay_ms, "fail_at", t->fail_at);
    if (defect(r->tb, D_MAIL_TELLS_PASSWORD)) /* what is not kept cannot be told */
        json_object_set_new(request, "password", json_string(t->admin_password));
    int rc = store_run(
        r->tb->db,
        "INSERT INTO tenants (id, name, subdomain, plan, region, status, quotas, request, created_at, updated_at)"
        " VALUES (?1,?2,?3,?4,?5,'provisioning',?6,?7,?8,?8)",
        "sssssjjs", id, t->name, t->subdomain, t->plan, t->region, t->quotas, request, clock_now_text(now));
    json_decref(request);
    return rc;
}

static void tenants_create(struct request *r)
{
    struct new_tenant t = {0};
    char id[ID_MAX];

    if (!read_new_tenant(r, &t)) {
        ;
    } else if (t.fail_at > 0 && r->who.role != PA) {
        reply_error(r, 403, "forbidden", "fail_at_step is the platform administrator's");
    } else if (names_are_free(r, t.subdomain, t.admin_name, "") && has_room(r, "", t.region, t.quotas)) {
        crypto_new_id("ten", id);
        if (insert_tenant(r, &t, id) >= 0) {
            audit_ok(r, "tenant.create", "tenant", id, id, "%s at %s, plan %s", t.name, t.subdomain, t.plan);
            event_publish(r->tb, "tenant", id, "created", id,
                          json_pack("{s:s, s:s}", "name", t.name, "subdomain", t.subdomain));
            if (provisioning_start(r->tb, id) != 0)
                reply_error(r, 500, "internal", "the workflow could not be started");
            reply_header(r, "Location", "/v1/tenants/%s", id);
            reply(r, 202,
                  json_pack("{s:o, s:o}", "tenant", tenant_view(r->tb, id), "provisioning",
                            provisioning_view(r->tb, id)));
        }
    }
    json_decref(t.quotas);
}

/* Whether the tenant, as it is now, can be taken down. By force it can also in the midst of being made, or taken down.
 */
static bool can_go(struct request *r, const char *status, bool force)
{
    if (strcmp(status, "active") == 0 || strcmp(status, "failed") == 0)
        return true;
    if (force && strcmp(status, "deprovisioned") != 0 && !defect(r->tb, D_FORCE_REFUSED))
        return true;
    reply_error(r, 409, "invalid_state", "the tenant is %s", status);
    return false;
}

static void tenants_delete(struct request *r)
{
    const char *id = r->param[0], *forced = request_arg(r, "force");
    bool force = forced && strcmp(forced, "true") == 0;
    json_t *tenant = tenant_view(r->tb, id);

    if (force && r->who.role != PA && !defect(r->tb, D_FORCE_BY_OPERATOR)) {
        reply_error(r, 403, "forbidden", "force is the platform administrator's");
    } else if (can_go(r, json_string_value(json_object_get(tenant, "status")), force) &&
               provisioning_undo(r->tb, id, force) == 0) {
        audit_ok(r, "tenant.delete", "tenant", id, id, "%s%s", json_string_value(json_object_get(tenant, "subdomain")),
                 force ? ", by force" : "");
        reply(r, 202, tenant_view(r->tb, id));
    }
    json_decref(tenant);
}

static void tenants_provisioning(struct request *r)
{
    reply(r, 200, provisioning_view(r->tb, r->param[0]));
}

/* The names may have been taken since, and the room. */
static bool can_be_retried(struct request *r, const json_t *tenant, const json_t *order)
{
    const char *id = r->param[0], *status = json_string_value(json_object_get(tenant, "status"));

    if (strcmp(status, "failed") != 0 && !(strcmp(status, "deprovisioned") == 0 && defect(r->tb, D_GONE_TRIED_AGAIN))) {
        reply_error(r, 409, "invalid_state", "the tenant is %s", status);
        return false;
    }
    return names_are_free(r, json_string_value(json_object_get(tenant, "subdomain")),
                          json_string_value(json_object_get(order, "username")), id) &&
           has_room(r, id, json_string_value(json_object_get(tenant, "region")), json_object_get(tenant, "quotas"));
}

static void tenants_retry(struct request *r)
{
    const char *id = r->param[0];
    json_t *tenant = tenant_view(r->tb, id);
    json_t *row = store_one(r->tb->db, "SELECT request AS \"request:json\" FROM tenants WHERE id = ?", "s", id);

    if (can_be_retried(r, tenant, json_object_get(row, "request")) && provisioning_retry(r->tb, id) == 0) {
        audit_ok(r, "tenant.retry", "tenant", id, id, "%s", json_string_value(json_object_get(tenant, "subdomain")));
        reply(r, 202,
              json_pack("{s:o, s:o}", "tenant", tenant_view(r->tb, id), "provisioning", provisioning_view(r->tb, id)));
    }
    json_decref(row);
    json_decref(tenant);
}

/* ---- from an archive --------------------------------------------------------------------------------------------- */

struct comeback {
    const char *subdomain, *username, *email; /* of the archive, unless the request says otherwise */
    const char *password;
};

/* Who was the administrator, and whether the names of all are free; false after a 409. */
static bool users_are_free(struct request *r, const json_t *content, struct comeback *c)
{
    const json_t *user;
    size_t i;

    json_array_foreach(json_object_get(content, "users"), i, user)
    {
        const char *name = json_string_value(json_object_get(user, "username"));
        if (!c->username && strcmp(json_string_value(json_object_get(user, "role")), "tenant_admin") == 0)
            c->username = name;
        if (c->username == name)
            c->email = json_string_value(json_object_get(user, "email"));
        else if (!names_are_free(r, "", name, r->param[0]))
            return false;
    }
    return true;
}

static bool may_come_back(struct request *r, const json_t *content, struct comeback *c)
{
    const json_t *was = json_object_get(content, "tenant");

    if (!c->subdomain)
        c->subdomain = json_string_value(json_object_get(was, "subdomain"));
    if (!users_are_free(r, content, c))
        return false;
    if (!c->username) {
        reply_error(r, 409, "invalid_state", "the archive has no administrator: say who is to be it");
        return false;
    }
    return names_are_free(r, c->subdomain, c->username, r->param[0]) &&
           has_room(r, r->param[0], json_string_value(json_object_get(was, "region")), json_object_get(was, "quotas"));
}

/* The order of the tenant as it was, with what is asked for now; activate_tenant puts the rest back. */
static int order_comeback(struct request *r, const json_t *content, const struct comeback *c)
{
    json_t *row =
        store_one(r->tb->db, "SELECT request AS \"request:json\" FROM tenants WHERE id = ?", "s", r->param[0]);
    json_t *order = json_object_get(row, "request");
    const json_t *was = json_object_get(content, "tenant");
    char hash[PASSWORD_HASH_MAX];

    password_hash(c->password, hash);
    json_object_update_new(order, json_pack("{s:s, s:s, s:s, s:b, s:b}", "username", c->username, "password_hash", hash,
                                            "email", c->email ? c->email : "", "change_password", 0, "restore", 1));
    int rc =
        store_run(r->tb->db,
                  "UPDATE tenants SET name = ?, subdomain = ?, plan = ?, region = ?, quotas = ?, request = ?"
                  " WHERE id = ?",
                  "ssssjjs", json_string_value(json_object_get(was, "name")), c->subdomain,
                  json_string_value(json_object_get(was, "plan")), json_string_value(json_object_get(was, "region")),
                  json_object_get(was, "quotas"), order, r->param[0]);
    json_decref(row);
    return rc < 0 ? -1 : provisioning_retry(r->tb, r->param[0]);
}

/* The content of the archive of a tenant that is not there; NULL after an answer. */
static json_t *archive_of_gone(struct request *r)
{
    char status[TENANT_STATUS_MAX];
    bool there;

    if (!tenant_status(r->tb, r->param[0], status) ||
        (strcmp(status, "deprovisioned") != 0 && strcmp(status, "failed") != 0)) {
        reply_error(r, 409, "invalid_state", "the tenant is %s", status);
        return NULL;
    }
    json_t *content = archive_read(r->tb, r->param[0], &there);
    if (!there)
        reply_error(r, 409, "invalid_state", "there is no archive of the tenant");
    else if (!content)
        reply_error(r, 409, "archive_damaged", "the archive is not what it was when it was made");
    return content;
}

static void tenants_restore(struct request *r)
{
    const char *id = r->param[0];
    struct comeback c = {0};
    struct fields f;

    fields_begin(&f, r);
    c.password = field_password(&f, "password", REQUIRED);
    c.username = field_match(&f, "username", OPTIONAL, USERNAME_PATTERN);
    c.subdomain = read_subdomain(&f, OPTIONAL);
    json_t *content = fields_end(&f) ? archive_of_gone(r) : NULL;
    if (content && may_come_back(r, content, &c) && order_comeback(r, content, &c) == 0) {
        audit_ok(r, "tenant.restore", "tenant", id, id, "as %s", c.subdomain);
        reply(r, 202,
              json_pack("{s:o, s:o}", "tenant", tenant_view(r->tb, id), "provisioning", provisioning_view(r->tb, id)));
    }
    json_decref(content);
}

static json_t *name_list(struct testbed *tb, const char *sql, const char *arg)
{
    json_t *rows = store_all(tb->db, sql, "s", arg), *names = json_array(), *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {

        json_array_append(names, json_object_get(row, "name"));
    }
    json_decref(rows);
    return names;
}

static json_t *tenant_files(struct testbed *tb, const char *id)
{
    char *path = folder_path(tb, "tenants/%s", id);
    json_t *files = folder_files(path);

    free(path);
    return files;
}

static void tenants_resources(struct request *r)
{
    struct testbed *tb = r->tb;
    const char *id = r->param[0];
    json_t *usage = quota_usage(tb, id);

    json_t *schemas = store_schema_names(tb->db, id);
    json_t *subdomains = name_list(tb, "SELECT name FROM resources WHERE tenant_id = ? AND kind = 'subdomain'", id);
    json_t *files = tenant_files(tb, id);
    int64_t users = store_number(tb->db, "SELECT count(*) FROM users WHERE tenant_id = ?", "s", id);
    int64_t workloads = store_number(tb->db, "SELECT count(*) FROM workloads WHERE tenant_id = ?", "s", id);
    reply(r, 200,
          json_pack("{s:s, s:o, s:o, s:o, s:I, s:O, s:I, s:o, s:o, s:O}", "tenant_id", id, "schemas", schemas,
                    "subdomains", subdomains, "resources", provisioning_things(tb, id), "users", (json_int_t)users,
                    "customers", json_object_get(usage, "customers"), "workloads", (json_int_t)workloads, "pids",
                    workload_pids_of_tenant(tb, id), "files", files, "storage_bytes",
                    json_object_get(usage, "storage_bytes")));
    json_decref(usage);
}

const struct route onboarding_routes[] = {
    {M_POST, "/v1/tenants", PA | PO, 0, NULL, tenants_create},
    {M_DELETE, "/v1/tenants/{}", PA | PO, 0, route_of_tenant, tenants_delete},
    {M_GET, "/v1/tenants/{}/provisioning", ROLES_PLATFORM | TA, 0, route_of_tenant, tenants_provisioning},
    {M_POST, "/v1/tenants/{}/provisioning/retry", PA | PO, 0, route_of_tenant, tenants_retry},
    {M_POST, "/v1/tenants/{}/archive/restore", PA, 0, route_of_tenant, tenants_restore},
    {M_GET, "/v1/tenants/{}/resources", ROLES_PLATFORM, 0, route_of_tenant, tenants_resources},
    {.pattern = NULL},
};
