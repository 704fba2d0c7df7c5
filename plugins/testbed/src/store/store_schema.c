/* SPDX-License-Identifier: Apache-2.0 */
/* The platform's own tables. A tenant's tables are made by its provisioning (provisioning_steps.c). */
#include "store/store.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"

    "CREATE TABLE IF NOT EXISTS users ("
    "  id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, email TEXT NOT NULL, password TEXT NOT NULL,"
    "  role TEXT NOT NULL, tenant_id TEXT, active INTEGER NOT NULL DEFAULT 1,"
    "  failed_logins INTEGER NOT NULL DEFAULT 0, locked_until_ms INTEGER NOT NULL DEFAULT 0,"
    "  version INTEGER NOT NULL DEFAULT 1, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,"
    "  last_login_at TEXT) STRICT;"

    "CREATE TABLE IF NOT EXISTS tokens ("
    "  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,"
    "  expires_ms INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX IF NOT EXISTS tokens_user ON tokens(user_id);"

    "CREATE TABLE IF NOT EXISTS api_keys ("
    "  id TEXT PRIMARY KEY, name TEXT NOT NULL, secret TEXT NOT NULL,"
    "  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,"
    "  created_at TEXT NOT NULL, expires_ms INTEGER NOT NULL) STRICT;"

    "CREATE TABLE IF NOT EXISTS nonces ("
    "  key_id TEXT NOT NULL, nonce TEXT NOT NULL, seen_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (key_id, nonce)) STRICT;"

    "CREATE TABLE IF NOT EXISTS tenants ("
    "  id TEXT PRIMARY KEY, name TEXT NOT NULL, subdomain TEXT NOT NULL, plan TEXT NOT NULL, region TEXT NOT NULL,"
    "  status TEXT NOT NULL, quotas TEXT NOT NULL, admin_user_id TEXT, request TEXT NOT NULL,"
    "  version INTEGER NOT NULL DEFAULT 1, created_at TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT;"

    "CREATE TABLE IF NOT EXISTS provisioning ("
    "  tenant_id TEXT PRIMARY KEY, state TEXT NOT NULL, current_step TEXT, error TEXT,"
    "  started_at TEXT, finished_at TEXT) STRICT;"
    "CREATE TABLE IF NOT EXISTS provisioning_steps ("
    "  tenant_id TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,"
    "  started_at TEXT, finished_at TEXT, error TEXT, PRIMARY KEY (tenant_id, number)) STRICT;"
    "CREATE TABLE IF NOT EXISTS resources ("
    "  tenant_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (tenant_id, kind, name)) STRICT;"

    "CREATE TABLE IF NOT EXISTS workloads ("
    "  id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, name TEXT NOT NULL, image TEXT NOT NULL, version TEXT NOT NULL,"
    "  previous_version TEXT, stopped INTEGER NOT NULL, replicas INTEGER NOT NULL, memory_mb INTEGER NOT NULL,"
    "  nofile INTEGER NOT NULL, system INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,"
    "  UNIQUE (tenant_id, name)) STRICT;"
    "CREATE TABLE IF NOT EXISTS workload_data ("
    "  workload_id TEXT NOT NULL REFERENCES workloads(id) ON DELETE CASCADE, key TEXT NOT NULL, value TEXT NOT NULL,"
    "  PRIMARY KEY (workload_id, key)) STRICT;"
    "CREATE TABLE IF NOT EXISTS backups ("
    "  id TEXT PRIMARY KEY, workload_id TEXT NOT NULL REFERENCES workloads(id) ON DELETE CASCADE,"
    "  label TEXT NOT NULL, items INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,"
    "  content TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;"

    "CREATE TABLE IF NOT EXISTS audit ("
    "  seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,"
    "  entity_type TEXT NOT NULL, entity_id TEXT NOT NULL, tenant TEXT NOT NULL, outcome TEXT NOT NULL,"
    "  detail TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL) STRICT;"
    /* The chain is append-only for this program's own mistakes too. */
    "CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit"
    "  BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;"
    "CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit"
    "  BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;";

int store_create_schema(sqlite3 *db)
{
    return store_exec(db, schema);
}
