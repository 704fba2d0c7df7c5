/* SPDX-License-Identifier: Apache-2.0 */
/* Steps on workloads: with an id for the one that is meant, or about the newest. */
#include "world.h"

static int has_status(struct muster_ctx *t, const struct world *w, const char *id, const char *status)
{
    struct m_json *now = m_json_parse(t, m_get(w->tenant.admin.api, workload_path(t, id, "")).body);
    const char *is = m_json_str(now, "/status");
    int has = is && strcmp(is, status) == 0;
    m_json_free(now);
    return has;
}

/* To json_pack: null for what was not given. */
static const char *given(const char *text)
{
    return *text ? text : NULL;
}

DATA_STEP(json, create_workload,
          PARAMS((str, name, "", "Unique in the tenant; one is made up without"), (str, image, ""),
                 (i32, replicas, "1"), (str, type, "", "process, docker-container, docker-compose, git-compose"),
                 (str, composeDir, ""), (str, gitRepo, ""), (str, branch, ""), (json, ports, "null"),
                 (json, envVars, "null")),
          .summary = "Orders a workload; what the platform answers: /id, /status, ...", .uses = WORLD)
{
    struct world *w = world(t);
    const char *texts =
        m_json_pack(t, "{s:s, s:i, s:s?, s:s?, s:s?, s:s?, s:s?}", "name", *name ? name : m_unique(t, "w"), "replicas",
                    (int)replicas, "image", given(image), "type", given(type), "composeDir", given(composeDir),
                    "gitRepo", given(gitRepo), "branch", given(branch));
    const char *body = m_fmt(t, "%.*s,\"ports\":%s,\"envVars\":%s}", (int)strlen(texts) - 1, texts, ports, envVars);
    struct m_json *workload = ANSWER(202, m_post(w->tenant.admin.api, tenant_path(t, &w->tenant, "workloads"), body));
    w->workload = m_json_str(workload, "/id");
    REQUIRE(w->workload != NULL);
    return m_json_text(t, workload, "");
}

DATA_STEP(json, get_workload, PARAMS((str, id, "")), .summary = "The workload as it is now", .uses = WORLD)
{
    struct world *w = world(t);
    return m_json_text(t, workload_read(t, &w->tenant, workload_of(t, w, id)), "");
}

DATA_STEP(none, wait_for_status,
          PARAMS((str, id, ""), (str, status, "running"), (str, within, "10s", "500ms, 30s, 2m")),
          .summary = "Waits until the workload has this status", .uses = WORLD)
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    REQUIRE(M_UNTIL(t, duration_ms(t, within), 20, has_status(t, w, which, status)));
}

DATA_STEP(none, wait_for_running, .summary = "Waits until the newest workload runs", .uses = WORLD)
{
    step_wait_for_status(t, "", "running", "10s");
}

DATA_STEP(i64, stop_container, PARAMS((str, id, "")),
          .summary = "Ends a process of the workload behind the platform's back; its process id", .uses = WORLD)
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    struct m_json *before = workload_read(t, &w->tenant, which);
    w->restarts = m_json_int(before, "/restarts");
    w->stopped_pid = m_json_int(before, "/processes/0/pid");
    ANSWER(202, m_post(w->tenant.admin.api, workload_path(t, which, "kill"),
                       m_json_pack(t, "{s:I}", "pid", w->stopped_pid)));
    return w->stopped_pid;
}

static int is_replaced(struct muster_ctx *t, const struct world *w, const char *id)
{
    struct m_json *now = workload_read(t, &w->tenant, id);
    int replaced = m_json_int(now, "/restarts") > w->restarts &&
                   m_json_int(now, "/ready") == m_json_int(now, "/replicas") &&
                   !pids_hold(t, now, "/processes", w->stopped_pid);
    m_json_free(now);
    return replaced;
}

DATA_STEP(none, wait_for_reconciliation, PARAMS((str, id, ""), (str, within, "5s")),
          .summary = "Waits until the process that stop_container ended has been replaced", .uses = WORLD)
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    REQUIRE(M_UNTIL(t, duration_ms(t, within), 20, is_replaced(t, w, which)));
}

DATA_STEP(none, verify_restarted, PARAMS((str, id, "")),
          .summary = "It runs again, in a new process that answers, and the restart was counted", .uses = WORLD)
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    struct m_json *now = workload_read(t, &w->tenant, which);
    CHECK_STR(m_json_str(now, "/status"), ==, "running");
    CHECK_INT(m_json_int(now, "/restarts"), ==, w->restarts + 1);
    CHECK(!pids_hold(t, now, "/processes", w->stopped_pid));
}

DATA_STEP(none, scale_workload, PARAMS((str, id, ""), (i32, replicas)),
          .summary = "Scales the workload and waits until it has settled", .uses = WORLD)
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    ANSWER(202, m_post(w->tenant.admin.api, workload_path(t, which, "scale"),
                       m_json_pack(t, "{s:i}", "replicas", (int)replicas)));
    REQUIRE(M_UNTIL(t, WORKLOAD_MS, 20, workload_runs(t, &w->tenant, which, replicas, NULL)));
}

/* What really runs of a tenant, known to the platform alone. */
static struct m_json *resources(struct muster_ctx *t, const struct world *w)
{
    return ANSWER(200, m_get(w->platform.api, tenant_path(t, &w->tenant, "resources")));
}

DATA_STEP(none, delete_workload, PARAMS((str, id, "")),
          .summary = "Deletes the workload, waits until it is gone, and looks whether its processes are", .uses = WORLD)
{
    struct world *w = world(t);
    const char *which = workload_of(t, w, id);
    struct m_json *before = workload_read(t, &w->tenant, which);
    int64_t n = m_json_count(before, "/processes");
    ANSWER(202, m_delete(w->tenant.admin.api, workload_path(t, which, "")));
    REQUIRE(M_UNTIL(t, WORKLOAD_MS, 20, workload_gone(t, &w->tenant, which)));
    struct m_json *left = resources(t, w);
    for (int i = 0; i < (int)n; i++)
        CHECK(!pids_hold(t, left, "/pids", m_json_int(before, m_fmt(t, "/processes/%d/pid", i))));
}
