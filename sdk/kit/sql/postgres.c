/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL by libpq, without ever blocking in it: each wait is a poll(2) here, up to a deadline. */
#include "session.h"
#include "url.h"

#include "libpq.h"

#include <muster/kit/data.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* What a server that was asked to cancel may take to say so. */
#define CANCEL_MS 1000u

struct postgres {
    const struct libpq *pq;
    PGconn *conn; /* NULL: lost, for the reason of `lost` */
    char lost[1024];
};

static struct postgres *postgres_of(struct m_sql *db)
{
    return db->connection;
}

static void lose(struct postgres *p, const char *why)
{
    snprintf(p->lost, sizeof p->lost, "%s", why);
    p->pq->finish(p->conn);
    p->conn = NULL;
}

/* 1 when it is as awaited, 0 when the time is up. */
static int wait_for(const struct postgres *p, short events, struct m_deadline end)
{
    struct pollfd fd = {.fd = p->pq->socket(p->conn), .events = events};
    int n;
    while ((n = poll(&fd, 1, m_deadline_poll_ms(end))) < 0 && errno == EINTR)
        ;
    return n != 0;
}

/* ---- connecting ---- */

static void hide_passwords(struct muster_ctx *t, const struct libpq *pq, const char *url, const struct m_sql_options *o)
{
    char *error = NULL;
    size_t length = 0;
    const char *raw = sql_url_password(url, &length);
    if (raw)
        m_secret(t, m_keep(t, raw, length));
    m_secret(t, o ? o->password : NULL);
    PQconninfoOption *fields = pq->conninfoParse(url, &error);
    for (PQconninfoOption *f = fields; f && f->keyword; f++)
        if (strstr(f->keyword, "password"))
            m_secret(t, f->val);
    pq->conninfoFree(fields);
    pq->freemem(error);
}

/* libpq quotes a URL that it does not understand, with a password in it that it does not know. */
static void require_url(struct muster_ctx *t, const struct libpq *pq, const char *url, const char *shown)
{
    char *error = NULL;
    PQconninfoOption *fields = pq->conninfoParse(url, &error);
    if (!fields) {
        const char *about = error ? m_fmt(t, "%.*s", (int)strcspn(error, ":\n\""), error) : "out of memory";
        pq->freemem(error);
        ERROR("cannot use \"%s\" as a database: %s", shown, about);
    }
    pq->conninfoFree(fields);
}

/* A NOTICE, which libpq would print. */
static void log_notice(void *context, const char *message)
{
    struct muster_ctx *t = context;
    LOG_DEBUG("%.*s", (int)strcspn(message, "\n"), message);
}

/* "... FATAL:  28P01: password authentication failed\nLOCATION: ...", as a verbose connection has it: libpq has the
 * SQLSTATE of a connection that failed nowhere else. */
static void take_refusal(const char *message, struct m_sql_refusal *ret)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *at = message, *rest = message;
    *ret = (struct m_sql_refusal){0};
    while (!*ret->sqlstate && (at = strstr(at, ":  "))) {
        at += 3;
        if (strspn(at, digits) != SQLSTATE_LENGTH || strncmp(at + SQLSTATE_LENGTH, ": ", 2) != 0)
            continue;
        memcpy(ret->sqlstate, at, SQLSTATE_LENGTH);
        rest = at + SQLSTATE_LENGTH + 2;
    }
    size_t n = *ret->sqlstate ? strcspn(rest, "\n") : strlen(rest);
    while (n && rest[n - 1] == '\n')
        n--;
    snprintf(ret->error, sizeof ret->error, "%.*s", (int)n, rest);
}

static PGconn *start(const struct libpq *pq, const char *url, const struct m_sql_options *o)
{
    const char *names[8], *values[8];
    size_t n = 0;
    /* What stands behind the URL counts more, what stands before it less. */
    names[n] = "client_encoding", values[n++] = "UTF8";
    names[n] = "fallback_application_name", values[n++] = "muster";
    names[n] = "dbname", values[n++] = url;
    if (o && o->user)
        names[n] = "user", values[n++] = o->user;
    if (o && o->password)
        names[n] = "password", values[n++] = o->password;
    if (o && o->database)
        names[n] = "dbname", values[n++] = o->database;
    names[n] = values[n] = NULL;
    return pq->connectStartParams(names, values, 1);
}

/* 0, or -1 and why not. */
static int connect_until(struct postgres *p, struct m_deadline end, struct m_sql_refusal *ret_why)
{
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    uint64_t began = m_now_ms();
    if (p->pq->status(p->conn) == CONNECTION_BAD) {
        take_refusal(p->pq->errorMessage(p->conn), ret_why);
        return -1;
    }
    p->pq->setErrorVerbosity(p->conn, PQERRORS_VERBOSE);
    while (next != PGRES_POLLING_OK) {
        if (!wait_for(p, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, end)) {
            *ret_why = (struct m_sql_refusal){0};
            snprintf(ret_why->error, sizeof ret_why->error, "no connection within %" PRIu64 " ms", m_now_ms() - began);
            return -1;
        }
        next = p->pq->connectPoll(p->conn);
        if (next == PGRES_POLLING_FAILED) {
            take_refusal(p->pq->errorMessage(p->conn), ret_why);
            return -1;
        }
    }
    p->pq->setErrorVerbosity(p->conn, PQERRORS_DEFAULT);
    return p->pq->setnonblocking(p->conn, 1);
}

