/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables in versions.
 *
 * Each set of tables (the platform's, each tenant's) is at a version, kept in the table `schema_versions` as one row
 * for each migration that was made. A migration leads from the version before to its own (up), and back (down). Going
 * to a version is one transaction, or a part of the one that is open: when any of the migrations on the way fails, the
 * tables are as they were, at the version they had.
 */
#ifndef TESTBED_MIGRATE_H
#define TESTBED_MIGRATE_H

#include "store/store.h"

#define MIGRATE_WHY_MAX 400
#define MIGRATE_LATEST  (-1)

/*
 * The platform's own. At start, to MIGRATE_LATEST. 0, or -1 with the reason: a migration failed, there is no such
 * version, or the tables are at a version that this program does not know.
 */
int migrate_shared(struct store *s, int to, char ret_why[MIGRATE_WHY_MAX]);
int migrate_shared_version(struct store *s);

/* A tenant's, whose schema must be there. */
int migrate_tenant(struct store *s, const char *tenant_id, int to, char ret_why[MIGRATE_WHY_MAX]);
int migrate_tenant_version(struct store *s, const char *tenant_id);
int migrate_tenant_latest(void);

/* Any list (migrations.h), of any set of tables: `scope` is what schema_versions calls it; tenant_id NULL for the
 * platform's own. */
struct migrations;
int migrate_list(struct store *s, const struct migrations *list, const char *scope, const char *tenant_id, int to,
                 char ret_why[MIGRATE_WHY_MAX]);

#endif
