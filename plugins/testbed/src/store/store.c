/* SPDX-License-Identifier: Apache-2.0 */
/* Running statements and turning rows into JSON. */
#include "store/store.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complain(sqlite3 *db, const char *sql)
{
    fprintf(stderr, "muster-testbed: database: %s: %.200s\n", sqlite3_errmsg(db), sql);
}

int store_exec(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    complain(db, sql);
    return STORE_ERROR;
}

sqlite3 *store_open(const char *path)
{
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        fprintf(stderr, "muster-testbed: %s: %s\n", path, db ? sqlite3_errmsg(db) : "out of memory");
        sqlite3_close(db);
        return NULL;
    }
    /* The data need not survive a power cut: a test platform is fast first. */
    if (store_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;") != 0 ||
        store_create_schema(db) != 0) {
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

static int bind(sqlite3_stmt *stmt, const char *types, va_list args)
{
    int rc = SQLITE_OK;

    for (int i = 1; *types && rc == SQLITE_OK; i++, types++) {
        switch (*types) {
        case 's':
            rc = sqlite3_bind_text(stmt, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
            break;
        case 'I':
            rc = sqlite3_bind_int64(stmt, i, va_arg(args, int64_t));
            break;
        case 'i':
            rc = sqlite3_bind_int(stmt, i, va_arg(args, int));
            break;
        case 'j': {
            const json_t *value = va_arg(args, json_t *);
            char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
            rc = sqlite3_bind_text(stmt, i, text, -1, SQLITE_TRANSIENT);
            free(text);
            break;
        }
        default:
            rc = SQLITE_MISUSE;
        }
    }
    return rc;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK || bind(stmt, types, args) != SQLITE_OK) {
        complain(db, sql);
        sqlite3_finalize(stmt);
        return NULL;
    }
    return stmt;
}

static json_t *column_value(sqlite3_stmt *stmt, int i, const char *kind)
{
    if (sqlite3_column_type(stmt, i) == SQLITE_NULL)
        return json_null();
    if (kind && strcmp(kind, ":bool") == 0)
        return json_boolean(sqlite3_column_int(stmt, i));
    if (kind && strcmp(kind, ":json") == 0)
        return json_loads((const char *)sqlite3_column_text(stmt, i), JSON_DECODE_ANY, NULL);
    switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(stmt, i));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(stmt, i));
    default:
        return json_stringn((const char *)sqlite3_column_text(stmt, i), (size_t)sqlite3_column_bytes(stmt, i));
    }
}

static json_t *row(sqlite3_stmt *stmt)
{
    json_t *object = json_object();

    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        const char *name = sqlite3_column_name(stmt, i);
        const char *kind = strchr(name, ':');
        char key[64];
        snprintf(key, sizeof key, "%.*s", kind ? (int)(kind - name) : (int)strlen(name), name);
        json_object_set_new(object, key, column_value(stmt, i, kind));
    }
    return object;
}

int store_run(sqlite3 *db, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    sqlite3_stmt *stmt = prepare(db, sql, types, args);
    va_end(args);
    if (!stmt)
        return STORE_ERROR;
    int rc = sqlite3_step(stmt);
    int extended = sqlite3_extended_errcode(db);
    int result = sqlite3_changes(db);
    if (rc != SQLITE_DONE && rc != SQLITE_ROW) {
        bool unique = extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY;
        if (!unique)
            complain(db, sql);
        result = unique ? STORE_UNIQUE : STORE_ERROR;
    }
    sqlite3_finalize(stmt);
    return result;
}

json_t *store_all(sqlite3 *db, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    sqlite3_stmt *stmt = prepare(db, sql, types, args);
    va_end(args);
    if (!stmt)
        return NULL;
    json_t *rows = json_array();
    while (sqlite3_step(stmt) == SQLITE_ROW)
        json_array_append_new(rows, row(stmt));
    sqlite3_finalize(stmt);
    return rows;
}

json_t *store_one(sqlite3 *db, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    sqlite3_stmt *stmt = prepare(db, sql, types, args);
    va_end(args);
    if (!stmt)
        return NULL;
    json_t *found = sqlite3_step(stmt) == SQLITE_ROW ? row(stmt) : NULL;
    sqlite3_finalize(stmt);
    return found;
}

int64_t store_number(sqlite3 *db, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    sqlite3_stmt *stmt = prepare(db, sql, types, args);
    va_end(args);
    if (!stmt)
        return 0;
    int64_t n = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return n;
}
