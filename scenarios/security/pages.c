/* SPDX-License-Identifier: Apache-2.0 */
/* Pages and who has no business with them: forged forms, sessions that have ended, what was stolen or typed in. */
#include "common/viewing.h"

#define NO_TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

SCENARIO(forged_forms_are_refused, .summary = "A form that is not one of the session's own changes nothing",
         .markers = MARKERS("e2e", "priority_p0", "security", "ui", "catches(defect='form-token-unchecked')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, PLATFORM_PAGES, TENANT_PAGES, "page.tenant_new", "page.tenant",
                             "page.branding", "page.refused", "branding.get"),
         .uses = USES("browser"), .timeout_ms = 120000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *subdomain = tenancy_subdomain(t, NULL);
    const char *name = m_json_str(DO(tenant.admin, "branding.get", ARG("tenant", tenant.id)), "/name");
    struct m_viewer *admin = view_platform(t, platform), *user = view_tenant(t, &tenant);
    STEP("an order that somebody else made up")
    {
        PAGE_OPEN(admin, "page.tenant_new");
        PAGE_FILL(admin, "name", "Forged");
        PAGE_FILL(admin, "subdomain", subdomain);
        PAGE_FILL(admin, "admin", tenancy_admin_name(t, subdomain));
        PAGE_FILL(admin, "password", TENANT_PASSWORD);
        m_page_forge(admin, "form_token", NO_TOKEN);
        PAGE_DO(admin, "create");
        CHECK_PAGE(admin, "page.refused");
        CHECK_INT(tenancy_count(t, platform, subdomain), ==, 0);
    }
    STEP("one with the token of another session")
    {
        PAGE_OPEN(admin, "page.tenant_new");
        const char *theirs = m_page_value(admin, "form_token");
        PAGE_OPEN(user, "page.branding", ARG("subdomain", tenant.subdomain));
        CHECK_STR(m_page_value(user, "form_token"), !=, theirs);
        PAGE_FILL(user, "name", "Forged");
        m_page_forge(user, "form_token", theirs);
        PAGE_DO(user, "save");
        CHECK_PAGE(user, "page.refused");
        CHECK_STR(m_json_str(DO(tenant.admin, "branding.get", ARG("tenant", tenant.id)), "/name"), ==, name);
    }
    STEP("the session's own still works")
    {
        PAGE_OPEN(user, "page.branding", ARG("subdomain", tenant.subdomain));
        PAGE_FILL(user, "name", "Ours");
        PAGE_DO(user, "save");
        CHECK_SHOWN(user, "saved");
        CHECK_MARK(user, "brand_name", "Ours");
    }
}

SCENARIO(logout_ends_the_session,
         .summary = "After a logout neither the back button, nor the address, nor the cookie opens",
         .markers = MARKERS("e2e", "priority_p0", "security", "ui", "catches(defect='logout-keeps-session')",
                            "catches(defect='page-cached')", "catches(defect='revoked-token-accepted')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, TENANT_PAGES), .uses = USES("browser"), .timeout_ms = 120000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_viewer *user = view_tenant(t, &tenant);
    const char *cookie = m_json_str(m_page_cookie(user, "session"), "/value");
    STEP("log out")
    {
        PAGE_OPEN(user, "page.home", ARG("subdomain", tenant.subdomain));
        PAGE_DO(user, "log_out");
        REQUIRE_PAGE(user, "page.tenant_login");
        CHECK(m_page_cookie(user, "session") == NULL, "the browser has kept the session's cookie");
    }
    STEP("the back button shows nothing of the page")
    {
        m_back(m_viewer_browser(user));
        CHECK_PAGE(user, "page.tenant_login");
    }
    STEP("nor does its address")
    {
        PAGE_VISIT(user, "page.home", ARG("subdomain", tenant.subdomain));
        CHECK_PAGE(user, "page.tenant_login");
    }
    STEP("and the cookie is worth nothing any more")
    {
        m_page_cookie_set(user, "session", cookie);
        PAGE_VISIT(user, "page.home", ARG("subdomain", tenant.subdomain));
        CHECK_PAGE(user, "page.tenant_login");
    }
}

SCENARIO(other_sessions_can_be_ended, .summary = "Who has two browsers ends the session of one in the other",
         .markers = MARKERS("e2e", "priority_p1", "security", "ui", "catches(defect='revoked-token-accepted')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, TENANT_PAGES, "page.sessions"), .uses = USES("browser"),
         .timeout_ms = 120000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_viewer *lost = view_tenant(t, &tenant), *kept = view_tenant(t, &tenant);
    STEP("both are listed, and which one this is")
    {
        PAGE_OPEN(kept, "page.sessions", ARG("subdomain", tenant.subdomain));
        CHECK_SHOWN(kept, "this");
        CHECK_SHOWN(kept, "other");
    }
    STEP("end all others")
    {
        while (m_page_shows(kept, "other", NULL)) {
            PAGE_DO(kept, "end");
            REQUIRE_PAGE(kept, "page.sessions");
        }
    }
    STEP("the other browser is at the login, this one is not")
    {
        PAGE_VISIT(lost, "page.home", ARG("subdomain", tenant.subdomain));
        CHECK_PAGE(lost, "page.tenant_login");
        PAGE_OPEN(kept, "page.home", ARG("subdomain", tenant.subdomain));
    }
}

SCENARIO(values_are_no_markup,
         .summary = "What users type in is shown as they typed it, and never becomes a part of a page",
         .markers = MARKERS("e2e", "priority_p0", "security", "ui", "catches(defect='page-unescaped')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, TENANT_PAGES, "customer.create", "branding.put"),
         .uses = USES("browser"), .timeout_ms = 120000)
{
    static const char evil[] = "<script>document.title = 'taken'</script><i>\"&'";
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", evil), ARG("email", "ada@example.test"));
    DO(tenant.admin, "branding.put", ARG("tenant", tenant.id), ARG("name", evil));
    struct m_viewer *user = view_tenant(t, &tenant);
    CHECK_MARK(user, "customer_name[ada@example.test]", evil);
    CHECK_MARK(user, "brand_name", evil);
    CHECK(strcmp(m_page_title(m_viewer_browser(user)), "taken") != 0);
}
