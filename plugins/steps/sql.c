/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: what they give, or that they are refused. */
#include "difference.h"
#include "steps.h"

#include <muster/kit/sql.h>

#include <errno.h>
#include <pthread.h>

enum { PARAMS_MOST = 12, ROWS_MOST = 10000 };

/* One is one thread's at a time: a step borrows it and gives it back, so that BEGIN and COMMIT may be steps. */
struct session {
    struct session *next;
    const char *url;
    struct m_sql *db;
    pthread_t holder;
    int taken;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct session *all; /* of the attempt, whose process this is */

static struct session *take(const char *url)
{
    struct session *s;
    pthread_mutex_lock(&lock);
    for (s = all; s; s = s->next)
        if (strcmp(s->url, url) == 0 && (!s->taken || pthread_equal(s->holder, pthread_self())))
            break;
    if (s) {
        s->taken = 1;
        s->holder = pthread_self();
    }
    pthread_mutex_unlock(&lock);
    return s;
}

static struct session *add(struct muster_ctx *t, struct m_site site, const char *url, struct m_sql *db)
{
    struct session *s = calloc(1, sizeof *s);
    if (!s)
        steps_wrong(t, site, "sql: out of memory");
    *s = (struct session){.url = m_keep(t, url, strlen(url)), .db = db, .holder = pthread_self(), .taken = 1};
    pthread_mutex_lock(&lock);
    struct session **end = &all;
    while (*end)
        end = &(*end)->next;
    *end = s;
    pthread_mutex_unlock(&lock);
    return s;
}

static void give_back(struct session *s)
{
    pthread_mutex_lock(&lock);
    s->taken = 0;
    pthread_mutex_unlock(&lock);
}

/* ---- a statement ---- */

struct sql_call {
    const char *url, *query, *params, *file, *rows, *value, *refused, *within, *at;
};

static struct m_sql_value value_of(struct muster_ctx *t, struct m_site site, const struct m_json *given, int number)
{
    int64_t integer = m_json_int(given, "");
    double decimal = m_json_double(given, "");
    const char *text = steps_scalar(t, given);
    if (integer != M_JSON_NO_INT)
        return m_sql_of_int_(integer);
    if (m_json_bool(given, "") >= 0)
        return m_sql_of_int_(m_json_bool(given, ""));
    if (decimal == decimal && text)
        return m_sql_of_double_(decimal);
    if (!text && !m_json_is_null(given, ""))
        steps_wrong(t, site, "params: number %d is neither a number, a text, true, false nor null", number);
    return m_sql_of_text_(text);
}

static struct m_sql_call statement(struct muster_ctx *t, struct m_site site, const struct sql_call *c)
{
    struct m_json *params = m_json_parse(t, c->params);
    int64_t n = m_json_key(params, 0) ? -1 : m_json_count(params, "");
    struct m_sql_call call = {.n = 1, .values = {m_sql_of_text_(c->query)}};
    if (n < 0 || n > PARAMS_MOST)
        steps_wrong(t, site, "params: wants a list of at most %d values", PARAMS_MOST);
    for (int64_t i = 0; i < n; i++)
        call.values[call.n++] = value_of(t, site, m_json_item(params, (uint64_t)i), (int)i + 1);
    return call;
}

/* ---- its rows ---- */

/* A map has each name once, and cells are known by their columns' names. */
static void check_columns(struct muster_ctx *t, struct m_site site, const struct m_sql_result *r)
{
    for (int64_t i = 0; i < r->n_columns; i++)
        for (int64_t j = 0; j < i; j++)
            if (strcmp(r->columns[i], r->columns[j]) == 0)
                steps_wrong(t, site, "sql: two columns are called %s: give one another name by AS", r->columns[i]);
}

static const char *cell(struct muster_ctx *t, const struct m_sql_result *r, int64_t row, const char *name)
{
    int32_t kind = m_sql_kind(r, row, name);
    const char *text = m_sql_text(r, row, name);
    if (!text)
        return "null";
    if (kind == M_SQL_IS_INT && (*text == 't' || *text == 'f')) /* PostgreSQL's booleans */
        return *text == 't' ? "true" : "false";
    int number = kind == M_SQL_IS_INT || (kind == M_SQL_IS_DOUBLE && m_json_try_parse(text));
    return number ? text : steps_quoted(t, text, strlen(text));
}

static const char *rows_json(struct muster_ctx *t, struct m_site site, const struct m_sql_result *r)
{
    char *text = NULL;
    size_t length = 0;
    if (r->n_rows > ROWS_MOST)
        steps_wrong(t, site, "sql: %lld rows are more than the %d that a step takes", (long long)r->n_rows, ROWS_MOST);
    FILE *out = open_memstream(&text, &length);
    if (!out)
        steps_wrong(t, site, "sql: out of memory");
    check_columns(t, site, r);
    fputc('[', out);
    for (int64_t row = 0; row < r->n_rows; row++) {
        fputs(row ? ",{" : "{", out);
        for (int64_t i = 0; i < r->n_columns; i++)
            fprintf(out, "%s%s:%s", i ? "," : "", steps_quoted(t, r->columns[i], strlen(r->columns[i])),
                    cell(t, r, row, r->columns[i]));
        fputc('}', out);
    }
    fputc(']', out);
    if (fclose(out) != 0)
        steps_wrong(t, site, "sql: out of memory");
    return text;
}

/* ---- what is expected ---- */

static void check_refused(struct muster_ctx *t, struct m_site site, const struct sql_call *c, const char *shown,
                          const struct m_sql_result *r)
{
    const char *actual = r->error ? m_fmt(t, "%s: %s", r->sqlstate, r->error) : "it was done";
    if (r->error && !*r->sqlstate)
        steps_wrong(t, site, "sql: %s: no answer: %s", shown, r->error);
    if (*c->refused)
        steps_check(t, site, r->error && strncmp(r->sqlstate, c->refused, strlen(c->refused)) == 0,
                    m_fmt(t, "%s: is refused", shown), actual, c->refused, NULL);
    else
        steps_check(t, site, !r->error, m_fmt(t, "%s: is done", shown), actual, NULL, NULL);
}

static void check_value(struct muster_ctx *t, struct m_site site, const char *what, const char *shown,
                        const char *actual, const struct m_json *expected, const char *about)
{
    struct difference d = {"", actual, m_json_text(t, expected, "")};
    int differs = difference_of(t, m_json_try_parse(actual), expected, 1, &d);
    steps_check(t, site, !differs, m_fmt(t, "%s: %s%s", shown, what, d.pointer), d.actual, d.expected, about);
}

static const char *result_value(struct muster_ctx *t, struct m_site site, const struct sql_call *c, const char *shown,
                                const struct m_sql_result *r)
{
    struct m_json *rows = steps_given(t, c->rows), *value = steps_given(t, c->value);
    const char *list = rows_json(t, site, r);
    const char *first = r->n_rows && r->n_columns ? cell(t, r, 0, NULL) : "null";
    const char *about = m_fmt(t, "%s gave %lld row%s: %s", shown, (long long)r->n_rows, r->n_rows == 1 ? "" : "s",
                              steps_start(t, list, strlen(list)));
    if (rows)
        check_value(t, site, "rows", shown, list, rows, about);
    if (value)
        check_value(t, site, "value", shown, first, value, about);
    return steps_value(t,
                       m_fmt(t, "\"rows\":%s,\"value\":%s,\"count\":%lld,\"affected\":%lld,\"sqlstate\":\"%s\"", list,
                             first, (long long)r->n_rows, (long long)r->affected, r->sqlstate),
                       about);
}

static struct session *borrow(struct muster_ctx *t, struct m_site site, const struct sql_call *c)
{
    struct session *s = take(c->url);
    const struct m_sql_options options = {.timeout_ms = steps_ms(t, site, "within", c->within)};
    struct m_sql_refusal why = {0};
    if (s)
        return s;
    struct m_sql *db = m_sql_try_open_at_(site.file, site.line, t, c->url, &options, &why);
    if (!db)
        steps_wrong(t, site, "sql: no session of %s: %s%s%s", m_shown(t, c->url, strlen(c->url), ABOUT_MOST),
                    why.sqlstate, *why.sqlstate ? ": " : "", why.error);
    return add(t, site, c->url, db);
}

static const char *run_script(struct muster_ctx *t, struct m_site site, const struct sql_call *c)
{
    size_t length;
    if (!steps_read_file(t, c->file, &length))
        steps_wrong(t, site, "file: %s: %s", c->file, strerrordesc_np(errno));
    struct session *s = borrow(t, site, c);
    m_sql_script_file_at_(site.file, site.line, s->db, c->file);
    give_back(s);
    steps_holds(t, site, m_fmt(t, "%s: is done", c->file));
    return steps_value(t, "\"rows\":[],\"value\":null,\"count\":0,\"affected\":0,\"sqlstate\":\"\"", c->file);
}

static const char *run_query(struct muster_ctx *t, struct m_site site, const struct sql_call *c)
{
    const struct m_sql_call call = statement(t, site, c);
    struct session *s = borrow(t, site, c);
    const struct m_sql_result *r = m_sql_try_query_at_(site.file, site.line, s->db, call);
    const char *shown = steps_start(t, r->statement, strlen(r->statement));
    check_refused(t, site, c, shown, r);
    const char *value =
        r->error
            ? steps_value(
                  t, m_fmt(t, "\"rows\":[],\"value\":null,\"count\":0,\"affected\":0,\"sqlstate\":\"%s\"", r->sqlstate),
                  m_fmt(t, "%s: %s: %s", shown, r->sqlstate, r->error))
            : result_value(t, site, c, shown, r);
    m_sql_free(r);
    give_back(s);
    return value;
}

DATA_STEP(json, sql,
          PARAMS((str, url, NULL, "postgresql://USER:PASSWORD@HOST:PORT/DATABASE or sqlite:PATH"),
                 (str, query, "", "One statement, with $1, $2 ... for params"), (json, params, "[]"),
                 (str, file, "", "In place of a query: a file of statements"),
                 (json, rows, "null", "All rows that are expected, of each the columns that are named"),
                 (json, value, "null", "What is expected of the first row's first column"),
                 (str, refused, "", "The SQLSTATE by which it is refused, or its first two digits"),
                 (str, within, "30s"), STEP_AT),
          .summary = "A statement by PostgreSQL or SQLite: {rows, value, count, affected, sqlstate}")
{
    struct m_site site = steps_site(t, at);
    const struct sql_call c = {url, query, params, file, rows, value, refused, within, at};
    if (!*query == !*file)
        steps_wrong(t, site, "sql: wants a query or a file");
    if (*file && (*refused || steps_given(t, rows) || steps_given(t, value)))
        steps_wrong(t, site, "sql: of a file there is nothing to expect");
    return *file ? run_script(t, site, &c) : run_query(t, site, &c);
}
