/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants apart on their pages: two browsers, sessions, cookies, branding, addresses. */
#include "common/viewing.h"

struct pair {
    struct tenancy ours, theirs;
    struct m_viewer *we, *they;
};

static struct pair two_tenants(struct muster_ctx *t)
{
    struct m_session *platform = m_login(t, "admin");
    struct pair p = {.ours = tenancy_begin(t, platform, "starter"), .theirs = tenancy_begin(t, platform, "starter")};
    p.we = view_tenant(t, &p.ours);
    p.they = view_tenant(t, &p.theirs);
    return p;
}

SCENARIO(page_sessions_are_of_one_tenant, .summary = "The session of one tenant's pages is nobody's at another's",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "security", "ui",
                            "catches(defect='session-of-any-tenant')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, TENANT_PAGES, "page.login", "page.tenant"), .uses = USES("browser"),
         .timeout_ms = 120000)
{
    struct pair p = two_tenants(t);
    STEP("each is who he is, in his own browser")
    {
        CHECK_MARK(p.we, "user", p.ours.admin_name);
        CHECK_MARK(p.they, "user", p.theirs.admin_name);
    }
    STEP("their address asks us to log in")
    {
        PAGE_VISIT(p.we, "page.home", ARG("subdomain", p.theirs.subdomain));
        CHECK_PAGE(p.we, "page.tenant_login");
    }
    STEP("and does so with our session's cookie, too")
    {
        PAGE_OPEN(p.we, "page.home", ARG("subdomain", p.ours.subdomain));
        m_page_cookie_set(p.we, "session", m_json_str(m_page_cookie(p.we, "session"), "/value"));
        PAGE_VISIT(p.we, "page.home", ARG("subdomain", p.theirs.subdomain));
        CHECK_PAGE(p.we, "page.tenant_login");
    }
    STEP("the platform's own pages are neither's")
    {
        PAGE_VISIT(p.we, "page.tenant", ARG("id", p.theirs.id));
        CHECK_PAGE(p.we, "page.login");
    }
    STEP("they have noticed nothing")
    {
        PAGE_OPEN(p.they, "page.home", ARG("subdomain", p.theirs.subdomain));
        CHECK_MARK(p.they, "user", p.theirs.admin_name);
    }
}

SCENARIO(session_cookies_are_kept_from_others,
         .summary = "A session's cookie is for its tenant's pages alone: no script, no other site",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "security", "ui",
                            "catches(defect='cookie-scriptable')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, TENANT_PAGES), .uses = USES("browser"), .timeout_ms = 120000)
{
    struct pair p = two_tenants(t);
    const struct m_json *cookie = m_page_cookie(p.we, "session");
    STEP("its flags")
    {
        CHECK_INT(m_json_bool(cookie, "/httpOnly"), ==, 1);
        CHECK_STR(m_json_str(cookie, "/sameSite"), !=, "None");
    }
    STEP("a script of the page does not see it")
    {
        const struct m_json *seen = m_script(m_viewer_browser(p.we), "return document.cookie", NULL);
        CHECK(!strstr(m_json_str(seen, ""), m_json_str(cookie, "/value")));
    }
    STEP("no two have the same, and their pages are not sent ours")
    {
        CHECK_STR(m_json_str(m_page_cookie(p.they, "session"), "/value"), !=, m_json_str(cookie, "/value"));
        PAGE_VISIT(p.we, "page.tenant_login", ARG("subdomain", p.theirs.subdomain));
        CHECK(m_page_cookie(p.we, "session") == NULL);
    }
}

SCENARIO(pages_look_like_their_tenant, .summary = "What one tenant makes its pages look like changes no other's",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "ui", "catches(defect='branding-mixed')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, TENANT_PAGES, "page.branding", "branding.put(logo)"),
         .uses = USES("browser"), .timeout_ms = 120000)
{
    struct pair p = two_tenants(t);
    DO(p.ours.admin, "branding.put", ARG("tenant", p.ours.id), ARG("name", "Ours"), ARG("logo", "O"));
    STEP("they choose")
    {
        PAGE_OPEN(p.they, "page.branding", ARG("subdomain", p.theirs.subdomain));
        PAGE_FILL(p.they, "name", "Theirs");
        PAGE_FILL(p.they, "logo", "T");
        PAGE_DO(p.they, "save");
        CHECK_SHOWN(p.they, "saved");
        CHECK_MARK(p.they, "brand_name", "Theirs");
    }
    STEP("ours look as before")
    {
        PAGE_OPEN(p.we, "page.home", ARG("subdomain", p.ours.subdomain));
        CHECK_MARK(p.we, "brand_name", "Ours");
        CHECK_MARK(p.we, "brand_logo", "O");
    }
    STEP("and so does our login, to whoever comes")
    {
        struct m_viewer *anybody = M_VIEWER(t, .name = "anybody");
        PAGE_OPEN(anybody, "page.tenant_login", ARG("subdomain", p.ours.subdomain));
        CHECK_MARK(anybody, "brand_name", "Ours");
        PAGE_OPEN(anybody, "page.tenant_login", ARG("subdomain", p.theirs.subdomain));
        CHECK_MARK(anybody, "brand_name", "Theirs");
    }
}

SCENARIO(pages_show_their_tenants_data, .summary = "A tenant's pages show its own customers, and nobody else's",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "ui", "catches(defect='login-of-any-tenant')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, TENANT_PAGES, "customer.create"), .uses = USES("browser"),
         .timeout_ms = 120000)
{
    struct pair p = two_tenants(t);
    DO(p.ours.admin, "customer.create", ARG("tenant", p.ours.id), ARG("name", "Ada"), ARG("email", "ada@example.test"));
    DO(p.theirs.admin, "customer.create", ARG("tenant", p.theirs.id), ARG("name", "Bob"),
       ARG("email", "bob@example.test"));
    STEP("each sees his own")
    {
        PAGE_OPEN(p.we, "page.home", ARG("subdomain", p.ours.subdomain));
        CHECK_MARK(p.we, "customers", "1");
        CHECK_SHOWN(p.we, "customer[ada@example.test]");
        CHECK_NOT_SHOWN(p.we, "customer[bob@example.test]");
        PAGE_OPEN(p.they, "page.home", ARG("subdomain", p.theirs.subdomain));
        CHECK_SHOWN(p.they, "customer[bob@example.test]");
    }
    STEP("a user of theirs does not get in at our login")
    {
        PAGE_OPEN(p.they, "page.tenant_login", ARG("subdomain", p.ours.subdomain));
        view_log_in(p.they, p.theirs.admin_name, TENANT_PASSWORD);
        CHECK_PAGE(p.they, "page.tenant_login");
        CHECK_SHOWN(p.they, "problem");
        PAGE_VISIT(p.they, "page.home", ARG("subdomain", p.ours.subdomain));
        CHECK_PAGE(p.they, "page.tenant_login");
    }
}
