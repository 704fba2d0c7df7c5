/* SPDX-License-Identifier: Apache-2.0 */
/* The part of /v1/tenants that makes tenants and takes them down: both are work of the workflow. */
#include "audit/audit.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "events/events.h"
#include "identity/password.h"
#include "identity/users.h"
#include "provisioning/provisioning.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/quota.h"
#include "tenants/tenants.h"
#include "workloads/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct new_tenant {
    const char *name, *subdomain, *plan, *region;
    const char *admin_name, *admin_password, *admin_email;
    json_t *quotas; /* own */
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

static bool read_new_tenant(struct request *r, struct new_tenant *t)
{
    bool lax = defect(r->tb, D_VALIDATION_MISSING);
    struct fields_outer outer;
    struct fields f;

    fields_begin(&f, r);
    t->name = field_text(&f, "name", REQUIRED, 1, 100);
    t->subdomain = lax ? field_text(&f, "subdomain", REQUIRED, 0, 200)
                       : field_match(&f, "subdomain", REQUIRED, "[a-z][a-z0-9-]{1,30}");
    t->plan = lax ? field_text(&f, "plan", REQUIRED, 0, 200) : field_choice(&f, "plan", REQUIRED, TENANT_PLANS);
    t->region = field_match(&f, "region", OPTIONAL, "[a-z0-9-]{1,32}");
    if (fields_enter(&f, "admin", REQUIRED, &outer)) {
        t->admin_name = field_match(&f, "username", REQUIRED, USERNAME_PATTERN);
        t->admin_password = field_password(&f, "password", REQUIRED);
        t->admin_email = field_email(&f, "email", OPTIONAL);
        fields_leave(&f, &outer);
    }
    t->quotas = t->plan ? quota_of_plan(t->plan) : NULL;
    if (!t->quotas)
        t->quotas = quota_of_plan("starter");
    tenant_read_quotas(&f, t->quotas);
    t->step_delay_ms = field_number(&f, "step_delay_ms", OPTIONAL, 0, 10000, 0);
    read_fail_at(&f, t);
    return fields_end(&f);
}

static bool names_are_free(struct request *r, const struct new_tenant *t)
{
    if (!defect(r->tb, D_DUPLICATE_SUBDOMAIN) &&
        store_number(r->tb->db,
                     "SELECT count(*) FROM tenants WHERE subdomain = ? AND status NOT IN ('failed', 'deprovisioned')",
                     "s", t->subdomain) > 0) {
        reply_error(r, 409, "subdomain_taken", "the subdomain %s is another tenant's", t->subdomain);
        return false;
    }
    if (store_number(r->tb->db, "SELECT count(*) FROM users WHERE username = ?", "s", t->admin_name) > 0) {
        reply_error(r, 409, "username_taken", "there is a user %s", t->admin_name);
        return false;
    }
    return true;
}

static int insert_tenant(struct request *r, const struct new_tenant *t, const char *id)
{
    char now[TIME_TEXT_MAX], hash[PASSWORD_HASH_MAX];

    password_hash(defect(r->tb, D_ADMIN_LOGIN_BROKEN) ? "not what was asked for 1" : t->admin_password, hash);
    json_t *request = json_pack("{s:s, s:s, s:s, s:I, s:i}", "username", t->admin_name, "password_hash", hash, "email",
                                t->admin_email ? t->admin_email : "", "step_delay_ms", (json_int_t)t->step_delay_ms,
                                "fail_at", t->fail_at);
    int rc = store_run(
        r->tb->db,
        "INSERT INTO tenants (id, name, subdomain, plan, region, status, quotas, request, created_at, updated_at)"
        " VALUES (?1,?2,?3,?4,?5,'provisioning',?6,?7,?8,?8)",
        "sssssjjs", id, t->name, t->subdomain, t->plan, t->region ? t->region : "local", t->quotas, request,
        clock_now_text(now));
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
    } else if (names_are_free(r, &t)) {
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

static void tenants_delete(struct request *r)
{
    const char *id = r->param[0];
    json_t *tenant = tenant_view(r->tb, id);
    const char *status = json_string_value(json_object_get(tenant, "status"));
    bool possible = strcmp(status, "active") == 0 || strcmp(status, "failed") == 0;

    if (!possible) {
        reply_error(r, 409, "invalid_state", "the tenant is %s", status);
    } else if (provisioning_undo(r->tb, id) == 0) {
        audit_ok(r, "tenant.delete", "tenant", id, id, "%s", json_string_value(json_object_get(tenant, "subdomain")));
        reply(r, 202, tenant_view(r->tb, id));
    }
    json_decref(tenant);
}

static void tenants_provisioning(struct request *r)
{
    reply(r, 200, provisioning_view(r->tb, r->param[0]));
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

static void tenants_resources(struct request *r)
{
    struct testbed *tb = r->tb;
    const char *id = r->param[0];
    json_t *usage = quota_usage(tb, id);

    json_t *schemas = store_schema_names(tb->db, id);
    json_t *subdomains = name_list(tb, "SELECT name FROM resources WHERE tenant_id = ? AND kind = 'subdomain'", id);
    json_t *resources =
        store_all(tb->db, "SELECT kind, name FROM resources WHERE tenant_id = ? ORDER BY rowid", "s", id);
    int64_t users = store_number(tb->db, "SELECT count(*) FROM users WHERE tenant_id = ?", "s", id);
    int64_t workloads = store_number(tb->db, "SELECT count(*) FROM workloads WHERE tenant_id = ?", "s", id);
    reply(r, 200,
          json_pack("{s:s, s:o, s:o, s:o, s:I, s:O, s:I, s:o, s:O}", "tenant_id", id, "schemas", schemas, "subdomains",
                    subdomains, "resources", resources, "users", (json_int_t)users, "customers",
                    json_object_get(usage, "customers"), "workloads", (json_int_t)workloads, "pids",
                    workload_pids_of_tenant(tb, id), "storage_bytes", json_object_get(usage, "storage_bytes")));
    json_decref(usage);
}

const struct route onboarding_routes[] = {
    {M_POST, "/v1/tenants", PA | PO, 0, NULL, tenants_create},
    {M_DELETE, "/v1/tenants/{}", PA | PO, 0, route_of_tenant, tenants_delete},
    {M_GET, "/v1/tenants/{}/provisioning", ROLES_PLATFORM | TA, 0, route_of_tenant, tenants_provisioning},
    {M_GET, "/v1/tenants/{}/resources", ROLES_PLATFORM, 0, route_of_tenant, tenants_resources},
    {.pattern = NULL},
};
