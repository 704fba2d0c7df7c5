/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads by themselves, on any platform that runs some: with tenants or without, whatever it runs them in. */
#include "common/place.h"

SCENARIO(stopped_workload_starts_again,
         .summary = "A workload stops when it is told to, and runs again when it is told to",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='start-forgotten')"),
         .uses = USES("place"),
         .needs = OPERATIONS("workload.create", "workload.get", "workload.stop", "workload.start", "workload.list",
                             "workload.delete"),
         .timeout_ms = 60000)
{
    const struct place *place = place_of(t);
    const char *id = place_workload(t, place, m_unique(t, "w"));
    STEP("stop")
    {
        DO(place->by, "workload.stop", ARG("id", id));
        CHECK_STR(m_json_str(DO(place->by, "workload.get", ARG("id", id)), "/state"), ==, "stopped");
    }
    STEP("start")
    {
        START(place->by, "workload.start", ARG("id", id));
        WAIT_FOR(place->by, "workload.get", "/state", "running", 10000, ARG("id", id));
    }
}

/* Where it stands in the list, from 0; -1: it is not listed. */
static int64_t listed(struct muster_ctx *t, const struct m_json *list, const char *id)
{
    int64_t n = m_json_count(list, "/workloads");
    for (int64_t i = 0; i < n; i++) {
        const char *other = m_json_str(list, m_fmt(t, "/workloads/%d/id", (int)i));
        if (other && strcmp(other, id) == 0)
            return i;
    }
    return -1;
}

SCENARIO(workloads_are_listed_until_they_are_deleted,
         .summary = "The list has every workload with its name, and none that was deleted",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='list-misses-one')"),
         .uses = USES("place"),
         .needs = OPERATIONS("workload.create", "workload.get", "workload.list", "workload.delete"),
         .timeout_ms = 60000)
{
    const struct place *place = place_of(t);
    const char *names[] = {m_unique(t, "w"), m_unique(t, "w"), m_unique(t, "w")};
    const char *ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = place_workload(t, place, names[i]);
    STEP("all of them are listed")
    {
        struct m_json *list = DO(place->by, "workload.list", ARG("tenant", place->tenant));
        for (int i = 0; i < 3; i++) {
            int64_t at = listed(t, list, ids[i]);
            if (CHECK_INT(at, >=, 0, "%s is not listed", names[i]))
                CHECK_STR(m_json_str(list, m_fmt(t, "/workloads/%d/name", (int)at)), ==, names[i]);
        }
    }
    STEP("a name is taken once")
    {
        REFUSED("taken", place->by, "workload.create", ARG("tenant", place->tenant), ARG("name", names[0]),
                ARG("image", "web"));
    }
    STEP("one that is deleted is gone")
    {
        DO(place->by, "workload.delete", ARG("id", ids[1]));
        REFUSED("not_found", place->by, "workload.get", ARG("id", ids[1]));
        struct m_json *list = DO(place->by, "workload.list", ARG("tenant", place->tenant));
        CHECK_INT(listed(t, list, ids[1]), ==, -1);
        CHECK_INT(listed(t, list, ids[0]), >=, 0);
        CHECK_INT(listed(t, list, ids[2]), >=, 0);
    }
}
