/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that are to end: nobody says that they have before it is so. */
#include "common/service.h"

#include <string.h>

static struct m_json *resources(struct m_session *platform, const struct tenancy *tenant)
{
    return DO(platform, "tenant.resources", ARG("id", tenant->id));
}

static int is_stopped(const struct tenancy *tenant, const char *id)
{
    struct m_json *w = service_read(tenant, id);
    const char *state = m_json_str(w, "/state");
    int stopped = state && strcmp(state, "stopped") == 0;
    m_json_free(w);
    return stopped;
}

SCENARIO(stopped_means_ended,
         .summary = "A workload is stopped when its last process has ended, however long that takes, and not before",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='stopped-too-early')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(image, grace_ms)", "workload.stop",
                             "tenant.resources"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_json *made = DO(tenant.admin, "workload.create", ARG("tenant", tenant.id), ARG("name", m_unique(t, "w")),
                             ARG("image", "stubborn"), ARG("grace_ms", 400));
    const char *id = m_json_str(made, "/id");
    int64_t pid = m_json_int(service_read(&tenant, id), "/processes/0/pid");
    STEP("stop one that does not listen")
    {
        START(tenant.admin, "workload.stop", ARG("id", id));
        CHECK(M_UNTIL(t, SERVICE_MS, 5, is_stopped(&tenant, id)));
    }
    STEP("none of its processes is there any more")
    {
        CHECK_INT(m_json_count(service_read(&tenant, id), "/processes"), ==, 0);
        CHECK(!service_has_pid(t, resources(platform, &tenant), "/pids", pid));
    }
}

SCENARIO(updates_leave_no_process, .summary = "When an update is done, nothing of the version before runs any more",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='update-leaves-process')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.update", "tenant.resources"), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 2);
    struct m_json *before = service_read(&tenant, id);
    int64_t n = m_json_count(resources(platform, &tenant), "/pids");
    STEP("update")
    {
        DO(tenant.admin, "workload.update", ARG("id", id), ARG("version", "1.1.0"));
        CHECK(service_runs(t, &tenant, id, 2, "1.1.0"));
    }
    STEP("what ran before has ended, and nothing has come besides")
    {
        struct m_json *after = resources(platform, &tenant);
        for (int i = 0; i < 2; i++)
            CHECK(!service_has_pid(t, after, "/pids", m_json_int(before, m_fmt(t, "/processes/%d/pid", i))));
        CHECK_INT(m_json_count(after, "/pids"), ==, n);
    }
}
