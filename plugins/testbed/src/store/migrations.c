/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The migrations themselves.
 *
 * What is the same in both databases is written once, with the words that differ as arguments: whole numbers, the
 * column that keeps the order in which rows were made (SQLite has one in every table), and a table's end. SQLite's
 * files from before there were versions have the tables of version 1, so it makes only what is not there.
 */
#include "store/migrations.h"

#define TABLE "CREATE TABLE IF NOT EXISTS "

#define SHARED_TABLES(INT, ROWID, END)                                                                                 \
    TABLE "meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)" END                                                       \
                                                                                                                       \
        TABLE                                                                                                          \
          "users (id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, email TEXT NOT NULL, password TEXT NOT NULL,"    \
          " role TEXT NOT NULL, tenant_id TEXT, active " INT " NOT NULL DEFAULT 1,"                                    \
          " failed_logins " INT " NOT NULL DEFAULT 0, locked_until_ms " INT " NOT NULL DEFAULT 0,"                     \
          " version " INT " NOT NULL DEFAULT 1, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,"                   \
          " last_login_at TEXT" ROWID ")" END                                                                          \
                                                                                                                       \
              TABLE "tokens (id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,"       \
          " expires_ms " INT " NOT NULL, revoked " INT " NOT NULL DEFAULT 0)" END                                      \
          "CREATE INDEX IF NOT EXISTS tokens_user ON tokens(user_id);"                                                 \
                                                                                                                       \
        TABLE "api_keys (id TEXT PRIMARY KEY, name TEXT NOT NULL, secret TEXT NOT NULL,"                               \
          " user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,"                                             \
          " created_at TEXT NOT NULL, expires_ms " INT " NOT NULL" ROWID ")" END                                       \
                                                                                                                       \
              TABLE "nonces (key_id TEXT NOT NULL, nonce TEXT NOT NULL, seen_ms " INT " NOT NULL,"                     \
          " PRIMARY KEY (key_id, nonce))" END                                                                          \
                                                                                                                       \
              TABLE "tenants (id TEXT PRIMARY KEY, name TEXT NOT NULL, subdomain TEXT NOT NULL, plan TEXT NOT NULL,"   \
          " region TEXT NOT NULL, status TEXT NOT NULL, quotas TEXT NOT NULL, admin_user_id TEXT,"                     \
          " request TEXT NOT NULL, version " INT " NOT NULL DEFAULT 1, created_at TEXT NOT NULL,"                      \
          " updated_at TEXT NOT NULL" ROWID ")" END                                                                    \
                                                                                                                       \
              TABLE "provisioning (tenant_id TEXT PRIMARY KEY, state TEXT NOT NULL, current_step TEXT, error TEXT,"    \
          " started_at TEXT, finished_at TEXT)" END TABLE "provisioning_steps (tenant_id TEXT NOT NULL, number " INT   \
          " NOT NULL, name TEXT NOT NULL,"                                                                             \
          " state TEXT NOT NULL, started_at TEXT, finished_at TEXT, error TEXT, PRIMARY KEY (tenant_id, number))" END  \
              TABLE "resources (tenant_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL" ROWID                 \
          ", PRIMARY KEY (tenant_id, kind, name))" END                                                                 \
                                                                                                                       \
              TABLE                                                                                                    \
          "workloads (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, name TEXT NOT NULL, image TEXT NOT NULL,"          \
          " version TEXT NOT NULL, previous_version TEXT, stopped " INT " NOT NULL, replicas " INT " NOT NULL,"        \
          " memory_mb " INT " NOT NULL, nofile " INT " NOT NULL, system " INT " NOT NULL, created_at TEXT NOT NULL,"   \
          " updated_at TEXT NOT NULL" ROWID ", UNIQUE (tenant_id, name))" END TABLE                                    \
          "workload_data (workload_id TEXT NOT NULL REFERENCES workloads(id) ON DELETE CASCADE, key TEXT NOT NULL,"    \
          " value TEXT NOT NULL, PRIMARY KEY (workload_id, key))" END TABLE                                            \
          "backups (id TEXT PRIMARY KEY, workload_id TEXT NOT NULL REFERENCES workloads(id) ON DELETE CASCADE,"        \
          " label TEXT NOT NULL, items " INT " NOT NULL, bytes " INT " NOT NULL, sha256 TEXT NOT NULL,"                \
          " content TEXT NOT NULL, created_at TEXT NOT NULL" ROWID ")" END                                             \
                                                                                                                       \
              TABLE "audit (seq " INT " PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,"     \
          " entity_type TEXT NOT NULL, entity_id TEXT NOT NULL, tenant TEXT NOT NULL, outcome TEXT NOT NULL,"          \
          " detail TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL)" END

