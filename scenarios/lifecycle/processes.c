/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of a workload: as many as asked for, replaced when they die, gone when it is. */
#include "common/service.h"

enum { MAX_PIDS = 16 };

/* The pids that answer requests, found by asking until as many different ones answered, or 50 times. */
static int answering(const struct tenancy *tenant, const char *id, int wanted)
{
    int64_t pids[MAX_PIDS];
    int n = 0;
    for (int tries = 0; tries < 50 && n < wanted && n < MAX_PIDS; tries++) {
        struct m_json *answer = DO(tenant->admin, "workload.request", ARG("id", id));
        int64_t pid = m_json_int(answer, "/pid");
        m_json_free(answer);
        int known = 0;
        for (int i = 0; i < n; i++)
            known |= pids[i] == pid;
        if (!known)
            pids[n++] = pid;
    }
    return n;
}

SCENARIO(scaling_starts_what_it_reports, .summary = "After scaling, as many processes answer as the status says",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "catches(defect='scale-miscount')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.scale", "workload.request"), .timeout_ms = 40000)
{
    static const int sizes[] = {4, 2, 3};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        STEP(m_fmt(t, "scale to %d", sizes[i]))
        {
            START(tenant.admin, "workload.scale", ARG("id", id), ARG("replicas", sizes[i]));
            CHECK(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, sizes[i], NULL)));
            CHECK_INT(m_json_count(service_read(&tenant, id), "/processes"), ==, sizes[i]);
            CHECK_INT(answering(&tenant, id, sizes[i]), ==, sizes[i]);
        }
    }
}

static int64_t first_pid(const struct tenancy *tenant, const char *id)
{
    return m_json_int(service_read(tenant, id), "/processes/0/pid");
}

static int replaced(struct muster_ctx *t, const struct tenancy *tenant, const char *id, int64_t dead)
{
    struct m_json *w = service_read(tenant, id);
    const char *status = m_json_str(w, "/state");
    int done = status && strcmp(status, "running") == 0 && m_json_int(w, "/ready") == 2 &&
               !service_has_pid(t, w, "/processes", dead);
    m_json_free(w);
    return done;
}

/* Of two workloads: the first one's processes. */
static void check_no_other_is_killed(struct muster_ctx *t, const struct tenancy *tenant, const char *id,
                                     const char *other)
{
    const char *before = m_json_text(t, service_read(tenant, id), "/processes");
    REFUSED("not_found", tenant->admin, "workload.kill", ARG("id", id), ARG("pid", first_pid(tenant, other)));
    REFUSED("not_found", tenant->admin, "workload.kill", ARG("id", id), ARG("pid", INT32_MAX));
    REFUSED("not_found", tenant->admin, "workload.kill", ARG("id", id), ARG("index", 2));
    CHECK_STR(m_json_text(t, service_read(tenant, id), "/processes"), ==, before);
}

SCENARIO(killed_process_is_replaced, .summary = "A replica that dies is started again by the reconciler",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "reconciliation",
                            "catches(defect='stopped-stays-stopped')", "catches(defect='kill-hits-another')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.kill", "workload.request"), .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 2);
    STEP("what is no process of it is not killed, and none of it in its place")
    {
        check_no_other_is_killed(t, &tenant, id, service_begin(t, &tenant, "web", 1));
    }
    for (const char *const *signal = (const char *const[]){"KILL", "TERM", NULL}; *signal; signal++) {
        STEP(m_fmt(t, "end one by SIG%s, behind the reconciler's back", *signal))
        {
            int64_t pid = first_pid(&tenant, id);
            DO(tenant.admin, "workload.kill", ARG("id", id), ARG("pid", pid), ARG("signal", *signal));
            REQUIRE(M_UNTIL(t, SERVICE_MS, 10, replaced(t, &tenant, id, pid)));
        }
    }
    STEP("the restarts were counted")
    {
        CHECK_INT(m_json_int(service_read(&tenant, id), "/restarts"), ==, 2);
        CHECK_INT(answering(&tenant, id, 2), ==, 2);
    }
}

/* What really runs of a tenant, known to the platform alone: its process ids mean nothing in another PID namespace. */
static struct m_json *resources(struct m_session *platform, const struct tenancy *tenant)
{
    return DO(platform, "tenant.resources", ARG("id", tenant->id));
}

SCENARIO(deleting_ends_every_process, .summary = "A deleted workload leaves no process, even one that ignores SIGTERM",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "catches(defect='delete-leaves-process')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.delete", "tenant.resources"), .timeout_ms = 40000)
{
    static const char *const images[] = {"web", "stubborn"};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        STEP(m_fmt(t, "delete a workload of image %s", images[i]))
        {
            int64_t pids[2];
            const char *id = service_begin(t, &tenant, images[i], 2);
            struct m_json *before = service_read(&tenant, id);
            REQUIRE_INT(m_json_count(before, "/processes"), ==, 2);
            for (int p = 0; p < 2; p++)
                pids[p] = m_json_int(before, m_fmt(t, "/processes/%d/pid", p));
            CHECK(service_has_pid(t, resources(platform, &tenant), "/pids", pids[0]));
            DO(tenant.admin, "workload.delete", ARG("id", id));
            struct m_json *left = resources(platform, &tenant);
            for (int p = 0; p < 2; p++)
                CHECK(!service_has_pid(t, left, "/pids", pids[p]));
        }
    }
}

