/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/sql.h: databases as scenarios see them, PostgreSQL by libpq and SQLite, behind one interface.
 *
 *     struct m_sql *db = m_sql_open(t, m_fixture(t, "postgres", "url"), NULL);
 *     const struct m_sql_result *r = M_SQL(db, "SELECT id, name FROM tenants WHERE plan = $1", "pro");
 *     CHECK_INT(r->n_rows, ==, 2);
 *     CHECK_STR(m_sql_text(r, 0, "name"), ==, "shop");
 *     CHECK_SQL(db, "2", "SELECT count(*) FROM tenants WHERE plan = $1", "pro");
 *     CHECK_SQL_REFUSED(tenant_a, "42501", "DELETE FROM tenants");
 *
 * A session is one connection, with its role and its transaction. Open several to be several users, side by side. It
 * belongs to the context that opened it and to one thread at a time; within one thread a statement that waits for
 * another session's lock waits until its time is up: give each a thread of its own (muster/kit/parallel.h).
 *
 * URLs: postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with what else libpq knows behind a "?"; sqlite:PATH, or
 * sqlite:PATH?mode=ro (only read), ?mode=rwc (made where there is none); sqlite::memory:. What libpq takes from the
 * environment fills the gaps. Constraints of foreign keys, which SQLite leaves off, are on.
 *
 * Statements: one at a time, with parameters $1, $2 ... for both engines. Parameters are integers, doubles, texts,
 * bools and NULL (M_SQL_NULL in C++), by their C type; PostgreSQL finds the SQL type itself, as of a quoted literal.
 *
 * Results: what M_SQL() returns belongs to the session and holds until m_sql_free() or m_sql_close(), so that results
 * of two sessions can be held side by side. Rows and columns count from 0; a column is named, and NULL is the first.
 *
 * Failure: what the database answers is the product's. An error with an SQLSTATE ends the scenario as *failed*, and
 * where there is no answer (no connection, one that broke off, a server that goes down or has no room, no end in time)
 * as an *error*, unless it was asked for by M_TRY_SQL(), whose result has `sqlstate` and `error`. Messages show the
 * statement and its parameters. SQLite has no SQLSTATE: it gets that of PostgreSQL for the same mistake (23505, 23503,
 * 42P01 ...), and HY000 where there is none.
 *
 * Time: connecting and each statement have the session's timeout (30 s), but never more than what is left of the
 * attempt less a margin to report in. A statement that is late is cancelled, and the session goes on where the server
 * answers to that.
 *
 * Secrets: a password of a URL or of the options is in no message, log or evidence, nor is what stands behind PASSWORD
 * in a statement, or was given to m_secret(). Log: each statement is one debug line with its text, time and rows, but
 * not its parameters. Of an attempt that does not pass the last statements, with parameters and rows, are an artifact,
 * on-failure/sql-statements.txt.
 */
#ifndef MUSTER_KIT_SQL_H
#define MUSTER_KIT_SQL_H

#if defined(__GNUC__)
#pragma GCC system_header /* M_SQL and the checks expand in the author's code */
#endif

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_sql;

/* Zero is the default of each. Strings are copied. */
struct m_sql_options {
    uint64_t timeout_ms;  /* of connecting, and of each statement; 30000 */
    const char *user;     /* in place of the URL's; of PostgreSQL, as the next two */
    const char *password; /* likewise */
    const char *database; /* likewise */
    const char *role;     /* taken by SET ROLE once connected */
    int32_t read_only;    /* 1: transactions only read */
    int32_t reserved;
};

struct m_sql_result {
    const struct m_sql *from;
    const char *statement; /* as it may be shown */
    int64_t n_rows;
    int64_t n_columns;
    const char *const *columns; /* their names */
    int64_t affected;           /* rows that were inserted, changed or deleted; 0 of a statement that does not */
    double time_ms;             /* from the call to the last row */
    const char *sqlstate;       /* "" when it went well; never NULL. "" besides an error: there was no answer */
    const char *error;          /* M_TRY_SQL(): the database's words, or why there is no answer; else NULL */
};

/* Why m_sql_try_open() has no session. */
struct m_sql_refusal {
    char sqlstate[6]; /* the server's, as 28P01 for a wrong password; "": it gave none */
    char error[490];
};

