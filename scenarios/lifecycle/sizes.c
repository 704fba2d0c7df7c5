/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads that get more or less: of what each replica may use, by hand; of replicas, by the load. */
#include "common/service.h"

static int has_limits(struct muster_ctx *t, const struct m_json *workload, const char *limit, int64_t value)
{
    int64_t n = m_json_count(workload, "/processes");
    for (int64_t i = 0; i < n; i++)
        if (m_json_int(workload, m_fmt(t, "/processes/%d/limits/%s", (int)i, limit)) != value)
            return 0;
    return n > 0;
}

SCENARIO(vertical_scaling_is_real, .summary = "Replicas have the limits that they were given while they run",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='resize-reported-only')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.resize(memory_mb)", "workload.request(do, amount)"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 2);
    STEP("less memory")
    {
        DO(tenant.admin, "workload.resize", ARG("id", id), ARG("memory_mb", 24));
        struct m_json *now = service_read(&tenant, id);
        CHECK_INT(m_json_int(now, "/limits/memory_mb"), ==, 24);
        CHECK(has_limits(t, now, "memory_mb", 24));
        REFUSED("limit_reached", tenant.admin, "workload.request", ARG("id", id), ARG("do", "memory"),
                ARG("amount", 32));
        CHECK(m_json_str(service_read(&tenant, id), "/error") != NULL);
    }
    STEP("more memory: what was too much is not any more")
    {
        DO(tenant.admin, "workload.resize", ARG("id", id), ARG("memory_mb", 128));
        CHECK(has_limits(t, service_read(&tenant, id), "memory_mb", 128));
        DO(tenant.admin, "workload.request", ARG("id", id), ARG("do", "memory"), ARG("amount", 32));
    }
    STEP("nothing else has changed")
    {
        CHECK(service_runs(t, &tenant, id, 2, "1.0.0"));
        CHECK_INT(m_json_int(service_read(&tenant, id), "/restarts"), ==, 0);
    }
}

/* How long it takes the workload to compute this much. */
static int64_t ms_to_compute(struct muster_ctx *t, const struct tenancy *tenant, const char *id, int cpu_ms)
{
    uint64_t began = m_now_ms();
    DO(tenant->admin, "workload.request", ARG("id", id), ARG("do", "cpu"), ARG("amount", cpu_ms));
    (void)t;
    return (int64_t)(m_now_ms() - began);
}

SCENARIO(less_cpu_is_less, .summary = "A replica that runs gets no more CPU than it was given last",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='cpu-limit-stays')",
                            "catches(defect='resize-reported-only')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.resize(cpu_percent)", "workload.request(do, amount)"),
         .timeout_ms = 40000)
{
    /* It would take 150 ms, of which some may be used before it is measured. */
    enum { CPU_MS = 150, LESS = 8, AT_LEAST_MS = 600 };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1);
    int64_t pid = m_json_int(service_read(&tenant, id), "/processes/0/pid");
    STEP("with a fraction of a core it takes its time")
    {
        DO(tenant.admin, "workload.resize", ARG("id", id), ARG("cpu_percent", LESS));
        CHECK_INT(m_json_int(service_read(&tenant, id), "/limits/cpu_percent"), ==, LESS);
        CHECK_INT(ms_to_compute(t, &tenant, id, CPU_MS), >=, AT_LEAST_MS);
    }
    STEP("it is the process that ran before")
    {
        CHECK_INT(m_json_int(service_read(&tenant, id), "/processes/0/pid"), ==, pid);
    }
}

/* Asks, and says how many replicas are wanted now. */
static int64_t wanted_under_load(const struct tenancy *tenant, const char *id)
{
    for (int i = 0; i < 5; i++)
        m_json_free(DO(tenant->admin, "workload.request", ARG("id", id)));
    struct m_json *w = service_read(tenant, id);
    int64_t replicas = m_json_int(w, "/replicas");
    m_json_free(w);
    return replicas;
}

static int64_t replicas(const struct tenancy *tenant, const char *id)
{
    struct m_json *w = service_read(tenant, id);
    int64_t n = m_json_int(w, "/replicas");
    m_json_free(w);
    return n;
}

SCENARIO(load_decides_how_many,
         .summary = "Autoscaling adds replicas under load, up to its maximum, and takes them away",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='autoscale-past-max')",
                            "catches(defect='autoscale-stays-up')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.autoscale", "workload.request"), .timeout_ms = 60000)
{
    enum { MOST = 2, CALM = 15 };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1);
    DO(tenant.admin, "workload.autoscale", ARG("id", id), ARG("metric", "requests_per_second"), ARG("target", 2),
       ARG("max", MOST), ARG("cooldown_ms", 100));
    STEP("under load it grows to its maximum, and all are ready")
    {
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10,
                        wanted_under_load(&tenant, id) >= MOST && service_runs(t, &tenant, id, MOST, NULL)));
    }
    STEP("and no further")
    {
        for (struct m_deadline end = m_deadline_in(t, 600); m_deadline_pause(end, CALM);)
            CHECK_INT(wanted_under_load(&tenant, id), <=, MOST);
    }
    STEP("without load it shrinks to its minimum")
    {
        CHECK(M_UNTIL(t, SERVICE_MS, 20, replicas(&tenant, id) == 1));
        CHECK(M_UNTIL(t, SERVICE_MS, 20, service_runs(t, &tenant, id, 1, NULL)));
    }
}

static int is_calm(const struct tenancy *tenant, const char *id)
{
    struct m_json *stats = DO(tenant->admin, "workload.stats", ARG("id", id));
    int calm = m_json_int(stats, "/requests_per_second") == 0;
    m_json_free(stats);
    return calm;
}

SCENARIO(cooldown_lets_pass_what_is_short,
         .summary = "Autoscaling does not change the size again before its cooldown is over",
         .markers = MARKERS("e2e", "priority_p2", "container_lifecycle", "catches(defect='cooldown-ignored')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.autoscale(cooldown_ms)", "workload.request",
                             "workload.stats", "workload.fix_size"),
         .timeout_ms = 60000)
{
    enum { MOST = 2, A_MINUTE = 60000 };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1);
    STEP("under load it grows")
    {
        DO(tenant.admin, "workload.autoscale", ARG("id", id), ARG("metric", "requests_per_second"), ARG("target", 2),
           ARG("max", MOST), ARG("cooldown_ms", A_MINUTE));
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, wanted_under_load(&tenant, id) >= MOST));
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, MOST, NULL)));
    }
    STEP("the load goes, and the replicas stay for now")
    {
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, is_calm(&tenant, id)));
        for (struct m_deadline end = m_deadline_in(t, 1000); m_deadline_pause(end, 50);)
            CHECK_INT(replicas(&tenant, id), ==, MOST);
    }
    STEP("with a new rule nothing is to be waited for")
    {
        DO(tenant.admin, "workload.autoscale", ARG("id", id), ARG("metric", "requests_per_second"), ARG("target", 2),
           ARG("max", MOST), ARG("cooldown_ms", A_MINUTE));
        CHECK(M_UNTIL(t, SERVICE_MS, 20, replicas(&tenant, id) == 1));
    }
}
