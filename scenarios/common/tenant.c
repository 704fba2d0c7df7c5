/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants of a scenario's own: ordering, waiting, removing. */
#include "common/tenant.h"

#define READY_MS    10000u
#define GONE_MS     10000u
#define INTERVAL_MS 10u

const char *tenant_path(struct muster_ctx *t, const struct tenant *tenant, const char *rest)
{
    return m_fmt(t, "/v1/tenants/%s%s%s", tenant->id, *rest ? "/" : "", rest);
}

const char *tenant_admin_name(struct muster_ctx *t, const char *subdomain)
{
    return m_fmt(t, "%s-admin", subdomain);
}

static const char *status_of(struct muster_ctx *t, struct m_http *api, const char *id)
{
    struct m_http_reply reply = m_get(api, m_fmt(t, "/v1/tenants/%s", id));
    if (reply.status == 404)
        return "deprovisioned"; /* without even a record of it */
    struct m_json *tenant = m_json_try_parse(reply.body);
    const char *status = m_json_str(tenant, "/status");
    const char *kept = status ? m_fmt(t, "%s", status) : "unknown";
    m_json_free(tenant);
    return kept;
}

int tenant_is(struct muster_ctx *t, struct m_http *api, const char *id, const char *status)
{
    return strcmp(status_of(t, api, id), status) == 0;
}

/* A platform may refuse to delete what is still being made, so this asks again until it is gone. */
static int tenant_gone(struct muster_ctx *t, struct m_http *api, const char *id)
{
    const char *status = status_of(t, api, id);
    if (strcmp(status, "deprovisioned") == 0)
        return 1;
    if (strcmp(status, "active") == 0 || strcmp(status, "failed") == 0)
        m_delete(api, m_fmt(t, "/v1/tenants/%s", id));
    return 0;
}

int tenant_remove(struct muster_ctx *t, const char *subdomain)
{
    struct session platform = login_admin(t);
    struct m_json *found = ANSWER(200, m_get(platform.api, m_fmt(t, "/v1/tenants?subdomain=%s", subdomain)));
    int n = (int)m_json_count(found, "/tenants");
    for (int i = 0; i < n; i++) {
        const char *id = m_json_str(found, m_fmt(t, "/tenants/%d/id", i));
        REQUIRE(M_UNTIL(t, GONE_MS, INTERVAL_MS, tenant_gone(t, platform.api, id)));
    }
    return n;
}

CLEANUP(tenant_delete, "tenant.delete", .timeout_ms = 30000)
{
    if (!platform_is_gone(t))
        tenant_remove(t, payload);
}

struct m_http_reply tenant_order(struct muster_ctx *t, const struct session *platform, struct tenant_order order)
{
    const char *subdomain = order.subdomain ? order.subdomain : m_unique(t, "e2e");
    const char *admin_name = order.admin_name ? order.admin_name : tenant_admin_name(t, subdomain);
    const char *body = m_json_pack(
        t, "{s:s, s:s, s:s, s:{s:s, s:s}, s:i, s:s*}", "name", m_fmt(t, "Tenant %s", subdomain), "subdomain", subdomain,
        "plan", order.plan ? order.plan : "professional", "admin", "username", admin_name, "password", TENANT_PASSWORD,
        "step_delay_ms", order.step_delay_ms, "fail_at_step", order.fail_at_step);
    DEFER("tenant.delete", subdomain);
    return m_post(platform->api, "/v1/tenants", body);
}

struct tenant tenant_create(struct muster_ctx *t, const struct session *platform, const char *plan)
{
    struct tenant tenant = {.subdomain = m_unique(t, "e2e")};
    struct tenant_order order = {.plan = plan, .subdomain = tenant.subdomain};
    struct m_json *answer = ANSWER(202, tenant_order(t, platform, order));
    tenant.id = m_json_str(answer, "/tenant/id");
    REQUIRE(M_UNTIL(t, READY_MS, INTERVAL_MS, tenant_is(t, platform->api, tenant.id, "active")));
    tenant.admin = login(t, tenant_admin_name(t, tenant.subdomain), TENANT_PASSWORD);
    return tenant;
}

struct session tenant_user(struct muster_ctx *t, const struct tenant *tenant, const char *role)
{
    const char *username = m_unique(t, "user");
    ANSWER(201,
           m_post(tenant->admin.api, "/v1/users",
                  m_json_pack(t, "{s:s, s:s, s:s}", "username", username, "password", TENANT_PASSWORD, "role", role)));
    return login(t, username, TENANT_PASSWORD);
}
