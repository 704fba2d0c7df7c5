/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that look: at the schedule, the processes, what is recorded, and at what becomes of bad orders. */
#include "world.h"

DATA_STEP(none, verify_scheduling, .summary = "The newest workload gets as many processes as it was ordered with",
          .uses = WORLD)
{
    struct world *w = world(t);
    const char *id = workload_of(t, w, "");
    int replicas = (int)m_json_int(workload_read(t, &w->tenant, id), "/replicas");
    REQUIRE(M_UNTIL(t, WORKLOAD_MS, 20, workload_runs(t, &w->tenant, id, replicas, NULL)));
    CHECK_INT(m_json_count(workload_read(t, &w->tenant, id), "/processes"), ==, replicas);
}

DATA_STEP(none, verify_execution, .summary = "A request to the newest workload is answered by one of its processes",
          .uses = WORLD)
{
    struct world *w = world(t);
    const char *id = workload_of(t, w, "");
    struct m_json *answer = ANSWER(200, m_post(w->tenant.admin.api, workload_path(t, id, "request"), NULL));
    CHECK(pids_hold(t, workload_read(t, &w->tenant, id), "/processes", m_json_int(answer, "/pid")));
}

DATA_STEP(
    none, verify_monitoring,
    .summary = "The order of the newest workload stands in the trail under its author, and its start was announced",
    .uses = WORLD)
{
    struct world *w = world(t);
    const char *id = workload_of(t, w, "");
    struct m_json *trail =
        ANSWER(200, m_get(w->platform.api, m_fmt(t, "/v1/audit?action=workload.create&entity_id=%s", id)));
    REQUIRE_INT(m_json_count(trail, "/entries"), ==, 1);
    CHECK_STR(m_json_str(trail, "/entries/0/actor"), ==, w->tenant.admin.username);
    struct m_json *events =
        ANSWER(200, m_get(w->tenant.admin.api, m_fmt(t, "/v1/events?topic=workload.%s.*&limit=1000", id)));
    int announced = 0;
    for (int i = 0; i < (int)m_json_count(events, "/events"); i++) {
        const char *status = m_json_str(events, m_fmt(t, "/events/%d/data/status", i));
        announced |= status && strcmp(status, "running") == 0;
    }
    CHECK(announced);
}

/* ---- bad orders ---- */

static struct {
    struct m_http_reply malformed, unknown_image, too_many;
} replies;

/* A reply that outlives the next request. */
static struct m_http_reply order(struct muster_ctx *t, const struct world *w, const char *name, const char *image,
                                 int replicas)
{
    struct m_http_reply reply =
        m_post(w->tenant.admin.api, tenant_path(t, &w->tenant, "workloads"),
               m_json_pack(t, "{s:s, s:s, s:i}", "name", name, "image", image, "replicas", replicas));
    reply.body = m_fmt(t, "%s", reply.body);
    return reply;
}

DATA_STEP(none, create_invalid_workload,
          .summary = "Orders with a malformed name, an unknown image, and more processes than the plan has",
          .uses = WORLD)
{
    struct world *w = world(t);
    struct m_json *tenant = ANSWER(200, m_get(w->tenant.admin.api, tenant_path(t, &w->tenant, "")));
    int quota = (int)m_json_int(tenant, "/quotas/replicas");
    replies.malformed = order(t, w, "No Such Name", "web", 1);
    replies.unknown_image = order(t, w, m_unique(t, "w"), "no-such-image", 1);
    ANSWER(202, order(t, w, m_unique(t, "w"), "web", quota / 2));
    replies.too_many = order(t, w, m_unique(t, "w"), "web", quota - quota / 2 + 1);
}

DATA_STEP(none, verify_error_response, .summary = "Each of the bad orders was refused, with a reason that says why",
          .uses = WORLD)
{
    CHECK_REFUSED(422, "validation_failed", replies.malformed);
    CHECK_REFUSED(422, "validation_failed", replies.unknown_image);
    CHECK_REFUSED(403, "quota_exceeded", replies.too_many);
}

DATA_STEP(none, verify_system_stability,
          .summary = "The platform is well, nothing is left of the bad orders, and good ones are taken", .uses = WORLD)
{
    struct world *w = world(t);
    struct m_json *health = ANSWER(200, m_get(w->platform.api, "/health"));
    CHECK_STR(m_json_str(health, "/status"), ==, "ok");
    struct m_json *all = ANSWER(200, m_get(w->tenant.admin.api, tenant_path(t, &w->tenant, "workloads")));
    CHECK_INT(m_json_int(all, "/total"), ==, 1);
    workload_create(t, &w->tenant, "web", 1);
}
