/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite: a file, or memory. A tenant's tables have its schema's name in front; there are no roles. */
#include "store/backend.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *last_error(void *db)
{
    return sqlite3_errmsg(db);
}

static int script(void *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : STORE_ERROR;
}

/* SQLite has it from 3.43 on. */
static void octet_length(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        sqlite3_result_null(context);
    else
        sqlite3_result_int(context, sqlite3_value_bytes(values[0]));
}

static void *open_database(const char *where)
{
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(where, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_create_function(db, "octet_length", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, octet_length, NULL,
                                NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(db, 5000) != SQLITE_OK ||
        /* The data need not survive a power cut: a test platform is fast first. */
        script(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;") != 0) {
        fprintf(stderr, "muster-testbed: %s: %s\n", where, db ? sqlite3_errmsg(db) : "out of memory");
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

static void close_database(void *db)
{
    sqlite3_close(db);
}

/* ---- what is in memory as a file --------------------------------------------------------------------------------- */

static int copy(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    int done = b ? sqlite3_backup_step(b, -1) : SQLITE_ERROR;

    sqlite3_backup_finish(b);
    return done == SQLITE_DONE ? 0 : STORE_ERROR;
}

static int exchange(sqlite3 *db, const char *path, bool keep)
{
    const char *own = sqlite3_db_filename(db, "main");
    sqlite3 *file = NULL;

    if (own && *own)
        return 0;
    int rc = sqlite3_open(path, &file) == SQLITE_OK ? 0 : STORE_ERROR;
    if (rc == 0 && keep)
        rc = script(file, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"); /* it is read in a moment, and removed */
    if (rc == 0)
        rc = keep ? copy(db, file) : copy(file, db);
    sqlite3_close(file);
    return rc;
}

static int keep(void *db, const char *path)
{
    return exchange(db, path, true);
}

static int recall(void *db, const char *path)
{
    return exchange(db, path, false);
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

static int bind_values(sqlite3_stmt *stmt, const struct value *values, size_t count)
{
    int rc = SQLITE_OK;

    for (size_t i = 0; i < count && rc == SQLITE_OK; i++) {
        if (values[i].kind == V_NUMBER)
            rc = sqlite3_bind_int64(stmt, (int)i + 1, values[i].number);
        else
            rc = sqlite3_bind_text(stmt, (int)i + 1, values[i].text, -1, SQLITE_STATIC);
    }
    return rc;
}

static json_t *column_value(sqlite3_stmt *stmt, int i)
{
    switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_NULL:
        return json_null();
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(stmt, i));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(stmt, i));
    default:
        return json_stringn((const char *)sqlite3_column_text(stmt, i), (size_t)sqlite3_column_bytes(stmt, i));
    }
}

static json_t *read_row(sqlite3_stmt *stmt)
{
    json_t *row = json_object();

    for (int i = 0; i < sqlite3_column_count(stmt); i++)
        json_object_set_new(row, sqlite3_column_name(stmt, i), column_value(stmt, i));
    return row;
}

static int query(void *db, const char *sql, const struct value *values, size_t count, json_t *rows, size_t max)
{
    sqlite3_stmt *stmt = NULL;
    int rc;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK || bind_values(stmt, values, count) != SQLITE_OK) {
        sqlite3_finalize(stmt);
        return STORE_ERROR;
    }
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && rows && json_array_size(rows) < max)
        json_array_append_new(rows, read_row(stmt));
    int extended = sqlite3_extended_errcode(db), changes = sqlite3_changes(db);
    sqlite3_finalize(stmt);
    if (rc == SQLITE_DONE || rc == SQLITE_ROW)
        return changes;
    bool unique = extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY;
    return unique ? STORE_UNIQUE : STORE_ERROR;
}

static int begin(void *db)
{
    return script(db, "BEGIN IMMEDIATE");
}

static int commit(void *db)
{
    return script(db, "COMMIT");
}

static void rollback(void *db)
{
    script(db, "ROLLBACK");
}

static int rollback_to(void *db, const char *savepoint)
{
    char sql[80];

    snprintf(sql, sizeof sql, "ROLLBACK TO %s; RELEASE %s", savepoint, savepoint);
    return script(db, sql);
}

static void scope(void *db, enum scope_kind kind, const char *schema)
{
    (void)db;
    (void)kind;
    (void)schema;
}

static int schema_create(void *db, const char *schema)
{
    char *sql = sqlite3_mprintf("CREATE TABLE IF NOT EXISTS \"%w_meta\" (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
                                " STRICT",
                                schema);
    int result = sql ? script(db, sql) : STORE_ERROR;

    sqlite3_free(sql);
    return result;
}

#define TABLES                                                                                                         \
    "FROM sqlite_master WHERE type = 'table' AND substr(name, 1, length(?1)) = ?1 AND"                                 \
    " substr(name, length(?1) + 1, 1) = '_'"

static int schema_drop(void *db, const char *schema)
{
    struct value named = {.kind = V_TEXT, .text = schema};
    json_t *tables = json_array(), *table;
    int result = query(db, "SELECT name " TABLES, &named, 1, tables, SIZE_MAX);
    size_t i;

    json_array_foreach(tables, i, table)
    {
        char *sql = sqlite3_mprintf("DROP TABLE \"%w\"", json_string_value(json_object_get(table, "name")));
        if (!sql || script(db, sql) != 0)
            result = STORE_ERROR;
        sqlite3_free(sql);
    }
    json_decref(tables);
    return result < 0 ? result : 0;
}

const struct backend backend_sqlite = {
    .dialect = DIALECT_SQLITE,
    .table_format = "\"%s_%s\"",
    .open = open_database,
    .close = close_database,
    .error = last_error,
    .keep = keep,
    .recall = recall,
    .script = script,
    .query = query,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .rollback_to = rollback_to,
    .scope = scope,
    .schema_create = schema_create,
    .schema_drop = schema_drop,
    .has_table = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1 || '_' || ?2",
    .schema_names = "SELECT DISTINCT ?1 AS name " TABLES,
    .audit_unlock = "DROP TRIGGER IF EXISTS audit_no_update",
};
