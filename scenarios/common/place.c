/* SPDX-License-Identifier: Apache-2.0 */
/* Where a scenario works: in a tenant, or on a platform that has none. */
#include "common/place.h"

FIXTURE(place, MUSTER_SCOPE_ATTEMPT, .uses = USES("target"), .summary = "A tenant, where the platform has tenants")
{
    static struct place place;
    place.by = m_login(t, "admin");
    if (m_target_has(t, "tenant.create")) {
        struct tenancy tenant = tenancy_begin(t, place.by, "professional");
        place = (struct place){.tenant = tenant.id, .by = tenant.admin};
    }
    m_hand_over(t, &place);
}

const struct place *place_of(struct muster_ctx *t)
{
    return m_fixture_pointer(t, "place");
}

/* By its name, since nobody knows the id of one whose making was cut short. */
CLEANUP(place_end, "place.end", .timeout_ms = 30000)
{
    struct m_json *all;
    if (!m_target_is_there(t))
        return;
    struct m_session *admin = m_login(t, "admin");
    all = DO(admin, "workload.list");
    for (int64_t i = 0; i < m_json_count(all, "/workloads"); i++) {
        const char *name = m_json_str(all, m_fmt(t, "/workloads/%d/name", (int)i));
        if (name && strcmp(name, payload) == 0)
            TRY(admin, "workload.delete", ARG("id", m_json_str(all, m_fmt(t, "/workloads/%d/id", (int)i))));
    }
}

const char *place_workload(struct muster_ctx *t, const struct place *place, const char *name)
{
    if (!place->tenant)
        DEFER("place.end", name);
    struct m_json *made =
        DO(place->by, "workload.create", ARG("tenant", place->tenant), ARG("name", name), ARG("image", "web"));
    return m_json_str(made, "/id");
}
