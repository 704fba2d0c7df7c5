/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database, as rows of JSON: SQLite or PostgreSQL behind one interface. Nobody else knows which one it is.
 *
 * Statements are written in what both understand, with `?` or `?1` for arguments, whose format is given beside them:
 * `s` string or NULL, `I` int64_t, `i` int, `j` json_t * (stored as compact text, not stolen, NULL is SQL's). Columns
 * come back under their names; the name's ending turns text and numbers into more: `active:bool`, `quotas:json`.
 * Results belong to the caller. `rowid` orders the rows of a table as they were made, `octet_length(text)` counts
 * bytes, `instr(text, part)` finds.
 *
 * The tables are the platform's, or one tenant's. A tenant's table is written `{customers}`, and is that of the tenant
 * that was entered. Who has entered a tenant sees of the platform's tables in PostgreSQL the rows of that tenant alone,
 * whatever the statement forgets to ask for: the connection has taken the tenant's role, and the tables are under
 * FORCE ROW LEVEL SECURITY. SQLite has no roles: there the statement's own WHERE is all.
 *
 * A failing statement is logged with the database's message; the caller sees STORE_ERROR (or NULL, or 0), and
 * STORE_UNIQUE for a violated UNIQUE constraint. A transaction in which a statement failed, other than by STORE_UNIQUE,
 * cannot be committed. Everything blocks; a statement may take 30 s at most.
 */
#ifndef TESTBED_STORE_H
#define TESTBED_STORE_H

#include "common/id.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define STORE_ERROR  (-1)
#define STORE_UNIQUE (-2)

struct store;

#define STORE_DEFAULT ":memory:"

/* Whether a text names a store: `sqlite:FILE`, `:memory:`, `postgresql://...` (libpq's own form). */
bool store_named(const char *name);

/* Opens, or creates; the tables are migrate_shared()'s to make. NULL after a message on stderr. */
struct store *store_open(const char *name);
void store_close(struct store *s); /* NULL is nothing */

/* What is in memory alone, as a file, and back; no file and no error where the database has a place of its own. 0 or
 * STORE_ERROR. */
int store_keep(struct store *s, const char *path);
int store_recall(struct store *s, const char *path);

int store_run(struct store *s, const char *sql, const char *types, ...); /* rows changed, or negative */
json_t *store_all(struct store *s, const char *sql, const char *types, ...);
json_t *store_one(struct store *s, const char *sql, const char *types, ...);    /* NULL when there is none */
int64_t store_number(struct store *s, const char *sql, const char *types, ...); /* 0 when there is none */

/* Whether the database answers. */
bool store_alive(struct store *s);

/* One transaction, not nested. Commit is negative when nothing was kept. */
int store_begin(struct store *s);
int store_commit(struct store *s);
void store_rollback(struct store *s);

/*
 * Whose eyes the statements see with. store_enter() says it (NULL or "": the platform's) and returns what it was, for
 * store_leave().
 */
struct store_scope {
    int kind;
    char tenant_id[ID_MAX];
};
struct store_scope store_enter(struct store *s, const char *tenant_id);
void store_leave(struct store *s, struct store_scope before);

/*
 * A tenant's own place: a schema and a role in PostgreSQL, a prefix of tables in SQLite. Making one that is there and
 * dropping one that is not are no errors. Its tables are migrate_tenant()'s to make, but for `{meta}`.
 */
int store_schema_create(struct store *s, const char *tenant_id);
int store_schema_drop(struct store *s, const char *tenant_id);
bool store_schema_has(struct store *s, const char *tenant_id, const char *table);
json_t *store_schema_names(struct store *s, const char *tenant_id); /* those that are there: none or one */

/*
 * Lets a tenant into the database itself, to its own tables and what is its own of the platform's: `{host, port,
 * database, username, schema}`. What was given out before holds no more. NULL after an error, and where the database
 * knows no logins (store_has_logins()).
 */
struct store_login {
    const char *password; /* hex digits */
    const char *until;    /* RFC 3339 */
    bool as_platform;     /* the seeded bug access-as-platform */
    bool unlimited;       /* the seeded bug connections-unlimited */
};
json_t *store_access(struct store *s, const char *tenant_id, const struct store_login *login);
/* Ends it, and the sessions that are open. */
int store_shut(struct store *s, const char *tenant_id);
bool store_has_logins(const struct store *s);

/* The seeded bugs of tables, policies and rights: made by statements, as a careless migration would. */
struct defect_set;
void store_spoil(struct store *s, const struct defect_set *defects);

/* Only with the defect audit-rewrite: lets the chain be changed. */
void store_audit_unlock(struct store *s);

#endif
