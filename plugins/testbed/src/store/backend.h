/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a database is to the store: a table of functions, and the places where its SQL differs.
 *
 * The texts that arrive here have their tenant's tables written out. A failing function leaves what was wrong for
 * `error`, and has not printed anything.
 */
#ifndef TESTBED_BACKEND_H
#define TESTBED_BACKEND_H

#include "store/store.h"

enum value_kind { V_NULL, V_TEXT, V_NUMBER };

struct value {
    enum value_kind kind;
    const char *text;
    int64_t number;
};

enum scope_kind {
    SCOPE_PLATFORM,
    SCOPE_TENANT,
    SCOPE_OWNER, /* of all tables and schemas: who makes and changes them */
};

enum dialect { DIALECT_SQLITE, DIALECT_POSTGRES, DIALECT_COUNT };

struct backend {
    enum dialect dialect;
    const char *table_format; /* of a tenant's table: schema, table */
    /* NULL after a message on stderr. */
    void *(*open)(const char *where);
    void (*close)(void *db);
    const char *(*error)(void *db);
    /* A database in memory as a file, and back; NULL: it never is. */
    int (*keep)(void *db, const char *path);
    int (*recall)(void *db, const char *path);
    /* Statements without arguments or rows. 0 or STORE_ERROR. */
    int (*script)(void *db, const char *sql);
    /* Rows changed, or negative. `rows` is filled up to `max`, its values as the database has them; NULL: not wanted.
     */
    int (*query)(void *db, const char *sql, const struct value *values, size_t count, json_t *rows, size_t max);
    int (*begin)(void *db);
    int (*commit)(void *db);
    void (*rollback)(void *db);
    /* Back to a savepoint that a script has set. */
    int (*rollback_to)(void *db, const char *savepoint);
    /* Takes effect with the next statement. */
    void (*scope)(void *db, enum scope_kind kind, const char *schema);
    int (*schema_create)(void *db, const char *schema);
    int (*schema_drop)(void *db, const char *schema);
    /* Nobody is logged in as the schema's owner any more, or logs in again; NULL: as for access. */
    int (*shut)(void *db, const char *schema);
    /* A login of its own for who owns the schema: *ret_where. NULL: the database has no logins. */
    int (*access)(void *db, const char *schema, const struct store_login *login, json_t **ret_where);
    const char *has_table;    /* a count; of schema, table */
    const char *schema_names; /* `name`; of schema */
    const char *audit_unlock;
};

extern const struct backend backend_sqlite, backend_postgres;

#endif
