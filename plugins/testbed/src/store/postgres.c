/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL: one connection, whose role is that of whoever the statements are for.
 *
 * Three kinds of roles. The one that the connection logs in as owns everything, and acts only when tables, schemas and
 * roles are made. `testbed_platform` may read and change the platform's tables. Each tenant's role (`t_` and 16 hex
 * digits, as its schema) may use its schema, and as a member of `testbed_tenants` the platform's tables, as far as
 * their policies let it. With `a_` in front is who the tenant itself logs in as, in access.c. A role is taken lazily,
 * before the first statement that needs it. One that does not exist any more can't be taken: the statement fails.
 *
 * Roles are the cluster's: platforms in databases beside each other share the groups, which give no right in a
 * database by themselves.
 */
#include "store/access.h"
#include "store/backend.h"

#include <libpq-fe.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define VALUES_MAX 16
#define LOCK_KEY   "120351215609202"
#define LOCK_WAIT  "5s"

/* Types of columns and arguments: catalog/pg_type_d.h, which is the server's and not libpq's. */
enum {
    OID_BOOL = 16,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_NUMERIC = 1700,
};

struct postgres {
    PGconn *conn;
    char wanted[ID_MAX], taken[ID_MAX]; /* roles: empty for the one that logged in; "?" for not known */
    char error[512];
};

#define PLATFORM_ROLE "testbed_platform"

/* ---- running ----------------------------------------------------------------------------------------------------- */

static void keep_error(struct postgres *p, const PGresult *res)
{
    const char *text = res ? PQresultErrorMessage(res) : "";

    snprintf(p->error, sizeof p->error, "%s", *text ? text : PQerrorMessage(p->conn));
    for (char *c = p->error; *c; c++)
        if (*c == '\n')
            *c = c[1] ? ' ' : '\0';
}

static const char *last_error(void *db)
{
    return ((struct postgres *)db)->error;
}

/* One without rows; the role is not looked at. */
static int plain(struct postgres *p, const char *sql)
{
    PGresult *res = PQexec(p->conn, sql);
    ExecStatusType status = PQresultStatus(res);
    int result = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : STORE_ERROR;

    if (result != 0)
        keep_error(p, res);
    PQclear(res);
    return result;
}

static const char setup[] =
    "SET client_min_messages = warning; SET statement_timeout = '30s'; SET lock_timeout = '" LOCK_WAIT "';"
    /* Two platforms on one database would not know of each other's processes and tenants. */
    " SELECT pg_advisory_lock(" LOCK_KEY ");"
    /* From here on only tenants' own logins can be in the way, and all others must not wait for one of them. */
    " SET lock_timeout = '300ms'; SET search_path = testbed";

/* What must be there before the first migration. Another platform of the cluster may make the roles at the same time.
 */
static const char groups[] = "DO $$ BEGIN CREATE ROLE " PLATFORM_ROLE " NOLOGIN;"
                             " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;"
                             "DO $$ BEGIN CREATE ROLE testbed_tenants NOLOGIN;"
                             " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;"
                             "DO $$ BEGIN CREATE ROLE testbed_access NOLOGIN;"
                             " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;"
                             "DO $$ BEGIN"
                             "  IF NOT pg_has_role(current_user, '" PLATFORM_ROLE "', 'MEMBER') THEN"
                             "   EXECUTE format('GRANT " PLATFORM_ROLE " TO %I', current_user); END IF; END $$;"
                             "CREATE SCHEMA IF NOT EXISTS testbed;"
                             "GRANT USAGE ON SCHEMA testbed TO " PLATFORM_ROLE ", testbed_tenants, testbed_access";