int sql_postgres_open(struct m_sql *db, const char *url, const struct m_sql_options *o, struct m_deadline end,
                      struct m_sql_refusal *ret_why)
{
    struct muster_ctx *t = db->t;
    const char *why;
    const struct libpq *pq = lazy_libpq(&why);
    if (!pq)
        ERROR("no PostgreSQL: %s", why);
    hide_passwords(t, pq, url, o);
    require_url(t, pq, url, db->shown);
    struct postgres *p = calloc(1, sizeof *p);
    PGconn *conn = p ? start(pq, url, o) : NULL;
    if (!conn)
        ERROR("out of memory for a database session");
    *p = (struct postgres){.pq = pq, .conn = conn};
    pq->setNoticeProcessor(conn, log_notice, t);
    if (connect_until(p, end, ret_why) == 0) {
        db->connection = p;
        return 0;
    }
    pq->finish(conn);
    free(p);
    return -1;
}

static void close_connection(struct m_sql *db)
{
    struct postgres *p = postgres_of(db);
    if (p->conn)
        p->pq->finish(p->conn);
    free(p);
}

/* ---- cancelling ---- */

struct cancelling {
    const struct libpq *pq;
    PGcancel *cancel;
};

/* It connects anew and waits for the end of that, without a limit, so it does so beside. */
static void *cancel_it(void *given)
{
    struct cancelling *c = given;
    char why[256];
    c->pq->cancel(c->cancel, why, sizeof why);
    c->pq->freeCancel(c->cancel);
    free(c);
    return NULL;
}

static void ask_to_cancel(const struct postgres *p)
{
    pthread_t thread;
    struct cancelling *c = malloc(sizeof *c);
    if (!c)
        return;
    *c = (struct cancelling){p->pq, p->pq->getCancel(p->conn)};
    if (c->cancel && pthread_create(&thread, NULL, cancel_it, c) == 0) {
        pthread_detach(thread);
        return;
    }
    p->pq->freeCancel(c->cancel);
    free(c);
}

/* ---- statements ---- */

/* 1 when a result can be had without waiting, 0 when the time is up, -1 when the connection broke. */
static int wait_for_result(const struct postgres *p, struct m_deadline end)
{
    int unsent = p->pq->flush(p->conn);
    while (unsent >= 0 && (unsent || p->pq->isBusy(p->conn))) {
        if (!wait_for(p, unsent ? POLLIN | POLLOUT : POLLIN, end))
            return 0;
        if (!p->pq->consumeInput(p->conn))
            return -1;
        unsent = p->pq->flush(p->conn);
    }
    return unsent < 0 ? -1 : 1;
}

static int32_t kind_of(Oid type)
{
    switch (type) {
    case 16: /* bool */
    case 20: /* int8 */
    case 21: /* int2 */
    case 23: /* int4 */
    case 26: /* oid */
        return M_SQL_IS_INT;
    case 700:  /* float4 */
    case 701:  /* float8 */
    case 1700: /* numeric */
        return M_SQL_IS_DOUBLE;
    default:
        return M_SQL_IS_TEXT;
    }
}

struct named {
    const struct libpq *pq;
    const PGresult *result;
};

static const char *column_name(void *user, int column)
{
    const struct named *n = user;
    return n->pq->fname(n->result, column);
}

static void take_rows(struct m_sql *db, const PGresult *result, struct sql_result *r)
{
    const struct libpq *pq = postgres_of(db)->pq;
    struct named named = {pq, result};
    int n = pq->nfields(result);
    sql_result_columns(db->t, r, n, column_name, &named);
    for (int row = 0; row < pq->ntuples(result); row++) {
        struct sql_cell *cells = sql_result_row(db->t, r);
        for (int i = 0; i < n; i++) {
            if (pq->getisnull(result, row, i))
                continue;
            size_t length = (size_t)pq->getlength(result, row, i);
            cells[i].text = sql_result_keep(db->t, r, pq->getvalue(result, row, i), length);
            cells[i].kind = kind_of(pq->ftype(result, i));
        }
    }
}

static void take_affected(const struct libpq *pq, PGresult *result, struct sql_result *r)
{
    static const char *const changing[] = {"INSERT", "UPDATE", "DELETE", "MERGE"};
    for (size_t i = 0; i < sizeof changing / sizeof *changing; i++)
        if (strncmp(pq->cmdStatus(result), changing[i], strlen(changing[i])) == 0)
            r->public.affected = strtoll(pq->cmdTuples(result), NULL, 10);
}

