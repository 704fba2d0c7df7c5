/* SPDX-License-Identifier: Apache-2.0 */
/* Database: whose rows a tenant's own connection reads, and where it can put some. */
#include "isolation/connection.h"

SCENARIO(a_connection_shows_its_tenants_rows_only,
         .summary = "Two tenants' connections, side by side, have no row in common, in any table",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "database", "catches(defect='rls-missing')"),
         .needs = OPERATIONS(CONNECTION_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    STEP("no table shows both the same row")
    {
        for (const struct connection_table *each = connection_tables; each->name; each++)
            CHECK_SQL_ISOLATED(ours.db, theirs.db, each->name, each->key);
    }
    STEP("what says whose it is, says that it is ours")
    {
        CHECK_SQL_ONLY(ours.db, "tenants", "id", ours.tenant.id);
        CHECK_SQL_ONLY(ours.db, "workloads", "tenant_id", ours.tenant.id);
        CHECK_SQL_ONLY(ours.db, "audit", "tenant", ours.tenant.id);
        CHECK_SQL(ours.db, ours.workload, "SELECT DISTINCT workload_id FROM workload_data");
        CHECK_SQL(ours.db, "", "SELECT key FROM workload_data WHERE workload_id = $1", theirs.workload);
        CHECK_SQL(ours.db, "", "SELECT id FROM backups WHERE workload_id = $1", theirs.workload);
    }
    STEP("what is counted, is counted of ours")
    {
        CHECK_SQL(ours.db, "1|1", "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM workload_data)");
        DO(theirs.tenant.admin, "customer.create", ARG("tenant", theirs.tenant.id), ARG("name", "Bob"),
           ARG("email", "bob@example.test"));
        CHECK_SQL(ours.db, "1", "SELECT count(*) FROM customers");
        CHECK_SQL(theirs.db, "2", "SELECT count(*) FROM customers");
    }
    STEP("what hangs on something, hangs on something of ours")
    {
        CHECK_SQL(ours.db, "0",
                  "SELECT count(*) FROM workload_data WHERE workload_id NOT IN (SELECT id FROM workloads)");
        CHECK_SQL(ours.db, "0", "SELECT count(*) FROM backups WHERE workload_id NOT IN (SELECT id FROM workloads)");
    }
}

/* What of theirs the platform itself shows. */
static const char *their_value(struct muster_ctx *t, const struct connection *theirs)
{
    struct m_json *now = DO(theirs->tenant.admin, "data.get", ARG("workload", theirs->workload), ARG("key", "own"));
    return m_json_text(t, now, "/value");
}

SCENARIO(nothing_can_be_written_for_another_tenant,
         .summary = "A forged insert, a change and a deletion do not reach another tenant's rows",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "database", "catches(defect='rls-reads-only')",
                            "catches(defect='rls-missing')"),
         .needs = OPERATIONS(CONNECTION_OPERATIONS, "data.get", "data.list", "customer.list"), .timeout_ms = 60000)
{
    static const char insert[] = "INSERT INTO workload_data (workload_id, key, value) VALUES ($1, $2, '\"forged\"')";
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    STEP("what is ours can be added and changed")
    {
        CHECK_INT(M_SQL(ours.db, insert, ours.workload, "added")->affected, ==, 1);
        CHECK_INT(M_SQL(ours.db, "UPDATE workload_data SET value = '\"changed\"' WHERE key = 'added'")->affected, ==,
                  1);
        CHECK_INT(M_SQL(ours.db,
                        "INSERT INTO customers (id, name, email, attributes, created_at, updated_at)"
                        " SELECT id || '2', name, email || '2', attributes, created_at, updated_at FROM customers")
                      ->affected,
                  ==, 1);
    }
    STEP("a row with their workload is refused")
    {
        CHECK_SQL_REFUSED(ours.db, "42501", insert, theirs.workload, "forged");
        CHECK_SQL_REFUSED(ours.db, "42501",
                          "INSERT INTO workload_data SELECT id, 'forged', '1' FROM (VALUES ($1)) AS w(id)",
                          theirs.workload);
    }
    STEP("one that is already there tells nothing, and is not changed")
    {
        M_TRY_SQL(ours.db,
                  "INSERT INTO workload_data VALUES ($1, 'own', '1') ON CONFLICT (workload_id, key) DO UPDATE"
                  " SET value = '\"forged\"'",
                  theirs.workload);
        CHECK_INT(
            M_SQL(ours.db, "UPDATE workload_data SET value = '1' WHERE workload_id = $1", theirs.workload)->affected,
            ==, 0);
    }
    STEP("their schema is closed")
    {
        CHECK_SQL_REFUSED(ours.db, "42501",
                          m_fmt(t, "INSERT INTO %s.customers SELECT * FROM customers", theirs.schema));
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "UPDATE %s.customers SET name = 'Forged'", theirs.schema));
        CHECK_SQL_REFUSED(ours.db, "42501", m_fmt(t, "DELETE FROM %s.customers", theirs.schema));
    }
    STEP("what is the platform's own is not ours to change")
    {
        CHECK_SQL_REFUSED(ours.db, "42501", "UPDATE workloads SET tenant_id = $1", theirs.tenant.id);
        CHECK_SQL_REFUSED(ours.db, "42501", "UPDATE workload_data SET workload_id = $1", theirs.workload);
        CHECK_SQL_REFUSED(ours.db, "42501", "UPDATE tenants SET plan = 'enterprise'");
        CHECK_SQL_REFUSED(ours.db, "42501", "DELETE FROM audit");
        CHECK_SQL_REFUSED(ours.db, "42501", "INSERT INTO audit SELECT * FROM audit");
        CHECK_SQL_REFUSED(ours.db, "42501", "TRUNCATE workload_data");
    }
    STEP("theirs is as it was")
    {
        CHECK_STR(their_value(t, &theirs), ==, "\"secret\"");
        CHECK_INT(m_json_int(DO(theirs.tenant.admin, "data.list", ARG("workload", theirs.workload)), "/total"), ==, 1);
        struct m_json *customers = DO(theirs.tenant.admin, "customer.list", ARG("tenant", theirs.tenant.id));
        CHECK_INT(m_json_int(customers, "/total"), ==, 1);
        CHECK_STR(m_json_str(customers, "/customers/0/name"), ==, "Ada");
    }
}
