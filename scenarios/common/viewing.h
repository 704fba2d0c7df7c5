/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who looks at pages, each in a browser of his own, logged in: .uses = USES("browser"), and the marker `ui`, by which
 * runs without browsers leave these scenarios out.
 */
#ifndef SCENARIOS_VIEWING_H
#define SCENARIOS_VIEWING_H

#include "common/tenancy.h"

#include <muster/kit/pages.h>

/* What view_platform() and view_tenant() ask of the target, besides TENANCY_OPERATIONS. */
#define PLATFORM_PAGES "page.login", "page.tenants"
#define TENANT_PAGES   "page.tenant_login", "page.home"

/* Who has logged in as this identity, at the list of tenants: view_platform(t, m_login(t, "admin")). */
struct m_viewer *view_platform(struct muster_ctx *t, const struct m_session *platform);
/* The tenant's administrator, at its own pages; his browser has the tenant's subdomain for a name. */
struct m_viewer *view_tenant(struct muster_ctx *t, const struct tenancy *tenant);
/* Fills the login at which a viewer is, and sends it. */
void view_log_in(struct m_viewer *viewer, const char *username, const char *password);

#endif
