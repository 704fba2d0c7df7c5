/* SPDX-License-Identifier: Apache-2.0 */
/* CHECK_SQL_ISOLATED and CHECK_SQL_ONLY: what two tenants see of a table. */
#include "rows.h"
#include "session.h"

#include <muster/kit/data.h>

#include <stdlib.h>

#define SHARED_SHOWN 10

static const char *text_of(struct muster_ctx *t, const struct m_sql_call *call, uint32_t i, const char *what)
{
    if (i >= call->n || call->values[i].kind != M_SQL_IS_TEXT)
        ERROR("no name of a %s is given", what);
    return call->values[i].text;
}

/* Of a table `m`: a column that is not there would else be a text to SQLite, for its quotes. */
static const char *column_of(struct muster_ctx *t, const struct m_sql_call *call, uint32_t i)
{
    return m_fmt(t, "m.%s", sql_name(t, text_of(t, call, i, "column")));
}

static const char *select_rows(struct muster_ctx *t, const struct m_sql_call *call)
{
    const char *columns = call->n > 1 ? "" : "*";
    for (uint32_t i = 1; i < call->n; i++)
        columns = m_fmt(t, "%s%s%s", columns, i > 1 ? ", " : "", column_of(t, call, i));
    return m_fmt(t, "SELECT DISTINCT %s FROM %s m", columns, sql_dotted_name(t, text_of(t, call, 0, "table")));
}

/* Sorted. */
static void read_rows(struct m_sql *db, const char *statement, struct sql_rows *ret)
{
    struct muster_ctx *t = db->t;
    const struct m_sql_result *r = M_SQL(db, statement);
    const char *why = sql_rows_parse(m_sql_rows(t, r), ret);
    if (why)
        ERROR("%s: %s", statement, why);
    m_sql_free(r);
    sql_rows_sort(ret);
}

static const char *shared_rows(struct muster_ctx *t, const struct sql_rows *a, const struct sql_rows *b, size_t *ret_n)
{
    const char *shown = "";
    size_t n = 0;
    for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
        int order = strcmp(a->lines[i], b->lines[j]);
        if (order == 0 && n++ < SHARED_SHOWN)
            shown = m_fmt(t, "%s%s%s", shown, *shown ? "\n" : "", a->lines[i]);
        i += order <= 0;
        j += order >= 0;
    }
    *ret_n = n;
    return shown;
}

struct m_outcome m_compare_sql_isolated_(struct m_sql *a, struct m_sql *b, struct m_sql_call call)
{
    struct muster_ctx *t = a->t;
    const char *statement = select_rows(t, &call);
    struct sql_rows of_a, of_b;
    size_t n;
    read_rows(a, statement, &of_a);
    read_rows(b, statement, &of_b);
    const char *shared = sql_keep_shown(t, shared_rows(t, &of_a, &of_b, &n));
    struct m_outcome o = m_outcome_(of_a.n && of_b.n && !n, shared, "no row that both see");
    if (n)
        snprintf(o.message, sizeof o.message, "%s: the first sees %zu, the second %zu, and both the same %zu",
                 text_of(t, &call, 0, "table"), of_a.n, of_b.n, n);
    else if (!o.passed) { /* nothing is shown by rows that are not there */
        o.actual = "no rows";
        snprintf(o.message, sizeof o.message, "%s: the %s sees no row at all, so nothing is shown by it",
                 text_of(t, &call, 0, "table"), of_a.n ? "second" : "first");
    } else {
        o.actual = m_fmt(t, "%zu and %zu rows of their own", of_a.n, of_b.n);
    }
    sql_rows_free(&of_a);
    sql_rows_free(&of_b);
    return o;
}

/* As the engine would write it. */
static const char *value_of(struct muster_ctx *t, const struct m_sql_value *v, const char *column)
{
    if (v->kind == M_SQL_IS_INT)
        return m_fmt(t, "%" PRId64, v->integer);
    if (v->kind != M_SQL_IS_TEXT)
        ERROR("CHECK_SQL_ONLY: the value of %s has to be an integer or a text", column);
    return m_keep(t, v->text, strlen(v->text));
}

struct seen {
    int64_t own, foreign; /* rows */
    const char *others;   /* what the foreign ones have */
};

static struct seen count_seen(struct muster_ctx *t, const struct m_sql_result *r, const char *value)
{
    struct seen s = {.others = ""};
    for (int64_t i = 0; i < r->n_rows; i++) {
        const char *seen = m_sql_text(r, i, "seen");
        int64_t n = m_sql_int(r, i, "n");
        if (seen && strcmp(seen, value) == 0) {
            s.own += n;
            continue;
        }
        s.foreign += n;
        if (i < SHARED_SHOWN)
            s.others = m_fmt(t, "%s%s%s (%" PRId64 " row%s)", s.others, *s.others ? ", " : "", seen ? seen : "NULL", n,
                             n == 1 ? "" : "s");
    }
    return s;
}

struct m_outcome m_compare_sql_only_(struct m_sql *db, struct m_sql_call call)
{
    struct muster_ctx *t = db->t;
    const char *table = text_of(t, &call, 0, "table"), *column = text_of(t, &call, 1, "column");
    if (call.n != 3)
        ERROR("CHECK_SQL_ONLY has a table, a column and the column's value");
    const char *name = column_of(t, &call, 1), *value = value_of(t, &call.values[2], column);
    const char *statement =
        m_fmt(t, "SELECT %s AS seen, count(*) AS n FROM %s m GROUP BY %s", name, sql_dotted_name(t, table), name);
    const struct m_sql_result *r = M_SQL(db, statement);
    struct seen s = count_seen(t, r, value);
    m_sql_free(r);
    struct m_outcome o = m_outcome_(s.own && !s.foreign,
                                    s.foreign ? sql_keep_shown(t, s.others)
                                    : s.own   ? value
                                              : "no rows",
                                    value);
    if (s.foreign)
        snprintf(o.message, sizeof o.message, "%s: rows whose %s is another: %" PRId64 " of %" PRId64, table, column,
                 s.foreign, s.own + s.foreign);
    else if (!s.own)
        snprintf(o.message, sizeof o.message, "%s: no row is seen at all, so nothing is shown by it", table);
    return o;
}
