/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL: a tenant's own login, `a_` and the digits of its id. It uses the tenant's schema, and as a member of
 * `testbed_access` reads what is the tenant's of the platform's tables. It has less than the tenant's role has when the
 * platform acts by it: no right to a whole table that would let it lock the platform, which has one connection, out of
 * it.
 */
#ifndef TESTBED_ACCESS_H
#define TESTBED_ACCESS_H

#include "store/store.h"

#include <libpq-fe.h>

/* As many sessions as one tenant may have at once. */
#define ACCESS_SESSIONS 8

/* For formats with %2$s: the digits. The first ends the login's sessions, which may hold locks and temporary tables,
 * and lets none begin; the second takes it away with all that it owns. */
#define ACCESS_SHUT                                                                                                    \
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'a_%2$s') THEN"                                       \
    " ALTER ROLE a_%2$s NOLOGIN;"                                                                                      \
    " PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'a_%2$s'; END IF; END $$;"
#define ACCESS_DROP                                                                                                    \
    ACCESS_SHUT "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'a_%2$s') THEN"                           \
                " DROP OWNED BY a_%2$s; DROP ROLE a_%2$s; END IF; END $$;"

/* What makes the login, or gives it another password; the caller frees. The password is in it as a digest only. NULL:
 * there is no digest. */
char *postgres_access_script(PGconn *conn, const char *schema, const struct store_login *login);
/* Where it logs in: {host, port, database, username, schema}. */
json_t *postgres_access_place(PGconn *conn, const char *schema);

#endif
