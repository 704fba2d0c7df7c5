/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that each tenant has for itself. */
#include "store/tenant_tables.h"

#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tenant_schema(const char *tenant_id, char *ret_name)
{
    const char *hex = strchr(tenant_id, '_');

    snprintf(ret_name, ID_MAX, "t_%.16s", hex ? hex + 1 : tenant_id);
}

char *tenant_sql(const char *tenant_id, const char *before, const char *table, const char *after)
{
    char schema[ID_MAX];

    tenant_schema(tenant_id, schema);
    char *sql = sqlite3_mprintf("%s\"%w_%w\"%s", before, schema, table, after);
    if (!sql)
        abort();
    return sql;
}

bool tenant_has_table(struct testbed *tb, const char *tenant_id, const char *table)
{
    char schema[ID_MAX];

    tenant_schema(tenant_id, schema);
    return store_number(tb->db, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1 || '_' || ?2",
                        "ss", schema, table) > 0;
}
