/* SPDX-License-Identifier: Apache-2.0 */
#include "common/factories.h"

#include <muster/kit/factory.h>

FACTORY(tenant, UNIQUE("subdomain", "e2e"), TEXT("name", "E2E Test ISP ${n}"),
        CHOICE("plan", "starter|professional|enterprise"), TEXT("admin", "${subdomain}-admin"));

struct m_json *create_provisioning_workflow_tenant(struct muster_ctx *t, const char *company, const char *subdomain,
                                                   const char *plan)
{
    const char *given[4], **end = given;
    if (company)
        *end++ = m_fmt(t, "name=%s", company);
    if (subdomain)
        *end++ = m_fmt(t, "subdomain=%s", subdomain);
    if (plan)
        *end++ = m_fmt(t, "plan=%s", plan);
    *end = NULL;
    return m_json_parse(t, m_make(t, &tenant, given));
}

void create_isolation_test_tenants(struct muster_ctx *t, int count, struct m_json **ret_orders)
{
    for (int i = 0; i < count; i++)
        ret_orders[i] = create_provisioning_workflow_tenant(t, NULL, NULL, "professional");
}

struct tenancy tenancy_order(struct muster_ctx *t, struct m_session *platform, const struct m_json *order)
{
    struct tenancy made = {.subdomain = tenancy_subdomain(t, m_json_str(order, "/subdomain")),
                           .admin_name = m_json_str(order, "/admin")};
    made.id = m_json_str(DO(platform, "tenant.create", ARGS(order), ARG("password", TENANT_PASSWORD)), "/id");
    made.admin = LOGIN(t, "password", ARG("username", made.admin_name), ARG("password", TENANT_PASSWORD));
    return made;
}
