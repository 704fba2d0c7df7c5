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

#define ROWID_POSTGRES ", rowid BIGINT GENERATED ALWAYS AS IDENTITY"

static const struct migration shared[] = {
    {"the first tables",
     {[DIALECT_SQLITE] = {SHARED_TABLES("INTEGER", "", " STRICT;") AUDIT_GUARD_SQLITE, SHARED_DROP},
      [DIALECT_POSTGRES] = {SHARED_TABLES("BIGINT", ROWID_POSTGRES, ";")
                                AUDIT_GUARD_POSTGRES INSTR_POSTGRES SECURITY_POSTGRES,
                            SHARED_DROP "DROP FUNCTION audit_is_append_only(); DROP FUNCTION instr(text, text);"}}},
    {"workloads remember their tables' version",
     {[DIALECT_SQLITE] = {WORKLOAD_SCHEMA("INTEGER"), WORKLOAD_SCHEMA_DROP},
      [DIALECT_POSTGRES] = {WORKLOAD_SCHEMA("BIGINT"), WORKLOAD_SCHEMA_DROP}}},
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
};

#define LIST(all)                                                                                                      \
    {                                                                                                                  \
        (all), (int)(sizeof(all) / sizeof *(all))                                                                      \
    }

const struct migrations migrations_shared = LIST(shared), migrations_tenant = LIST(tenant);
