/* SPDX-License-Identifier: Apache-2.0 */
#include "provisioning/restore.h"

#include "audit/audit.h"
#include "common/crypto.h"
#include "events/events.h"
#include "identity/password.h"
#include "provisioning/archives.h"
#include "store/migrate.h"
#include "store/store.h"
#include "tenants/files.h"
#include "workloads/workload.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

static bool put_customer(struct testbed *tb, const json_t *c)
{
    return store_run(tb->db,
                     "INSERT INTO {customers} (id, name, email, attributes, version, created_at, updated_at)"
                     " VALUES (?,?,?,?,?,?,?)",
                     "sssjIss", text_of(c, "id"), text_of(c, "name"), text_of(c, "email"),
                     json_object_get(c, "attributes"), (int64_t)json_integer_value(json_object_get(c, "version")),
                     text_of(c, "created_at"), text_of(c, "updated_at")) == 1;
}

static bool put_setting(struct testbed *tb, const json_t *s)
{
    return store_run(tb->db,
                     "INSERT INTO {settings} (key, value) VALUES (?,?)"
                     " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                     "ss", text_of(s, "key"), text_of(s, "value")) == 1;
}

/* At the version that they had: the data may not fit another. */
static bool put_tables(struct provisioning_run *p, const json_t *all)
{
    int version = (int)json_integer_value(json_object_get(json_object_get(all, "tenant"), "schema_version"));
    char why[MIGRATE_WHY_MAX];
    const json_t *row;
    bool done = true;
    size_t i;

    if (version > 0 && migrate_tenant(p->tb->db, p->tenant_id, version, why) != 0) {
        run_failed(p, "%.190s", why);
        return false;
    }
    struct store_scope before = store_enter(p->tb->db, p->tenant_id);
    json_array_foreach(json_object_get(all, "customers"), i, row)
    {
        done = done && put_customer(p->tb, row);
    }
    json_array_foreach(json_object_get(all, "settings"), i, row)
    {
        done = done && put_setting(p->tb, row);
    }
    store_leave(p->tb->db, before);
    return done;
}

/* His password was not kept: the administrator gives him one. */
static bool put_user(struct provisioning_run *p, const json_t *u)
{
    char nobodys[33], hash[PASSWORD_HASH_MAX];

    if (strcmp(text_of(u, "username"), run_asked(p, "username")) == 0)
        return true; /* create_admin_user has made him */
    crypto_random_hex(16, nobodys);
    password_hash(nobodys, hash);
    const json_t *kept = json_object_get(u, "active"); /* archives of before did not say */
    bool active = !kept || json_integer_value(kept) != 0 || defect(p->tb, D_RESTORED_ACTIVE);
    int rc =
        store_run(p->tb->db,
                  "INSERT INTO users (id, username, email, password, role, tenant_id, active, must_change,"
                  " created_at, updated_at) VALUES (?1,?2,?3,?4,?5,?6,?9,?8,?7,?7)",
                  "sssssssii", text_of(u, "id"), text_of(u, "username"), text_of(u, "email"), hash, text_of(u, "role"),
                  p->tenant_id, text_of(u, "created_at"), (int)!defect(p->tb, D_RESTORED_KEEP_PASSWORDS), (int)active);
    if (rc == STORE_UNIQUE)
        run_failed(p, "there is a user %.80s", text_of(u, "username"));
    return rc == 1;
}

static bool put_policy(struct provisioning_run *p, const json_t *policy)
{
    return store_run(p->tb->db,
                     "INSERT INTO policies (tenant_id, password_min_length, lock_after, lock_seconds, session_seconds,"
                     " networks) VALUES (?,?,?,?,?,?)",
                     "sIIIIs", p->tenant_id,
                     (int64_t)json_integer_value(json_object_get(policy, "password_min_length")),
                     (int64_t)json_integer_value(json_object_get(policy, "lock_after")),
                     (int64_t)json_integer_value(json_object_get(policy, "lock_seconds")),
                     (int64_t)json_integer_value(json_object_get(policy, "session_seconds")),
                     text_of(policy, "networks")) == 1;
}

static bool put_file(struct provisioning_run *p, const json_t *file)
{
    return files_write(p->tb, p->tenant_id, text_of(file, "name"), text_of(file, "content")) == 0;
}

static bool put_workload(struct provisioning_run *p, const json_t *from)
{
    struct workload_spec spec = workload_spec_usual(p->tenant_id, text_of(from, "name"), text_of(from, "image"));
    const json_t *item;
    struct workload *w;
    size_t i;

    spec.version = text_of(from, "version");
    spec.replicas = (int)json_integer_value(json_object_get(from, "replicas"));
    spec.settings = json_object_get(from, "settings");
    spec.stopped = json_is_true(json_object_get(from, "stopped"));
    if (workload_create(p->tb, &spec, &w) != 0)
        return false;
    json_array_foreach(json_object_get(from, "data"), i, item)
    {
        if (store_run(p->tb->db, "INSERT INTO workload_data (workload_id, key, value) VALUES (?,?,?)", "ssj", w->id,
                      text_of(item, "key"), json_object_get(item, "value")) != 1)
            return false;
    }
    return true;
}

static bool put_each(struct provisioning_run *p, const json_t *rows,
                     bool (*put)(struct provisioning_run *p, const json_t *row))
{
    const json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        if (!put(p, row))
            return false;
    }
    return true;
}

