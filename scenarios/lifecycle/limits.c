/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas: what a plan does not allow is refused, and changes nothing. Limits: what a workload may not have it does not
 * get. */
#include "common/service.h"

#include <muster/kit/parallel.h>

SCENARIO(quotas_hold, .summary = "Workloads, replicas and customers beyond the plan are refused",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "tenant_isolation",
                            "catches(defect='quota-ignored')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.scale", "tenant.update(quotas)", "customer.create"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter"); /* 2 workloads, 4 replicas */
    struct m_session *admin = tenant.admin;
    const char *id;
    STEP("replicas")
    {
        REFUSED("quota_exceeded", admin, "workload.create", ARG("tenant", tenant.id), ARG("name", m_unique(t, "w")),
                ARG("replicas", 5));
        id = service_begin(t, &tenant, "web", 3);
        REFUSED("quota_exceeded", admin, "workload.scale", ARG("id", id), ARG("replicas", 5));
        CHECK(service_runs(t, &tenant, id, 3, NULL));
    }
    STEP("workloads")
    {
        service_begin(t, &tenant, "worker", 1);
        REFUSED("quota_exceeded", admin, "workload.create", ARG("tenant", tenant.id), ARG("name", m_unique(t, "w")),
                ARG("replicas", 0));
    }
    STEP("customers, after the platform lowered the quota")
    {
        DO(platform, "tenant.update", ARG("id", tenant.id),
           ARG("quotas", m_json_parse(t, m_json_pack(t, "{s:i}", "customers", 1))));
        DO(admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "One"), ARG("email", "one@example.test"));
        REFUSED("quota_exceeded", admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Two"),
                ARG("email", "two@example.test"));
    }
    STEP("nothing of it was counted")
    {
        struct m_json *now = DO(admin, "tenant.get", ARG("id", tenant.id));
        CHECK_INT(m_json_int(now, "/usage/workloads"), ==, 2);
        CHECK_INT(m_json_int(now, "/usage/replicas"), ==, 4);
        CHECK_INT(m_json_int(now, "/usage/customers"), ==, 1);
    }
}

/* Of a workload with one limit. */
static const char *limited(struct muster_ctx *t, const struct tenancy *tenant, const char *limit, int value)
{
    return m_json_str(DO(tenant->admin, "workload.create", ARG("tenant", tenant->id), ARG("name", m_unique(t, "w")),
                         ARG(limit, value)),
                      "/id");
}

SCENARIO(replicas_meet_their_limits, .summary = "A replica gets no more memory and files than it may have, and goes on",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "tenant_isolation",
                            "catches(defect='replica-unlimited')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(memory_mb, open_files)",
                             "workload.request(do, amount)"),
         .timeout_ms = 40000)
{
    static const struct {
        const char *limit;
        int value;
        const char *work;
        int amount;
    } cases[] = {{"memory_mb", 32, "memory", 40}, {"open_files", 16, "files", 40}};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        STEP(cases[i].work)
        {
            const char *id = limited(t, &tenant, cases[i].limit, cases[i].value);
            REFUSED("limit_reached", tenant.admin, "workload.request", ARG("id", id), ARG("do", cases[i].work),
                    ARG("amount", cases[i].amount));
            DO(tenant.admin, "workload.request", ARG("id", id));
            struct m_json *now = service_read(&tenant, id);
            CHECK_INT(m_json_int(now, "/restarts"), ==, 0);
            CHECK_STR_HAS(m_json_str(now, "/error"), "limit");
        }
    }
}

SCENARIO(traffic_and_storage_are_limited,
         .summary = "What a workload may not answer or keep is refused until it may again",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "tenant_isolation",
                            "catches(defect='traffic-unlimited')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(bytes_per_second, storage_bytes)",
                             "workload.request(do, amount)", "workload.resize(storage_bytes)", "data.put"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    STEP("more traffic than a second's share is paid back before the next request")
    {
        const char *id = limited(t, &tenant, "bytes_per_second", 1000);
        DO(tenant.admin, "workload.request", ARG("id", id), ARG("do", "bytes"), ARG("amount", 1000000));
        REFUSED("limit_reached", tenant.admin, "workload.request", ARG("id", id));
    }
    STEP("more data than it may keep")
    {
        const char *id = limited(t, &tenant, "storage_bytes", 20);
        DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", "a"), ARG("value", "small"));
        REFUSED("limit_reached", tenant.admin, "data.put", ARG("workload", id), ARG("key", "b"),
                ARG("value", "rather more than that"));
        DO(tenant.admin, "workload.resize", ARG("id", id), ARG("storage_bytes", 100));
        DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", "b"), ARG("value", "rather more than that"));
    }
}

/* ---- what is counted --------------------------------------------------------------------------------------------- */

static int64_t used_bytes(const struct tenancy *tenant)
{
    return m_json_int(DO(tenant->admin, "tenant.get", ARG("id", tenant->id)), "/usage/storage_bytes");
}

#define LONG "longer-by-24-characters-"

/* Each may be written again and again; what is longer takes so many bytes more. */
enum kept { KEPT_NAME, KEPT_ADDRESS, KEPT_ATTRIBUTE, KEPT_ITEM, KEPT_FILE, KEPT };

