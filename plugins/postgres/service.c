/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL as a service: `uses = USES("postgres")` gives a scenario a server that is started for the run, in a
 * private folder, on a unix socket and a port of 127.0.0.1. A run that is told of a server (--set postgres_url=URL)
 * gets that one instead.
 *
 * It publishes url (a role that may do anything, in the database `postgres`), user and prefix; of a server of its own
 * also host, port, socket and password; with init, template. m_sql_database() of the kit's `sql` makes clean databases
 * of it.
 */
#include "postgres.h"

#include <stdlib.h>

#define ANSWER_MS 5000

static struct server server;
static int is_given;

/* One that hangs, or has no room for another connection, is not well either. */
static int32_t is_healthy(struct muster_ctx *t)
{
    const struct m_sql_options o = {.timeout_ms = ANSWER_MS};
    struct m_sql_refusal why = {0};
    if (is_given)
        return 1;
    struct m_sql *db = m_sql_try_open(t, server.url, &o, &why);
    if (!db)
        LOG_AT(MUSTER_LOG_WARNING, "postgres: %s %s", why.sqlstate, why.error);
    m_sql_close(db);
    return db != NULL;
}

/* Names of databases and roles that are nobody else's, whichever server they are on. */
static const char *make_prefix(struct muster_ctx *t)
{
    char *name = strdup(m_unique(t, "muster"));
    if (!name)
        ERROR("out of memory for a name");
    for (char *c = name; *c; c++)
        if (*c == '-')
            *c = '_';
    const char *prefix = m_fmt(t, "%s_", name);
    free(name);
    return prefix;
}

static const char *init_path(struct muster_ctx *t, const char *init)
{
    if (*init != '/')
        ERROR(
            "postgres(init=%s): a service does not know whose folder that is in: give an absolute path, or the file to "
            "m_sql_database(t, \"postgres\", m_beside(t, \"%s\"))",
            init, init);
    return init;
}

/* Nobody is ever connected to a template: while somebody is, it can't be copied. */
static const char *make_template(struct muster_ctx *t, struct m_sql *db, const char *init)
{
    const struct m_sql_options o = {.database = m_fmt(t, "%stemplate", server.prefix)};
    m_sql_free(M_SQL(db, m_fmt(t, "CREATE DATABASE \"%s\"", o.database)));
    struct m_sql *inside = m_sql_open(t, server.url, &o);
    m_sql_script_file(inside, init_path(t, init));
    m_sql_close(inside);
    m_sql_free(M_SQL(db, m_fmt(t, "ALTER DATABASE \"%s\" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false", o.database)));
    return o.database;
}

FIXTURE(postgres, MUSTER_SCOPE_RUN,
        PARAMS((str, version, "", "as Debian has it: 15; else the newest that is installed"),
               (str, init, "", "a file of SQL, with its whole path, for the template of clean databases"),
               (str, settings, "", "of the server, as in \"work_mem=8MB log_statement=all\""),
               (str, base, "",
                "the folder in which its own is made; /dev/shm for one in memory; else that of the run")),
        .summary = "PostgreSQL: a private server, or the one of --set postgres_url", .ready = is_healthy,
        .setup_timeout_ms = 90000, .health_interval_ms = 2000, .teardown_timeout_ms = 30000)
{
    const char *url = m_target(t, "postgres_url"), *init = m_param(t, "init");
    is_given = url != NULL;
    server.prefix = make_prefix(t);
    struct m_sql *db =
        is_given ? use_given(t, url, &server) : start_cluster(t, m_param(t, "settings"), m_param(t, "base"), &server);
    if (*init)
        server.template = make_template(t, db, init);
    m_sql_close(db);
    m_publish(t, "url", server.url);
    m_publish(t, "prefix", server.prefix);
    if (server.template)
        m_publish(t, "template", server.template);
}

MUSTER_PLUGIN("muster.postgres", "1.0.0", .summary = "PostgreSQL as a service")
