/* SPDX-License-Identifier: Apache-2.0 */
/* A private server: made anew, without care for what a loss of power would do to it, and with a password of its own. */
#include "postgres.h"

#include <muster/kit/process.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>

#define SUPERUSER "muster"
#define READY_MS  60000

/*
 * It ends as a whole with the run, so nothing has to reach the disk, and nothing is kept to be read again. Shared
 * memory by files in its folder is gone with that. No worker takes its time, or holds a template at the wrong moment.
 */
static const char *const settings_of_ours[] = {
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "wal_init_zero=off",
    "min_wal_size=1GB",
    "max_wal_size=4GB",
    "checkpoint_timeout=1d",
    "shared_buffers=64MB",
    "dynamic_shared_memory_type=mmap",
    "autovacuum=off",
    "max_connections=200",
    "log_line_prefix=%m [%p] %u@%d ",
};

/* Which of the machine's users may connect: by the socket, whose folder is closed to all others, whoever gets there; by
 * the network, who has the password. */
static void make_data(struct muster_ctx *t, const struct account *who, const char *folder)
{
    const char *argv[] = {find_program(t, "initdb"),
                          "-D",
                          m_fmt(t, "%s/data", folder),
                          "-U",
                          SUPERUSER,
                          "--encoding=UTF8",
                          "--locale=C",
                          "--auth-local=trust",
                          "--auth-host=scram-sha-256",
                          "--no-sync",
                          "--no-instructions",
                          NULL};
    run_program(t, as_account(t, who, argv));
}

/* "work_mem=8MB log_statement=all" */
static size_t add_settings(struct muster_ctx *t, const char *words, const char **argv, size_t n, size_t room)
{
    while (*(words += strspn(words, " "))) {
        size_t length = strcspn(words, " ");
        if (n + 2 > room)
            ERROR("postgres(settings=...): too many");
        if (!memchr(words, '=', length))
            ERROR("postgres(settings=...): \"%.*s\" is no NAME=VALUE", (int)length, words);
        argv[n++] = "-c";
        argv[n++] = m_keep(t, words, length);
        words += length;
    }
    return n;
}

static void start_server(struct muster_ctx *t, const struct account *who, const char *folder, int port,
                         const char *settings)
{
    const char *argv[64] = {
        find_program(t, "postgres"), "-D", m_fmt(t, "%s/data", folder), "-k", folder, "-h", "127.0.0.1", "-p",
        m_fmt(t, "%d", port)};
    size_t n = 9;
    for (size_t i = 0; i < sizeof settings_of_ours / sizeof *settings_of_ours; i++) {
        argv[n++] = "-c";
        argv[n++] = settings_of_ours[i];
    }
    n = add_settings(t, settings, argv, n, sizeof argv / sizeof *argv - 1);
    argv[n] = NULL;
    /* SIGTERM would wait for clients that are connected. */
    M_PROCESS(t, .argv = as_account(t, who, argv), .dir = "/", .name = "postgres", .ready_port = port,
              .ready_ms = READY_MS, .stop_signal = SIGINT, .grace_ms = 20000);
}

static const char *make_password(struct muster_ctx *t)
{
    uint64_t random[2];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        ERROR("no random bytes: %s", strerror(errno));
    const char *password = m_fmt(t, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
    m_secret(t, password);
    return password;
}

struct m_sql *start_cluster(struct muster_ctx *t, const char *settings, const char *base, struct server *ret_server)
{
    struct account who = find_account(t);
    const char *folder = make_folder(t, &who, base), *password = make_password(t);
    int port = m_port(t);
    make_data(t, &who, folder);
    start_server(t, &who, folder, port, settings);
    const char *inside = m_fmt(t, "postgresql:///postgres?host=%s&port=%d&user=" SUPERUSER, folder, port);
    struct m_sql *db = m_sql_wait_ready(t, inside, NULL, READY_MS);
    m_sql_free(M_SQL(db, m_fmt(t, "ALTER ROLE " SUPERUSER " PASSWORD '%s'", password)));
    /* Copied block by block, as the server would do by itself, a template costs ten times the processor's time. */
    if (m_sql_int(M_SQL(db, "SELECT current_setting('server_version_num')::int"), 0, NULL) >= 150000)
        m_publish(t, "strategy", "FILE_COPY");
    ret_server->url = m_fmt(t, "postgresql://" SUPERUSER ":%s@127.0.0.1:%d/postgres", password, port);
    m_publish(t, "host", "127.0.0.1");
    m_publish(t, "port", m_fmt(t, "%d", port));
    m_publish(t, "socket", folder);
    m_publish(t, "user", SUPERUSER);
    m_publish(t, "password", password);
    return db;
}