/* The chain is append-only for this program's own mistakes too. */
#define AUDIT_GUARD_SQLITE                                                                                             \
    "CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit"                                              \
    "  BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;"                                              \
    "CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit"                                              \
    "  BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;"

#define AUDIT_GUARD_POSTGRES                                                                                           \
    "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"                                       \
    " 'BEGIN RAISE EXCEPTION ''the audit chain is append-only''; END';"                                                \
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit EXECUTE FUNCTION audit_is_append_only();"                   \
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit EXECUTE FUNCTION audit_is_append_only();"

#define INSTR_POSTGRES                                                                                                 \
    "CREATE FUNCTION instr(text, text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS"                                \
    " 'SELECT strpos($1, $2)::bigint';"

/* Nobody sees a row but by a policy, the owner of the table included. */
#define SECURE(table)                                                                                                  \
    "ALTER TABLE " table " ENABLE ROW LEVEL SECURITY; ALTER TABLE " table " FORCE ROW LEVEL SECURITY;"                 \
    "CREATE POLICY of_platform ON " table " TO testbed_platform USING (true);"
#define OWN "'ten_' || substr(current_user::text, 3)"
#define OF_TENANT(table, column, rights)                                                                               \
    SECURE(table)                                                                                                      \
    "CREATE POLICY of_tenant ON " table " TO testbed_tenants USING (" column " = " OWN ");"                            \
    "GRANT " rights " ON " table " TO testbed_tenants;"
/* What hangs on a row that the tenant can see: the policy of that row's table applies within. */
#define BEHIND(table, column, parent, rights)                                                                          \
    SECURE(table)                                                                                                      \
    "CREATE POLICY of_tenant ON " table " TO testbed_tenants USING"                                                    \
    " (EXISTS (SELECT FROM " parent " p WHERE p.id = " column " AND p.tenant_id = " OWN "));"                          \
    "GRANT " rights " ON " table " TO testbed_tenants;"
#define ALL_RIGHTS "SELECT, INSERT, UPDATE, DELETE"

/* The audit chain is appended to by the platform: an entry carries the hash of the one before, whosever that is. */
#define SECURITY_POSTGRES                                                                                              \
    "GRANT " ALL_RIGHTS " ON meta, users, tokens, api_keys, nonces, tenants, provisioning, provisioning_steps,"        \
    " resources, workloads, workload_data, backups TO testbed_platform;"                                               \
    "GRANT SELECT, INSERT ON audit TO testbed_platform;" SECURE("meta") SECURE("nonces")                               \
        OF_TENANT("users", "tenant_id", ALL_RIGHTS) BEHIND("tokens", "user_id", "users", "SELECT, UPDATE")             \
            BEHIND("api_keys", "user_id", "users", "SELECT, INSERT, DELETE") OF_TENANT("tenants", "id", "SELECT")      \
                OF_TENANT("provisioning", "tenant_id", "SELECT")                                                       \
                    OF_TENANT("provisioning_steps", "tenant_id", "SELECT")                                             \
                        OF_TENANT("resources", "tenant_id", "SELECT") OF_TENANT("workloads", "tenant_id", ALL_RIGHTS)  \
                            BEHIND("workload_data", "workload_id", "workloads", ALL_RIGHTS)                            \
                                BEHIND("backups", "workload_id", "workloads", ALL_RIGHTS)                              \
                                    OF_TENANT("audit", "tenant", "SELECT")

/* A tenant's own login (access.h): it sees what is the tenant's, and can add to the data of its workloads. It has no
 * right to a table that would let it lock others out of it, and looks through views and functions with its own eyes. */
#define ACCESS_POLICY(table, own) "CREATE POLICY of_access ON " table " TO testbed_access USING (" own ");"
#define ACCESS_BEHIND(table)                                                                                           \
    ACCESS_POLICY(table, "EXISTS (SELECT FROM workloads p WHERE p.id = workload_id AND p.tenant_id = " OWN ")")
