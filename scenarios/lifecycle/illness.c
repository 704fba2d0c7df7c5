/* SPDX-License-Identifier: Apache-2.0 */
/* Replicas that hang, say that they are sick, or end again and again; and who hears of it. */
#include "common/service.h"

/* Of a service that is looked after closely: a sign of illness counts after a fraction of a second. */
static const char *watched_closely(struct muster_ctx *t, const struct tenancy *tenant, int count)
{
    struct m_json *health =
        m_json_parse(t, m_json_pack(t, "{s:i, s:i, s:i}", "interval_ms", 100, "timeout_ms", 1000, "failures", 2));
    return m_json_str(DO(tenant->admin, "workload.create", ARG("tenant", tenant->id), ARG("name", m_unique(t, "w")),
                         ARG("replicas", count), ARG("health", health)),
                      "/id");
}

static int has_recovered(const struct tenancy *tenant, const char *id, int64_t restarts)
{
    struct m_json *w = service_read(tenant, id);
    const char *state = m_json_str(w, "/state");
    int done = state && strcmp(state, "running") == 0 && m_json_int(w, "/restarts") >= restarts;
    m_json_free(w);
    return done;
}

SCENARIO(hung_process_is_replaced,
         .summary = "A replica that takes connections and answers nothing is found and replaced",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "reconciliation",
                            "catches(defect='hung-stays')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(health)", "workload.request(do, timeout_ms)"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = watched_closely(t, &tenant, 2);
    STEP("one of two hangs")
    {
        REFUSED("no_answer", tenant.admin, "workload.request", ARG("id", id), ARG("do", "hang"), ARG("timeout_ms", 50));
    }
    STEP("it is replaced, and the reason told")
    {
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, has_recovered(&tenant, id, 1)));
        CHECK_STR_HAS(m_json_str(service_read(&tenant, id), "/error"), "unhealthy");
    }
    STEP("all answer")
    {
        for (int i = 0; i < 4; i++)
            DO(tenant.admin, "workload.request", ARG("id", id), ARG("timeout_ms", 5000));
    }
}

static int64_t pause_ms(const struct tenancy *tenant, const char *id)
{
    struct m_json *w = service_read(tenant, id);
    int64_t ms = m_json_int(w, "/restart_pause_ms");
    m_json_free(w);
    return ms;
}

SCENARIO(crash_loop_is_slowed_down, .summary = "What ends again and again is started with longer and longer pauses",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "reconciliation",
                            "catches(defect='crash-loop-unslowed')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "workload.create(image)", "workload.get"), .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct m_json *made = START(tenant.admin, "workload.create", ARG("tenant", tenant.id),
                                ARG("name", m_unique(t, "w")), ARG("image", "flapping"));
    const char *id = m_json_str(made, "/id");
    CHECK(M_UNTIL(t, SERVICE_MS, 5, pause_ms(&tenant, id) >= 100));
    struct m_json *now = service_read(&tenant, id);
    CHECK_INT(m_json_int(now, "/restarts"), <=, 8);
    CHECK_STR_HAS(m_json_str(now, "/error"), "again and again");
}

static struct m_json *alerts(const struct tenancy *tenant, const char *id, const char *state)
{
    return DO(tenant->admin, "alert.list", ARG("tenant", tenant->id), ARG("workload", id), ARG("state", state));
}

static int64_t count_alerts(const struct tenancy *tenant, const char *id, const char *state)
{
    struct m_json *list = alerts(tenant, id, state);
    int64_t n = m_json_int(list, "/total");
    m_json_free(list);
    return n;
}