/* What a cell holds. */
#define M_SQL_IS_NULL   0
#define M_SQL_IS_INT    1
#define M_SQL_IS_DOUBLE 2
#define M_SQL_IS_TEXT   3
/* What m_sql_int() returns of a cell that is no integer. */
#define M_SQL_NO_INT    INT64_MIN

/* A parameter; made by M_SQL_CALL(). */
struct m_sql_value {
    int32_t kind; /* M_SQL_IS_* */
    int32_t reserved;
    int64_t integer;
    double number;
    const char *text; /* not copied: the call is over before it can go */
};

/* A statement with its parameters: M_SQL_CALL("SELECT $1", 3). */
struct m_sql_call {
    uint32_t n; /* of values; the first is the statement */
    uint32_t reserved;
    struct m_sql_value values[13];
};

/* Rolls back what is open, and frees the results. A session that is not closed ends with the attempt. NULL is
 * allowed. */
void m_sql_close(struct m_sql *db);
/* A result that is no longer needed, in a long loop. NULL is allowed. */
void m_sql_free(const struct m_sql_result *result);

M_KIT_BEGIN_

/* Never NULL. NULL options: defaults. */
struct m_sql *m_sql_open(struct muster_ctx *t, const char *url, const struct m_sql_options *options);
/* NULL where the database can't be had or refuses; *ret_why, which may be NULL, says why. A wrong URL is an error. */
struct m_sql *m_sql_try_open(struct muster_ctx *t, const char *url, const struct m_sql_options *options,
                             struct m_sql_refusal *ret_why);
/* Tries until a session is open and answers, for at most within_ms. In vain it ends the scenario as an error that says
 * how long was waited, how often was tried, and what was seen last. */
struct m_sql *m_sql_wait_ready(struct muster_ctx *t, const char *url, const struct m_sql_options *options,
                               uint64_t within_ms);

/* M_SQL(db, "INSERT INTO tenants VALUES ($1, $2)", 7, "shop") */
const struct m_sql_result *m_sql_query(struct m_sql *db, struct m_sql_call call);
/* M_TRY_SQL(): the same, but that it is refused, or has no answer, is a result with `error`. */
const struct m_sql_result *m_sql_try_query(struct m_sql *db, struct m_sql_call call);
/* Many statements, as a file of a schema has them; without parameters, rows and psql's own commands. */
void m_sql_script(struct m_sql *db, const char *statements);
/* m_sql_script_file(db, m_beside(t, "schema.sql")) */
void m_sql_script_file(struct m_sql *db, const char *path);

/* BEGIN, COMMIT, ROLLBACK. The mode may be NULL: "ISOLATION LEVEL SERIALIZABLE", "READ ONLY"; of SQLite "IMMEDIATE". */
void m_sql_begin(struct m_sql *db, const char *mode);
void m_sql_commit(struct m_sql *db);
void m_sql_rollback(struct m_sql *db);

/* A cell. A row that is not there ends the scenario as failed, a column that is not there as an error. */
int32_t m_sql_kind(const struct m_sql_result *result, int64_t row, const char *column);     /* M_SQL_IS_* */
const char *m_sql_text(const struct m_sql_result *result, int64_t row, const char *column); /* NULL: a null */
int64_t m_sql_int(const struct m_sql_result *result, int64_t row, const char *column);      /* or M_SQL_NO_INT */
double m_sql_double(const struct m_sql_result *result, int64_t row, const char *column);    /* NaN: no number */
/* All rows, as CHECK_SQL() has them, kept until the attempt ends. */
const char *m_sql_rows(struct muster_ctx *t, const struct m_sql_result *result);

/*
 * A clean database of this attempt's own on the server of a fixture of its .uses, such as "postgres", and its URL, kept
 * until the attempt ends. It is a copy of a template: the one that the fixture publishes or, where a file is given
 * (m_beside(t, "schema.sql")), one made of it by m_sql_script_file(), once in a run for each content. The database is
 * dropped by a cleanup, by force. The fixture's url is that of a role that may create databases; it publishes `prefix`,
 * with which all their names begin.
 */
const char *m_sql_database(struct muster_ctx *t, const char *fixture, const char *schema_file);

M_KIT_END_

/* ---- what the checks are made of ---- */

