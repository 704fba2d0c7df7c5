/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: what is run of one, what is said of it, and what becomes of an error. */
#include "hide.h"
#include "session.h"
#include "state.h"

#include <muster/kit/data.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STATEMENT_MOST 600
#define VALUE_MOST     80

/* ---- what is said of a statement ---- */

/* Spaces and line breaks of a statement over many lines become one; the whole is cut to what fits. */
static void put_statement(FILE *out, const char *statement)
{
    int n = 0, gap = 0;
    for (const char *c = statement; *c && n < STATEMENT_MOST; c++) {
        if (strchr(" \t\r\n", *c)) {
            gap = n > 0;
            continue;
        }
        if (gap)
            fputc(' ', out);
        n += 1 + gap;
        gap = 0;
        fputc((unsigned char)*c < ' ' ? '?' : *c, out);
    }
    if (n >= STATEMENT_MOST)
        fputs("...", out);
}

static void put_value(FILE *out, const struct m_sql_value *v)
{
    if (v->kind == M_SQL_IS_INT)
        fprintf(out, "%" PRId64, v->integer);
    else if (v->kind == M_SQL_IS_DOUBLE)
        fprintf(out, "%.15g", v->number);
    else if (v->kind == M_SQL_IS_TEXT)
        fprintf(out, "'%.*s'%s", VALUE_MOST, v->text, strlen(v->text) > VALUE_MOST ? "..." : "");
    else
        fputs("NULL", out);
}

/* To be freed. */
static char *without_secrets(struct muster_ctx *t, FILE *out, char **text)
{
    if (out && fclose(out) == 0)
        *text = sql_hide(*text);
    if (!out || !*text)
        ERROR("out of memory for a statement");
    return *text;
}

static char *show(struct muster_ctx *t, const struct m_sql_call *call, uint32_t n)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out)
        put_statement(out, call->values[0].text);
    for (uint32_t i = 1; out && i < n; i++) {
        fprintf(out, "%s$%u = ", i == 1 ? " [" : ", ", i);
        put_value(out, &call->values[i]);
    }
    if (out && n > 1)
        fputc(']', out);
    return without_secrets(t, out, &text);
}

static void name_result(struct muster_ctx *t, struct sql_result *r, const struct m_sql_call *call)
{
    char *statement = show(t, call, 1), *whole = show(t, call, call->n);
    r->public.statement = sql_result_keep(t, r, statement, strlen(statement));
    r->shown = sql_result_keep(t, r, whole, strlen(whole));
    free(statement);
    free(whole);
}

const char *sql_shown(const struct m_sql_result *r)
{
    return ((const struct sql_result *)r)->shown;
}

int sql_is_answer(const struct m_sql_result *r)
{
    return !r->error || sql_state_is_answer(r->sqlstate);
}

const char *sql_keep_shown(struct muster_ctx *t, const char *text)
{
    char *shown = strdup(text);
    shown = shown ? sql_hide(shown) : NULL;
    if (!shown)
        ERROR("out of memory for a text of %zu bytes", strlen(text));
    const char *kept = m_keep(t, shown, strlen(shown));
    free(shown);
    return kept;
}

const char *sql_show_error(struct muster_ctx *t, const struct m_sql_result *r)
{
    return sql_keep_shown(t, m_fmt(t, "%s%s%s", r->sqlstate, *r->sqlstate ? ": " : "", r->error));
}

void sql_require(const struct m_sql_result *r)
{
    struct muster_ctx *t = r->from->t;
    if (!r->error)
        return;
    const char *why = sql_show_error(t, r);
    if (sql_is_answer(r))
        FAIL("%s: %s", sql_shown(r), why);
    ERROR("%s: no answer: %s", sql_shown(r), why);
}

/* ---- running one ---- */

static void require_call(struct muster_ctx *t, const struct m_sql_call *call)
{
    if (!call->n || call->n > 13 || call->values[0].kind != M_SQL_IS_TEXT)
        ERROR("no statement: the first of M_SQL_CALL() is its text, behind it stand at most 12 parameters");
    for (uint32_t i = 1; i < call->n; i++)
        if (call->values[i].kind < M_SQL_IS_NULL || call->values[i].kind > M_SQL_IS_TEXT)
            ERROR("%s: parameter $%u is a void pointer, and has no type: cast it", call->values[0].text, i);
}

