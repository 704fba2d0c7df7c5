/* SPDX-License-Identifier: Apache-2.0 */
/* The sixteen steps: what each makes, and how it is unmade. Every undo may run twice, or without its step having run.
 */
#include "provisioning/provisioning.h"

#include "common/clock.h"
#include "common/crypto.h"
#include "identity/token.h"
#include "store/migrate.h"
#include "store/store.h"
#include "tenants/quota.h"
#include "workloads/workload.h"

#include <stdio.h>
#include <string.h>

static const char *asked(const struct provisioning_run *p, const char *name)
{
    return json_string_value(json_object_get(p->request, name));
}

static enum step_result add_resource(struct provisioning_run *p, const char *kind, const char *name)
{
    return store_run(p->tb->db,
                     "INSERT INTO resources (tenant_id, kind, name) VALUES (?,?,?) ON CONFLICT (tenant_id, kind, name) "
                     "DO NOTHING",
                     "sss", p->tenant_id, kind, name) < 0
               ? STEP_FAILED
               : STEP_DONE;
}

static enum step_result drop_resource(struct provisioning_run *p, const char *kind)
{
    store_run(p->tb->db, "DELETE FROM resources WHERE tenant_id = ? AND kind = ?", "ss", p->tenant_id, kind);
    return STEP_DONE;
}

static enum step_result validate_request(struct provisioning_run *p)
{
    json_t *quotas = quota_of_plan(asked(p, "plan"));
    bool known = quotas || defect(p->tb, D_VALIDATION_MISSING);

    json_decref(quotas);
    return known ? STEP_DONE : STEP_FAILED;
}

static enum step_result reserve_subdomain(struct provisioning_run *p)
{
    return add_resource(p, "subdomain", asked(p, "subdomain"));
}

static enum step_result release_subdomain(struct provisioning_run *p)
{
    return drop_resource(p, "subdomain");
}

static enum step_result create_record(struct provisioning_run *p)
{
    return add_resource(p, "record", p->tenant_id);
}

static enum step_result drop_record(struct provisioning_run *p)
{
    return drop_resource(p, "record");
}

static enum step_result allocate_quota(struct provisioning_run *p)
{
    return add_resource(p, "quota", asked(p, "plan"));
}

static enum step_result free_quota(struct provisioning_run *p)
{
    return drop_resource(p, "quota");
}

static enum step_result create_schema(struct provisioning_run *p)
{
    return store_schema_create(p->tb->db, p->tenant_id) == 0 ? STEP_DONE : STEP_FAILED;
}

static enum step_result drop_schema(struct provisioning_run *p)
{
    if (p->direction == ROLLBACK && defect(p->tb, D_ROLLBACK_LEAVES_SCHEMA))
        return STEP_DONE;
    if (p->direction == DEPROVISION && defect(p->tb, D_DEPROVISION_LEAVES_DATA))
        return STEP_DONE;
    store_schema_drop(p->tb->db, p->tenant_id);
    return STEP_DONE;
}

static enum step_result run_migrations(struct provisioning_run *p)
{
    char why[MIGRATE_WHY_MAX];

    if (migrate_tenant(p->tb->db, p->tenant_id, MIGRATE_LATEST, why) == 0)
        return STEP_DONE;
    snprintf(p->error, sizeof p->error, "%.190s", why);
    return STEP_FAILED;
}

/* A row in one of the tenant's own tables of keys and values. */
#define KEEP(table)                                                                                                    \
    "INSERT INTO {" table "} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

static enum step_result seed_reference_data(struct provisioning_run *p)
{
    static const char *const rows[][2] = {{"currency", "EUR"}, {"locale", "en"}, {"timezone", "UTC"}};
    struct store_scope before = store_enter(p->tb->db, p->tenant_id);
    int rc = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && rc >= 0; i++)
        rc = store_run(p->tb->db, KEEP("settings"), "ss", rows[i][0], rows[i][1]);
    store_leave(p->tb->db, before);
    return rc < 0 ? STEP_FAILED : STEP_DONE;
}

static enum step_result create_storage(struct provisioning_run *p)
{
    return add_resource(p, "storage", asked(p, "subdomain"));
}

static enum step_result drop_storage(struct provisioning_run *p)
{
    return drop_resource(p, "storage");
}

static enum step_result generate_secrets(struct provisioning_run *p)
{
    char secret[65];

    crypto_random_hex(32, secret);
    struct store_scope before = store_enter(p->tb->db, p->tenant_id);
    int rc = store_run(p->tb->db, KEEP("meta"), "ss", "secret", secret);
    store_leave(p->tb->db, before);
    return rc < 0 ? STEP_FAILED : add_resource(p, "secret", "tenant-key");
}

