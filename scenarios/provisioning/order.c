/* SPDX-License-Identifier: Apache-2.0 */
#include "provisioning/order.h"

#include "common/service.h"

#include <string.h>

const char *const order_steps[STEP_COUNT] = {STEP_NAMES};

int order_step_number(const char *name)
{
    for (int i = 0; i < STEP_COUNT; i++)
        if (strcmp(order_steps[i], name) == 0)
            return i + 1;
    return 0;
}

const char *order_step(struct muster_ctx *t, const struct m_json *steps, int number, const char *field)
{
    return m_json_str(steps, m_fmt(t, "/steps/%d/%s", number - 1, field));
}

void check_all_done(struct muster_ctx *t, struct m_session *platform, const char *id)
{
    struct m_json *steps = DO(platform, "tenant.steps", ARG("id", id));
    CHECK_STR(m_json_str(steps, "/state"), ==, "done");
    REQUIRE_INT(m_json_count(steps, "/steps"), ==, STEP_COUNT);
    for (int i = 1; i <= STEP_COUNT; i++) {
        CHECK_STR(order_step(t, steps, i, "name"), ==, order_steps[i - 1]);
        CHECK_STR(order_step(t, steps, i, "state"), ==, "done");
    }
    for (int i = 2; i <= STEP_COUNT; i++)
        CHECK_STR(order_step(t, steps, i, "started"), >=, order_step(t, steps, i - 1, "ended"));
}

void check_rolled_back(struct muster_ctx *t, struct m_session *platform, const char *id, int failed)
{
    struct m_json *steps = DO(platform, "tenant.steps", ARG("id", id));
    CHECK_STR(m_json_str(steps, "/state"), ==, "rolled_back");
    REQUIRE_INT(m_json_count(steps, "/steps"), ==, STEP_COUNT);
    for (int i = 1; i <= STEP_COUNT; i++) {
        const char *wanted = i < failed ? "rolled_back" : i == failed ? "failed" : "pending";
        CHECK_STR(order_step(t, steps, i, "state"), ==, wanted);
    }
    CHECK_STR(order_step(t, steps, failed, "error"), ==, m_json_str(steps, "/error"));
}

const char *host_of(struct muster_ctx *t, const char *subdomain)
{
    return m_fmt(t, "%s.%s", subdomain, tenancy_value(t, "tenants_domain"));
}

void check_nothing_left(struct muster_ctx *t, struct m_session *platform, const char *id, const char *subdomain)
{
    struct m_json *left = DO(platform, "tenant.resources", ARG("id", id));
    CHECK_STR(m_json_text(t, left, "/resources"), ==, "[]");
    CHECK_INT(m_json_count(left, "/schemas"), ==, 0);
    CHECK_INT(m_json_count(left, "/subdomains"), ==, 0);
    CHECK_INT(m_json_count(left, "/pids"), ==, 0);
    CHECK_INT(m_json_int(left, "/users"), ==, 0);
    CHECK_INT(m_json_int(left, "/customers"), ==, 0);
    CHECK_INT(m_json_int(left, "/workloads"), ==, 0);
    CHECK_INT(m_json_int(left, "/storage_bytes"), ==, 0);
    struct m_session *nobody = m_nobody(t);
    CHECK_INT(m_json_int(DO(nobody, "directory.find", ARG("host", host_of(t, subdomain))), "/total"), ==, 0);
    REFUSED("misdirected", nobody, "application.request", ARG("host", host_of(t, subdomain)));
    CHECK_INT(m_json_int(DO(platform, "mail.list", ARG("tenant", id)), "/total"), ==, 0);
}

const char *order_that_fails(struct muster_ctx *t, struct m_session *platform, const char *subdomain,
                             const char *argument, const char *value)
{
    struct m_json *begun = START(platform, "tenant.create", ORDER(subdomain), ARG(argument, value));
    const char *id = m_json_str(begun, "/id");
    WAIT_FOR(platform, "tenant.get", "/state", "failed", SERVICE_MS, ARG("id", id));
    return id;
}