static struct m_tried write_it(struct muster_ctx *t, const struct tenancy *tenant, const char *customer,
                               const char *workload, enum kept what, const char *more)
{
    const char *text = m_fmt(t, "%stext", more);
    switch (what) {
    case KEPT_NAME:
        return TRY(tenant->admin, "customer.update", ARG("tenant", tenant->id), ARG("id", customer), ARG("name", text));
    case KEPT_ADDRESS:
        return TRY(tenant->admin, "customer.update", ARG("tenant", tenant->id), ARG("id", customer),
                   ARG("email", m_fmt(t, "%s@example.test", text)));
    case KEPT_ATTRIBUTE:
        return TRY(tenant->admin, "customer.update", ARG("tenant", tenant->id), ARG("id", customer),
                   ARG("attributes", m_json_parse(t, m_json_pack(t, "{s:s}", "note", text))));
    case KEPT_ITEM:
        return TRY(tenant->admin, "data.put", ARG("workload", workload), ARG("key", "item"), ARG("value", text));
    default:
        return TRY(tenant->admin, "file.put", ARG("tenant", tenant->id), ARG("key", "file"), ARG("content", text));
    }
}

SCENARIO(whatever_is_kept_is_counted,
         .summary = "Each part of what a tenant keeps counts as its storage, and is refused where there is no room",
         .markers = MARKERS("e2e", "priority_p2", "container_lifecycle", "data_integrity",
                            "catches(defect='email-uncounted')", "catches(defect='files-uncounted')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "tenant.update(quotas)", "customer.create",
                             "customer.update(attributes)", "customer.delete", "data.put", "data.delete", "file.put",
                             "file.delete"),
         .timeout_ms = 30000)
{
    static const char *const names[KEPT] = {"a name", "an address", "an attribute", "an item of data", "a file"};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *workload = service_begin(t, &tenant, "web", 1);
    int64_t empty = used_bytes(&tenant);
    const char *customer = m_json_str(DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "text"),
                                         ARG("email", "text@example.test")),
                                      "/id");
    for (enum kept k = 0; k < KEPT; k++)
        STEP(names[k])
        {
            CHECK_STR(write_it(t, &tenant, customer, workload, k, "").refused, ==, NULL);
            int64_t before = used_bytes(&tenant);
            CHECK_STR(write_it(t, &tenant, customer, workload, k, LONG).refused, ==, NULL);
            CHECK_INT(used_bytes(&tenant) - before, ==, sizeof LONG - 1);
        }
    STEP("when there is no room, none of them gets longer, and each may get shorter")
    {
        int64_t full = used_bytes(&tenant);
        DO(platform, "tenant.update", ARG("id", tenant.id),
           ARG("quotas", m_json_parse(t, m_json_pack(t, "{s:I}", "storage_bytes", full))));
        for (enum kept k = 0; k < KEPT; k++)
            CHECK_STR(write_it(t, &tenant, customer, workload, k, LONG "!").refused, ==, "quota_exceeded", "%s",
                      names[k]);
        CHECK_INT(used_bytes(&tenant), ==, full);
        for (enum kept k = 0; k < KEPT; k++)
            CHECK_STR(write_it(t, &tenant, customer, workload, k, "").refused, ==, NULL, "%s", names[k]);
    }
    STEP("what is gone takes no room")
    {
        DO(tenant.admin, "customer.delete", ARG("tenant", tenant.id), ARG("id", customer));
        DO(tenant.admin, "data.delete", ARG("workload", workload), ARG("key", "item"));
        DO(tenant.admin, "file.delete", ARG("tenant", tenant.id), ARG("key", "file"));
        CHECK_INT(used_bytes(&tenant), ==, empty);
    }
}

/* ---- requests at the same time ----------------------------------------------------------------------------------- */

enum { CONNECTIONS = 2 };

struct crowd {
    const struct tenancy *tenant;
    const char *id;
};

/* All but the last ask for something that takes a while; he comes when they are all being served. */
static void come_in(struct muster_ctx *t, unsigned user, void *data)
{
    const struct crowd *c = data;
    struct m_session *admin =
        LOGIN(t, "password", ARG("username", c->tenant->admin_name), ARG("password", TENANT_PASSWORD));
    struct tenancy tenant = {.id = c->tenant->id, .admin = admin};
    if (user < CONNECTIONS) {
        DO(admin, "workload.request", ARG("id", c->id), ARG("do", "wait"), ARG("amount", 1500));
        return;
    }
    REQUIRE(M_UNTIL(t, SERVICE_MS, 5, service_in_flight(&tenant, c->id) == CONNECTIONS));
    REFUSED("limit_reached", admin, "workload.request", ARG("id", c->id));
}

SCENARIO(so_many_are_served_at_once,
         .summary = "A workload serves as many requests at once as it may, and those that have ended are none of them",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "tenant_isolation",
                            "catches(defect='in-flight-leaks')", "catches(defect='traffic-unlimited')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(connections)",
                             "workload.request(do, amount, timeout_ms)"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct crowd crowd = {.tenant = &tenant, .id = limited(t, &tenant, "connections", CONNECTIONS)};
    STEP("as many as it may, and one more is refused")
    {
        m_parallel(t, CONNECTIONS + 1, come_in, &crowd);
    }
    STEP("nobody waits for an answer any more, so there is room again")
    {
        CHECK_INT(service_in_flight(&tenant, crowd.id), ==, 0);
        DO(tenant.admin, "workload.request", ARG("id", crowd.id));
    }
    STEP("who gives up waiting takes no room either")
    {
        for (int i = 0; i < CONNECTIONS; i++)
            REFUSED("no_answer", tenant.admin, "workload.request", ARG("id", crowd.id), ARG("do", "wait"),
                    ARG("amount", 300), ARG("timeout_ms", 20));
        CHECK_INT(service_in_flight(&tenant, crowd.id), ==, 0);
        DO(tenant.admin, "workload.request", ARG("id", crowd.id));
    }
}
