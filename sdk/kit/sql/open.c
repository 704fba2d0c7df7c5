/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: opened, waited for, closed. */
#include "session.h"
#include "url.h"

#include <muster/kit/data.h>

#include <pthread.h>
#include <stdlib.h>

#define DEFAULT_TIMEOUT_MS 30000u
#define LOOK_MS            20u
#define ONE_TRY_MS         5000u

static char *shown_url(struct muster_ctx *t, const char *url)
{
    char *shown = sql_url_hide(url ? url : "NULL");
    if (!shown)
        ERROR("out of memory for a database session");
    return shown;
}

static const char *kept_url(struct muster_ctx *t, const char *url)
{
    char *shown = shown_url(t, url);
    const char *kept = m_keep(t, shown, strlen(shown));
    free(shown);
    return kept;
}

/* What is reachable is no leak to a sanitizer, and what a scenario leaves open is found again. */
static struct m_sql *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

static void enlist(struct m_sql *db)
{
    pthread_mutex_lock(&all_lock);
    db->next = all;
    all = db;
    pthread_mutex_unlock(&all_lock);
}

static void delist(const struct m_sql *db)
{
    pthread_mutex_lock(&all_lock);
    struct m_sql **at = &all;
    while (*at && *at != db)
        at = &(*at)->next;
    if (*at)
        *at = db->next;
    pthread_mutex_unlock(&all_lock);
}

void sql_leave(const char *database)
{
    pthread_mutex_lock(&all_lock);
    for (struct m_sql *db = all; db; db = db->next)
        if (db->connection && db->engine->leave)
            db->engine->leave(db, database);
    pthread_mutex_unlock(&all_lock);
}

static struct m_sql *session_new(struct muster_ctx *t, const char *url, const struct m_sql_options *o)
{
    struct m_sql *db = calloc(1, sizeof *db);
    if (!db)
        ERROR("out of memory for a database session");
    db->t = t;
    db->shown = shown_url(t, url);
    db->timeout_ms = o && o->timeout_ms ? o->timeout_ms : DEFAULT_TIMEOUT_MS;
    enlist(db);
    return db;
}

static void session_free(struct m_sql *db)
{
    delist(db);
    free(db->shown);
    free(db);
}

static void refusal_of(const struct m_sql_result *r, struct m_sql_refusal *ret_why)
{
    snprintf(ret_why->sqlstate, sizeof ret_why->sqlstate, "%s", r->sqlstate);
    snprintf(ret_why->error, sizeof ret_why->error, "%s", r->error);
}

/* What the options want besides; 0, or -1 and why not. */
static int furnish(struct m_sql *db, const struct m_sql_options *o, struct m_sql_refusal *ret_why)
{
    int is_postgres = db->engine == &sql_postgres;
    const char *const wanted[] = {
        o && o->role ? m_fmt(db->t, "SET ROLE %s", sql_name(db->t, o->role)) : NULL,
        !o || !o->read_only ? NULL
        : is_postgres       ? "SET default_transaction_read_only = on"
                            : "PRAGMA query_only = 1",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const struct m_sql_result *r = wanted[i] ? sql_run(db, wanted[i]) : NULL;
        if (r && r->error) {
            refusal_of(r, ret_why);
            return -1;
        }
        m_sql_free(r);
    }
    return 0;
}

static struct m_sql *try_open(struct muster_ctx *t, const char *url, const struct m_sql_options *o, uint64_t timeout_ms,
                              struct m_sql_refusal *ret_why)
{
    enum sql_url_kind kind = sql_url_kind(url);
    if (kind == SQL_URL_NONE)
        ERROR("cannot use \"%s\" as a database: it begins neither with postgresql:// nor with sqlite:",
              kept_url(t, url));
    struct m_sql *db = session_new(t, url, o);
    *ret_why = (struct m_sql_refusal){0};
    struct m_deadline end = m_deadline_in(t, timeout_ms ? timeout_ms : db->timeout_ms);
    db->engine = kind == SQL_URL_POSTGRES ? &sql_postgres : &sql_sqlite;
    int r = kind == SQL_URL_POSTGRES ? sql_postgres_open(db, url, o, end, ret_why)
                                     : sql_sqlite_open(db, url, o, end, ret_why);
    if (r < 0) {
        LOG_DEBUG("%s: %s", db->shown, ret_why->error);
        session_free(db);
        return NULL;
    }
    if (furnish(db, o, ret_why) == 0)
        return db;
    m_sql_close(db);
    return NULL;
}

struct m_sql *m_sql_try_open(struct muster_ctx *t, const char *url, const struct m_sql_options *options,
                             struct m_sql_refusal *ret_why)
{
    struct m_sql_refusal why;
    return try_open(t, url, options, 0, ret_why ? ret_why : &why);
}

struct m_sql *m_sql_open(struct muster_ctx *t, const char *url, const struct m_sql_options *options)
{
    struct m_sql_refusal why;
    struct m_sql *db = try_open(t, url, options, 0, &why);
    if (db)
        return db;
    ERROR("%s: no session: %s%s%s", kept_url(t, url), why.sqlstate, *why.sqlstate ? ": " : "", why.error);
}

/* Whether it answers; else why not. */
static int answers(struct m_sql *db, struct m_sql_refusal *ret_why)
{
    const struct m_sql_result *r = sql_run(db, "SELECT 1");
    if (r->error)
        refusal_of(r, ret_why);
    int well = !r->error;
    m_sql_free(r);
    return well;
}

struct m_sql *m_sql_wait_ready(struct muster_ctx *t, const char *url, const struct m_sql_options *options,
                               uint64_t within_ms)
{
    struct m_deadline end = m_deadline_in(t, within_ms);
    uint64_t began = m_now_ms(), tries = 0;
    struct m_sql_refusal why;
    do {
        uint64_t left = m_deadline_wanted_ms(end);
        struct m_sql *db = try_open(t, url, options, left < ONE_TRY_MS ? left + !left : ONE_TRY_MS, &why);
        tries++;
        if (db && answers(db, &why))
            return db;
        m_sql_close(db);
    } while (m_deadline_pause(end, LOOK_MS));
    ERROR("%s: not ready within %" PRIu64 " ms, tried %" PRIu64 " time%s; seen last: %s%s%s", kept_url(t, url),
          m_now_ms() - began, tries, tries == 1 ? "" : "s", why.sqlstate, *why.sqlstate ? ": " : "", why.error);
}

void m_sql_close(struct m_sql *db)
{
    if (!db)
        return;
    db->engine->close(db);
    db->connection = NULL;
    while (db->results)
        m_sql_free(&db->results->public);
    session_free(db);
}