static int64_t total_of(const struct tenancy *tenant, const char *operation, const char *id)
{
    return m_json_int(DO(tenant->admin, operation, ARG("workload", id)), "/total");
}

static int64_t count_alerts(const struct tenancy *tenant)
{
    return m_json_int(DO(tenant->admin, "alert.list", ARG("tenant", tenant->id)), "/total");
}

SCENARIO(deleted_workload_takes_all_along,
         .summary = "With a workload go its process, its data, its backups and its alerts",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "data_integrity",
                            "catches(defect='delete-leaves-process')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.delete", "data.put", "data.list", "backup.create",
                             "backup.list", "backup.schedule", "alert.create", "alert.list", "tenant.resources"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *name = m_unique(t, "w"), *id, *next;
    int64_t pid;
    STEP("one with something of everything")
    {
        id = m_json_str(DO(tenant.admin, "workload.create", ARG("tenant", tenant.id), ARG("name", name)), "/id");
        DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", "invoice"), ARG("value", "paid"));
        DO(tenant.admin, "backup.create", ARG("workload", id));
        DO(tenant.admin, "backup.schedule", ARG("workload", id), ARG("every_ms", 3600000));
        DO(tenant.admin, "alert.create", ARG("workload", id), ARG("name", "smells of smoke"));
        pid = first_pid(&tenant, id);
        CHECK_INT(count_alerts(&tenant), ==, 1);
        CHECK_INT(m_json_int(resources(platform, &tenant), "/storage_bytes"), >, 0);
    }
    STEP("it goes, and all of that")
    {
        DO(tenant.admin, "workload.delete", ARG("id", id));
        struct m_json *left = resources(platform, &tenant);
        CHECK(!service_has_pid(t, left, "/pids", pid));
        CHECK_INT(m_json_int(left, "/storage_bytes"), ==, 0);
        CHECK_INT(m_json_count(left, "/files"), ==, 0);
        CHECK_INT(count_alerts(&tenant), ==, 0);
    }
    STEP("one that takes its name begins with nothing")
    {
        next = m_json_str(DO(tenant.admin, "workload.create", ARG("tenant", tenant.id), ARG("name", name)), "/id");
        CHECK_STR(next, !=, id);
        CHECK_INT(total_of(&tenant, "data.list", next), ==, 0);
        CHECK_INT(total_of(&tenant, "backup.list", next), ==, 0);
    }
}

SCENARIO(what_the_platform_runs_is_its_own,
         .summary = "What the platform runs for a tenant is neither stopped nor changed by anybody, and runs on",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "security",
                            "catches(defect='own-application-changed')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "workload.list(system)", "workload.get", "workload.stop",
                             "workload.start", "workload.scale", "workload.resize(memory_mb)", "workload.autoscale",
                             "workload.fix_size", "workload.update", "workload.rollback", "alert.configure",
                             "workload.delete"),
         .timeout_ms = 40000)
{
    static const struct {
        const char *operation, *arguments;
    } changes[] = {{"workload.start", "{}"},
                   {"workload.scale", "{\"replicas\": 2}"},
                   {"workload.resize", "{\"memory_mb\": 64}"},
                   {"workload.autoscale", "{\"metric\": \"cpu_percent\", \"target\": 50, \"max\": 2}"},
                   {"workload.fix_size", "{}"},
                   {"workload.update", "{\"version\": \"9.9.9\"}"},
                   {"workload.rollback", "{}"},
                   {"workload.stop", "{}"},
                   {"workload.delete", "{}"}};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct m_session *const askers[] = {tenant.admin, platform};
    struct m_json *all = DO(platform, "workload.list", ARG("tenant", tenant.id), ARG("system", 1));
    REQUIRE_INT(m_json_count(all, "/workloads"), ==, 1);
    const char *id = m_json_str(all, "/workloads/0/id");
    const char *before = m_json_text(t, service_read(&tenant, id), "");
    STEP("nobody changes it")
    {
        for (size_t who = 0; who < sizeof askers / sizeof *askers; who++) {
            for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
                REFUSED("invalid_state", askers[who], changes[i].operation, ARG("id", id),
                        ARGS(m_json_parse(t, changes[i].arguments)));
            REFUSED("invalid_state", askers[who], "alert.configure", ARG("workload", id),
                    ARG("rules", m_json_parse(t, "{}")));
        }
    }
    STEP("it is as it was")
    {
        CHECK_STR(m_json_text(t, service_read(&tenant, id), ""), ==, before);
    }
}
