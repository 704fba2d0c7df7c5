/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that look: at the schedule, the processes, what is recorded, and at what becomes of bad orders. */
#include "world.h"

DATA_STEP(none, verify_scheduling, .summary = "The newest workload gets as many processes as it was ordered with",
          .needs = OPERATIONS(SERVICE_OPERATIONS))
{
    struct world *w = world(t);
    const char *id = workload_of(t, w, "");
    int replicas = (int)m_json_int(service_read(&w->tenant, id), "/replicas");
    REQUIRE(M_UNTIL(t, SERVICE_MS, 20, service_runs(t, &w->tenant, id, replicas, NULL)));
    CHECK_INT(m_json_count(service_read(&w->tenant, id), "/processes"), ==, replicas);
}

DATA_STEP(none, verify_execution, .summary = "A request to the newest workload is answered by one of its processes",
          .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.request"))
{
    struct world *w = world(t);
    const char *id = workload_of(t, w, "");
    struct m_json *answer = DO(w->tenant.admin, "workload.request", ARG("id", id));
    CHECK(service_has_pid(t, service_read(&w->tenant, id), "/processes", m_json_int(answer, "/pid")));
}

DATA_STEP(
    none, verify_monitoring,
    .summary = "The order of the newest workload stands in the trail under its author, and its start was announced",
    .needs = OPERATIONS(SERVICE_OPERATIONS, "audit.list(action, entity)", "event.list(topic)"))
{
    struct world *w = world(t);
    const char *id = workload_of(t, w, "");
    struct m_json *trail = DO(w->platform, "audit.list", ARG("action", "workload.create"), ARG("entity", id));
    REQUIRE_INT(m_json_count(trail, "/entries"), ==, 1);
    CHECK_STR(m_json_str(trail, "/entries/0/actor"), ==, w->tenant.admin_name);
    struct m_json *events =
        DO(w->tenant.admin, "event.list", ARG("topic", m_fmt(t, "workload.%s.*", id)), ARG("limit", 1000));
    int announced = 0;
    for (int i = 0; i < (int)m_json_count(events, "/events"); i++) {
        const char *status = m_json_str(events, m_fmt(t, "/events/%d/data/status", i));
        announced |= status && strcmp(status, "running") == 0;
    }
    CHECK(announced);
}

/* ---- bad orders ---- */

/* What they were refused as. */
static struct {
    const char *malformed, *unknown_image, *too_many;
} refusals;

static const char *order(const struct world *w, const char *name, const char *image, int replicas)
{
    return TRY(w->tenant.admin, "workload.create", ARG("tenant", w->tenant.id), ARG("name", name), ARG("image", image),
               ARG("replicas", replicas))
        .refused;
}

DATA_STEP(none, create_invalid_workload,
          .summary = "Orders with a malformed name, an unknown image, and more processes than the plan has",
          .needs = OPERATIONS(SERVICE_OPERATIONS))
{
    struct world *w = world(t);
    struct m_json *tenant = DO(w->tenant.admin, "tenant.get", ARG("id", w->tenant.id));
    int quota = (int)m_json_int(tenant, "/quotas/replicas");
    refusals.malformed = order(w, "No Such Name", "web", 1);
    refusals.unknown_image = order(w, m_unique(t, "w"), "no-such-image", 1);
    service_begin(t, &w->tenant, "web", quota / 2);
    refusals.too_many = order(w, m_unique(t, "w"), "web", quota - quota / 2 + 1);
}

DATA_STEP(none, verify_error_response, .summary = "Each of the bad orders was refused, with a reason that says why",
          .needs = OPERATIONS(SERVICE_OPERATIONS))
{
    CHECK_STR(refusals.malformed, ==, "invalid");
    CHECK_STR(refusals.unknown_image, ==, "invalid");
    CHECK_STR(refusals.too_many, ==, "quota_exceeded");
}

DATA_STEP(none, verify_system_stability,
          .summary = "The platform is well, nothing is left of the bad orders, and good ones are taken",
          .needs = OPERATIONS(SERVICE_OPERATIONS, "platform.health", "workload.list"))
{
    struct world *w = world(t);
    struct m_json *health = DO(w->platform, "platform.health");
    CHECK_STR(m_json_str(health, "/status"), ==, "ok");
    struct m_json *all = DO(w->tenant.admin, "workload.list", ARG("tenant", w->tenant.id));
    CHECK_INT(m_json_int(all, "/total"), ==, 1);
    service_begin(t, &w->tenant, "web", 1);
}
