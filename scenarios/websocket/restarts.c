/* SPDX-License-Identifier: Apache-2.0 */
/* The platform ends and begins again: events go on behind those before. */
#include "common/tenancy.h"

static struct m_json *publish(const struct tenancy *tenant, const char *name)
{
    return DO(tenant->admin, "event.publish", ARG("name", name), ARG("tenant", tenant->id));
}

SCENARIO(events_go_on_after_a_restart,
         .summary = "After a restart of the platform events have higher numbers, so that whoever reads on misses none",
         .markers = MARKERS("e2e", "priority_p1", "websocket", "data_integrity", "serial",
                            "catches(defect='events-numbered-again')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "event.publish", "event.list", "platform.restart(how)"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *name = m_unique(t, "event");
    int64_t had = m_json_int(publish(&tenant, name), "/last"), came = 0;
    STEP("the platform is killed, begins again, and there is an event")
    {
        DO(platform, "platform.restart", ARG("how", "kill"));
        came = m_json_int(publish(&tenant, name), "/first");
        CHECK_INT(came, >, had);
    }
    STEP("who reads on behind what he had before finds it")
    {
        struct m_json *heard = DO(tenant.admin, "event.list", ARG("after", had),
                                  ARG("topic", m_fmt(t, "custom.%s.*", name)), ARG("limit", 10));
        CHECK_INT(m_json_count(heard, "/events"), ==, 1);
        CHECK_INT(m_json_int(heard, "/events/0/id"), ==, came);
    }
}
