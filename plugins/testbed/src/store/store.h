/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database, as rows of JSON.
 *
 * Statements are given with a format of their arguments: `s` string or NULL, `I` int64_t, `i` int, `j` json_t * (stored
 * as compact text, not stolen, NULL is SQL's). Columns come back under their names; the name's ending turns text and
 * numbers into more: `active:bool`, `quotas:json`. Results belong to the caller. A failing statement is logged with
 * SQLite's message; the caller sees -1 (or NULL), and -2 for a violated UNIQUE constraint.
 */
#ifndef TESTBED_STORE_H
#define TESTBED_STORE_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdint.h>

#define STORE_ERROR  (-1)
#define STORE_UNIQUE (-2)

/* Opens, or creates with its tables. NULL after a message on stderr. */
sqlite3 *store_open(const char *path);
int store_create_schema(sqlite3 *db);

int store_run(sqlite3 *db, const char *sql, const char *types, ...); /* rows changed, or negative */
json_t *store_all(sqlite3 *db, const char *sql, const char *types, ...);
json_t *store_one(sqlite3 *db, const char *sql, const char *types, ...);    /* NULL when there is none */
int64_t store_number(sqlite3 *db, const char *sql, const char *types, ...); /* 0 when there is none */
int store_exec(sqlite3 *db, const char *sql);

/* The same with SQL that holds a table name: `%w` of sqlite3_mprintf. The result is sqlite3_free'd by the caller. */
#define store_sql(...) sqlite3_mprintf(__VA_ARGS__)

#endif
