/* SPDX-License-Identifier: Apache-2.0 */
/* Results: how they are made, and what an author reads of them. */
#include "rows.h"
#include "session.h"

#include <muster/kit/data.h>

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

static void *grown(struct muster_ctx *t, void *memory, size_t size)
{
    void *more = realloc(memory, size);
    if (!more)
        ERROR("out of memory for a result of %zu bytes", size);
    return more;
}

/* ---- making one ---- */

struct sql_result *sql_result_new(struct m_sql *db)
{
    struct muster_ctx *t = db->t;
    struct sql_result *r = calloc(1, sizeof *r);
    if (!r)
        ERROR("out of memory for a result");
    r->public.from = db;
    r->public.statement = r->shown = "";
    r->public.sqlstate = r->sqlstate;
    r->next = db->results;
    db->results = r;
    return r;
}

const char *sql_result_keep(struct muster_ctx *t, struct sql_result *r, const void *bytes, size_t length)
{
    struct sql_chunk *chunk = grown(t, NULL, sizeof *chunk + length + 1);
    if (length)
        memcpy(chunk->bytes, bytes, length);
    chunk->bytes[length] = '\0';
    chunk->next = r->chunks;
    r->chunks = chunk;
    return chunk->bytes;
}

void sql_result_columns(struct muster_ctx *t, struct sql_result *r, int n, const char *(*name)(void *user, int column),
                        void *user)
{
    r->names = grown(t, NULL, ((size_t)n + 1) * sizeof *r->names);
    for (int i = 0; i < n; i++) {
        const char *text = name(user, i);
        r->names[i] = sql_result_keep(t, r, text ? text : "?", strlen(text ? text : "?"));
    }
    r->names[n] = NULL;
    r->public.columns = r->names;
    r->public.n_columns = n;
}

struct sql_cell *sql_result_row(struct muster_ctx *t, struct sql_result *r)
{
    size_t n = (size_t)r->public.n_columns, used = n * (size_t)r->public.n_rows;
    if (used + n > r->room) {
        r->room = 2 * r->room + n;
        r->cells = grown(t, r->cells, r->room * sizeof *r->cells);
    }
    if (n)
        memset(r->cells + used, 0, n * sizeof *r->cells);
    r->public.n_rows++;
    return r->cells + used;
}

void sql_result_fail(struct sql_result *r, const char *sqlstate, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(r->error, sizeof r->error, format, values);
    va_end(values);
    size_t n = strlen(r->error);
    while (n && r->error[n - 1] == '\n')
        r->error[--n] = '\0';
    snprintf(r->sqlstate, sizeof r->sqlstate, "%s", sqlstate ? sqlstate : "");
    r->public.error = r->error;
}

const struct sql_cell *sql_result_cells(const struct m_sql_result *result)
{
    return ((const struct sql_result *)result)->cells;
}

void m_sql_free(const struct m_sql_result *result)
{
    if (!result)
        return;
    struct sql_result *r = (struct sql_result *)(uintptr_t)result;
    struct sql_result **at = &((struct m_sql *)(uintptr_t)result->from)->results;
    while (*at && *at != r)
        at = &(*at)->next;
    if (*at)
        *at = r->next;
    while (r->chunks) {
        struct sql_chunk *chunk = r->chunks;
        r->chunks = chunk->next;
        free(chunk);
    }
    free(r->names);
    free(r->cells);
    free(r);
}

/* ---- reading one ---- */

static const char *name_columns(struct muster_ctx *t, const struct m_sql_result *r)
{
    const char *names = "";
    for (int64_t i = 0; i < r->n_columns; i++)
        names = m_fmt(t, "%s%s%s", names, i ? ", " : "", r->columns[i]);
    return names;
}

static int64_t find_column(const struct m_sql_result *r, const char *column)
{
    struct muster_ctx *t = r->from->t;
    int64_t i = 0;
    while (column && i < r->n_columns && strcmp(r->columns[i], column) != 0)
        i++;
    if (i == r->n_columns)
        ERROR("%s: there is no column \"%s\": %s", r->statement, column ? column : "0",
              i ? name_columns(t, r) : "it has none");
    return i;
}

static const struct sql_cell *find_cell(const struct m_sql_result *r, int64_t row, const char *column)
{
    struct muster_ctx *t = r->from->t;
    if (r->error)
        ERROR("%s: it has no rows: %s", r->statement, sql_show_error(t, r));
    int64_t at = find_column(r, column);
    if (row < 0 || row >= r->n_rows)
        FAIL("%s: there is no row %" PRId64 " but %" PRId64 " in all", r->statement, row, r->n_rows);
    return sql_result_cells(r) + row * r->n_columns + at;
}

int32_t m_sql_kind(const struct m_sql_result *r, int64_t row, const char *column)
{
    return find_cell(r, row, column)->kind;
}

const char *m_sql_text(const struct m_sql_result *r, int64_t row, const char *column)
{
    return find_cell(r, row, column)->text;
}

int64_t m_sql_int(const struct m_sql_result *r, int64_t row, const char *column)
{
    const struct sql_cell *cell = find_cell(r, row, column);
    char *end;
    if (cell->kind != M_SQL_IS_INT && cell->kind != M_SQL_IS_DOUBLE)
        return M_SQL_NO_INT;
    if (cell->text[0] == 't' || cell->text[0] == 'f') /* PostgreSQL's boolean */
        return cell->text[0] == 't';
    errno = 0;
    long long value = strtoll(cell->text, &end, 10);
    return errno || *end || end == cell->text ? M_SQL_NO_INT : value;
}

/* Numbers of an engine have a point, whatever the plugin's locale is. */
double m_sql_double(const struct m_sql_result *r, int64_t row, const char *column)
{
    const struct sql_cell *cell = find_cell(r, row, column);
    char *end;
    if (cell->kind != M_SQL_IS_INT && cell->kind != M_SQL_IS_DOUBLE)
        return NAN;
    if (cell->text[0] == 't' || cell->text[0] == 'f')
        return cell->text[0] == 't';
    static locale_t plain;
    locale_t made = __atomic_load_n(&plain, __ATOMIC_ACQUIRE), none = NULL;
    if (!made && (made = newlocale(LC_NUMERIC_MASK, "C", NULL)) &&
        !__atomic_compare_exchange_n(&plain, &none, made, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        freelocale(made);
        made = none;
    }
    double value = made ? strtod_l(cell->text, &end, made) : strtod(cell->text, &end);
    return *end ? NAN : value;
}

void sql_result_write(FILE *out, const struct m_sql_result *r)
{
    for (int64_t i = 0; i < r->n_rows * r->n_columns; i++) {
        if (i)
            fputc(i % r->n_columns ? '|' : '\n', out);
        sql_rows_put_cell(out, sql_result_cells(r)[i].text);
    }
}

const char *m_sql_rows(struct muster_ctx *t, const struct m_sql_result *r)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out)
        sql_result_write(out, r);
    if (!out || fclose(out) != 0)
        ERROR("out of memory for rows");
    const char *kept = m_keep(t, text, size);
    free(text);
    return kept;
}
