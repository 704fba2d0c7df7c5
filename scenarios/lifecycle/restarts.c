/* SPDX-License-Identifier: Apache-2.0 */
/* The platform ends and begins again: what its tenants run and keep is what it was. These run alone, since every other
 * scenario would notice. */
#include "common/service.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LIMIT_MB = 64, EVERY_MS = 50, KEEP = 50, CLOCK_MS = 10 };

static struct m_json *resources(struct m_session *platform, const struct tenancy *tenant)
{
    return DO(platform, "tenant.resources", ARG("id", tenant->id));
}

static int runs_so_many(struct m_session *platform, const struct tenancy *tenant, int64_t processes)
{
    struct m_json *there = resources(platform, tenant);
    int done = m_json_count(there, "/pids") == processes;
    m_json_free(there);
    return done;
}

SCENARIO(workloads_outlive_a_restart, PARAMS((str, how)), .tables = TABLES(AXIS("how", "kill", "stop")),
         .summary = "After a restart of the platform runs what ran, as it was set, and what was stopped stays stopped",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity", "serial",
                            "catches(defect='stopped-runs-again')", "catches(defect='usual-limits-again')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(memory_mb)", "workload.stop", "data.put", "data.list",
                             "tenant.resources", "platform.restart(how)"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct m_json *made = DO(tenant.admin, "workload.create", ARG("tenant", tenant.id), ARG("name", m_unique(t, "w")),
                             ARG("replicas", 2), ARG("memory_mb", LIMIT_MB));
    const char *id = m_json_str(made, "/id"), *resting = service_begin(t, &tenant, "web", 1);
    STEP("one runs and has data, another is stopped")
    {
        DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", "order"), ARG("value", 17));
        DO(tenant.admin, "workload.stop", ARG("id", resting));
    }
    struct m_json *before = resources(platform, &tenant);
    STEP("the platform ends, and begins again")
    {
        DO(platform, "platform.restart", ARG("how", how));
    }
    STEP("the one runs, with its limit, its size and its data")
    {
        CHECK(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, id, 2, m_json_str(made, "/version"))));
        struct m_json *now = service_read(&tenant, id);
        CHECK_INT(m_json_int(now, "/limits/memory_mb"), ==, LIMIT_MB);
        for (int i = 0; i < 2; i++)
            CHECK_INT(m_json_int(now, m_fmt(t, "/processes/%d/limits/memory_mb", i)), ==, LIMIT_MB);
        CHECK_JSON(m_json_text(t, DO(tenant.admin, "data.list", ARG("workload", id)), ""), "/data", "{\"order\": 17}");
    }
    STEP("the other does not")
    {
        struct m_json *rests = service_read(&tenant, resting);
        CHECK_STR(m_json_str(rests, "/state"), ==, "stopped");
        CHECK_INT(m_json_count(rests, "/processes"), ==, 0);
    }
    STEP("there are as many processes as there were, and none of those")
    {
        int64_t n = m_json_count(before, "/pids");
        CHECK(M_UNTIL(t, SERVICE_MS, 10, runs_so_many(platform, &tenant, n)));
        struct m_json *after = resources(platform, &tenant);
        for (int64_t i = 0; i < n; i++)
            CHECK(!service_has_pid(t, after, "/pids", m_json_int(before, m_fmt(t, "/pids/%d", (int)i))));
    }
}

static int is_gone(const struct tenancy *tenant, const char *id)
{
    struct m_tried now = TRY(tenant->admin, "workload.get", ARG("id", id));
    int gone = now.refused && strcmp(now.refused, "not_found") == 0;
    m_json_free(now.result);
    m_json_free(now.details);
    return gone;
}

SCENARIO(deletions_outlive_a_restart,
         .summary = "A workload whose deletion a restart of the platform has interrupted goes all the same",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "data_integrity", "serial",
                            "catches(defect='deletion-forgotten')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(image, grace_ms)", "workload.delete",
                             "platform.restart(how)"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *id = m_json_str(DO(tenant.admin, "workload.create", ARG("tenant", tenant.id),
                                   ARG("name", m_unique(t, "w")), ARG("image", "stubborn"), ARG("grace_ms", 10000)),
                                "/id");
    STEP("it takes its time to end, and the platform is killed meanwhile")
    {
        START(tenant.admin, "workload.delete", ARG("id", id));
        CHECK(!is_gone(&tenant, id));
        DO(platform, "platform.restart", ARG("how", "kill"));
    }
    STEP("it is not there any more, or soon will not be")
    {
        CHECK(M_UNTIL(t, SERVICE_MS, 20, is_gone(&tenant, id)));
    }
}

static struct m_json *list_backups(const struct tenancy *tenant, const char *id)
{
    struct m_json *all = DO(tenant->admin, "backup.list", ARG("workload", id));
    return all;
}

static int64_t backups(const struct tenancy *tenant, const char *id)
{
    struct m_json *all = list_backups(tenant, id);
    int64_t n = m_json_int(all, "/total");
    m_json_free(all);
    return n;
}

/* A time of the platform's, in ms since 1970. */
static int64_t unix_ms(const char *text)
{
    struct tm tm = {.tm_isdst = 0};
    const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    return rest ? (int64_t)timegm(&tm) * 1000 + (*rest == '.' ? atoi(rest + 1) : 0) : 0;
}

/* No two within less than the schedule's time: what was missed is not caught up. */
static void check_pace(struct muster_ctx *t, const struct m_json *all)
{
    int64_t before = 0, n = m_json_count(all, "/backups"), shortest = INT64_MAX;
    for (int64_t i = 0; i < n; i++) {
        int64_t at = unix_ms(m_json_str(all, m_fmt(t, "/backups/%d/created", (int)i)));
        if (before > 0 && at - before < shortest)
            shortest = at - before;
        before = at;
    }
    CHECK_INT(shortest, >=, EVERY_MS - CLOCK_MS);
}

SCENARIO(schedules_outlive_a_restart,
         .summary = "What is to be done every so often is done after a restart of the platform, too",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "data_integrity", "serial",
                            "catches(defect='schedule-ends-with-restart')", "catches(defect='backups-catch-up')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "backup.schedule(keep)", "backup.schedule.get", "backup.list",
                             "backup.unschedule", "platform.restart(how, away_ms)"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *id = service_begin(t, &tenant, "web", 1);
    STEP("backups come by a schedule")
    {
        DO(tenant.admin, "backup.schedule", ARG("workload", id), ARG("every_ms", EVERY_MS), ARG("keep", KEEP));
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, backups(&tenant, id) > 0));
    }
    STEP("after a restart it is what it was, and so are the backups")
    {
        int64_t had = backups(&tenant, id);
        DO(platform, "platform.restart", ARG("how", "kill"), ARG("away_ms", 5 * EVERY_MS));
        struct m_json *schedule = DO(tenant.admin, "backup.schedule.get", ARG("workload", id));
        CHECK_INT(m_json_int(schedule, "/every_ms"), ==, EVERY_MS);
        CHECK_INT(m_json_int(schedule, "/keep"), ==, KEEP);
        CHECK_INT(backups(&tenant, id), >=, had);
    }
    STEP("and more of them come")
    {
        int64_t had = backups(&tenant, id);
        CHECK(M_UNTIL(t, SERVICE_MS, 20, backups(&tenant, id) > had + 1));
    }
    STEP("but none in place of those that did not come meanwhile")
    {
        DO(tenant.admin, "backup.unschedule", ARG("workload", id));
        check_pace(t, list_backups(&tenant, id));
    }
}
