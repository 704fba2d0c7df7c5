/* SPDX-License-Identifier: Apache-2.0 */
/* Updates and the ways back: always somebody answers, and what runs is what is reported. */
#include "common/workload.h"

struct traffic {
    int answered, refused;
};

/* Asks without pause until the workload runs with this version; 1 when it did in time. */
static int ask_until(struct muster_ctx *t, const struct tenant *tenant, const char *id, const char *version,
                     struct traffic *traffic)
{
    struct m_deadline end = m_deadline_in(t, WORKLOAD_MS);
    const char *path = workload_path(t, id, "request");
    while (m_deadline_pause(end, 2)) {
        int status = m_post(tenant->admin.api, path, NULL).status;
        traffic->answered += status == 200;
        traffic->refused += status != 200;
        if (workload_runs(t, tenant, id, 2, version))
            return 1;
    }
    return 0;
}

static void update(struct muster_ctx *t, const struct tenant *tenant, const char *id, const char *version, int fails)
{
    ANSWER(202, m_post(tenant->admin.api, workload_path(t, id, "update"),
                       m_json_pack(t, "{s:s, s:b}", "version", version, "fail_on_start", fails)));
}

SCENARIO(update_keeps_serving, .summary = "Requests are answered all through an update",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='update-downtime')"),
         .uses = USES("testbed"), .timeout_ms = 40000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "professional");
    struct traffic traffic = {0};
    /* `slow` takes a while to be ready: a gap is as long. */
    const char *id = workload_create(t, &tenant, "slow", 2);
    STEP("update under traffic")
    {
        update(t, &tenant, id, "2.0.0", 0);
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
        struct m_json *answer = ANSWER(200, m_post(tenant.admin.api, workload_path(t, id, "request"), NULL));
        CHECK_STR(m_json_str(answer, "/version"), ==, "2.0.0");
    }
}

SCENARIO(rollback_runs_the_version_before, .summary = "After a rollback the version before answers again",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='rollback-keeps-version')"),
         .uses = USES("testbed"), .timeout_ms = 40000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "professional");
    const char *id = workload_create(t, &tenant, "web", 2);
    STEP("there is nothing to go back to yet")
    {
        CHECK_REFUSED(409, "no_previous_version", m_post(tenant.admin.api, workload_path(t, id, "rollback"), NULL));
    }
    STEP("update")
    {
        update(t, &tenant, id, "1.1.0", 0);
        REQUIRE(M_UNTIL(t, WORKLOAD_MS, 10, workload_runs(t, &tenant, id, 2, "1.1.0")));
    }
    STEP("roll back")
    {
        ANSWER(202, m_post(tenant.admin.api, workload_path(t, id, "rollback"), NULL));
        CHECK(M_UNTIL(t, 5000, 10, workload_runs(t, &tenant, id, 2, "1.0.0")));
        struct m_json *w = workload_read(t, &tenant, id);
        CHECK_STR(m_json_str(w, "/version"), ==, "1.0.0");
        CHECK_STR(m_json_str(w, "/previous_version"), ==, "1.1.0");
    }
    STEP("the version before answers, from every replica")
    {
        for (int i = 0; i < 4; i++) {
            struct m_json *answer = ANSWER(200, m_post(tenant.admin.api, workload_path(t, id, "request"), NULL));
            CHECK_STR(m_json_str(answer, "/version"), ==, "1.0.0");
        }
    }
}

static int update_given_up(struct muster_ctx *t, const struct tenant *tenant, const char *id)
{
    struct m_json *w = workload_read(t, tenant, id);
    const char *status = m_json_str(w, "/status"), *version = m_json_str(w, "/version");
    int done = status && version && strcmp(status, "running") == 0 && strcmp(version, "1.0.0") == 0 &&
               m_json_str(w, "/last_error") != NULL;
    m_json_free(w);
    return done;
}

SCENARIO(failing_update_goes_back, .summary = "An update that cannot start ends where it began, and nobody notices",
         .markers = MARKERS("e2e", "priority_p2", "container_lifecycle", "slow", "catches(defect='update-downtime')"),
         .uses = USES("testbed"), .timeout_ms = 40000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "professional");
    const char *id = workload_create(t, &tenant, "slow", 2), *path = workload_path(t, id, "request");
    int refused = 0, given_up = 0;
    STEP("update to a version whose processes die at once, under traffic")
    {
        update(t, &tenant, id, "2.0.0", 1);
        for (struct m_deadline end = m_deadline_in(t, WORKLOAD_MS); !given_up && m_deadline_pause(end, 2);) {
            refused += m_post(tenant.admin.api, path, NULL).status != 200;
            given_up = update_given_up(t, &tenant, id);
        }
        CHECK(given_up);
    }
    STEP("the old version answered all the time")
    {
        CHECK_INT(refused, ==, 0);
        CHECK(workload_runs(t, &tenant, id, 2, "1.0.0"));
    }
}