struct m_outcome m_compare_sql_(struct m_sql *db, const char *expected, int32_t in_order, struct m_sql_call call);
struct m_outcome m_compare_sql_refused_(struct m_sql *db, const char *sqlstate, struct m_sql_call call);
struct m_outcome m_compare_sql_time_(struct m_sql *db, double max_ms, const char *metric, struct m_sql_call call);
struct m_outcome m_compare_sql_isolated_(struct m_sql *a, struct m_sql *b, struct m_sql_call call);
struct m_outcome m_compare_sql_only_(struct m_sql *db, struct m_sql_call call);
struct m_outcome m_compare_sql_references_(struct m_sql *db, struct m_sql_call call);

static inline struct m_sql_value m_sql_value_(int32_t kind, int64_t integer, double number, const char *text)
{
    struct m_sql_value v;
    v.kind = kind;
    v.reserved = 0;
    v.integer = integer;
    v.number = number;
    v.text = text;
    return v;
}

static inline struct m_sql_value m_sql_of_int_(int64_t value)
{
    return m_sql_value_(M_SQL_IS_INT, value, 0, 0);
}

static inline struct m_sql_value m_sql_of_double_(double value)
{
    return m_sql_value_(M_SQL_IS_DOUBLE, 0, value, 0);
}

static inline struct m_sql_value m_sql_of_text_(const char *value)
{
    return m_sql_value_(value ? M_SQL_IS_TEXT : M_SQL_IS_NULL, 0, 0, value);
}

/* A void pointer that is not NULL is a slip, which is told when the statement would be run. */
static inline struct m_sql_value m_sql_of_null_(const void *value)
{
    return m_sql_value_(value ? -1 : M_SQL_IS_NULL, 0, 0, 0);
}

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
#define M_SQL_NULL nullptr
static inline m_sql_value m_sql_of_(const char *value)
{
    return m_sql_of_text_(value);
}
static inline m_sql_value m_sql_of_(decltype(nullptr))
{
    return m_sql_of_null_(nullptr);
}
static inline m_sql_value m_sql_of_(double value)
{
    return m_sql_of_double_(value);
}
/* clang-format off */
static inline m_sql_value m_sql_of_(bool value) { return m_sql_of_int_(value); }
static inline m_sql_value m_sql_of_(int value) { return m_sql_of_int_(value); }
static inline m_sql_value m_sql_of_(unsigned value) { return m_sql_of_int_(value); }
static inline m_sql_value m_sql_of_(long value) { return m_sql_of_int_(value); }
static inline m_sql_value m_sql_of_(long long value) { return m_sql_of_int_(value); }
/* clang-format on */
#define M_SQL_EACH_(w_, value_) m_sql_of_(value_),
#define M_SQL_CALL(...)         (m_sql_call{M_COUNT_(__VA_ARGS__), 0, {M_EACH_(M_SQL_EACH_, ~, __VA_ARGS__)}})
#else
#define M_SQL_NULL      ((void *)0)
/* clang-format off */
#define M_SQL_EACH_(w_, value_)                                                                                        \
    _Generic((value_), char *: m_sql_of_text_, const char *: m_sql_of_text_,                                           \
             void *: m_sql_of_null_, const void *: m_sql_of_null_,                                                     \
             float: m_sql_of_double_, double: m_sql_of_double_,                                                        \
             _Bool: m_sql_of_int_, char: m_sql_of_int_, signed char: m_sql_of_int_, unsigned char: m_sql_of_int_,      \
             short: m_sql_of_int_, unsigned short: m_sql_of_int_, int: m_sql_of_int_, unsigned: m_sql_of_int_,         \
             long: m_sql_of_int_, long long: m_sql_of_int_)(value_),
/* clang-format on */
/* M_SQL_CALL("SELECT $1", 3): twelve parameters at the most. An unsigned 64-bit integer has to be cast. */
#define M_SQL_CALL(...) ((struct m_sql_call){M_COUNT_(__VA_ARGS__), 0, {M_EACH_(M_SQL_EACH_, ~, __VA_ARGS__)}})
#endif

#define M_SQL(db_, ...)     m_sql_query((db_), M_SQL_CALL(__VA_ARGS__))
#define M_TRY_SQL(db_, ...) m_sql_try_query((db_), M_SQL_CALL(__VA_ARGS__))

