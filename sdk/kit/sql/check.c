/* SPDX-License-Identifier: Apache-2.0 */
/* CHECK_SQL, CHECK_SQL_REFUSED and CHECK_SQL_TIME: a statement as a check. */
#include "rows.h"
#include "session.h"
#include "state.h"

#include <muster/kit/data.h>

#include <stdlib.h>

#define SHOWN_MOST 4096u

/* ---- rows ---- */

static const char *kept_lines(struct muster_ctx *t, const struct sql_rows *rows)
{
    char *text = NULL;
    size_t size = 0, i = 0;
    FILE *out = open_memstream(&text, &size);
    for (; out && i < rows->n && (size_t)ftell(out) < SHOWN_MOST; i++)
        fprintf(out, "%s%s", i ? "\n" : "", rows->lines[i]);
    if (out && i < rows->n)
        fprintf(out, "\n(and %zu more rows)", rows->n - i);
    if (!out || fclose(out) != 0)
        ERROR("out of memory for rows");
    const char *kept = rows->n ? sql_keep_shown(t, text) : "no rows";
    free(text);
    return kept;
}

/* The message of an outcome has room for the statement's beginning alone. */
static void put_message(struct m_outcome *o, const struct m_sql_result *r, const char *what)
{
    const char *shown = sql_shown(r);
    int most = (int)(sizeof o->message - strlen(what) - 8);
    snprintf(o->message, sizeof o->message, "%.*s%s: %s", most, shown, (int)strlen(shown) > most ? "..." : "", what);
}

/* No answer says nothing about the product. */
static void require_answer(const struct m_sql_result *r)
{
    if (!sql_is_answer(r))
        sql_require(r);
}

static struct m_outcome failed(const struct m_sql_result *r, const char *expected)
{
    struct muster_ctx *t = r->from->t;
    struct m_outcome o = m_outcome_(0, sql_show_error(t, r), expected);
    require_answer(r);
    put_message(&o, r, "the database refuses it");
    return o;
}

/* The rows of a result are read back as an author's: so both are in the one form, whatever a cell holds. */
static void lines_of(struct muster_ctx *t, const struct m_sql_result *r, struct sql_rows *ret)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out)
        sql_result_write(out, r);
    const char *why = !out || fclose(out) != 0 ? "out of memory" : sql_rows_parse(text, ret);
    free(text);
    if (why)
        ERROR("%s: its rows can't be compared: %s", sql_shown(r), why);
}

static void describe(const struct m_sql_result *r, const struct sql_rows *got, const struct sql_rows *wanted,
                     const char *of, struct m_outcome *o)
{
    char what[128];
    long at = sql_rows_differ(got, wanted);
    if (got->n != wanted->n)
        snprintf(what, sizeof what, "%zu row%s, not %zu; the first that differs%s is number %ld", got->n,
                 got->n == 1 ? "" : "s", wanted->n, of, at + 1);
    else
        snprintf(what, sizeof what, "row %ld%s differs", at + 1, of);
    put_message(o, r, what);
}

struct m_outcome m_compare_sql_(struct m_sql *db, const char *expected, int32_t in_order, struct m_sql_call call)
{
    struct muster_ctx *t = db->t;
    struct sql_rows got = {0}, wanted = {0};
    const char *why = expected ? sql_rows_parse(expected, &wanted) : "NULL is no text";
    if (why)
        ERROR("the expected rows \"%.200s\": %s", expected ? expected : "NULL", why);
    const struct m_sql_result *r = m_sql_try_query(db, call);
    if (r->error) {
        struct m_outcome refused = failed(r, kept_lines(t, &wanted));
        sql_rows_free(&wanted);
        m_sql_free(r);
        return refused;
    }
    lines_of(t, r, &got);
    if (!in_order) {
        sql_rows_sort(&got);
        sql_rows_sort(&wanted);
    }
    int equal = sql_rows_differ(&got, &wanted) < 0;
    struct m_outcome o = m_outcome_(equal, equal ? NULL : kept_lines(t, &got), equal ? NULL : kept_lines(t, &wanted));
    if (!equal)
        describe(r, &got, &wanted, in_order ? "" : " (sorted)", &o);
    sql_rows_free(&got);
    sql_rows_free(&wanted);
    m_sql_free(r);
    return o;
}

/* ---- refused ---- */

/* There is none any more behind a COMMIT, whether that was refused or not. */
static void undo_savepoint(struct m_sql *db)
{
    if (!db->engine->is_in_transaction(db))
        return;
    m_sql_free(M_SQL(db, "ROLLBACK TO SAVEPOINT muster_refused"));
    m_sql_free(M_SQL(db, "RELEASE SAVEPOINT muster_refused"));
}

struct m_outcome m_compare_sql_refused_(struct m_sql *db, const char *sqlstate, struct m_sql_call call)
{
    struct muster_ctx *t = db->t;
    if (!sqlstate || !sql_state_is_valid(sqlstate))
        ERROR("\"%s\" is no SQLSTATE: it has five digits and capitals, or two for a class",
              sqlstate ? sqlstate : "NULL");
    int inside = db->engine->is_in_transaction(db);
    if (inside)
        m_sql_free(M_SQL(db, "SAVEPOINT muster_refused"));
    const struct m_sql_result *r = m_sql_try_query(db, call);
    int passed = r->error && sql_state_is(r->sqlstate, sqlstate);
    if (!passed && r->error)
        require_answer(r);
    const char *went = r->n_columns ? m_fmt(t, "it gave %" PRId64 " rows", r->n_rows)
                                    : m_fmt(t, "it went well, %" PRId64 " rows affected", r->affected);
    struct m_outcome o =
        m_outcome_(passed, r->error ? sql_show_error(t, r) : went, m_keep(t, sqlstate, strlen(sqlstate)));
    if (!passed)
        put_message(&o, r, r->error ? "it is refused for another reason" : "it is not refused");
    m_sql_free(r);
    if (inside)
        undo_savepoint(db);
    return o;
}

/* ---- time ---- */

struct m_outcome m_compare_sql_time_(struct m_sql *db, double max_ms, const char *metric, struct m_sql_call call)
{
    struct muster_ctx *t = db->t;
    const struct m_sql_result *r = m_sql_try_query(db, call);
    if (r->error) {
        struct m_outcome refused = failed(r, m_fmt(t, "at most %g ms", max_ms));
        m_sql_free(r);
        return refused;
    }
    int passed = r->time_ms <= max_ms;
    m_metric(t, m_fmt(t, "sql.%s", metric), r->time_ms, "ms");
    struct m_outcome o = m_outcome_(passed, m_fmt(t, "%.1f ms", r->time_ms), m_fmt(t, "at most %g ms", max_ms));
    if (!passed)
        put_message(&o, r, "it took longer");
    m_sql_free(r);
    return o;
}