/* Whether the other side has hung up while nothing was asked of it: the server was restarted. */
static bool hung_up(PGconn *conn)
{
    char byte;
    ssize_t n;

    /* What it said before is read, and is in the way of seeing that it has gone. */
    while ((n = recv(PQsocket(conn), &byte, 1, MSG_PEEK | MSG_DONTWAIT)) > 0)
        if (!PQconsumeInput(conn))
            return true;
    return n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/* A connection that can be used; a lost one is made anew, unless a transaction was lost with it. */
static int ready(struct postgres *p)
{
    PGTransactionStatusType state = PQtransactionStatus(p->conn);

    if (state == PQTRANS_INTRANS || state == PQTRANS_INERROR)
        return 0;
    if (PQstatus(p->conn) == CONNECTION_OK && !hung_up(p->conn))
        return 0;
    PQreset(p->conn);
    p->taken[0] = '\0';
    if (PQstatus(p->conn) == CONNECTION_OK && plain(p, setup) == 0)
        return 0;
    keep_error(p, NULL);
    return STORE_ERROR;
}

static int take_role(struct postgres *p)
{
    char sql[64];

    if (strcmp(p->wanted, p->taken) == 0)
        return 0;
    if (p->wanted[0])
        snprintf(sql, sizeof sql, "SET ROLE \"%s\"", p->wanted);
    else
        snprintf(sql, sizeof sql, "RESET ROLE");
    if (plain(p, sql) != 0)
        return STORE_ERROR;
    memcpy(p->taken, p->wanted, sizeof p->taken);
    return 0;
}

static int script(void *db, const char *sql)
{
    struct postgres *p = db;

    return ready(p) == 0 && take_role(p) == 0 ? plain(p, sql) : STORE_ERROR;
}

/* `?` and `?1` as `$1`; the caller frees. What stands in quotes is left alone. */
static char *numbered(const char *sql)
{
    char *text = NULL, quote = '\0';
    size_t len = 0;
    unsigned next = 0;
    FILE *out = open_memstream(&text, &len);

    if (!out)
        abort();
    for (; *sql; sql++) {
        if (quote || *sql == '\'' || *sql == '"')
            quote = !quote ? *sql : *sql == quote ? '\0' : quote;
        if (quote || *sql != '?') {
            fputc(*sql, out);
        } else {
            char *end;
            unsigned long given = sql[1] >= '1' && sql[1] <= '9' ? strtoul(sql + 1, &end, 10) : 0;
            fprintf(out, "$%lu", given ? given : ++next);
            sql = given ? end - 1 : sql;
        }
    }
    if (fclose(out) != 0)
        abort();
    return text;
}

static json_t *column_value(const PGresult *res, int row, int column)
{
    const char *text = PQgetvalue(res, row, column);

    if (PQgetisnull(res, row, column))
        return json_null();
    switch (PQftype(res, column)) {
    case OID_BOOL:
        return json_boolean(*text == 't');
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return json_integer(strtoll(text, NULL, 10));
    case OID_NUMERIC: /* a sum of whole numbers is one too */
        if (!strchr(text, '.'))
            return json_integer(strtoll(text, NULL, 10));
        return json_real(strtod(text, NULL));
    case OID_FLOAT4:
    case OID_FLOAT8:
        return json_real(strtod(text, NULL));
    default:
        return json_string(text);
    }
}

static void read_rows(const PGresult *res, json_t *rows, size_t max)
{
    for (int i = 0; i < PQntuples(res) && json_array_size(rows) < max; i++) {
        json_t *row = json_object();
        for (int c = 0; c < PQnfields(res); c++)
            json_object_set_new(row, PQfname(res, c), column_value(res, i, c));
        json_array_append_new(rows, row);
    }
}

static PGresult *execute(struct postgres *p, const char *sql, const struct value *values, size_t count)
{
    const char *texts[VALUES_MAX];
    char numbers[VALUES_MAX][24];
    Oid types[VALUES_MAX];

    if (count > VALUES_MAX)
        abort();
    for (size_t i = 0; i < count; i++) {
        bool number = values[i].kind == V_NUMBER;
        if (number)
            snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)values[i].number);
        texts[i] = number ? numbers[i] : values[i].text;
        types[i] = number ? OID_INT8 : OID_TEXT;
    }
    char *text = numbered(sql);
    PGresult *res = PQexecParams(p->conn, text, (int)count, types, texts, NULL, NULL, 0);
    free(text);
    return res;
}

static int judge(struct postgres *p, const PGresult *res, json_t *rows, size_t max)
{
    switch (PQresultStatus(res)) {
    case PGRES_TUPLES_OK:
        if (rows)
            read_rows(res, rows, max);
        return 0;
    case PGRES_COMMAND_OK:
        return (int)strtol(PQcmdTuples((PGresult *)(uintptr_t)res), NULL, 10);
    default:
        break;
    }
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    keep_error(p, res);
    return state && strcmp(state, "23505") == 0 ? STORE_UNIQUE : STORE_ERROR;
}

static int query(void *db, const char *sql, const struct value *values, size_t count, json_t *rows, size_t max)
{
    struct postgres *p = db;

    if (ready(p) != 0 || take_role(p) != 0)
        return STORE_ERROR;
    /* A statement that fails spoils its whole transaction here, which a violated constraint must not. */
    bool guarded = PQtransactionStatus(p->conn) == PQTRANS_INTRANS && strncmp(sql, "SELECT", 6) != 0;
    if (guarded && plain(p, "SAVEPOINT statement") != 0)
        return STORE_ERROR;
    PGresult *res = execute(p, sql, values, count);
    int result = judge(p, res, rows, max);
    PQclear(res);
    if (guarded && plain(p, result >= 0 ? "RELEASE statement" : "ROLLBACK TO statement; RELEASE statement") != 0)
        return STORE_ERROR;
    return result;
}

/* ---- transactions and roles -------------------------------------------------------------------------------------- */

static int begin(void *db)
{
    return script(db, "BEGIN");
}

static int commit(void *db)
{
    struct postgres *p = db;

    if (PQtransactionStatus(p->conn) == PQTRANS_INTRANS)
        return plain(p, "COMMIT");
    snprintf(p->error, sizeof p->error, "the transaction had failed, or was lost with its connection");
    return STORE_ERROR;
}

