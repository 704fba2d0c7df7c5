/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite: a file, read and written in this process. */
#include "session.h"
#include "state.h"
#include "url.h"

#include "libsqlite3.h"

#include <muster/kit/data.h>

#include <errno.h>
#include <stdlib.h>

/* So many steps of its machine are some microseconds. */
#define STEPS_BETWEEN_LOOKS 1000

struct sqlite {
    const struct libsqlite3 *lite;
    sqlite3 *file;
    struct m_deadline end; /* of the statement under way */
    int is_late;           /* it was ended for that */
};

static struct sqlite *sqlite_of(struct m_sql *db)
{
    return db->connection;
}

/* Called by SQLite now and then: not 0 ends the statement. */
static int is_late(void *connection)
{
    struct sqlite *s = connection;
    s->is_late = !m_deadline_left_ms(s->end);
    return s->is_late;
}

/* For a lock of another connection's, too. */
static void set_deadline(struct sqlite *s, struct m_deadline end)
{
    s->end = end;
    s->is_late = 0;
    s->lite->busy_timeout(s->file, m_deadline_poll_ms(end));
}

static void take_error(const struct sqlite *s, uint64_t began_ms, struct sql_result *r)
{
    int code = s->lite->extended_errcode(s->file);
    const char *words = s->lite->errmsg(s->file);
    if (s->is_late && (code & 0xff) == SQLITE_INTERRUPT)
        sql_result_fail(r, NULL, "no end of it within %" PRIu64 " ms: it was cancelled", m_now_ms() - began_ms);
    else
        sql_result_fail(r, sql_state_of_sqlite(code, words), "%s", words);
}

/* ---- opening ---- */

static void require_options(struct muster_ctx *t, const char *shown, const struct m_sql_options *o)
{
    if (o && (o->user || o->password || o->database || o->role))
        ERROR("%s: SQLite has no users, passwords and roles, and its database is the file", shown);
}

static int flags_of(const char *mode)
{
    if (strcmp(mode, "ro") == 0)
        return SQLITE_OPEN_READONLY;
    return strcmp(mode, "rwc") == 0 ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
}

static void refuse(const struct sqlite *s, struct m_sql_refusal *ret_why)
{
    int code = s->file ? s->lite->extended_errcode(s->file) : SQLITE_NOMEM;
    const char *words = s->file ? s->lite->errmsg(s->file) : s->lite->errstr(SQLITE_NOMEM);
    *ret_why = (struct m_sql_refusal){0};
    snprintf(ret_why->sqlstate, sizeof ret_why->sqlstate, "%s", sql_state_of_sqlite(code, words));
    snprintf(ret_why->error, sizeof ret_why->error, "%s", words);
}

/* Opening reads nothing of the file: the first statement finds what is no database, or is locked. */
static int open_file(struct sqlite *s, const char *path, const char *mode, struct m_deadline end,
                     struct m_sql_refusal *ret_why)
{
    int flags = flags_of(mode) | (strcmp(path, ":memory:") == 0 ? SQLITE_OPEN_CREATE : 0);
    int code = s->lite->open_v2(path, &s->file, flags, NULL);
    if (code == SQLITE_OK) {
        s->lite->extended_result_codes(s->file, 1);
        s->lite->progress_handler(s->file, STEPS_BETWEEN_LOOKS, is_late, s);
        set_deadline(s, end);
        code = s->lite->exec(s->file, "PRAGMA foreign_keys = 1; SELECT count(*) FROM sqlite_master", NULL, NULL, NULL);
    }
    if (code == SQLITE_OK)
        return 0;
    refuse(s, ret_why);
    s->lite->close(s->file);
    return -1;
}

int sql_sqlite_open(struct m_sql *db, const char *url, const struct m_sql_options *o, struct m_deadline end,
                    struct m_sql_refusal *ret_why)
{
    struct muster_ctx *t = db->t;
    const char *why, *path;
    size_t length;
    const struct libsqlite3 *lite = lazy_libsqlite3(&why);
    if (!lite)
        ERROR("no SQLite: %s", why);
    require_options(t, db->shown, o);
    const char *mode = sql_url_sqlite(url, &path, &length);
    if (!mode || !length)
        ERROR("cannot use \"%s\" as a database: it is sqlite:PATH, with ?mode=ro, ?mode=rw or ?mode=rwc behind it",
              url);
    struct sqlite *s = calloc(1, sizeof *s);
    if (!s)
        ERROR("out of memory for a database session");
    s->lite = lite;
    if (open_file(s, m_keep(t, path, length), mode, end, ret_why) < 0) {
        free(s);
        return -1;
    }
    db->connection = s;
    return 0;
}

static void close_file(struct m_sql *db)
{
    struct sqlite *s = sqlite_of(db);
    s->lite->close(s->file);
    free(s);
}

/* ---- statements ---- */

/* The number of a parameter by its place among those of the statement: "$2" and "?2" are 2. */
static uint32_t number_of(const struct sqlite *s, sqlite3_stmt *statement, int index)
{
    const char *name = s->lite->bind_parameter_name(statement, index);
    char *end;
    if (!name)
        return (uint32_t)index;
    unsigned long n = strtoul(name + 1, &end, 10);
    return *end || end == name + 1 || n > 1000 ? 0 : (uint32_t)n;
}