SCENARIO(alerts_come_and_go,
         .summary = "An alert is raised while a workload is ill, acknowledged, and resolved when it is well",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='alert-missing')",
                            "catches(defect='alert-unresolved')", "catches(defect='monitor-unregistered')",
                            "catches(defect='acknowledged-by-last')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(health)", "workload.request(do)", "alert.configure",
                             "alert.list", "alert.acknowledge", "user.create"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct m_json *slow_to_act =
        m_json_parse(t, m_json_pack(t, "{s:i, s:i}", "interval_ms", 200, "failures", 7)); /* ill for a second */
    const char *id = m_json_str(DO(tenant.admin, "workload.create", ARG("tenant", tenant.id),
                                   ARG("name", m_unique(t, "w")), ARG("health", slow_to_act)),
                                "/id");
    const char *alert;
    DO(tenant.admin, "alert.configure", ARG("workload", id),
       ARG("rules", m_json_parse(t, "{\"ill\": {\"kind\": \"unhealthy\", \"for_ms\": 200}}")));
    STEP("a replica says that it is sick")
    {
        DO(tenant.admin, "workload.request", ARG("id", id), ARG("do", "sick"));
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, count_alerts(&tenant, id, "raised") == 1));
        struct m_json *raised = alerts(&tenant, id, "raised");
        CHECK_STR(m_json_str(raised, "/alerts/0/rule"), ==, "ill");
        alert = m_json_str(raised, "/alerts/0/id");
    }
    STEP("somebody takes it on")
    {
        struct m_json *known = DO(tenant.admin, "alert.acknowledge", ARG("id", alert));
        CHECK_STR(m_json_str(known, "/id"), ==, alert);
        CHECK_STR(m_json_str(known, "/acknowledged_by"), ==, tenant.admin_name);
    }
    STEP("who takes it on after him is not the one")
    {
        struct member late = tenancy_member(t, &tenant, "tenant_member");
        struct m_json *known = DO(late.session, "alert.acknowledge", ARG("id", alert));
        CHECK_STR(m_json_str(known, "/acknowledged_by"), ==, tenant.admin_name);
    }
    STEP("the replica is replaced, and the alert over")
    {
        CHECK(M_UNTIL(t, SERVICE_MS, 20, count_alerts(&tenant, id, "resolved") == 1));
        CHECK_INT(count_alerts(&tenant, id, "raised"), ==, 0);
        CHECK(service_runs(t, &tenant, id, 1, NULL));
    }
}

SCENARIO(failed_workload_is_helped, .summary = "What was given up runs once it is given something that starts",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "reconciliation",
                            "catches(defect='failed-stays-failed')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.stop", "workload.start", "workload.update(fail_on_start)"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1);
    STEP("a version that does not start, with nothing that still ran: it is given up")
    {
        DO(tenant.admin, "workload.stop", ARG("id", id));
        START(tenant.admin, "workload.update", ARG("id", id), ARG("version", "2.0.0"), ARG("fail_on_start", 1));
        START(tenant.admin, "workload.start", ARG("id", id));
        WAIT_FOR(tenant.admin, "workload.get", "/state", "failed", 20000, ARG("id", id));
        CHECK_STR(m_json_str(service_read(&tenant, id), "/error"), !=, NULL);
    }
    STEP("one that starts runs")
    {
        START(tenant.admin, "workload.update", ARG("id", id), ARG("version", "2.0.1"));
        CHECK(M_UNTIL(t, SERVICE_MS, 20, service_runs(t, &tenant, id, 1, "2.0.1")));
    }
}

/* Of the workload's alerts, those that this rule has raised, in that state. */
static int64_t count_of_rule(struct muster_ctx *t, const struct tenancy *tenant, const char *id, const char *rule,
                             const char *state)
{
    struct m_json *list = alerts(tenant, id, state);
    int64_t found = 0;
    for (int64_t i = 0; i < m_json_count(list, "/alerts"); i++)
        found += strcmp(m_json_str(list, m_fmt(t, "/alerts/%d/rule", (int)i)), rule) == 0;
    m_json_free(list);
    return found;
}

/* A replica says so until it is killed: its pid. */
static int64_t fall_ill(const struct tenancy *tenant, const char *id)
{
    return m_json_int(DO(tenant->admin, "workload.request", ARG("id", id), ARG("do", "sick")), "/pid");
}

