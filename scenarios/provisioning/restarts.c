/* SPDX-License-Identifier: Apache-2.0 */
/* The platform ends while a tenant is being made, or taken down: neither stays half done. */
#include "common/service.h"
#include "provisioning/order.h"

#include <string.h>

enum { UNDER_WAY = 9, STEP_MS = 25 };

static int has_come_to(struct muster_ctx *t, struct m_session *platform, const char *id, int number)
{
    struct m_json *steps = DO(platform, "tenant.steps", ARG("id", id));
    const char *state = order_step(t, steps, number, "state");
    int come = state && strcmp(state, "pending") != 0;
    m_json_free(steps);
    return come;
}

static int is_settled(struct m_session *platform, const char *id)
{
    struct m_json *tenant = DO(platform, "tenant.get", ARG("id", id));
    const char *state = m_json_str(tenant, "/state");
    int settled = state && strcmp(state, "provisioning") != 0 && strcmp(state, "leaving") != 0;
    m_json_free(tenant);
    return settled;
}

/* Undone as a whole, told as one failed step, and good for another try. */
static void check_interrupted(struct muster_ctx *t, struct m_session *platform, const char *id, const char *subdomain)
{
    struct m_json *steps = DO(platform, "tenant.steps", ARG("id", id));
    int64_t failed = 0;
    for (int i = 1; i <= STEP_COUNT; i++) {
        const char *state = order_step(t, steps, i, "state");
        failed += strcmp(state, "failed") == 0;
        CHECK(strcmp(state, "done") != 0 && strcmp(state, "running") != 0, "%s is %s", order_steps[i - 1], state);
    }
    CHECK_INT(failed, ==, 1);
    CHECK_STR(m_json_str(steps, "/state"), ==, "rolled_back");
    check_nothing_left(t, platform, id, subdomain);
    DO(platform, "tenant.retry", ARG("id", id));
}

SCENARIO(interrupted_orders_are_whole_or_nothing, PARAMS((str, how)), .tables = TABLES(AXIS("how", "kill", "stop")),
         .summary = "A tenant that is being made when the platform ends is made whole by the next one, or undone",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "data_integrity", "serial",
                            "catches(defect='interrupted-stays')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(step_delay_ms)", "tenant.steps", "tenant.retry",
                             LEFT_OPERATIONS, "platform.restart(how)"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, NULL), *id;
    STEP("order a tenant, and end the platform in the middle of it")
    {
        id = m_json_str(START(platform, "tenant.create", ORDER(subdomain), ARG("step_delay_ms", STEP_MS)), "/id");
        REQUIRE(M_UNTIL(t, SERVICE_MS, 5, has_come_to(t, platform, id, UNDER_WAY)));
        DO(platform, "platform.restart", ARG("how", how));
    }
    STEP("it does not stay as it is")
    {
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, is_settled(platform, id)));
        if (strcmp(m_json_str(DO(platform, "tenant.get", ARG("id", id)), "/state"), "active") != 0)
            check_interrupted(t, platform, id, subdomain);
    }
    STEP("in the end it is a tenant like any other")
    {
        check_all_done(t, platform, id);
        LOGIN(t, "password", ARG("username", tenancy_admin_name(t, subdomain)), ARG("password", TENANT_PASSWORD));
    }
}

static void interrupt_a_removal(struct muster_ctx *t, const char *how)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    STEP("a tenant with data, and with something that takes its time to end")
    {
        DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
           ARG("email", "ada@example.test"));
        DO(tenant.admin, "workload.create", ARG("tenant", tenant.id), ARG("name", m_unique(t, "w")),
           ARG("image", "stubborn"), ARG("grace_ms", 5000));
    }
    STEP("remove it, and end the platform in the middle of that")
    {
        START(platform, "tenant.delete", ARG("id", tenant.id));
        CHECK_STR(m_json_str(DO(platform, "tenant.get", ARG("id", tenant.id)), "/state"), ==, "leaving");
        DO(platform, "platform.restart", ARG("how", how));
    }
    STEP("it is gone, with all that it had")
    {
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, is_settled(platform, tenant.id)));
        CHECK_STR(m_json_str(DO(platform, "tenant.get", ARG("id", tenant.id)), "/state"), ==, "gone");
        check_nothing_left(t, platform, tenant.id, tenant.subdomain);
    }
}

#define REMOVAL_OPERATIONS                                                                                             \
    TENANCY_OPERATIONS, "workload.create(image, grace_ms)", "customer.create", LEFT_OPERATIONS, "platform.restart(how)"

SCENARIO(interrupted_removals_are_finished,
         .summary = "A tenant that is being taken down when the platform is killed is gone soon after",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "data_integrity", "serial",
                            "catches(defect='removal-stays')"),
         .needs = OPERATIONS(REMOVAL_OPERATIONS), .timeout_ms = 60000)
{
    interrupt_a_removal(t, "kill");
}

SCENARIO(a_stop_ends_no_removal,
         .summary = "A tenant that is being taken down when the platform is stopped is gone soon after",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity", "serial",
                            "catches(defect='removal-given-up')"),
         .needs = OPERATIONS(REMOVAL_OPERATIONS), .timeout_ms = 60000)
{
    interrupt_a_removal(t, "stop");
}
