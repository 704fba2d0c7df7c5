/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations of a tenant's tables that its data stops, and updates that are undone with theirs. */
#include "common/service.h"

#define MIGRATION_OPERATIONS                                                                                           \
    SERVICE_OPERATIONS, "workload.update(schema_version)", "tenant.update(schema_version)", "customer.create",         \
        "customer.list", "data.put", "data.list"

/* The second version wants one customer to an address, the third one to a tax number. */
enum { TABLES_FIRST = 1, TABLES_WANTED = 3 };

struct before {
    const char *customers, *data; /* as they were, word for word */
};

static int64_t tables(struct m_session *platform, const struct tenancy *tenant)
{
    return m_json_int(DO(platform, "tenant.get", ARG("id", tenant->id)), "/schema_version");
}

static struct before look(struct muster_ctx *t, const struct tenancy *tenant, const char *id)
{
    return (struct before){
        .customers = m_json_text(t, DO(tenant->admin, "customer.list", ARG("tenant", tenant->id)), "/customers"),
        .data = m_json_text(t, DO(tenant->admin, "data.list", ARG("workload", id)), "/data")};
}

static void check_as_before(struct muster_ctx *t, const struct tenancy *tenant, const char *id, struct before before)
{
    struct before now = look(t, tenant, id);
    CHECK_STR(now.customers, ==, before.customers);
    CHECK_STR(now.data, ==, before.data);
    CHECK(service_runs(t, tenant, id, 1, "1.0.0"));
}

static struct m_json *tax(struct muster_ctx *t, const char *number)
{
    return m_json_parse(t, m_json_pack(t, "{s:s}", "tax_id", number));
}

static const char *add_customer(struct muster_ctx *t, const struct tenancy *tenant, const char *email,
                                const char *number)
{
    return m_json_str(DO(tenant->admin, "customer.create", ARG("tenant", tenant->id), ARG("name", "Ada"),
                         ARG("email", email), ARG("attributes", tax(t, number))),
                      "/id");
}

SCENARIO(failing_migration_changes_nothing,
         .summary = "An update whose migration the data stops leaves version, tables and data as they were",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity",
                            "catches(defect='migration-half-kept')", "catches(defect='migration-failure-ignored')"),
         .needs = OPERATIONS(MIGRATION_OPERATIONS, "customer.update(attributes)", "customer.delete",
                             "workload.rollback"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1), *second;
    struct before before;
    DO(platform, "tenant.update", ARG("id", tenant.id), ARG("schema_version", TABLES_FIRST));
    STEP("two customers have one tax number, which the tables do not mind yet")
    {
        add_customer(t, &tenant, "ada@example.test", "DE1");
        second = add_customer(t, &tenant, "grace@example.test", "DE1");
        DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", "order"), ARG("value", 17));
        before = look(t, &tenant, id);
    }
    STEP("the update is refused, and all is as it was")
    {
        REFUSED("migration_failed", tenant.admin, "workload.update", ARG("id", id), ARG("version", "2.0.0"),
                ARG("schema_version", TABLES_WANTED));
        CHECK_INT(tables(platform, &tenant), ==, TABLES_FIRST);
        check_as_before(t, &tenant, id, before);
    }
    STEP("so is one of the tenant, and nothing else of it is done")
    {
        const char *name = m_json_str(DO(platform, "tenant.get", ARG("id", tenant.id)), "/name");
        REFUSED("migration_failed", platform, "tenant.update", ARG("id", tenant.id), ARG("name", "Another"),
                ARG("schema_version", TABLES_WANTED));
        CHECK_STR(m_json_str(DO(platform, "tenant.get", ARG("id", tenant.id)), "/name"), ==, name);
        check_as_before(t, &tenant, id, before);
    }
    STEP("nothing of the migrations before the failing one is left: an address may be there twice")
    {
        const char *twice = add_customer(t, &tenant, "ADA@example.test", "DE2");
        DO(tenant.admin, "customer.delete", ARG("tenant", tenant.id), ARG("id", twice));
    }
    STEP("when the data is mended the update is done, and its tables hold what they promise")
    {
        DO(tenant.admin, "customer.update", ARG("tenant", tenant.id), ARG("id", second),
           ARG("attributes", tax(t, "DE3")));
        DO(tenant.admin, "workload.update", ARG("id", id), ARG("version", "2.0.0"),
           ARG("schema_version", TABLES_WANTED));
        CHECK_INT(tables(platform, &tenant), ==, TABLES_WANTED);
        REFUSED("taken", tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Eve"),
                ARG("email", "eve@example.test"), ARG("attributes", tax(t, "DE1")));
    }
    STEP("and its rollback goes all the way back, with the data")
    {
        before = look(t, &tenant, id);
        DO(tenant.admin, "workload.rollback", ARG("id", id));
        CHECK_INT(tables(platform, &tenant), ==, TABLES_FIRST);
        check_as_before(t, &tenant, id, before);
    }
}

static int has_gone_back(const struct tenancy *tenant, const char *id)
{
    struct m_json *w = service_read(tenant, id);
    const char *state = m_json_str(w, "/state"), *version = m_json_str(w, "/version");
    int done = state && version && strcmp(state, "running") == 0 && strcmp(version, "1.0.0") == 0 &&
               m_json_str(w, "/error") != NULL;
    m_json_free(w);
    return done;
}

SCENARIO(failed_update_takes_its_tables_back,
         .summary = "An update that cannot start takes the tenant's tables back with it, and all data stay",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity",
                            "catches(defect='failed-update-keeps-tables')"),
         .needs = OPERATIONS(MIGRATION_OPERATIONS, "workload.update(fail_on_start)"), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1);
    struct before before;
    DO(platform, "tenant.update", ARG("id", tenant.id), ARG("schema_version", TABLES_FIRST));
    add_customer(t, &tenant, "ada@example.test", "DE1");
    DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", "order"), ARG("value", 17));
    before = look(t, &tenant, id);
    START(tenant.admin, "workload.update", ARG("id", id), ARG("version", "2.0.0"), ARG("fail_on_start", 1),
          ARG("schema_version", TABLES_WANTED));
    CHECK(M_UNTIL(t, 2 * SERVICE_MS, 10, has_gone_back(&tenant, id)));
    CHECK_INT(tables(platform, &tenant), ==, TABLES_FIRST);
    check_as_before(t, &tenant, id, before);
}
