/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in at pages. */
#include "common/viewing.h"

void view_log_in(struct m_viewer *viewer, const char *username, const char *password)
{
    PAGE_FILL(viewer, "username", username);
    PAGE_FILL(viewer, "password", password);
    PAGE_DO(viewer, "log_in");
}

struct m_viewer *view_platform(struct muster_ctx *t, const struct m_session *platform)
{
    struct m_viewer *admin = M_VIEWER(t, .name = "platform");
    PAGE_OPEN(admin, "page.login");
    view_log_in(admin, m_session_value(platform, "username"), m_session_value(platform, "password"));
    REQUIRE_PAGE(admin, "page.tenants");
    return admin;
}

struct m_viewer *view_tenant(struct muster_ctx *t, const struct tenancy *tenant)
{
    struct m_viewer *viewer = M_VIEWER(t, .name = tenant->subdomain);
    PAGE_OPEN(viewer, "page.tenant_login", ARG("subdomain", tenant->subdomain));
    view_log_in(viewer, tenant->admin_name, TENANT_PASSWORD);
    REQUIRE_PAGE(viewer, "page.home");
    return viewer;
}
