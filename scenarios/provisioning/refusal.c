/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that must be refused, and that leave nothing behind. */
#include "common/tenancy.h"

SCENARIO(subdomain_is_taken_once, .summary = "A second tenant with the same subdomain is refused",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "data_integrity",
                            "catches(defect='duplicate-subdomain')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, NULL);
    STEP("the first takes it")
    {
        DO(platform, "tenant.create", ORDER(subdomain));
    }
    STEP("the second is refused")
    {
        /* Another administrator's name: only the subdomain stands in the way. */
        REFUSED("taken", platform, "tenant.create", ARG("subdomain", subdomain), ARG("admin", m_unique(t, "other")),
                ARG("password", TENANT_PASSWORD));
    }
    STEP("there is one tenant")
    {
        CHECK_INT(tenancy_count(t, platform, subdomain), ==, 1);
    }
}

SCENARIO(invalid_orders_are_refused, .summary = "Unknown plans and malformed subdomains are refused, field by field",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "catches(defect='validation-missing')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *good = m_unique(t, "e2e");
    const struct {
        const char *what, *subdomain, *plan, *field;
    } orders[] = {
        {"a plan that does not exist", good, "platinum", "/fields/plan"},
        {"a plan in capitals", good, "STARTER", "/fields/plan"},
        {"a subdomain with capitals", m_fmt(t, "A%s", good), "starter", "/fields/subdomain"},
        {"a subdomain with an underscore", m_fmt(t, "%s_x", good), "starter", "/fields/subdomain"},
        {"a subdomain that opens with a digit", m_fmt(t, "1%s", good), "starter", "/fields/subdomain"},
        {"a subdomain of 64 characters", m_fmt(t, "%s%048d", good, 0), "starter", "/fields/subdomain"},
    };
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        STEP(orders[i].what)
        {
            const char *subdomain = tenancy_subdomain(t, orders[i].subdomain);
            struct m_tried order =
                TRY(platform, "tenant.create", ARG("subdomain", subdomain), ARG("plan", orders[i].plan),
                    ARG("admin", m_unique(t, "admin")), ARG("password", TENANT_PASSWORD));
            CHECK_STR(order.refused, ==, "invalid");
            CHECK_STR(m_json_str(order.details, orders[i].field), !=, NULL);
            CHECK_INT(tenancy_count(t, platform, subdomain), ==, 0);
        }
    }
}