/* What was set since is set back as well: the role is whichever it was. */
static void rollback(void *db)
{
    struct postgres *p = db;

    plain(p, "ROLLBACK");
    snprintf(p->taken, sizeof p->taken, "?");
}

static int rollback_to(void *db, const char *savepoint)
{
    struct postgres *p = db;
    char sql[80];

    snprintf(sql, sizeof sql, "ROLLBACK TO %s; RELEASE %s", savepoint, savepoint);
    snprintf(p->taken, sizeof p->taken, "?");
    return plain(p, sql);
}

static void scope(void *db, enum scope_kind kind, const char *schema)
{
    struct postgres *p = db;
    const char *role = kind == SCOPE_OWNER ? "" : kind == SCOPE_TENANT ? schema : PLATFORM_ROLE;

    snprintf(p->wanted, sizeof p->wanted, "%s", role);
}

/* The names are hex digits: they need no quoting. */
static int schema_create(void *db, const char *schema)
{
    static const char format[] =
        "DO $$ BEGIN"
        "  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%1$s') THEN"
        "   EXECUTE format('CREATE ROLE %1$s LOGIN IN ROLE testbed_tenants ROLE %%I', session_user); END IF; END $$;"
        "CREATE SCHEMA IF NOT EXISTS %1$s; GRANT USAGE ON SCHEMA %1$s TO %1$s;"
        /* Its tables, those of later migrations too. */
        "ALTER DEFAULT PRIVILEGES IN SCHEMA %1$s GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %1$s;"
        "CREATE TABLE IF NOT EXISTS %1$s.meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)";
    char sql[1024];

    snprintf(sql, sizeof sql, format, schema);
    return script(db, sql);
}

static int schema_drop(void *db, const char *schema)
{
    static const char format[] = ACCESS_DROP "DROP SCHEMA IF EXISTS %1$s CASCADE;"
                                             "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '%1$s') THEN"
                                             " DROP OWNED BY %1$s; DROP ROLE %1$s; END IF; END $$";
    char sql[1024];

    snprintf(sql, sizeof sql, format, schema, schema + 2);
    return script(db, sql);
}

static int shut(void *db, const char *schema)
{
    static const char format[] = "/* %1$s */" ACCESS_SHUT;
    char sql[512];

    snprintf(sql, sizeof sql, format, schema, schema + 2);
    return script(db, sql);
}

static int give_access(void *db, const char *schema, const struct store_login *login, json_t **ret_where)
{
    struct postgres *p = db;
    char *sql = postgres_access_script(p->conn, schema, login);
    int result = sql ? script(db, sql) : STORE_ERROR;

    if (sql)
        explicit_bzero(sql, strlen(sql));
    free(sql);
    if (result == 0)
        *ret_where = postgres_access_place(p->conn, schema);
    return result;
}

/* ---- the connection ---------------------------------------------------------------------------------------------- */

static void say_nothing(void *payload, const char *message)
{
    (void)payload;
    (void)message;
}

static void close_connection(void *db)
{
    struct postgres *p = db;

    PQfinish(p->conn);
    free(p);
}

static void *open_connection(const char *where)
{
    /* The URL comes after the defaults that it may change, and before what it must not. */
    static const char *const names[] = {"connect_timeout", "application_name", "dbname", "client_encoding", NULL};
    const char *const values[] = {"10", "muster-testbed", where, "UTF8", NULL};
    struct postgres *p = calloc(1, sizeof *p);

    if (!p)
        abort();
    p->conn = PQconnectdbParams(names, values, 1);
    if (!p->conn)
        abort();
    PQsetNoticeProcessor(p->conn, say_nothing, NULL);
    bool connected = PQstatus(p->conn) == CONNECTION_OK;
    if (connected && plain(p, setup) == 0 && plain(p, groups) == 0)
        return p;
    if (!connected)
        keep_error(p, NULL);
    /* What was asked for may hold a password: the message is libpq's, which names host and database alone. */
    fprintf(stderr, "muster-testbed: PostgreSQL: %s%s\n", p->error,
            strstr(p->error, "lock timeout") ? " (another platform uses this database)" : "");
    close_connection(p);
    return NULL;
}

const struct backend backend_postgres = {
    .dialect = DIALECT_POSTGRES,
    .table_format = "\"%s\".\"%s\"",
    .open = open_connection,
    .close = close_connection,
    .error = last_error,
    .script = script,
    .query = query,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .rollback_to = rollback_to,
    .scope = scope,
    .schema_create = schema_create,
    .schema_drop = schema_drop,
    .access = give_access,
    .shut = shut,
    .has_table = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                 " WHERE n.nspname = ?1 AND c.relname = ?2 AND c.relkind = 'r'",
    .schema_names = "SELECT nspname::text AS name FROM pg_namespace WHERE nspname = ?1",
    .audit_unlock = "DROP TRIGGER IF EXISTS audit_no_update ON audit; GRANT UPDATE ON audit TO " PLATFORM_ROLE,
};
