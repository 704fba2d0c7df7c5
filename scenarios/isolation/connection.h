/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tenants' own connections to the platform's database. The target's operation `tenant.database` gives the login; a
 * platform that has none, or whose database has none, skips the scenario with its reason.
 *
 * What is looked at by the database's own words: PostgreSQL's.
 */
#ifndef SCENARIOS_CONNECTION_H
#define SCENARIOS_CONNECTION_H

#include "common/tenancy.h"

#include <muster/kit/sql.h>

/* What the functions below ask of the target. */
#define CONNECTION_OPERATIONS                                                                                          \
    TENANCY_OPERATIONS, "tenant.database", "customer.create", "workload.create", "workload.get", "data.put",           \
        "backup.create"

struct connection {
    struct tenancy tenant;
    struct m_sql *db;
    const char *url, *schema, *username;
    const char *customer, *workload; /* ids of one each: the workload has data under the key "own", and a backup */
};

/* A tenant with something in every table that tenants look at, and its own connection. */
struct connection connection_begin(struct muster_ctx *t, struct m_session *platform);
/* One more session of the same login. */
struct m_sql *connection_again(struct muster_ctx *t, const struct connection *c);
/* The tables that tenants look at: with the column that identifies a row; NULL at the end. */
struct connection_table {
    const char *name, *key;
};
extern const struct connection_table connection_tables[];

#endif