#define ACCESS_POSTGRES                                                                                                \
    ACCESS_POLICY("tenants", "id = " OWN)                                                                              \
    ACCESS_POLICY("workloads", "tenant_id = " OWN)                                                                     \
    ACCESS_POLICY("audit", "tenant = " OWN)                                                                            \
    ACCESS_BEHIND("workload_data")                                                                                     \
    ACCESS_BEHIND("backups")                                                                                           \
    "GRANT SELECT ON workloads, workload_data, backups, audit TO testbed_access;"                                      \
    "GRANT SELECT (id, name, subdomain, plan, region, status, quotas, version, created_at, updated_at) ON tenants"     \
    " TO testbed_access;"                                                                                              \
    "GRANT INSERT, UPDATE (value) ON workload_data TO testbed_access;"                                                 \
    "CREATE VIEW own_workloads WITH (security_invoker = true) AS"                                                      \
    " SELECT id, tenant_id, name, image, version, replicas FROM workloads WHERE system = 0;"                           \
    "CREATE FUNCTION own_usage() RETURNS TABLE (workloads bigint, data_bytes bigint) LANGUAGE sql STABLE"              \
    " SET search_path = testbed, pg_temp AS 'SELECT (SELECT count(*) FROM workloads WHERE system = 0),"                \
    " (SELECT coalesce(sum(octet_length(key) + octet_length(value)), 0)::bigint FROM workload_data)';"                 \
    "REVOKE ALL ON FUNCTION own_usage() FROM PUBLIC;"                                                                  \
    "GRANT SELECT ON own_workloads TO testbed_access; GRANT EXECUTE ON FUNCTION own_usage() TO testbed_access;"
#define ACCESS_DROP_POSTGRES                                                                                           \
    "DROP FUNCTION own_usage(); DROP VIEW own_workloads;"                                                              \
    "REVOKE ALL ON tenants, workloads, workload_data, backups, audit FROM testbed_access;"                             \
    "REVOKE SELECT (id, name, subdomain, plan, region, status, quotas, version, created_at, updated_at) ON tenants"    \
    " FROM testbed_access;"                                                                                            \
    "REVOKE UPDATE (value) ON workload_data FROM testbed_access;"                                                      \
    "DROP POLICY of_access ON tenants; DROP POLICY of_access ON workloads; DROP POLICY of_access ON audit;"            \
    "DROP POLICY of_access ON workload_data; DROP POLICY of_access ON backups;"
/* How tenants protect their users. `changes` counts those of a row. */
#define POLICIES(INT, END)                                                                                             \
    TABLE "policies (tenant_id TEXT PRIMARY KEY, password_min_length " INT " NOT NULL, lock_after " INT " NOT NULL,"   \
          " lock_seconds " INT " NOT NULL, session_seconds " INT " NOT NULL, networks TEXT NOT NULL, changes " INT     \
          " NOT NULL DEFAULT 1)" END
#define POLICIES_DROP "DROP TABLE policies;"
#define POLICIES_SECURITY                                                                                              \
    "GRANT " ALL_RIGHTS " ON policies TO testbed_platform;" OF_TENANT("policies", "tenant_id", "SELECT, INSERT, UPDATE")

/* SQLite has no logins. */
#define NOTHING "SELECT 1;"

#define SHARED_DROP                                                                                                    \
    "DROP TABLE audit; DROP TABLE backups; DROP TABLE workload_data; DROP TABLE workloads; DROP TABLE resources;"      \
    "DROP TABLE provisioning_steps; DROP TABLE provisioning; DROP TABLE tenants; DROP TABLE nonces;"                   \
    "DROP TABLE api_keys; DROP TABLE tokens; DROP TABLE users; DROP TABLE meta;"

/* Which version of its tenant's tables a workload's version came with, and the one before; 0 when it asked for none. */
#define WORKLOAD_SCHEMA(INT)                                                                                           \
    "ALTER TABLE workloads ADD COLUMN schema_version " INT " NOT NULL DEFAULT 0;"                                      \
    "ALTER TABLE workloads ADD COLUMN previous_schema_version " INT " NOT NULL DEFAULT 0;"
#define WORKLOAD_SCHEMA_DROP                                                                                           \
    "ALTER TABLE workloads DROP COLUMN previous_schema_version; ALTER TABLE workloads DROP COLUMN schema_version;"

/* Backups are in files, but for those that were there before; and are made by schedules, too. */
#define BACKUP_SCHEDULES(INT, END)                                                                                     \
    "ALTER TABLE backups ADD COLUMN kind TEXT NOT NULL DEFAULT 'manual';" TABLE                                        \
    "backup_schedules (workload_id TEXT PRIMARY KEY REFERENCES workloads(id) ON DELETE CASCADE,"                       \
    " every_ms " INT " NOT NULL, keep " INT " NOT NULL, next_ms " INT " NOT NULL)" END
