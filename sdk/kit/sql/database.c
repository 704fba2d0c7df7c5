/* SPDX-License-Identifier: Apache-2.0 */
/* Clean databases: copies of a template on a fixture's server, dropped by a cleanup. */
#include "session.h"
#include "url.h"

#include <muster/kit/data.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP_NAME "muster.sql.drop"

/* What a fixture publishes for this. */
struct server {
    const char *fixture;
    const char *url;
    const char *prefix;
    const char *first;    /* its template */
    const char *strategy; /* how it copies, as CREATE DATABASE has it; or NULL */
    const char *given;    /* the target's value that has the url, of a server that outlives the run; or NULL */
};

static struct server server_of(struct muster_ctx *t, const char *fixture)
{
    struct server s = {.fixture = fixture, .url = m_fixture(t, fixture, "url")};
    s.prefix = m_fixture(t, fixture, "prefix");
    s.first = m_fixture(t, fixture, "template");
    s.strategy = m_fixture(t, fixture, "strategy");
    s.given = m_fixture(t, fixture, "given");
    if (sql_url_kind(s.url) != SQL_URL_POSTGRES || !s.prefix)
        ERROR("the fixture %s publishes no `url` of PostgreSQL with a `prefix`", fixture);
    s.first = s.first ? s.first : "template1";
    return s;
}

static void run(struct m_sql *db, const char *statement)
{
    m_sql_free(M_SQL(db, statement));
}

/* ---- dropping ---- */

/* NULL: there is no server any more, and with it went all that was in it. */
static const char *find_url(struct muster_ctx *t, const char *given, const char *fixture)
{
    if (strcmp(given, "-") == 0)
        return m_fixture(t, fixture, "url");
    const char *url = m_target(t, given);
    if (!url)
        FAIL("--set %s=URL is missing: it says where the database is", given);
    return url;
}

/* Forced, the server looks for those who are still there ten times a second: it is quicker to see them go. */
static void wait_until_alone(struct muster_ctx *t, struct m_sql *db, const char *name)
{
    struct m_deadline end = m_deadline_in(t, 80);
    int64_t others;
    do {
        const struct m_sql_result *r = M_SQL(db, "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = $1", name);
        others = m_sql_int(r, 0, "n");
        m_sql_free(r);
    } while (others && m_deadline_pause(end, 2));
}

CLEANUP(drop_database, CLEANUP_NAME, .timeout_ms = 30000)
{
    char given[128], fixture[128], name[128];
    struct m_sql_refusal why;
    if (sscanf(payload, "%127s %127s %127s", given, fixture, name) != 3)
        FAIL("not understood: \"%s\"", payload);
    const char *url = find_url(t, given, fixture);
    struct m_sql *db = url ? m_sql_try_open(t, url, NULL, &why) : NULL;
    if (!db && url && (strcmp(given, "-") != 0 || *why.sqlstate))
        FAIL("database %s: %s", name, why.error);
    if (!db) { /* the fixture's own server has ended before */
        LOG_DEBUG("database %s went with its server", name);
        return;
    }
    sql_leave(name);
    wait_until_alone(t, db, name);
    run(db, m_fmt(t, "DROP DATABASE IF EXISTS %s WITH (FORCE)", sql_name(t, name)));
    m_sql_close(db);
}

/* ---- templates ---- */

static uint64_t hash_of(struct muster_ctx *t, const char *path)
{
    unsigned char bytes[4096];
    uint64_t hash = 0xcbf29ce484222325u;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        ERROR("%s: %s", path, strerror(errno));
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < n; i++)
            hash = (hash ^ bytes[i]) * 0x100000001b3u;
    int e = errno;
    close(fd);
    if (n < 0)
        ERROR("%s: %s", path, strerror(e));
    return hash;
}

static int is_there(struct m_sql *db, const char *template)
{
    const struct m_sql_result *r =
        M_SQL(db, "SELECT count(*) AS n FROM pg_database WHERE datname = $1 AND datistemplate", template);
    int is = m_sql_int(r, 0, "n") == 1;
    m_sql_free(r);
    return is;
}

/* One that is half made is no template yet, and made again. */
static void make_template(struct muster_ctx *t, struct m_sql *db, const struct server *s, const char *name,
                          const char *schema_file)
{
    const char *quoted = sql_name(t, name);
    run(db, m_fmt(t, "DROP DATABASE IF EXISTS %s WITH (FORCE)", quoted));
    run(db, m_fmt(t, "CREATE DATABASE %s TEMPLATE %s", quoted, sql_name(t, s->first)));
    struct m_sql *inside = m_sql_open(t, s->url, &(struct m_sql_options){.database = name});
    m_sql_script_file(inside, schema_file);
    m_sql_close(inside);
    run(db, m_fmt(t, "ALTER DATABASE %s WITH IS_TEMPLATE true ALLOW_CONNECTIONS false", quoted));
}

/* The attempts of a run that need the same one at the same time wait for the first of them. */
static const char *template_of(struct muster_ctx *t, struct m_sql *db, const struct server *s, const char *schema_file)
{
    uint64_t hash = hash_of(t, schema_file);
    const char *name = m_fmt(t, "%stemplate_%016" PRIx64, s->prefix, hash);
    if (is_there(db, name))
        return name;
    int64_t key = (int64_t)hash;
    m_sql_free(M_SQL(db, "SELECT pg_advisory_lock($1)", key));
    if (!is_there(db, name))
        make_template(t, db, s, name, schema_file);
    m_sql_free(M_SQL(db, "SELECT pg_advisory_unlock($1)", key));
    return name;
}

/* ---- databases ---- */

static const char *new_name(struct muster_ctx *t, const struct server *s)
{
    char *name = strdup(m_fmt(t, "%s%s", s->prefix, m_unique(t, "db")));
    if (!name)
        ERROR("out of memory for a name");
    for (char *c = name; *c; c++)
        if (*c == '-')
            *c = '_';
    const char *kept = m_keep(t, name, strlen(name));
    free(name);
    return kept;
}

const char *m_sql_database(struct muster_ctx *t, const char *fixture, const char *schema_file)
{
    struct server s = server_of(t, fixture);
    struct m_sql *db = m_sql_open(t, s.url, NULL);
    const char *from = schema_file ? template_of(t, db, &s, schema_file) : s.first;
    const char *name = new_name(t, &s);
    M_DEFER(CLEANUP_NAME, m_fmt(t, "%s %s %s", s.given ? s.given : "-", s.fixture, name));
    run(db, m_fmt(t, "CREATE DATABASE %s TEMPLATE %s%s%s", sql_name(t, name), sql_name(t, from),
                  s.strategy ? " STRATEGY " : "", s.strategy ? s.strategy : ""));
    m_sql_close(db);
    char *url = sql_url_with_database(s.url, name);
    if (!url)
        ERROR("out of memory for a URL");
    const char *kept = m_keep(t, url, strlen(url));
    free(url);
    return kept;
}
