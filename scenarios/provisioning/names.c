/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's name in DNS comes with it and goes with it, where the installation has a zone. */
#include "provisioning/order.h"

#include <muster/kit/dns.h>
#include <string.h>

#define TTL_MOST_S 3600u

/* Whether the installation gives names, known from any tenant. */
static struct m_dns *zone_of(struct muster_ctx *t, struct m_session *platform, const char *id, const char **ret_name)
{
    struct m_json *tenant = DO(platform, "tenant.get", ARG("id", id));
    const char *server = m_json_str(tenant, "/dns_server");
    if (!server)
        SKIP("the installation gives tenants no names in DNS");
    *ret_name = m_json_str(tenant, "/dns_name");
    return m_dns_at(t, server);
}

SCENARIO(names_follow_tenants, .summary = "A tenant's name leads to the platform as long as there is the tenant",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "dns", "catches(defect='name-stays')",
                            "catches(defect='name-lasts')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(fail_at_step)"), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *name = NULL, *id;
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct m_dns *dns = zone_of(t, platform, tenant.id, &name);
    STEP("an active tenant has its name")
    {
        CHECK(strncmp(name, tenant.subdomain, strlen(tenant.subdomain)) == 0, "its name is %s", name);
        const struct m_dns_record *record = m_dns_find(dns, name, "A");
        REQUIRE(record != NULL);
        /* It may lead elsewhere tomorrow. */
        CHECK_UINT(record->ttl, <=, TTL_MOST_S);
    }
    STEP("one that is gone has none")
    {
        DO(platform, "tenant.delete", ARG("id", tenant.id));
        CHECK_STR(m_dns_value(dns, name, "A"), ==, NULL);
    }
    STEP("nor has one that failed behind the step that gives it")
    {
        const char *subdomain = tenancy_subdomain(t, NULL);
        id = order_that_fails(t, platform, subdomain, "fail_at_step", "health_check");
        zone_of(t, platform, id, &name);
        CHECK_STR(m_dns_value(dns, name, "A"), ==, NULL);
    }
}
