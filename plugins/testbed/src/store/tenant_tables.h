/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that each tenant has for itself, and their names. */
#ifndef TESTBED_TENANT_TABLES_H
#define TESTBED_TENANT_TABLES_H

#include "common/testbed.h"

/* The prefix of a tenant's tables: a tenant's id is checked before, so the name needs no quoting. 24 bytes. */
void tenant_schema(const char *tenant_id, char *ret_name);

bool tenant_has_table(struct testbed *tb, const char *tenant_id, const char *table);

/* `before` + the tenant's table + `after`; freed by sqlite3_free(). */
char *tenant_sql(const char *tenant_id, const char *before, const char *table, const char *after);

#endif
