/* SPDX-License-Identifier: Apache-2.0 */
/* Steps on workloads: with an id for the one that is meant, or about the newest. */
#include "world.h"

/* With the member `status`, by which files of scenarios know the state. */
static const char *shown(struct muster_ctx *t, const struct m_json *workload)
{
    const char *text = m_json_text(t, workload, ""), *state = m_json_text(t, workload, "/state");
    return m_fmt(t, "%.*s,\"status\":%s}", (int)strlen(text) - 1, text, state);
}

static int has_state(const struct world *w, const char *id, const char *state)
{
    struct m_json *now = service_read(&w->tenant, id);
    const char *is = m_json_str(now, "/state");
    int has = is && strcmp(is, state) == 0;
    m_json_free(now);
    return has;
}

static const char *given(const char *text)
{
    return *text ? text : NULL;
}

DATA_STEP(json, create_workload,
          PARAMS((str, name, "", "Unique in the tenant; one is made up without"), (str, image, ""),
                 (i32, replicas, "1"), (str, type, "", "process, docker-container, docker-compose, git-compose"),
                 (str, composeDir, ""), (str, gitRepo, ""), (str, branch, ""), (json, ports, "null"),
                 (json, envVars, "null")),
          .summary = "Orders a workload; what the platform answers: /id, /status, ...",
          .needs = OPERATIONS(SERVICE_OPERATIONS,
                              "workload.create(type, compose_dir, git_repo, branch, ports, environment)"))
{
    struct world *w = world(t);
    struct m_json *workload = START(
        w->tenant.admin, "workload.create", ARG("tenant", w->tenant.id), ARG("name", *name ? name : m_unique(t, "w")),
        ARG("replicas", replicas), ARG("image", given(image)), ARG("type", given(type)),
        ARG("compose_dir", given(composeDir)), ARG("git_repo", given(gitRepo)), ARG("branch", given(branch)),
        ARG("ports", m_json_parse(t, ports)), ARG("environment", m_json_parse(t, envVars)));
    w->workload = m_json_str(workload, "/id");
    REQUIRE(w->workload != NULL);
    return shown(t, workload);
}

DATA_STEP(json, get_workload, PARAMS((str, id, "")), .summary = "The workload as it is now",
          .needs = OPERATIONS(SERVICE_OPERATIONS))
{
    struct world *w = world(t);
    return shown(t, service_read(&w->tenant, workload_of(t, w, id)));
}

DATA_STEP(none, wait_for_status,
          PARAMS((str, id, ""), (str, status, "running"), (str, within, "10s", "500ms, 30s, 2m")),
          .summary = "Waits until the workload has this status", .needs = OPERATIONS(SERVICE_OPERATIONS))
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    REQUIRE(M_UNTIL(t, service_patience_ms(t, duration_ms(t, within)), 20, has_state(w, which, status)));
}

DATA_STEP(none, wait_for_running, .summary = "Waits until the newest workload runs",
          .needs = OPERATIONS(SERVICE_OPERATIONS))
{
    step_wait_for_status(t, "", "running", "10s");
}

DATA_STEP(i64, stop_container, PARAMS((str, id, "")),
          .summary = "Ends a process of the workload behind the platform's back; its process id",
          .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.kill(pid)"))
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    struct m_json *before = service_read(&w->tenant, which);
    w->restarts = m_json_int(before, "/restarts");
    w->stopped_pid = m_json_int(before, "/processes/0/pid");
    DO(w->tenant.admin, "workload.kill", ARG("id", which), ARG("pid", w->stopped_pid));
    return w->stopped_pid;
}

static int is_replaced(struct muster_ctx *t, const struct world *w, const char *id)
{
    struct m_json *now = service_read(&w->tenant, id);
    int replaced = m_json_int(now, "/restarts") > w->restarts &&
                   m_json_int(now, "/ready") == m_json_int(now, "/replicas") &&
                   !service_has_pid(t, now, "/processes", w->stopped_pid);
    m_json_free(now);
    return replaced;
}

DATA_STEP(none, wait_for_reconciliation, PARAMS((str, id, ""), (str, within, "5s")),
          .summary = "Waits until the process that stop_container ended has been replaced",
          .needs = OPERATIONS(SERVICE_OPERATIONS))
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    REQUIRE(M_UNTIL(t, service_patience_ms(t, duration_ms(t, within)), 20, is_replaced(t, w, which)));
}

DATA_STEP(none, verify_restarted, PARAMS((str, id, "")),
          .summary = "It runs again, in a new process that answers, and the restart was counted",
          .needs = OPERATIONS(SERVICE_OPERATIONS))
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    struct m_json *now = service_read(&w->tenant, which);
    CHECK_STR(m_json_str(now, "/state"), ==, "running");
    CHECK_INT(m_json_int(now, "/restarts"), ==, w->restarts + 1);
    CHECK(!service_has_pid(t, now, "/processes", w->stopped_pid));
}

DATA_STEP(none, scale_workload, PARAMS((str, id, ""), (i32, replicas)),
          .summary = "Scales the workload and waits until it has settled",
          .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.scale"))
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    DO(w->tenant.admin, "workload.scale", ARG("id", which), ARG("replicas", replicas));
    REQUIRE(M_UNTIL(t, SERVICE_MS, 20, service_runs(t, &w->tenant, which, replicas, NULL)));
}

DATA_STEP(none, delete_workload, PARAMS((str, id, "")),
          .summary = "Deletes the workload, waits until it is gone, and looks whether its processes are",
          .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.delete", "tenant.resources"))
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    struct m_json *before = service_read(&w->tenant, which);
    int64_t n = m_json_count(before, "/processes");
    DO(w->tenant.admin, "workload.delete", ARG("id", which));
    struct m_json *left = DO(w->platform, "tenant.resources", ARG("id", w->tenant.id)); /* what really runs */
    for (int i = 0; i < (int)n; i++)
        CHECK(!service_has_pid(t, left, "/pids", m_json_int(before, m_fmt(t, "/processes/%d/pid", i))));
}
