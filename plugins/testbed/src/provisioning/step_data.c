/* SPDX-License-Identifier: Apache-2.0 */
/* Where a tenant's data is: its schema and the tables in it, its files, its key. */
#include "provisioning/steps.h"
#include "store/migrate.h"
#include "store/store.h"
#include "tenants/files.h"
#include "tenants/secret.h"
#include "tenants/settings.h"

#include <stdio.h>
#include <string.h>

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
    return store_schema_drop(p->tb->db, p->tenant_id) == 0 ? STEP_DONE : STEP_FAILED;
}

static void find_schema(struct testbed *tb, const char *tenant_id, json_t *found)
{
    json_t *names = store_schema_names(tb->db, tenant_id), *name;
    size_t i;

    json_array_foreach(names, i, name)
    {
        thing_found(found, "schema", json_string_value(name));
    }
    json_decref(names);
}

const struct step step_create_schema = {"create_schema", create_schema, drop_schema, find_schema};

static enum step_result run_migrations(struct provisioning_run *p)
{
    char why[MIGRATE_WHY_MAX];

    if (migrate_tenant(p->tb->db, p->tenant_id, MIGRATE_LATEST, why) == 0)
        return STEP_DONE;
    return run_failed(p, "%.190s", why);
}

const struct step step_run_migrations = {"run_migrations", run_migrations, NULL, NULL};

static enum step_result seed_reference_data(struct provisioning_run *p)
{
    if (p->again && defect(p->tb, D_RETRY_SKIPS_DATA))
        return STEP_DONE;
    return settings_seed(p->tb, p->tenant_id) == 0 ? STEP_DONE : STEP_FAILED;
}

const struct step step_seed_reference_data = {"seed_reference_data", seed_reference_data, NULL, NULL};

static enum step_result create_storage(struct provisioning_run *p)
{
    int rc = files_open(p->tb, p->tenant_id);

    return rc == 0 ? STEP_DONE : run_failed(p, "the tenant's folder: %s", strerror(-rc));
}

static enum step_result drop_storage(struct provisioning_run *p)
{
    if (defect(p->tb, D_FILES_STAY))
        return STEP_DONE;
    return files_remove(p->tb, p->tenant_id) ? STEP_DONE : run_failed(p, "something is left of the tenant's folder");
}

static void find_storage(struct testbed *tb, const char *tenant_id, json_t *found)
{
    if (files_are_there(tb, tenant_id))
        thing_found(found, "storage", tenant_id);
}

const struct step step_create_storage = {"create_storage", create_storage, drop_storage, find_storage};

static enum step_result generate_secrets(struct provisioning_run *p)
{
    return secret_make(p->tb, p->tenant_id) == 0 ? STEP_DONE : STEP_FAILED;
}

static enum step_result drop_secrets(struct provisioning_run *p)
{
    secret_drop(p->tb, p->tenant_id);
    return STEP_DONE;
}

static void find_secrets(struct testbed *tb, const char *tenant_id, json_t *found)
{
    if (secret_is_there(tb, tenant_id))
        thing_found(found, "secret", tenant_id);
}

const struct step step_generate_secrets = {"generate_secrets", generate_secrets, drop_secrets, find_secrets};