static void take_error(const struct libpq *pq, const PGresult *result, struct sql_result *r)
{
    const char *words = pq->resultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = pq->resultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = pq->resultErrorField(result, PG_DIAG_MESSAGE_HINT);
    if (!words)
        words = pq->resultErrorMessage(result);
    sql_result_fail(r, pq->resultErrorField(result, PG_DIAG_SQLSTATE), "%s%s%s%s%s", words, detail ? "; " : "",
                    detail ? detail : "", hint ? "; " : "", hint ? hint : "");
}

/* 0, or -1 where the connection can't go on. */
static int take(struct m_sql *db, PGresult *result, int with_rows, struct sql_result *r)
{
    struct postgres *p = postgres_of(db);
    ExecStatusType status = p->pq->resultStatus(result);
    if (status == PGRES_TUPLES_OK && with_rows && !r->public.error)
        take_rows(db, result, r);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        take_affected(p->pq, result, r);
    else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
        sql_result_fail(r, NULL, "COPY between server and client is not spoken here");
    else if (status != PGRES_EMPTY_QUERY && !r->public.error)
        take_error(p->pq, result, r);
    p->pq->clear(result);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH ? -1 : 0;
}

static void break_off(struct postgres *p, struct sql_result *r)
{
    const char *why = p->pq->errorMessage(p->conn);
    if (!r->public.error)
        sql_result_fail(r, NULL, "the connection is lost: %s", *why ? why : "the server ended it");
    lose(p, r->error);
}

/* The server's words for being cancelled are passed over: why it was is said already. */
static void cancel(struct postgres *p, struct m_sql *db, uint64_t waited_ms, struct sql_result *r)
{
    struct m_deadline end = m_deadline_in(db->t, CANCEL_MS);
    char why[64];
    snprintf(why, sizeof why, "no end of it within %" PRIu64 " ms", waited_ms);
    ask_to_cancel(p);
    for (;;) {
        int came = wait_for_result(p, end);
        PGresult *result = came > 0 ? p->pq->getResult(p->conn) : NULL;
        if (came > 0 && result) {
            p->pq->clear(result);
            continue;
        }
        sql_result_fail(r, NULL, "%s: %s", why, came > 0 ? "it was cancelled" : "the session was given up");
        if (came <= 0)
            lose(p, r->error);
        return;
    }
}

static void take_all(struct m_sql *db, int with_rows, struct m_deadline end, struct sql_result *r)
{
    struct postgres *p = postgres_of(db);
    uint64_t began = m_now_ms();
    for (;;) {
        int came = wait_for_result(p, end);
        if (came == 0) {
            cancel(p, db, m_now_ms() - began, r);
            return;
        }
        PGresult *result = came > 0 ? p->pq->getResult(p->conn) : NULL;
        if (came > 0 && !result)
            break;
        if (came < 0 || take(db, result, with_rows, r) < 0) {
            break_off(p, r);
            return;
        }
    }
    if (p->pq->status(p->conn) == CONNECTION_BAD)
        lose(p, r->public.error ? r->error : "the server ended the connection");
}

static const char *text_of(const struct m_sql_value *v, char *room, size_t size)
{
    if (v->kind == M_SQL_IS_INT)
        snprintf(room, size, "%" PRId64, v->integer);
    else if (v->kind == M_SQL_IS_DOUBLE)
        m_double_text_(room, size, v->number);
    else
        return v->text; /* NULL, too */
    return room;
}

static int is_usable(const struct postgres *p, struct sql_result *r)
{
    if (!p->conn)
        sql_result_fail(r, NULL, "the session was lost before: %s", p->lost);
    return p->conn != NULL;
}

static void run(struct m_sql *db, const struct m_sql_call *call, struct m_deadline end, struct sql_result *r)
{
    struct postgres *p = postgres_of(db);
    char rooms[13][40];
    const char *values[13];
    if (!is_usable(p, r))
        return;
    for (uint32_t i = 1; i < call->n; i++)
        values[i - 1] = text_of(&call->values[i], rooms[i], sizeof rooms[i]);
    if (p->pq->sendQueryParams(p->conn, call->values[0].text, (int)call->n - 1, NULL, values, NULL, NULL, 0))
        take_all(db, 1, end, r);
    else
        break_off(p, r);
}

static void run_script(struct m_sql *db, const char *statements, struct m_deadline end, struct sql_result *r)
{
    struct postgres *p = postgres_of(db);
    if (!is_usable(p, r))
        return;
    if (p->pq->sendQuery(p->conn, statements))
        take_all(db, 0, end, r);
    else
        break_off(p, r);
}

static int is_in_transaction(struct m_sql *db)
{
    const struct postgres *p = postgres_of(db);
    return p->conn && p->pq->transactionStatus(p->conn) != PQTRANS_IDLE;
}

static void leave(struct m_sql *db, const char *database)
{
    struct postgres *p = postgres_of(db);
    if (p->conn && strcmp(p->pq->db(p->conn), database) == 0)
        lose(p, "its database was dropped at the attempt's end");
}

const struct sql_engine sql_postgres = {close_connection, run, run_script, is_in_transaction, leave};
