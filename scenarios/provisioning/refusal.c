/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that must be refused, and that leave nothing behind. */
#include "common/tenant.h"

static int64_t tenants_with(struct muster_ctx *t, const struct session *platform, const char *subdomain)
{
    return m_json_int(ANSWER(200, m_get(platform->api, m_fmt(t, "/v1/tenants?subdomain=%s", subdomain))), "/total");
}

SCENARIO(subdomain_is_taken_once, .summary = "A second tenant with the same subdomain is refused",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "data_integrity",
                            "catches(defect='duplicate-subdomain')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    const char *subdomain = m_unique(t, "e2e");
    struct tenant_order order = {.subdomain = subdomain};
    STEP("the first takes it")
    {
        struct m_json *first = ANSWER(202, tenant_order(t, &platform, order));
        REQUIRE(M_UNTIL(t, 10000, 10, tenant_is(t, platform.api, m_json_str(first, "/tenant/id"), "active")));
    }
    STEP("the second is refused")
    {
        /* Another administrator's name: only the subdomain stands in the way. */
        order.admin_name = m_unique(t, "other");
        CHECK_REFUSED(409, "subdomain_taken", tenant_order(t, &platform, order));
    }
    STEP("there is one tenant")
    {
        CHECK_INT(tenants_with(t, &platform, subdomain), ==, 1);
    }
}

SCENARIO(invalid_orders_are_refused, .summary = "Unknown plans and malformed subdomains are refused, field by field",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "catches(defect='validation-missing')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    const char *good = m_unique(t, "e2e");
    const struct {
        const char *what, *subdomain, *plan, *field;
    } orders[] = {
        {"a plan that does not exist", good, "platinum", "/error/fields/plan"},
        {"a plan in capitals", good, "STARTER", "/error/fields/plan"},
        {"a subdomain with capitals", m_fmt(t, "A%s", good), "starter", "/error/fields/subdomain"},
        {"a subdomain with an underscore", m_fmt(t, "%s_x", good), "starter", "/error/fields/subdomain"},
        {"a subdomain that opens with a digit", m_fmt(t, "1%s", good), "starter", "/error/fields/subdomain"},
        {"a subdomain of 64 characters", m_fmt(t, "%s%048d", good, 0), "starter", "/error/fields/subdomain"},
    };
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        STEP(orders[i].what)
        {
            struct tenant_order order = {
                .subdomain = orders[i].subdomain, .plan = orders[i].plan, .admin_name = m_unique(t, "admin")};
            struct m_http_reply r = tenant_order(t, &platform, order);
            CHECK_INT(r.status, ==, 422);
            CHECK_STR(m_json_str(m_json_parse(t, r.body), orders[i].field), !=, NULL);
            CHECK_INT(tenants_with(t, &platform, orders[i].subdomain), ==, 0);
        }
    }
}