#define BACKUP_SCHEDULES_DROP "DROP TABLE backup_schedules; ALTER TABLE backups DROP COLUMN kind;"
#define BACKUP_SCHEDULES_SECURITY                                                                                      \
    "GRANT " ALL_RIGHTS                                                                                                \
    " ON backup_schedules TO testbed_platform;" BEHIND("backup_schedules", "workload_id", "workloads", ALL_RIGHTS)
/*
 * What provisioning makes of its own: the directory of hosts, shares of the regions' capacity; and that a subdomain is
 * reserved once. Tenants that are there already have theirs.
 */
#define PROVISIONING_TABLES(INT, END)                                                                                  \
    "ALTER TABLE provisioning ADD COLUMN attempt " INT " NOT NULL DEFAULT 1;"                                          \
    "CREATE UNIQUE INDEX resources_subdomain ON resources(name) WHERE kind = 'subdomain';"                             \
    "DELETE FROM resources WHERE kind IN ('record', 'quota', 'secret', 'role_binding');" TABLE                         \
    "directory (host TEXT PRIMARY KEY, tenant_id TEXT NOT NULL)" END TABLE                                             \
    "allocations (tenant_id TEXT PRIMARY KEY, region TEXT NOT NULL, replicas " INT " NOT NULL, storage_bytes " INT     \
    " NOT NULL)" END "INSERT INTO directory (host, tenant_id) SELECT subdomain || '.testbed.invalid', id FROM tenants" \
    " WHERE status = 'active';"
#define PROVISIONING_TABLES_DROP                                                                                       \
    "DROP TABLE allocations; DROP TABLE directory; DROP INDEX resources_subdomain;"                                    \
    "ALTER TABLE provisioning DROP COLUMN attempt;"
#define SHARES_OF(replicas, storage)                                                                                   \
    "INSERT INTO allocations (tenant_id, region, replicas, storage_bytes) SELECT id, region, " replicas ", " storage   \
    " FROM tenants WHERE status = 'active';"
#define PROVISIONING_RIGHTS                                                                                            \
    "GRANT " ALL_RIGHTS                                                                                                \
    " ON directory, allocations TO testbed_platform;" OF_TENANT("directory", "tenant_id", "SELECT")                    \
        OF_TENANT("allocations", "tenant_id", "SELECT")

/* Ways to the tenants' applications, and mails on their way out. Tenants that are there already have a way. */
#define WAYS_OUT(INT, ROWID, END)                                                                                      \
    TABLE "routes (host TEXT PRIMARY KEY, tenant_id TEXT NOT NULL)" END TABLE                                          \
          "outbox (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL,"      \
          " text TEXT NOT NULL, state TEXT NOT NULL, attempts " INT " NOT NULL, next_ms " INT " NOT NULL DEFAULT 0,"   \
          " error TEXT, created_at TEXT NOT NULL, ended_at TEXT" ROWID ")" END                                         \
          "INSERT INTO routes (host, tenant_id) SELECT host, tenant_id FROM directory;"                                \
          "DELETE FROM resources WHERE kind IN ('route', 'storage');"
#define WAYS_OUT_DROP "DROP TABLE outbox; DROP TABLE routes;"
#define WAYS_OUT_RIGHTS                                                                                                \
    "GRANT " ALL_RIGHTS " ON routes, outbox TO testbed_platform;" OF_TENANT("routes", "tenant_id", "SELECT")           \
        SECURE("outbox")
/* What a workload may be told besides, as JSON: limits, health, rules. */
#define WORKLOAD_SETTINGS      "ALTER TABLE workloads ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';"
#define WORKLOAD_SETTINGS_DROP "ALTER TABLE workloads DROP COLUMN settings;"

/* Users who have to change their password first, and what one's own sessions are known by. */
#define SESSIONS(INT)                                                                                                  \
    "ALTER TABLE users ADD COLUMN must_change " INT " NOT NULL DEFAULT 0;"                                             \
    "ALTER TABLE tokens ADD COLUMN created_at TEXT NOT NULL DEFAULT '';"                                               \
    "ALTER TABLE tokens ADD COLUMN agent TEXT NOT NULL DEFAULT '';"
#define SESSIONS_DROP                                                                                                  \
    "ALTER TABLE tokens DROP COLUMN agent; ALTER TABLE tokens DROP COLUMN created_at;"                                 \
    "ALTER TABLE users DROP COLUMN must_change;"