static const char *patient(struct muster_ctx *t, const struct tenancy *tenant, int replicas, const char *rules)
{
    struct m_json *patiently =
        m_json_parse(t, m_json_pack(t, "{s:i, s:i}", "interval_ms", 100, "failures", 100)); /* it is not replaced */
    const char *id = m_json_str(DO(tenant->admin, "workload.create", ARG("tenant", tenant->id),
                                   ARG("name", m_unique(t, "w")), ARG("replicas", replicas), ARG("health", patiently)),
                                "/id");
    DO(tenant->admin, "alert.configure", ARG("workload", id), ARG("rules", m_json_parse(t, rules)));
    return id;
}

#define PATIENT_OPERATIONS                                                                                             \
    SERVICE_OPERATIONS, "workload.create(health)", "workload.request(do)", "workload.kill(pid)", "alert.configure",    \
        "alert.list"

SCENARIO(alerts_wait_for_what_lasts,
         .summary = "An alert about what lasts comes when it has lasted, and what was over before counts for nothing",
         .markers = MARKERS("e2e", "priority_p2", "container_lifecycle", "catches(defect='alert-since-first')"),
         .needs = OPERATIONS(PATIENT_OPERATIONS), .timeout_ms = 40000)
{
    enum { LASTING_MS = 800 };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = patient(t, &tenant, 1,
                             "{\"at-once\": {\"kind\": \"unhealthy\"},"
                             " \"lasting\": {\"kind\": \"unhealthy\", \"for_ms\": 800}}");
    struct m_deadline first = m_deadline_in(t, LASTING_MS);
    uint64_t second;
    STEP("it is ill for a moment, which is seen")
    {
        int64_t pid = fall_ill(&tenant, id);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, count_of_rule(t, &tenant, id, "at-once", "raised") == 1));
        DO(tenant.admin, "workload.kill", ARG("id", id), ARG("pid", pid));
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, count_of_rule(t, &tenant, id, "at-once", "resolved") == 1));
    }
    STEP("later it is ill once more, and that lasts")
    {
        m_deadline_pause(first, LASTING_MS); /* with which it would have lasted */
        int64_t already = count_of_rule(t, &tenant, id, "lasting", NULL);
        second = m_now_ms();
        fall_ill(&tenant, id);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, count_of_rule(t, &tenant, id, "lasting", NULL) > already));
        CHECK_UINT(m_now_ms() - second, >=, LASTING_MS);
    }
}

static int64_t told(struct muster_ctx *t, const struct tenancy *tenant, const char *what)
{
    struct m_json *heard =
        DO(tenant->admin, "event.list", ARG("topic", m_fmt(t, "tenant.%s.alert.%s", tenant->id, what)));
    return m_json_count(heard, "/events");
}

SCENARIO(alerts_go_by_their_limit,
         .summary = "An alert comes when there is more than its limit, and goes when there is no more than that",
         .markers = MARKERS("e2e", "priority_p2", "container_lifecycle", "catches(defect='alert-resolved-at-zero')",
                            "catches(defect='alert-at-its-limit')"),
         .needs = OPERATIONS(PATIENT_OPERATIONS, "event.list"), .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = patient(t, &tenant, 3,
                             "{\"one\": {\"kind\": \"unhealthy\"},"
                             " \"two\": {\"kind\": \"unhealthy\", \"over\": 1}}");
    STEP("one replica is ill: that is as much as there may be, and no more")
    {
        fall_ill(&tenant, id);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, count_of_rule(t, &tenant, id, "one", "raised") == 1));
        CHECK_INT(count_of_rule(t, &tenant, id, "two", NULL), ==, 0);
    }
    STEP("two are")
    {
        int64_t pid = fall_ill(&tenant, id);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, count_of_rule(t, &tenant, id, "two", "raised") == 1));
        CHECK_INT(told(t, &tenant, "raised"), ==, 2);
        DO(tenant.admin, "workload.kill", ARG("id", id), ARG("pid", pid));
    }
    STEP("one still is, and the alert about two is over, which is told")
    {
        CHECK(M_UNTIL(t, SERVICE_MS, 10, count_of_rule(t, &tenant, id, "two", "resolved") == 1));
        CHECK_INT(told(t, &tenant, "resolved"), ==, 1);
        CHECK_INT(count_of_rule(t, &tenant, id, "one", "raised"), ==, 1);
    }
}
