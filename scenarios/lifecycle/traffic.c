/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of a workload while it is used: nobody is turned away, not once. */
#include "common/traffic.h"
#include "common/service.h"

#include <muster/kit/monitor.h>

static void update(const struct tenancy *tenant, const char *id, const char *version, int fails)
{
    START(tenant->admin, "workload.update", ARG("id", id), ARG("version", version), ARG("fail_on_start", fails));
}

static void check_version(struct muster_ctx *t, const struct tenancy *tenant, const char *id, const char *version)
{
    struct m_json *answer = DO(tenant->admin, "workload.request", ARG("id", id));
    CHECK_STR(m_json_str(answer, "/version"), ==, version);
}

/* `slow` takes a while until it is ready: whoever ends what runs before something else does, leaves a gap. */
SCENARIO(scaling_keeps_serving, .summary = "Requests are answered all through scaling, out and in",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "performance",
                            "catches(defect='scale-restarts')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, TRAFFIC_OPERATIONS, "workload.scale"), .timeout_ms = 60000)
{
    static const int sizes[] = {4, 1, 3};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "slow", 2);
    struct traffic users = {&tenant, id};
    LOAD_BEGIN(requests, TRAFFIC(&users));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        PERFORMANCE("scaling")
        {
            START(tenant.admin, "workload.scale", ARG("id", id), ARG("replicas", sizes[i]));
            REQUIRE(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, sizes[i], NULL)));
        }
    LOAD_END(requests);
}

SCENARIO(update_keeps_serving, .summary = "Requests are answered all through an update",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='update-downtime')",
                            "catches(defect='unready-serves')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, TRAFFIC_OPERATIONS, "workload.update"), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "slow", 2);
    struct traffic users = {&tenant, id};
    STEP("update under traffic")
    {
        LOAD_BEGIN(requests, TRAFFIC(&users));
        update(&tenant, id, "2.0.0", 0);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, 2, "2.0.0")));
        LOAD_END(requests);
    }
    STEP("the new version answers")
    {
        check_version(t, &tenant, id, "2.0.0");
    }
}

SCENARIO(rollback_keeps_serving, .summary = "Requests are answered all through a rollback",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='update-downtime')",
                            "catches(defect='rollback-keeps-version')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, TRAFFIC_OPERATIONS, "workload.update", "workload.rollback"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "slow", 2);
    struct traffic users = {&tenant, id};
    STEP("update")
    {
        update(&tenant, id, "2.0.0", 0);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, 2, "2.0.0")));
    }
    STEP("roll back under traffic")
    {
        LOAD_BEGIN(requests, TRAFFIC(&users));
        START(tenant.admin, "workload.rollback", ARG("id", id));
        CHECK(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, 2, "1.0.0")));
        LOAD_END(requests);
    }
    STEP("the version before answers")
    {
        check_version(t, &tenant, id, "1.0.0");
    }
}

static int update_given_up(const struct tenancy *tenant, const char *id)
{
    struct m_json *w = service_read(tenant, id);
    const char *state = m_json_str(w, "/state"), *version = m_json_str(w, "/version");
    int done = state && version && strcmp(state, "running") == 0 && strcmp(version, "1.0.0") == 0 &&
               m_json_str(w, "/error") != NULL;
    m_json_free(w);
    return done;
}

SCENARIO(failing_update_goes_back, .summary = "An update that cannot start ends where it began, and nobody notices",
         .markers = MARKERS("e2e", "priority_p2", "container_lifecycle", "slow", "catches(defect='update-downtime')",
                            "catches(defect='failed-update-stays')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, TRAFFIC_OPERATIONS, "workload.update(fail_on_start)"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "slow", 2);
    struct traffic users = {&tenant, id};
    STEP("update to a version whose processes die at once, under traffic")
    {
        LOAD_BEGIN(requests, TRAFFIC(&users));
        update(&tenant, id, "2.0.0", 1);
        CHECK(M_UNTIL(t, SERVICE_MS, 10, update_given_up(&tenant, id)));
        LOAD_END(requests);
    }
    STEP("the old version runs as before")
    {
        CHECK(service_runs(t, &tenant, id, 2, "1.0.0"));
        check_version(t, &tenant, id, "1.0.0");
    }
}