/* Eyes on the tenants' applications. */
#define MONITORS(INT, END)                                                                                             \
    TABLE "monitors (tenant_id TEXT PRIMARY KEY, status TEXT NOT NULL, since TEXT NOT NULL, changes " INT              \
          " NOT NULL)" END "INSERT INTO monitors (tenant_id, status, since, changes) SELECT id, 'unhealthy',"          \
          " updated_at, 0 FROM tenants WHERE status = 'active';"                                                       \
          "DELETE FROM resources WHERE kind = 'monitor';"
#define MONITORS_RIGHTS                                                                                                \
    "GRANT " ALL_RIGHTS " ON monitors TO testbed_platform;" OF_TENANT("monitors", "tenant_id", "SELECT")

/* The platform's, as what it keeps of tenants that are gone is. */
#define ARCHIVES(INT, END)                                                                                             \
    TABLE "archives (tenant_id TEXT PRIMARY KEY, version " INT " NOT NULL, bytes " INT " NOT NULL,"                    \
          " sha256 TEXT NOT NULL, customers " INT " NOT NULL, users " INT " NOT NULL, workloads " INT " NOT NULL,"     \
          " items " INT " NOT NULL, audit_entries " INT " NOT NULL, created_at TEXT NOT NULL)" END
#define ARCHIVES_DROP     "DROP TABLE archives;"
#define ARCHIVES_SECURITY "GRANT " ALL_RIGHTS " ON archives TO testbed_platform;" SECURE("archives")

#define ROWID_POSTGRES ", rowid BIGINT GENERATED ALWAYS AS IDENTITY"

#define ALERTS(ROWID, END)                                                                                             \
    TABLE "alerts (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL,"                                                      \
          " workload_id TEXT NOT NULL REFERENCES workloads(id) ON DELETE CASCADE, rule TEXT NOT NULL,"                 \
          " kind TEXT NOT NULL, detail TEXT NOT NULL, raised_at TEXT NOT NULL, resolved_at TEXT,"                      \
          " acknowledged_at TEXT, acknowledged_by TEXT" ROWID ")" END                                                  \
          "CREATE INDEX alerts_workload ON alerts(workload_id);"
#define ALERTS_SECURITY                                                                                                \
    "GRANT " ALL_RIGHTS " ON alerts TO testbed_platform;" OF_TENANT("alerts", "tenant_id", ALL_RIGHTS)
#define ALERTS_DROP "DROP TABLE alerts;"

