/* SPDX-License-Identifier: Apache-2.0 */
/* Updates and the ways back: always somebody answers, and what runs is what is reported. */
#include "common/service.h"

struct traffic {
    int answered, refused;
};

static int is_answered(const struct tenancy *tenant, const char *id)
{
    struct m_tried request = TRY(tenant->admin, "workload.request", ARG("id", id));
    int answered = request.result != NULL;
    m_json_free(request.result);
    return answered;
}

/* Asks without pause until the workload runs with this version; 1 when it did in time. */
static int ask_until(struct muster_ctx *t, const struct tenancy *tenant, const char *id, const char *version,
                     struct traffic *traffic)
{
    struct m_deadline end = m_deadline_in(t, SERVICE_MS);
    while (m_deadline_pause(end, 2)) {
        int answered = is_answered(tenant, id);
        traffic->answered += answered;
        traffic->refused += !answered;
        if (service_runs(t, tenant, id, 2, version))
            return 1;
    }
    return 0;
}

static void update(const struct tenancy *tenant, const char *id, const char *version, int fails)
{
    START(tenant->admin, "workload.update", ARG("id", id), ARG("version", version), ARG("fail_on_start", fails));
}

SCENARIO(update_keeps_serving, .summary = "Requests are answered all through an update",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='update-downtime')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.update", "workload.request"), .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct traffic traffic = {0};
    /* `slow` takes a while to be ready: a gap is as long. */
    const char *id = service_begin(t, &tenant, "slow", 2);
    STEP("update under traffic")
    {
        update(&tenant, id, "2.0.0", 0);
        REQUIRE(ask_until(t, &tenant, id, "2.0.0", &traffic));
    }
    STEP("nobody was turned away")
    {
        CHECK_INT(traffic.refused, ==, 0);
        CHECK_INT(traffic.answered, >, 0);
        m_metric(t, "lifecycle.update.requests", traffic.answered, "");
    }
    STEP("the new version answers")
    {
        struct m_json *answer = DO(tenant.admin, "workload.request", ARG("id", id));
        CHECK_STR(m_json_str(answer, "/version"), ==, "2.0.0");
    }
}

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
        update(&tenant, id, "1.1.0", 0);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, 2, "1.1.0")));
    }
    STEP("roll back")
    {
        START(tenant.admin, "workload.rollback", ARG("id", id));
        CHECK(M_UNTIL(t, 5000, 10, service_runs(t, &tenant, id, 2, "1.0.0")));
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
         .markers = MARKERS("e2e", "priority_p2", "container_lifecycle", "slow", "catches(defect='update-downtime')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.update(fail_on_start)", "workload.request"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "slow", 2);
    int refused = 0, given_up = 0;
    STEP("update to a version whose processes die at once, under traffic")
    {
        update(&tenant, id, "2.0.0", 1);
        for (struct m_deadline end = m_deadline_in(t, SERVICE_MS); !given_up && m_deadline_pause(end, 2);) {
            refused += !is_answered(&tenant, id);
            given_up = update_given_up(&tenant, id);
        }
        CHECK(given_up);
    }
    STEP("the old version answered all the time")
    {
        CHECK_INT(refused, ==, 0);
        CHECK(service_runs(t, &tenant, id, 2, "1.0.0"));
    }
}
