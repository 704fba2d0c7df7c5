/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the sql kit share: the session, its engine, and the result that an engine fills.
 *
 * An engine is a table of functions over one connection. It knows no scenario: it returns what came out, and the files
 * above it say what that is worth.
 */
#ifndef MUSTER_KIT_SQL_SESSION_H
#define MUSTER_KIT_SQL_SESSION_H

#include <muster/kit/sql.h>
#include <muster/kit/wait.h>

#define SQLSTATE_LENGTH 5

struct sql_cell {
    int32_t kind;     /* M_SQL_IS_* */
    const char *text; /* as the engine writes it; NULL: a null */
};

/* Texts that live as long as the result. */
struct sql_chunk {
    struct sql_chunk *next;
    char bytes[];
};

struct sql_result {
    struct m_sql_result public; /* first: an author's result is found again by it */
    struct sql_result *next;    /* of the session's */
    struct sql_cell *cells;     /* row by row */
    size_t room;                /* of cells */
    struct sql_chunk *chunks;
    const char **names;
    const char *shown; /* the statement with its parameters, without secrets */
    char sqlstate[SQLSTATE_LENGTH + 1];
    char error[1024]; /* "": it went well */
};

struct sql_engine {
    void (*close)(struct m_sql *db);
    /* Fills the result: rows, or an error. */
    void (*run)(struct m_sql *db, const struct m_sql_call *call, struct m_deadline end, struct sql_result *r);
    void (*script)(struct m_sql *db, const char *statements, struct m_deadline end, struct sql_result *r);
    int (*is_in_transaction)(struct m_sql *db);
    /* Ends the connection where it is to that database; the session says so from then on. May be NULL. */
    void (*leave)(struct m_sql *db, const char *database);
};

struct m_sql {
    struct muster_ctx *t;
    const struct sql_engine *engine;
    void *connection; /* the engine's own */
    uint64_t timeout_ms;
    char *shown;                /* the URL without its password */
    struct sql_result *results; /* newest first */
    struct m_sql *next;         /* of this process's sessions */
};

extern const struct sql_engine sql_postgres, sql_sqlite;

/* 0 and db->connection; or -1 and why not. Secrets of the URL have been given to m_secret(). */
int sql_postgres_open(struct m_sql *db, const char *url, const struct m_sql_options *o, struct m_deadline end,
                      struct m_sql_refusal *ret_why);
int sql_sqlite_open(struct m_sql *db, const char *url, const struct m_sql_options *o, struct m_deadline end,
                    struct m_sql_refusal *ret_why);

/* Ends the connections that this process has to a database that is about to go. Its other threads have ended. */
void sql_leave(const char *database);

/* ---- results: memory that runs out ends the scenario as an error ---- */

struct sql_result *sql_result_new(struct m_sql *db);
/* A copy that lives as long as the result. */
const char *sql_result_keep(struct muster_ctx *t, struct sql_result *r, const void *bytes, size_t length);
/* Once, before the first row. */
void sql_result_columns(struct muster_ctx *t, struct sql_result *r, int n, const char *(*name)(void *user, int column),
                        void *user);
/* Another row, whose cells, all null, are to be filled. */
struct sql_cell *sql_result_row(struct muster_ctx *t, struct sql_result *r);
void sql_result_fail(struct sql_result *r, const char *sqlstate, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const struct sql_cell *sql_result_cells(const struct m_sql_result *result);
/* Its rows as CHECK_SQL() has them. */
void sql_result_write(FILE *out, const struct m_sql_result *result);

/* ---- what is said of a statement ---- */

/* Whether it is the product's answer, and not the lack of one. */
int sql_is_answer(const struct m_sql_result *result);
/* "SELECT ... [$1 = 'pro', $2 = 3]" without secrets; it lives as long as the result. */
const char *sql_shown(const struct m_sql_result *result);
/* A copy without secrets, kept until the attempt ends. */
const char *sql_keep_shown(struct muster_ctx *t, const char *text);
/* "42501: permission denied for table x", or why there is no answer; kept until the attempt ends. */
const char *sql_show_error(struct muster_ctx *t, const struct m_sql_result *result);
/* Ends the scenario where the result is an error: failed or error, by whose it is. */
void sql_require(const struct m_sql_result *result);
/* The statement as evidence, and for who waits. */
void sql_record(struct m_sql *db, const struct m_sql_result *result);
/* An identifier in double quotes; of "schema.table" each part, and what is quoted already as it is. Kept. */
const char *sql_name(struct muster_ctx *t, const char *name);
const char *sql_dotted_name(struct muster_ctx *t, const char *name);
/* sql_run() is m_sql_try_query() of a statement that was put together here. */
const struct m_sql_result *sql_run(struct m_sql *db, const char *statement);

#endif
