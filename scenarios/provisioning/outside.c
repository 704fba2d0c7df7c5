/* SPDX-License-Identifier: Apache-2.0 */
/* What tenants need outside of the platform fails for a while: nothing stays half done, here or there. Marked
 * `outside`, since few platforms let scenarios say how that fails; alone, since it fails for all. */
#include "common/service.h"
#include "provisioning/order.h"

#include <string.h>

enum { MADE = 201, DELETED = 200, NOT_FOUND = 404 }; /* statuses */

/* How many requests by this method were answered with this status, behind the one with that number. */
static int64_t count(struct muster_ctx *t, const char *method, int64_t status, int64_t after)
{
    struct m_json *asked = DO(m_nobody(t), "orchestrator.requests", ARG("after", after));
    int64_t n = 0;
    for (int64_t i = 0; i < m_json_count(asked, "/requests"); i++) {
        const char *at = m_fmt(t, "/requests/%d", (int)i);
        n += strcmp(m_json_str(asked, m_fmt(t, "%s/method", at)), method) == 0 &&
             m_json_int(asked, m_fmt(t, "%s/status", at)) == status;
    }
    return n;
}

SCENARIO(orchestrator_failures_leave_nothing, PARAMS((str, how)),
         .tables = TABLES(AXIS("how", "refuses", "is_busy", "deployment_fails", "deployment_is_cancelled")),
         .summary = "A tenant whose application the orchestrator does not get to run is undone, there as here",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity", "outside", "serial",
                            "catches(defect='failed-deployment-taken')", "catches(defect='application-stays')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.steps", "tenant.retry", "audit.list", LEFT_OPERATIONS,
                             "orchestrator.fail", "orchestrator.recover", "orchestrator.requests"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin"), *orchestrator = m_nobody(t);
    const char *subdomain = tenancy_subdomain(t, NULL), *id;
    int64_t last;
    STEP("order a tenant while the orchestrator fails")
    {
        DO(orchestrator, "orchestrator.recover");
        last = m_json_int(DO(orchestrator, "orchestrator.requests"), "/last");
        DO(orchestrator, "orchestrator.fail", ARG("how", how));
        id = m_json_str(START(platform, "tenant.create", ORDER(subdomain)), "/id");
        WAIT_FOR(platform, "tenant.get", "/state", "failed", SERVICE_MS, ARG("id", id));
    }
    STEP("the step that needed it has failed, which is told, and all before it is undone")
    {
        check_rolled_back(t, platform, id, order_step_number("start_application"));
        check_nothing_left(t, platform, id, subdomain);
        CHECK_INT(m_json_int(DO(platform, "audit.list", ARG("entity", id), ARG("action", "tenant.step"),
                                ARG("outcome", "failed")),
                             "/total"),
                  ==, 1);
    }
    STEP("what was made there is gone from there")
    {
        CHECK_INT(count(t, "DELETE", DELETED, last), ==, count(t, "POST", MADE, last));
    }
    STEP("when it is well again, the same tenant is made")
    {
        DO(orchestrator, "orchestrator.recover");
        DO(platform, "tenant.retry", ARG("id", id));
        check_all_done(t, platform, id);
    }
}

static int is_leaving(struct m_session *platform, const char *id)
{
    struct m_json *tenant = DO(platform, "tenant.get", ARG("id", id));
    int leaving = strcmp(m_json_str(tenant, "/state"), "leaving") == 0;
    m_json_free(tenant);
    return leaving;
}

SCENARIO(what_the_orchestrator_has_lost_holds_nobody,
         .summary = "A tenant whose application the orchestrator does not know any more is removed like any other",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity", "outside", "serial",
                            "catches(defect='missing-application-blocks')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, LEFT_OPERATIONS, "orchestrator.fail", "orchestrator.recover",
                             "orchestrator.requests"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin"), *orchestrator = m_nobody(t);
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    int64_t last = m_json_int(DO(orchestrator, "orchestrator.requests"), "/last");
    STEP("remove it when its application is gone from there")
    {
        DO(orchestrator, "orchestrator.fail", ARG("how", "has_lost_it"));
        START(platform, "tenant.delete", ARG("id", tenant.id));
        (void)M_UNTIL(t, SERVICE_MS, 10, !is_leaving(platform, tenant.id)); /* what became of it is looked at below */
        DO(orchestrator, "orchestrator.recover");
    }
    STEP("it was asked to delete it, and that it had nothing to delete is as good")
    {
        CHECK_INT(count(t, "DELETE", NOT_FOUND, last), ==, 1);
        CHECK_STR(m_json_str(DO(platform, "tenant.get", ARG("id", tenant.id)), "/state"), ==, "gone");
        check_nothing_left(t, platform, tenant.id, tenant.subdomain);
    }
}
