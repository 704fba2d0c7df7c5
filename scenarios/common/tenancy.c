/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants of a scenario's own: ordering and removing them. */
#include "common/tenancy.h"

#define GONE_MS     10000u
#define INTERVAL_MS 10u

const char *tenancy_admin_name(struct muster_ctx *t, const char *subdomain)
{
    return m_fmt(t, "%s-admin", subdomain);
}

/* A platform may refuse to delete what is still being made, so this asks again until it is gone. */
static int gone(struct muster_ctx *t, struct m_session *platform, const char *id)
{
    struct m_tried now = TRY(platform, "tenant.get", ARG("id", id));
    const char *state = now.refused ? now.refused : m_json_str(now.result, "/state");
    int is_gone = state && (strcmp(state, "gone") == 0 || strcmp(state, "not_found") == 0);
    int settled = state && (strcmp(state, "active") == 0 || strcmp(state, "failed") == 0);
    (void)t;
    m_json_free(now.result);
    if (settled)
        m_json_free(TRY(platform, "tenant.delete", ARG("id", id)).result);
    return is_gone;
}

int64_t tenancy_remove(struct muster_ctx *t, struct m_session *platform, const char *subdomain)
{
    int64_t removed = 0;
    struct m_json *found = DO(platform, "tenant.list", ARG("subdomain", subdomain));
    for (int64_t i = 0; i < m_json_count(found, "/tenants"); i++) {
        const char *id = m_json_str(found, m_fmt(t, "/tenants/%d/id", (int)i));
        if (gone(t, platform, id))
            continue;
        REQUIRE(M_UNTIL(t, GONE_MS, INTERVAL_MS, gone(t, platform, id)));
        removed++;
    }
    return removed;
}

CLEANUP(tenancy_end, "tenancy.end", .timeout_ms = 30000)
{
    /* Else it was started for the run, and has ended with it, with all that was on it. */
    if (m_target_is_there(t))
        tenancy_remove(t, m_login(t, "admin"), payload);
}

const char *tenancy_subdomain(struct muster_ctx *t, const char *wanted)
{
    const char *subdomain = wanted ? wanted : m_unique(t, "e2e");
    DEFER("tenancy.end", subdomain);
    return subdomain;
}

struct tenancy tenancy_begin(struct muster_ctx *t, struct m_session *platform, const char *plan)
{
    const char *subdomain = tenancy_subdomain(t, NULL);
    struct m_json *made = DO(platform, "tenant.create", ORDER(subdomain), ARG("plan", plan));
    struct tenancy tenant = {
        .id = m_json_str(made, "/id"), .subdomain = subdomain, .admin_name = tenancy_admin_name(t, subdomain)};
    tenant.admin = LOGIN(t, "password", ARG("username", tenant.admin_name), ARG("password", TENANT_PASSWORD));
    return tenant;
}

int64_t tenancy_count(struct muster_ctx *t, struct m_session *platform, const char *subdomain)
{
    (void)t;
    return m_json_int(DO(platform, "tenant.list", ARG("subdomain", subdomain)), "/total");
}

struct member tenancy_member(struct muster_ctx *t, const struct tenancy *tenant, const char *role)
{
    struct member m = {.username = m_unique(t, "user")};
    struct m_json *made = DO(tenant->admin, "user.create", ARG("username", m.username),
                             ARG("password", TENANT_PASSWORD), ARG("role", role));
    m.id = m_json_str(made, "/id");
    m.session = LOGIN(t, "password", ARG("username", m.username), ARG("password", TENANT_PASSWORD));
    return m;
}

const char *tenancy_value(struct muster_ctx *t, const char *name)
{
    const char *value = m_target_value(t, name);
    if (!value)
        SKIP("the target does not say `%s`: a value of its file, or --set %s=...", name, name);
    return value;
}
