/* SPDX-License-Identifier: Apache-2.0 */
/* CHECK_SQL_REFERENCES: what is referred to is there. */
#include "references.h"

#include "session.h"

#include <muster/kit/data.h>

#include <stdlib.h>

#define ORPHANS_SHOWN 5

struct finding {
    struct muster_ctx *t;
    const char *orphans; /* a line for each reference that leads nowhere */
    int64_t checked, broken;
};

static int is_left_out(const struct m_sql_call *call, const char *column, uint64_t *used)
{
    for (uint32_t i = 1; i < call->n; i++) {
        if (call->values[i].kind != M_SQL_IS_TEXT || strcmp(call->values[i].text, column) != 0)
            continue;
        *used |= 1u << i;
        return 1;
    }
    return 0;
}

static void add_line(struct finding *f, const char *line)
{
    f->orphans = m_fmt(f->t, "%s%s%s", f->orphans, *f->orphans ? "\n" : "", line);
    f->broken++;
}

static const char *how(struct muster_ctx *t, const char *key)
{
    return key ? m_fmt(t, "%s", key) : "by its name";
}

static void look(struct m_sql *db, const struct m_sql_result *all, int64_t row, struct finding *f)
{
    struct muster_ctx *t = f->t;
    const char *same = m_sql_text(all, row, "same");
    const char *name = m_fmt(t, "%s -> %s (%s)", m_sql_text(all, row, "from_column"), m_sql_text(all, row, "to_column"),
                             how(t, m_sql_text(all, row, "how")));
    const char *lost =
        m_fmt(t, " FROM %s c WHERE %s AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s)", m_sql_text(all, row, "child"),
              m_sql_text(all, row, "present"), m_sql_text(all, row, "parent"), same ? same : "1 = 0");
    const struct m_sql_result *n = sql_run(db, m_fmt(t, "SELECT count(*) AS n%s", lost));
    f->checked++;
    if (n->error && !sql_is_answer(n))
        sql_require(n);
    if (n->error) {
        add_line(f, m_fmt(t, "%s: %s", name, sql_show_error(t, n)));
        return;
    }
    if (m_sql_int(n, 0, "n") == 0)
        return;
    const char *columns = m_sql_text(all, row, "columns");
    const struct m_sql_result *some =
        sql_run(db, m_fmt(t, "SELECT DISTINCT %s%s ORDER BY 1 LIMIT %d", columns, lost, ORPHANS_SHOWN));
    sql_require(some);
    const char *rows = m_sql_rows(t, some);
    char *values = strdup(rows);
    for (char *c = values; c && *c; c++)
        if (*c == '\n')
            *c = ' ';
    add_line(f, m_fmt(t, "%s: %s orphan%s: %s", name, m_sql_text(n, 0, "n"), m_sql_int(n, 0, "n") == 1 ? "" : "s",
                      values ? values : rows));
    free(values);
}

static const char *unused_name(const struct m_sql_call *call, uint64_t used)
{
    for (uint32_t i = 1; i < call->n; i++)
        if (!(used & (1u << i)))
            return call->values[i].kind == M_SQL_IS_TEXT ? call->values[i].text : "a value that is no name";
    return NULL;
}

struct m_outcome m_compare_sql_references_(struct m_sql *db, struct m_sql_call call)
{
    struct muster_ctx *t = db->t;
    struct finding f = {.t = t, .orphans = ""};
    uint64_t used = 0;
    if (!call.n || call.values[0].kind != M_SQL_IS_TEXT)
        ERROR("CHECK_SQL_REFERENCES has the name of a schema");
    const char *schema = call.values[0].text;
    const char *question = db->engine == &sql_postgres ? sql_postgres_references : sql_sqlite_references;
    const struct m_sql_result *all = M_SQL(db, question, schema);
    for (int64_t i = 0; i < all->n_rows; i++)
        if (!is_left_out(&call, m_sql_text(all, i, "from_column"), &used))
            look(db, all, i, &f);
    const char *stale = unused_name(&call, used);
    m_sql_free(all);
    if (stale)
        ERROR("CHECK_SQL_REFERENCES: \"%s\" is left out, and is no reference in the schema %s", stale, schema);
    struct m_outcome o = m_outcome_(f.checked && !f.broken, NULL, "no orphans");
    o.actual = f.broken ? sql_keep_shown(t, f.orphans) : f.checked ? "no orphans" : "no references";
    if (f.broken)
        snprintf(o.message, sizeof o.message, "%" PRId64 " of %" PRId64 " references lead nowhere", f.broken,
                 f.checked);
    else if (!f.checked)
        snprintf(o.message, sizeof o.message, "the schema %s has no reference to be looked at", schema);
    return o;
}