static int bind(const struct sqlite *s, sqlite3_stmt *statement, int index, const struct m_sql_value *v)
{
    switch (v->kind) {
    case M_SQL_IS_INT:
        return s->lite->bind_int64(statement, index, v->integer);
    case M_SQL_IS_DOUBLE:
        return s->lite->bind_double(statement, index, v->number);
    case M_SQL_IS_TEXT:
        return s->lite->bind_text(statement, index, v->text, -1, SQLITE_STATIC);
    default:
        return s->lite->bind_null(statement, index);
    }
}

/* As many as there are, as PostgreSQL wants it: SQLite takes null for one that is missing. 0, or -1 and the error. */
static int bind_all(const struct sqlite *s, sqlite3_stmt *statement, const struct m_sql_call *call,
                    struct sql_result *r)
{
    uint32_t most = 0;
    for (int i = 1; i <= s->lite->bind_parameter_count(statement); i++) {
        uint32_t n = number_of(s, statement, i);
        most = n > most ? n : most;
        if (n == 0) {
            sql_result_fail(r, "08P01", "the parameter %s: they are $1, $2 and so on",
                            s->lite->bind_parameter_name(statement, i));
            return -1;
        }
        if (n < call->n && bind(s, statement, i, &call->values[n]) != SQLITE_OK) {
            take_error(s, 0, r);
            return -1;
        }
    }
    if (most + 1 == call->n)
        return 0;
    sql_result_fail(r, "08P01", "%u parameter%s given, and the statement has %u", call->n - 1,
                    call->n == 2 ? " is" : "s are", most);
    return -1;
}

struct named {
    const struct libsqlite3 *lite;
    sqlite3_stmt *statement;
};

static const char *column_name(void *user, int column)
{
    const struct named *n = user;
    return n->lite->column_name(n->statement, column);
}

static void take_blob(struct muster_ctx *t, struct sql_result *r, const unsigned char *bytes, size_t length,
                      struct sql_cell *cell)
{
    char *hex = malloc(2 * length + 3);
    if (!hex)
        ERROR("out of memory for a cell of %zu bytes", length);
    strcpy(hex, "\\x");
    for (size_t i = 0; i < length; i++)
        snprintf(hex + 2 + 2 * i, 3, "%02x", bytes[i]);
    cell->text = sql_result_keep(t, r, hex, 2 * length + 2);
    cell->kind = M_SQL_IS_TEXT;
    free(hex);
}

static void take_cell(struct m_sql *db, sqlite3_stmt *statement, int column, struct sql_result *r,
                      struct sql_cell *cell)
{
    const struct libsqlite3 *lite = sqlite_of(db)->lite;
    int type = lite->column_type(statement, column);
    if (type == SQLITE_NULL)
        return;
    if (type == SQLITE_BLOB) {
        const unsigned char *bytes = lite->column_blob(statement, column);
        take_blob(db->t, r, bytes, (size_t)lite->column_bytes(statement, column), cell);
        return;
    }
    const unsigned char *text = lite->column_text(statement, column);
    cell->text = sql_result_keep(db->t, r, text ? text : (const unsigned char *)"",
                                 (size_t)lite->column_bytes(statement, column));
    cell->kind = type == SQLITE_INTEGER ? M_SQL_IS_INT : type == SQLITE_FLOAT ? M_SQL_IS_DOUBLE : M_SQL_IS_TEXT;
}

static void step_through(struct m_sql *db, sqlite3_stmt *statement, uint64_t began_ms, struct sql_result *r)
{
    const struct sqlite *s = sqlite_of(db);
    struct named named = {s->lite, statement};
    int n = s->lite->column_count(statement), code, before = s->lite->total_changes(s->file);
    if (n)
        sql_result_columns(db->t, r, n, column_name, &named);
    while ((code = s->lite->step(statement)) == SQLITE_ROW) {
        struct sql_cell *cells = sql_result_row(db->t, r);
        for (int i = 0; i < n; i++)
            take_cell(db, statement, i, r, &cells[i]);
    }
    if (code != SQLITE_DONE)
        take_error(s, began_ms, r);
    else if (s->lite->total_changes(s->file) != before)
        r->public.affected = s->lite->changes(s->file);
}

static int is_more(const char *tail)
{
    while (tail && *tail) {
        tail += strspn(tail, " \t\r\n;");
        if (strncmp(tail, "--", 2) != 0)
            break;
        tail += strcspn(tail, "\n");
    }
    return tail && *tail;
}

static void run(struct m_sql *db, const struct m_sql_call *call, struct m_deadline end, struct sql_result *r)
{
    struct sqlite *s = sqlite_of(db);
    sqlite3_stmt *statement = NULL;
    const char *tail = NULL;
    uint64_t began = m_now_ms();
    set_deadline(s, end);
    if (s->lite->prepare_v2(s->file, call->values[0].text, -1, &statement, &tail) != SQLITE_OK)
        take_error(s, began, r);
    else if (is_more(tail))
        sql_result_fail(r, "42601", "several statements in one: m_sql_script() runs them");
    else if (statement && bind_all(s, statement, call, r) == 0)
        step_through(db, statement, began, r);
    s->lite->finalize(statement);
}

static void run_script(struct m_sql *db, const char *statements, struct m_deadline end, struct sql_result *r)
{
    struct sqlite *s = sqlite_of(db);
    uint64_t began = m_now_ms();
    set_deadline(s, end);
    if (s->lite->exec(s->file, statements, NULL, NULL, NULL) != SQLITE_OK)
        take_error(s, began, r);
}

static int is_in_transaction(struct m_sql *db)
{
    const struct sqlite *s = sqlite_of(db);
    return !s->lite->get_autocommit(s->file);
}

const struct sql_engine sql_sqlite = {close_file, run, run_script, is_in_transaction, NULL};