static const struct migration shared[] = {
    {"the first tables",
     {[DIALECT_SQLITE] = {SHARED_TABLES("INTEGER", "", " STRICT;") AUDIT_GUARD_SQLITE, SHARED_DROP},
      [DIALECT_POSTGRES] = {SHARED_TABLES("BIGINT", ROWID_POSTGRES, ";")
                                AUDIT_GUARD_POSTGRES INSTR_POSTGRES SECURITY_POSTGRES,
                            SHARED_DROP "DROP FUNCTION audit_is_append_only(); DROP FUNCTION instr(text, text);"}}},
    {"workloads remember their tables' version",
     {[DIALECT_SQLITE] = {WORKLOAD_SCHEMA("INTEGER"), WORKLOAD_SCHEMA_DROP},
      [DIALECT_POSTGRES] = {WORKLOAD_SCHEMA("BIGINT"), WORKLOAD_SCHEMA_DROP}}},
    {"backups by schedule",
     {[DIALECT_SQLITE] = {BACKUP_SCHEDULES("INTEGER", " STRICT;"), BACKUP_SCHEDULES_DROP},
      [DIALECT_POSTGRES] = {BACKUP_SCHEDULES("BIGINT", ";") BACKUP_SCHEDULES_SECURITY, BACKUP_SCHEDULES_DROP}}},
    {"users and tokens know more of sessions",
     {[DIALECT_SQLITE] = {SESSIONS("INTEGER"), SESSIONS_DROP},
      [DIALECT_POSTGRES] = {SESSIONS("BIGINT"), SESSIONS_DROP}}},
    {"tenants look at their own rows by logins of their own",
     {[DIALECT_SQLITE] = {NOTHING, NOTHING}, [DIALECT_POSTGRES] = {ACCESS_POSTGRES, ACCESS_DROP_POSTGRES}}},
    {"the directory, and shares of the capacity",
     {[DIALECT_SQLITE] = {PROVISIONING_TABLES("INTEGER", " STRICT;") SHARES_OF(
                              "json_extract(quotas, '$.replicas')", "json_extract(quotas, '$.storage_bytes')"),
                          PROVISIONING_TABLES_DROP},
      [DIALECT_POSTGRES] = {PROVISIONING_TABLES("BIGINT", ";") SHARES_OF("(quotas::json->>'replicas')::bigint",
                                                                         "(quotas::json->>'storage_bytes')::bigint")
                                PROVISIONING_RIGHTS,
                            PROVISIONING_TABLES_DROP}}},
    {"ways to applications, and mails",
     {[DIALECT_SQLITE] = {WAYS_OUT("INTEGER", "", " STRICT;"), WAYS_OUT_DROP},
      [DIALECT_POSTGRES] = {WAYS_OUT("BIGINT", ROWID_POSTGRES, ";") WAYS_OUT_RIGHTS, WAYS_OUT_DROP}}},
    {"eyes on applications",
     {[DIALECT_SQLITE] = {MONITORS("INTEGER", " STRICT;"), "DROP TABLE monitors;"},
      [DIALECT_POSTGRES] = {MONITORS("BIGINT", ";") MONITORS_RIGHTS, "DROP TABLE monitors;"}}},
    {"archives of tenants",
     {[DIALECT_SQLITE] = {ARCHIVES("INTEGER", " STRICT;"), ARCHIVES_DROP},
      [DIALECT_POSTGRES] = {ARCHIVES("BIGINT", ";") ARCHIVES_SECURITY, ARCHIVES_DROP}}},
    {"each tenant has its own security policy",
     {[DIALECT_SQLITE] = {POLICIES("INTEGER", " STRICT;"), POLICIES_DROP},
      [DIALECT_POSTGRES] = {POLICIES("BIGINT", ";") POLICIES_SECURITY, POLICIES_DROP}}},
    {"workloads have settings",
     {[DIALECT_SQLITE] = {WORKLOAD_SETTINGS, WORKLOAD_SETTINGS_DROP},
      [DIALECT_POSTGRES] = {WORKLOAD_SETTINGS, WORKLOAD_SETTINGS_DROP}}},
    {"workloads have alerts",
     {[DIALECT_SQLITE] = {ALERTS("", " STRICT;"), ALERTS_DROP},
      [DIALECT_POSTGRES] = {ALERTS(ROWID_POSTGRES, ";") ALERTS_SECURITY, ALERTS_DROP}}},
};

/* ---- each tenant's ----------------------------------------------------------------------------------------------- */

#define TENANT_TABLES(INT, ROWID, END)                                                                                 \
    TABLE "{customers} (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, attributes TEXT NOT NULL,"       \
          " version " INT " NOT NULL DEFAULT 1, created_at TEXT NOT NULL, updated_at TEXT NOT NULL" ROWID              \
          ")" END TABLE "{settings} (key TEXT PRIMARY KEY, value TEXT NOT NULL)" END
#define TENANT_DROP "DROP TABLE {settings}; DROP TABLE {customers};"

static const struct migration tenant[] = {
    {"customers and settings",
     {[DIALECT_SQLITE] = {TENANT_TABLES("INTEGER", "", " STRICT;"), TENANT_DROP},
      [DIALECT_POSTGRES] = {TENANT_TABLES("BIGINT", ROWID_POSTGRES, ";"), TENANT_DROP}}},
    {"one customer to an e-mail address",
     {[DIALECT_SQLITE] = {"CREATE UNIQUE INDEX {customers_email} ON {customers} (lower(email));",
                          "DROP INDEX {customers_email};"},
      [DIALECT_POSTGRES] = {"CREATE UNIQUE INDEX customers_email ON {customers} (lower(email));",
                            "DROP INDEX {customers_email};"}}},
    {"one customer to a tax number",
     {[DIALECT_SQLITE] = {"CREATE UNIQUE INDEX {customers_tax_id} ON {customers}"
                          " (json_extract(attributes, '$.tax_id'));",
                          "DROP INDEX {customers_tax_id};"},
      [DIALECT_POSTGRES] = {"CREATE UNIQUE INDEX customers_tax_id ON {customers} ((attributes::jsonb ->> 'tax_id'));",
                            "DROP INDEX {customers_tax_id};"}}},
};

#define LIST(all)                                                                                                      \
    {                                                                                                                  \
        (all), (int)(sizeof(all) / sizeof *(all))                                                                      \
    }

const struct migrations migrations_shared = LIST(shared), migrations_tenant = LIST(tenant);
