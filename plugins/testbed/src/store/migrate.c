/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing a set of tables to a version. */
#include "store/migrate.h"

#include "common/clock.h"
#include "store/migrations.h"
#include "store/session.h"

#include <stdio.h>
#include <string.h>

#define SHARED "platform"

/* What the versions are kept in is older than all of them. */
static const char *const versions_table[DIALECT_COUNT] = {
    [DIALECT_SQLITE] = "CREATE TABLE IF NOT EXISTS schema_versions (scope TEXT NOT NULL, version INTEGER NOT NULL,"
                       " name TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (scope, version)) STRICT",
    [DIALECT_POSTGRES] =
        "CREATE TABLE IF NOT EXISTS schema_versions (scope TEXT NOT NULL, version BIGINT NOT NULL,"
        " name TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (scope, version));"
        "ALTER TABLE schema_versions ENABLE ROW LEVEL SECURITY; ALTER TABLE schema_versions FORCE ROW LEVEL SECURITY;"
        "DROP POLICY IF EXISTS of_platform ON schema_versions;"
        "CREATE POLICY of_platform ON schema_versions TO testbed_platform USING (true);"
        "DROP POLICY IF EXISTS of_tenant ON schema_versions;"
        "CREATE POLICY of_tenant ON schema_versions TO testbed_tenants"
        " USING (scope = 'ten_' || substr(current_user::text, 3));"
        "GRANT SELECT, INSERT, DELETE ON schema_versions TO testbed_platform;"
        "GRANT SELECT ON schema_versions TO testbed_tenants",
};

static int version_of(struct store *s, const char *scope)
{
    return (int)store_number(s, "SELECT coalesce(max(version), 0) FROM schema_versions WHERE scope = ?", "s", scope);
}

/* Over the migration `number`: up to it, or down from it. */
static int step(struct store *s, const struct migrations *list, const char *scope, int number, bool up, char *ret_why)
{
    const struct migration *m = &list->all[number - 1];
    enum dialect dialect = store_backend(s)->dialect;
    char now[TIME_TEXT_MAX];

    if (store_script(s, up ? m->in[dialect].up : m->in[dialect].down) != 0) {
        snprintf(ret_why, MIGRATE_WHY_MAX, "%s version %d (%s): %.300s", up ? "up to" : "down from", number, m->name,
                 store_error(s));
        return -1;
    }
    int noted = up ? store_run(s, "INSERT INTO schema_versions (scope, version, name, at) VALUES (?,?,?,?)", "siss",
                               scope, number, m->name, clock_now_text(now))
                   : store_run(s, "DELETE FROM schema_versions WHERE scope = ? AND version = ?", "si", scope, number);
    if (noted == 1)
        return 0;
    snprintf(ret_why, MIGRATE_WHY_MAX, "version %d could not be noted: %.300s", number, store_error(s));
    return -1;
}

static int walk(struct store *s, const struct migrations *list, const char *scope, int to, char *ret_why)
{
    int at = version_of(s, scope);

    if (at > list->count) {
        snprintf(ret_why, MIGRATE_WHY_MAX,
                 "the tables are at version %d, and this program knows %d: a newer one has to "
                 "bring them down",
                 at, list->count);
        return -1;
    }
    for (; at < to; at++)
        if (step(s, list, scope, at + 1, true, ret_why) != 0)
            return -1;
    for (; at > to; at--)
        if (step(s, list, scope, at, false, ret_why) != 0)
            return -1;
    return 0;
}

int migrate_list(struct store *s, const struct migrations *list, const char *scope, const char *tenant_id, int to,
                 char ret_why[MIGRATE_WHY_MAX])
{
    struct store_point point;

    if (to == MIGRATE_LATEST)
        to = list->count;
    if (to < 0 || to > list->count) {
        snprintf(ret_why, MIGRATE_WHY_MAX, "there is no version %d: the versions are 0 to %d", to, list->count);
        return -1;
    }
    struct store_scope before = store_enter_owner(s, tenant_id);
    int result = store_point_set(s, &point);
    if (result == 0) {
        result = walk(s, list, scope, to, ret_why);
        if (result != 0)
            store_point_undo(s, &point);
        else if (store_point_keep(s, &point) != 0)
            result = -1;
    }
    if (result < 0 && !ret_why[0])
        snprintf(ret_why, MIGRATE_WHY_MAX, "%s", store_error(s));
    store_leave(s, before);
    return result < 0 ? -1 : 0;
}

int migrate_shared(struct store *s, int to, char ret_why[MIGRATE_WHY_MAX])
{
    struct store_scope before = store_enter_owner(s, NULL);
    int made = store_script(s, versions_table[store_backend(s)->dialect]);

    ret_why[0] = '\0';
    if (made != 0)
        snprintf(ret_why, MIGRATE_WHY_MAX, "%s", store_error(s));
    store_leave(s, before);
    return made == 0 ? migrate_list(s, &migrations_shared, SHARED, NULL, to, ret_why) : -1;
}

int migrate_shared_version(struct store *s)
{
    return version_of(s, SHARED);
}

int migrate_tenant(struct store *s, const char *tenant_id, int to, char ret_why[MIGRATE_WHY_MAX])
{
    ret_why[0] = '\0';
    return migrate_list(s, &migrations_tenant, tenant_id, tenant_id, to, ret_why);
}

int migrate_tenant_version(struct store *s, const char *tenant_id)
{
    return version_of(s, tenant_id);
}

int migrate_tenant_latest(void)
{
    return migrations_tenant.count;
}