/*
 * Checks. What stands behind the statement are its parameters, so they have no message of the author's.
 *
 * CHECK_SQL(db, "1|shop\n2|club", "SELECT id, name FROM tenants WHERE plan = $1 ORDER BY id", "pro"): the rows are
 * these, in this order. A line for each row, "|" between cells, as psql -At and sqlite3 print them; "" is no row. A
 * null is NULL. A text that would be read as something else (NULL, an empty one, with a "|", a line break or spaces at
 * its ends, or that begins with a quote) stands in single quotes, with '' for one of its own. CHECK_SQL_ANY_ORDER: the
 * same rows, each as often. Rows without ORDER BY have no order that could be relied on.
 */
#define M_CHECK_SQL              M_CHECK_SQL_
#define M_REQUIRE_SQL            M_REQUIRE_SQL_
#define M_CHECK_SQL_ANY_ORDER    M_CHECK_SQL_ANY_ORDER_
#define M_REQUIRE_SQL_ANY_ORDER  M_REQUIRE_SQL_ANY_ORDER_
/* CHECK_SQL_REFUSED(db, "42501", "INSERT INTO t VALUES ($1)", 3): the database refuses it, with this SQLSTATE or one of
 * this class ("42"). Within a transaction it stands in a savepoint that is rolled back, so that the transaction goes
 * on. */
#define M_CHECK_SQL_REFUSED      M_CHECK_SQL_REFUSED_
#define M_REQUIRE_SQL_REFUSED    M_REQUIRE_SQL_REFUSED_
/* CHECK_SQL_TIME(db, 2000, "tenants.list", "SELECT ..."): it goes well within so many milliseconds. What it took is the
 * metric "sql.tenants.list". */
#define M_CHECK_SQL_TIME         M_CHECK_SQL_TIME_
#define M_REQUIRE_SQL_TIME       M_REQUIRE_SQL_TIME_
/* CHECK_SQL_ISOLATED(a, b, "customers", "id"): both sessions see rows of the table, and none that the other sees. The
 * columns say what makes two rows the same one; without any, all of them. */
#define M_CHECK_SQL_ISOLATED     M_CHECK_SQL_ISOLATED_
#define M_REQUIRE_SQL_ISOLATED   M_REQUIRE_SQL_ISOLATED_
/* CHECK_SQL_ONLY(a, "customers", "tenant_id", tenant): the session sees rows of the table, and the column is this value
 * in each. */
#define M_CHECK_SQL_ONLY         M_CHECK_SQL_ONLY_
#define M_REQUIRE_SQL_ONLY       M_REQUIRE_SQL_ONLY_
/*
 * CHECK_SQL_REFERENCES(db, "public"): no reference of the schema leads nowhere. References are read from the catalogue:
 * every foreign key, also one that is not enforced; and every column that looks like one and has none, X_id where there
 * is a table X (or its plural) with a primary key of one column of that type. Behind the schema stand columns that are
 * no references ("audit.actor_id"). SQLite's schema is "main". The session has to see all rows: a role under row-level
 * security finds parents missing that are only hidden from it.
 */
#define M_CHECK_SQL_REFERENCES   M_CHECK_SQL_REFERENCES_
#define M_REQUIRE_SQL_REFERENCES M_REQUIRE_SQL_REFERENCES_

/* As in muster/check.h: the arguments become the check's text where they are still as they were written. */
#define M_SQL_CHECKED_(required_, text_, outcome_)                                                                     \
    m_check_(t, M_SITE(required_, text_), (m_forget_waited_(__LINE__), m_called_at_(__FILE__, __LINE__), outcome_))

