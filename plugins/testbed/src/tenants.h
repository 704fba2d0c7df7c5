/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants as the API shows them, and the names of their own tables. */
#ifndef TESTBED_TENANTS_H
#define TESTBED_TENANTS_H

#include "testbed.h"

/* What the API shows; NULL when there is none. */
json_t *tenant_view(struct testbed *tb, const char *id);

/* The prefix of a tenant's tables: a tenant's id is checked before, so the name needs no quoting. 24 bytes. */
void tenant_schema(const char *tenant_id, char *ret_name);

bool tenant_has_table(struct testbed *tb, const char *tenant_id, const char *table);

/* `before` + the tenant's table + `after`; freed by sqlite3_free(). */
char *tenant_sql(const char *tenant_id, const char *before, const char *table, const char *after);

#endif