static double ms_since(const struct timespec *began)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - began->tv_sec) * 1000.0 + (double)(now.tv_nsec - began->tv_nsec) / 1e6;
}

static void log_result(const struct m_sql_result *r)
{
    struct muster_ctx *t = r->from->t;
    if (r->error)
        LOG_DEBUG("%s: %s, %.1f ms", r->statement, sql_show_error(t, r), r->time_ms);
    else if (r->n_columns)
        LOG_DEBUG("%s: %" PRId64 " row%s, %.1f ms", r->statement, r->n_rows, r->n_rows == 1 ? "" : "s", r->time_ms);
    else
        LOG_DEBUG("%s: %" PRId64 " affected, %.1f ms", r->statement, r->affected, r->time_ms);
}

/* A script has statements, and a call that is but its name. */
static const struct m_sql_result *run(struct m_sql *db, const struct m_sql_call *call, const char *script)
{
    struct timespec began;
    struct sql_result *r = sql_result_new(db);
    struct m_deadline end = m_deadline_in(db->t, db->timeout_ms);
    name_result(db->t, r, call);
    clock_gettime(CLOCK_MONOTONIC, &began);
    if (script)
        db->engine->script(db, script, end, r);
    else
        db->engine->run(db, call, end, r);
    r->public.time_ms = ms_since(&began);
    sql_record(db, &r->public);
    log_result(&r->public);
    return &r->public;
}

const struct m_sql_result *m_sql_try_query(struct m_sql *db, struct m_sql_call call)
{
    require_call(db->t, &call);
    return run(db, &call, NULL);
}

const struct m_sql_result *m_sql_query(struct m_sql *db, struct m_sql_call call)
{
    const struct m_sql_result *r = m_sql_try_query(db, call);
    sql_require(r);
    return r;
}

const struct m_sql_result *sql_run(struct m_sql *db, const char *statement)
{
    return M_TRY_SQL(db, statement);
}

static void run_script(struct m_sql *db, const char *name, const char *statements)
{
    struct m_sql_call call = M_SQL_CALL(name);
    const struct m_sql_result *r = run(db, &call, statements);
    sql_require(r);
    m_sql_free(r);
}

void m_sql_script(struct m_sql *db, const char *statements)
{
    struct m_sql_call call = M_SQL_CALL(statements);
    char *shown = show(db->t, &call, 1);
    const char *name = m_fmt(db->t, "script %.60s", shown);
    free(shown);
    run_script(db, name, statements);
}

/* ---- of a file ---- */

static char *read_file(struct muster_ctx *t, const char *path)
{
    struct stat st;
    char *text = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        ERROR("%s: %s", path, strerror(errno));
    FILE *in = fdopen(fd, "r");
    size_t size = (size_t)st.st_size;
    if (!in || !(text = malloc(size + 1)) || fread(text, 1, size, in) != size)
        ERROR("%s cannot be read: %s", path, strerror(errno));
    fclose(in);
    text[size] = '\0';
    return text;
}

void m_sql_script_file(struct m_sql *db, const char *path)
{
    char *text = read_file(db->t, path);
    const char *kept = m_keep(db->t, text, strlen(text)); /* should it end the scenario */
    free(text);
    run_script(db, path, kept);
}

/* ---- transactions ---- */

void m_sql_begin(struct m_sql *db, const char *mode)
{
    const char *space = mode && *mode ? " " : "";
    const char *text = m_fmt(db->t, "BEGIN%s%s", space, mode ? mode : "");
    m_sql_free(M_SQL(db, text));
}

void m_sql_commit(struct m_sql *db)
{
    m_sql_free(M_SQL(db, "COMMIT"));
}

void m_sql_rollback(struct m_sql *db)
{
    m_sql_free(M_SQL(db, "ROLLBACK"));
}