#define M_CHECK_SQL_(db_, expected_, ...)                                                                              \
    M_SQL_CHECKED_(0, #db_ ": " #__VA_ARGS__, m_compare_sql_((db_), (expected_), 1, M_SQL_CALL(__VA_ARGS__)))
#define M_REQUIRE_SQL_(db_, expected_, ...)                                                                            \
    M_SQL_CHECKED_(1, #db_ ": " #__VA_ARGS__, m_compare_sql_((db_), (expected_), 1, M_SQL_CALL(__VA_ARGS__)))
#define M_CHECK_SQL_ANY_ORDER_(db_, expected_, ...)                                                                    \
    M_SQL_CHECKED_(0, #db_ ": " #__VA_ARGS__, m_compare_sql_((db_), (expected_), 0, M_SQL_CALL(__VA_ARGS__)))
#define M_REQUIRE_SQL_ANY_ORDER_(db_, expected_, ...)                                                                  \
    M_SQL_CHECKED_(1, #db_ ": " #__VA_ARGS__, m_compare_sql_((db_), (expected_), 0, M_SQL_CALL(__VA_ARGS__)))
#define M_CHECK_SQL_REFUSED_(db_, sqlstate_, ...)                                                                      \
    M_SQL_CHECKED_(0, #db_ " refuses " #__VA_ARGS__,                                                                   \
                   m_compare_sql_refused_((db_), (sqlstate_), M_SQL_CALL(__VA_ARGS__)))
#define M_REQUIRE_SQL_REFUSED_(db_, sqlstate_, ...)                                                                    \
    M_SQL_CHECKED_(1, #db_ " refuses " #__VA_ARGS__,                                                                   \
                   m_compare_sql_refused_((db_), (sqlstate_), M_SQL_CALL(__VA_ARGS__)))
#define M_CHECK_SQL_TIME_(db_, max_ms_, metric_, ...)                                                                  \
    M_SQL_CHECKED_(0, #db_ " within " #max_ms_ " ms: " #__VA_ARGS__,                                                   \
                   m_compare_sql_time_((db_), (max_ms_), (metric_), M_SQL_CALL(__VA_ARGS__)))
#define M_REQUIRE_SQL_TIME_(db_, max_ms_, metric_, ...)                                                                \
    M_SQL_CHECKED_(1, #db_ " within " #max_ms_ " ms: " #__VA_ARGS__,                                                   \
                   m_compare_sql_time_((db_), (max_ms_), (metric_), M_SQL_CALL(__VA_ARGS__)))
#define M_CHECK_SQL_ISOLATED_(a_, b_, ...)                                                                             \
    M_SQL_CHECKED_(0, #a_ " and " #b_ " see none of the same rows: " #__VA_ARGS__,                                     \
                   m_compare_sql_isolated_((a_), (b_), M_SQL_CALL(__VA_ARGS__)))
#define M_REQUIRE_SQL_ISOLATED_(a_, b_, ...)                                                                           \
    M_SQL_CHECKED_(1, #a_ " and " #b_ " see none of the same rows: " #__VA_ARGS__,                                     \
                   m_compare_sql_isolated_((a_), (b_), M_SQL_CALL(__VA_ARGS__)))
#define M_CHECK_SQL_ONLY_(db_, ...)                                                                                    \
    M_SQL_CHECKED_(0, #db_ " sees only " #__VA_ARGS__, m_compare_sql_only_((db_), M_SQL_CALL(__VA_ARGS__)))
#define M_REQUIRE_SQL_ONLY_(db_, ...)                                                                                  \
    M_SQL_CHECKED_(1, #db_ " sees only " #__VA_ARGS__, m_compare_sql_only_((db_), M_SQL_CALL(__VA_ARGS__)))
#define M_CHECK_SQL_REFERENCES_(db_, ...)                                                                              \
    M_SQL_CHECKED_(0, #db_ ": no reference leads nowhere in " #__VA_ARGS__,                                            \
                   m_compare_sql_references_((db_), M_SQL_CALL(__VA_ARGS__)))
#define M_REQUIRE_SQL_REFERENCES_(db_, ...)                                                                            \
    M_SQL_CHECKED_(1, #db_ ": no reference leads nowhere in " #__VA_ARGS__,                                            \
                   m_compare_sql_references_((db_), M_SQL_CALL(__VA_ARGS__)))

#ifndef MUSTER_NO_SHORT_NAMES
#define CHECK_SQL              M_CHECK_SQL
#define REQUIRE_SQL            M_REQUIRE_SQL
#define CHECK_SQL_ANY_ORDER    M_CHECK_SQL_ANY_ORDER
#define REQUIRE_SQL_ANY_ORDER  M_REQUIRE_SQL_ANY_ORDER
#define CHECK_SQL_REFUSED      M_CHECK_SQL_REFUSED
#define REQUIRE_SQL_REFUSED    M_REQUIRE_SQL_REFUSED
#define CHECK_SQL_TIME         M_CHECK_SQL_TIME
#define REQUIRE_SQL_TIME       M_REQUIRE_SQL_TIME
#define CHECK_SQL_ISOLATED     M_CHECK_SQL_ISOLATED
#define REQUIRE_SQL_ISOLATED   M_REQUIRE_SQL_ISOLATED
#define CHECK_SQL_ONLY         M_CHECK_SQL_ONLY
#define REQUIRE_SQL_ONLY       M_REQUIRE_SQL_ONLY
#define CHECK_SQL_REFERENCES   M_CHECK_SQL_REFERENCES
#define REQUIRE_SQL_REFERENCES M_REQUIRE_SQL_REFERENCES
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_sql *, m_sql_open, (t, url, options), struct muster_ctx *t, const char *url,
          const struct m_sql_options *options)
M_PLACED_(struct m_sql *, m_sql_try_open, (t, url, options, ret_why), struct muster_ctx *t, const char *url,
          const struct m_sql_options *options, struct m_sql_refusal *ret_why)
M_PLACED_(struct m_sql *, m_sql_wait_ready, (t, url, options, within_ms), struct muster_ctx *t, const char *url,
          const struct m_sql_options *options, uint64_t within_ms)
M_PLACED_(const struct m_sql_result *, m_sql_query, (db, call), struct m_sql *db, struct m_sql_call call)
M_PLACED_(const struct m_sql_result *, m_sql_try_query, (db, call), struct m_sql *db, struct m_sql_call call)
M_PLACED_VOID_(m_sql_script, (db, statements), struct m_sql *db, const char *statements)
M_PLACED_VOID_(m_sql_script_file, (db, path), struct m_sql *db, const char *path)
M_PLACED_VOID_(m_sql_begin, (db, mode), struct m_sql *db, const char *mode)
M_PLACED_VOID_(m_sql_commit, (db), struct m_sql *db)
M_PLACED_VOID_(m_sql_rollback, (db), struct m_sql *db)
M_PLACED_(int32_t, m_sql_kind, (result, row, column), const struct m_sql_result *result, int64_t row,
          const char *column)
M_PLACED_(const char *, m_sql_text, (result, row, column), const struct m_sql_result *result, int64_t row,
          const char *column)
M_PLACED_(int64_t, m_sql_int, (result, row, column), const struct m_sql_result *result, int64_t row, const char *column)
M_PLACED_(double, m_sql_double, (result, row, column), const struct m_sql_result *result, int64_t row,
          const char *column)
M_PLACED_(const char *, m_sql_rows, (t, result), struct muster_ctx *t, const struct m_sql_result *result)
M_PLACED_(const char *, m_sql_database, (t, fixture, schema_file), struct muster_ctx *t, const char *fixture,
          const char *schema_file)
#ifdef M_PLACED_IN_C_
#define m_sql_open(...)        m_sql_open_at_(M_HERE_, __VA_ARGS__)
#define m_sql_try_open(...)    m_sql_try_open_at_(M_HERE_, __VA_ARGS__)
#define m_sql_wait_ready(...)  m_sql_wait_ready_at_(M_HERE_, __VA_ARGS__)
#define m_sql_query(...)       m_sql_query_at_(M_HERE_, __VA_ARGS__)
#define m_sql_try_query(...)   m_sql_try_query_at_(M_HERE_, __VA_ARGS__)
#define m_sql_script(...)      m_sql_script_at_(M_HERE_, __VA_ARGS__)
#define m_sql_script_file(...) m_sql_script_file_at_(M_HERE_, __VA_ARGS__)
#define m_sql_begin(...)       m_sql_begin_at_(M_HERE_, __VA_ARGS__)
#define m_sql_commit(...)      m_sql_commit_at_(M_HERE_, __VA_ARGS__)
#define m_sql_rollback(...)    m_sql_rollback_at_(M_HERE_, __VA_ARGS__)
#define m_sql_kind(...)        m_sql_kind_at_(M_HERE_, __VA_ARGS__)
#define m_sql_text(...)        m_sql_text_at_(M_HERE_, __VA_ARGS__)
#define m_sql_int(...)         m_sql_int_at_(M_HERE_, __VA_ARGS__)
#define m_sql_double(...)      m_sql_double_at_(M_HERE_, __VA_ARGS__)
#define m_sql_rows(...)        m_sql_rows_at_(M_HERE_, __VA_ARGS__)
#define m_sql_database(...)    m_sql_database_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
