/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the service share. In the order in which they are used: programs.c finds and runs PostgreSQL's
 * programs, folder.c has the private folder and its end, cluster.c a server in it, given.c somebody else's server, and
 * service.c is the fixture.
 */
#ifndef MUSTER_PLUGINS_POSTGRES_H
#define MUSTER_PLUGINS_POSTGRES_H

#include <muster/kit/data.h>
#include <muster/kit/sql.h>
#include <muster/muster.h>

#include <sys/types.h>

/* ---- programs.c ---- */

/* Who PostgreSQL runs as: it refuses root. */
struct account {
    uid_t uid;
    gid_t gid;
    const char *name; /* NULL: whoever we are */
};

struct account find_account(struct muster_ctx *t);
/* The path of one of its programs: of --set postgres_bindir=DIR, of the version that is asked for or Debian's
 * newest, or its name for PATH. */
const char *find_program(struct muster_ctx *t, const char *name);
/* At most 64 arguments for the program as that account, NULL at their end; the list is static. */
const char *const *as_account(struct muster_ctx *t, const struct account *who, const char *const *argv);
/* Runs it to its end, with its output to ours; one that fails ends the set-up as an error. */
void run_program(struct muster_ctx *t, const char *const *argv);

/* ---- folder.c ---- */

/* A folder of the account's own, which a cleanup removes with all that is in it, and with the shared memory of a server
 * that was killed in it. Its path leaves room for a socket. It is below `base` or, where that is "", where the run's
 * temporary folder is. */
const char *make_folder(struct muster_ctx *t, const struct account *who, const char *base);

/* ---- cluster.c ---- */

/* What is published of a server. */
struct server {
    const char *url;
    const char *prefix;   /* of names of databases and roles that the run makes */
    const char *template; /* NULL: none of its own */
};

/* Starts a private one, publishes where it is, and gives its superuser's session. */
struct m_sql *start_cluster(struct muster_ctx *t, const char *settings, const char *base, struct server *ret_server);

/* ---- given.c ---- */

/* Takes the one of --set postgres_url=URL. */
struct m_sql *use_given(struct muster_ctx *t, const char *url, struct server *ret_server);

#endif