/* Workloads have new ids. */
static void forget_ids(json_t *workloads)
{
    json_t *w;
    size_t i;

    json_array_foreach(workloads, i, w)
    {
        json_object_del(w, "id");
    }
}

/* Whether what there is now is what was kept, word for word. */
static bool is_as_it_was(struct provisioning_run *p, const json_t *all)
{
    static const char *const parts[] = {"customers", "settings", "files", "policies", "workloads"};
    json_t *now = archive_gather(p->tb, p->tenant_id);
    bool same = true;

    forget_ids(json_object_get(now, "workloads"));
    forget_ids(json_object_get(all, "workloads"));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && same; i++) {
        same = json_equal(json_object_get(now, parts[i]), json_object_get(all, parts[i]));
        if (!same)
            run_failed(p, "after the restore the tenant's %s are not what was kept", parts[i]);
    }
    json_decref(now);
    return same;
}

/* The seeded bug, before anybody compares. */
static void lose_data(const json_t *all)
{
    json_t *w;
    size_t i;

    json_array_foreach(json_object_get(all, "workloads"), i, w)
    {
        json_array_clear(json_object_get(w, "data"));
    }
}

static void tell(struct provisioning_run *p, const json_t *all)
{
    int customers = (int)json_array_size(json_object_get(all, "customers"));
    int workloads = (int)json_array_size(json_object_get(all, "workloads"));
    char detail[80];

    snprintf(detail, sizeof detail, "%d customers, %d workloads", customers, workloads);
    audit_system(p->tb, "tenant.restored", "tenant", p->tenant_id, p->tenant_id, "ok", detail);
    event_publish(p->tb, "tenant", p->tenant_id, "restored", p->tenant_id,
                  json_pack("{s:i, s:i}", "customers", customers, "workloads", workloads));
}

enum step_result restore_tenant(struct provisioning_run *p)
{
    bool there;
    json_t *all = archive_read(p->tb, p->tenant_id, &there);

    if (!all)
        return run_failed(p, "the archive is not what it was when it was made");
    if (defect(p->tb, D_RESTORED_WITHOUT_DATA))
        lose_data(all);
    bool done = put_tables(p, all) && put_each(p, json_object_get(all, "users"), put_user) &&
                put_each(p, json_object_get(all, "policies"), put_policy) &&
                put_each(p, json_object_get(all, "files"), put_file) &&
                put_each(p, json_object_get(all, "workloads"), put_workload) && is_as_it_was(p, all);
    if (done)
        tell(p, all);
    json_decref(all);
    return done ? STEP_DONE : STEP_FAILED;
}
