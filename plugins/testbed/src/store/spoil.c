/* SPDX-License-Identifier: Apache-2.0 */
/* The seeded bugs that are in the database: each is what a migration has forgotten, or given too freely. */
#include "common/defects.h"
#include "store/session.h"

#include <stdlib.h>

static const struct {
    enum defect_id defect;
    const char *sql;
} bugs[] = {
    {D_RLS_MISSING, "ALTER TABLE workload_data DISABLE ROW LEVEL SECURITY"},
    {D_RLS_READS_ONLY, "ALTER POLICY of_access ON workload_data WITH CHECK (true)"},
    {D_VIEW_OF_OWNER, "ALTER VIEW own_workloads SET (security_invoker = false)"},
    {D_FUNCTION_OF_OWNER, "ALTER FUNCTION own_usage() SECURITY DEFINER"},
    {D_SCHEMAS_OPEN, "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO testbed_access;"
                     "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO testbed_access"},
    {D_ACCESS_LOCKS, "GRANT UPDATE ON workload_data TO testbed_access"},
};

void store_spoil(struct store *s, const struct defect_set *defects)
{
    struct store_scope before = store_enter_owner(s, NULL);

    for (size_t i = 0; store_has_logins(s) && i < sizeof bugs / sizeof bugs[0]; i++)
        if (defects->has[bugs[i].defect] && store_script(s, bugs[i].sql) != 0)
            abort();
    store_leave(s, before);
}
