/* SPDX-License-Identifier: Apache-2.0 */
/* Updates and the ways back: what runs is what is reported. */
#include "common/service.h"

#include <muster/kit/parallel.h>

SCENARIO(rollback_runs_the_version_before, .summary = "After a rollback the version before answers again",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='rollback-keeps-version')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.update", "workload.rollback", "workload.request"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 2);
    STEP("there is nothing to go back to yet")
    {
        REFUSED("no_previous_version", tenant.admin, "workload.rollback", ARG("id", id));
    }
    STEP("update")
    {
        START(tenant.admin, "workload.update", ARG("id", id), ARG("version", "1.1.0"));
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, 2, "1.1.0")));
    }
    STEP("roll back")
    {
        START(tenant.admin, "workload.rollback", ARG("id", id));
        CHECK(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, 2, "1.0.0")));
        struct m_json *w = service_read(&tenant, id);
        CHECK_STR(m_json_str(w, "/version"), ==, "1.0.0");
        CHECK_STR(m_json_str(w, "/previous_version"), ==, "1.1.0");
    }
    STEP("the version before answers, from every replica")
    {
        for (int i = 0; i < 4; i++) {
            struct m_json *answer = DO(tenant.admin, "workload.request", ARG("id", id));
            CHECK_STR(m_json_str(answer, "/version"), ==, "1.0.0");
        }
    }
}

/* ---- data ---- */

static void check_kept(struct muster_ctx *t, const struct tenancy *tenant, const char *id)
{
    CHECK_JSON(m_json_text(t, DO(tenant->admin, "data.list", ARG("workload", id)), ""), "/data",
               "{\"order\": 17, \"name\": \"Ada\"}");
    struct m_json *customers = DO(tenant->admin, "customer.list", ARG("tenant", tenant->id));
    CHECK_INT(m_json_int(customers, "/total"), ==, 1);
    CHECK_STR(m_json_str(customers, "/customers/0/email"), ==, "ada@example.test");
}

static int64_t tables(struct m_session *platform, const struct tenancy *tenant)
{
    return m_json_int(DO(platform, "tenant.get", ARG("id", tenant->id)), "/schema_version");
}

SCENARIO(data_survive_update_and_rollback,
         .summary = "An update migrates the tenant's tables, its rollback takes them back, and all data stay",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity",
                            "catches(defect='update-loses-data')", "catches(defect='rollback-keeps-tables')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.update(schema_version)", "workload.rollback", "data.put",
                             "data.list", "customer.create", "customer.list", "tenant.update(schema_version)"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 2);
    DO(platform, "tenant.update", ARG("id", tenant.id), ARG("schema_version", 1));
    DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", "order"), ARG("value", 17));
    DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", "name"), ARG("value", "Ada"));
    DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"), ARG("email", "ada@example.test"));
    STEP("update, with a migration")
    {
        DO(tenant.admin, "workload.update", ARG("id", id), ARG("version", "2.0.0"), ARG("schema_version", 2));
        CHECK_INT(tables(platform, &tenant), ==, 2);
        check_kept(t, &tenant, id);
    }
    STEP("roll back")
    {
        DO(tenant.admin, "workload.rollback", ARG("id", id));
        CHECK_INT(tables(platform, &tenant), ==, 1);
        check_kept(t, &tenant, id);
    }
}

/* ---- requests that are under way ---- */

struct farewell {
    const struct tenancy *tenant;
    const char *id;
};

/* The first user asks for something that takes a while; the second stops the workload meanwhile. */
static void ask_and_stop(struct muster_ctx *t, unsigned user, void *data)
{
    const struct farewell *f = data;
    struct m_session *admin =
        LOGIN(t, "password", ARG("username", f->tenant->admin_name), ARG("password", TENANT_PASSWORD));
    struct tenancy tenant = {.id = f->tenant->id, .admin = admin};
    if (user == 0) {
        struct m_tried answer = TRY(admin, "workload.request", ARG("id", f->id), ARG("do", "wait"), ARG("amount", 300));
        CHECK(answer.result != NULL, "a request that was under way was not answered");
        return;
    }
    REQUIRE(M_UNTIL(t, SERVICE_MS, 5, service_in_flight(&tenant, f->id) > 0));
    DO(admin, "workload.stop", ARG("id", f->id));
}

SCENARIO(what_is_under_way_is_answered, .summary = "A replica that is to end answers first what it was asked",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='drain-cuts')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(grace_ms)", "workload.request(do, amount)",
                             "workload.stop"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct m_json *made = DO(tenant.admin, "workload.create", ARG("tenant", tenant.id), ARG("name", m_unique(t, "w")),
                             ARG("grace_ms", 10000));
    struct farewell f = {.tenant = &tenant, .id = m_json_str(made, "/id")};
    m_parallel(t, 2, ask_and_stop, &f);
}