static enum step_result drop_secrets(struct provisioning_run *p)
{
    return drop_resource(p, "secret");
}

static enum step_result create_admin_user(struct provisioning_run *p)
{
    char id[ID_MAX], now[TIME_TEXT_MAX];

    crypto_new_id("usr", id);
    /* Without rights until assign_roles: a half-made tenant has nobody who could log in. */
    int rc =
        store_run(p->tb->db,
                  "INSERT INTO users (id, username, email, password, role, tenant_id, active, created_at, updated_at)"
                  " VALUES (?1,?2,?3,?4,'tenant_viewer',?5,0,?6,?6)",
                  "ssssss", id, asked(p, "username"), asked(p, "email"), asked(p, "password_hash"), p->tenant_id,
                  clock_now_text(now));
    if (rc == STORE_UNIQUE)
        snprintf(p->error, sizeof p->error, "there is a user %s", asked(p, "username"));
    if (rc >= 0)
        store_run(p->tb->db, "UPDATE tenants SET admin_user_id = ? WHERE id = ?", "ss", id, p->tenant_id);
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
    store_run(p->tb->db, "DELETE FROM users WHERE tenant_id = ?", "s", p->tenant_id);
    return STEP_DONE;
}

static enum step_result assign_roles(struct provisioning_run *p)
{
    int rc = store_run(p->tb->db, "UPDATE users SET role = 'tenant_admin', active = 1 WHERE tenant_id = ?", "s",
                       p->tenant_id);

    return rc < 1 ? STEP_FAILED : add_resource(p, "role_binding", asked(p, "username"));
}

static enum step_result drop_roles(struct provisioning_run *p)
{
    return drop_resource(p, "role_binding");
}

static enum step_result configure_network(struct provisioning_run *p)
{
    char host[256];

    snprintf(host, sizeof host, "%s.testbed.invalid", asked(p, "subdomain"));
    return add_resource(p, "route", host);
}

static enum step_result drop_network(struct provisioning_run *p)
{
    return drop_resource(p, "route");
}

static enum step_result start_application(struct provisioning_run *p)
{
    struct workload_spec spec = {
        .tenant_id = p->tenant_id,
        .name = "app",
        .image = "web",
        .version = "1.0.0",
        .replicas = 1,
        .memory_mb = 256,
        .nofile = 64,
        .system = true,
    };
    struct workload *w;

    return workload_create(p->tb, &spec, &w) < 0 ? STEP_FAILED : STEP_DONE;
}

/* All workloads of the tenant, and the wait for their processes. */
static enum step_result stop_application(struct provisioning_run *p)
{
    return workload_delete_all(p->tb, p->tenant_id) > 0 ? STEP_WAIT : STEP_DONE;
}

static enum step_result health_check(struct provisioning_run *p)
{
    const struct workload *app = workload_find_named(p->tb, p->tenant_id, "app");

    if (!app)
        return STEP_FAILED;
    if (app->status == W_FAILED) {
        snprintf(p->error, sizeof p->error, "the application does not start");
        return STEP_FAILED;
    }
    return app->status == W_RUNNING ? STEP_DONE : STEP_WAIT;
}

static enum step_result register_monitoring(struct provisioning_run *p)
{
    return add_resource(p, "monitor", asked(p, "subdomain"));
}

static enum step_result drop_monitoring(struct provisioning_run *p)
{
    return drop_resource(p, "monitor");
}

static enum step_result activate_tenant(struct provisioning_run *p)
{
    return store_schema_has(p->tb->db, p->tenant_id, "customers") ? STEP_DONE : STEP_FAILED;
}

const struct step provisioning_steps[PROVISIONING_STEPS] = {
    {"validate_request", validate_request, NULL},
    {"reserve_subdomain", reserve_subdomain, release_subdomain},
    {"create_record", create_record, drop_record},
    {"allocate_quota", allocate_quota, free_quota},
    {"create_schema", create_schema, drop_schema},
    {"run_migrations", run_migrations, NULL},
    {"seed_reference_data", seed_reference_data, NULL},
    {"create_storage", create_storage, drop_storage},
    {"generate_secrets", generate_secrets, drop_secrets},
    {"create_admin_user", create_admin_user, drop_users},
    {"assign_roles", assign_roles, drop_roles},
    {"configure_network", configure_network, drop_network},
    {"start_application", start_application, stop_application},
    {"health_check", health_check, NULL},
    {"register_monitoring", register_monitoring, drop_monitoring},
    {"activate_tenant", activate_tenant, NULL},
};
