/* SPDX-License-Identifier: Apache-2.0 */
/* Provisioning as people see it: the order on a page, the 16 steps, the first login. */
#include "common/viewing.h"

#define OWN_PASSWORD "Another-horse-8"

/* By its subdomain, as who has ordered it on a page knows it. */
static const char *id_of(struct m_session *platform, const char *subdomain)
{
    return m_json_str(DO(platform, "tenant.list", ARG("subdomain", subdomain)), "/tenants/0/id");
}

static void fill_order(struct muster_ctx *t, struct m_viewer *admin, const char *name, const char *subdomain)
{
    PAGE_FILL(admin, "name", name);
    PAGE_FILL(admin, "subdomain", subdomain);
    PAGE_FILL(admin, "plan", "starter");
    PAGE_FILL(admin, "admin", tenancy_admin_name(t, subdomain));
    PAGE_FILL(admin, "email", "ada@example.test");
    PAGE_FILL(admin, "password", TENANT_PASSWORD);
}

SCENARIO(a_tenant_comes_by_a_page,
         .summary = "An administrator orders a tenant on a page, and sees its 16 steps until it is active",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "ui", "catches(defect='page-unescaped')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, PLATFORM_PAGES, "page.tenant_new", "page.tenant", "tenant.steps"),
         .uses = USES("browser"), .timeout_ms = 120000)
{
    const char *subdomain = tenancy_subdomain(t, NULL), *name = m_fmt(t, "Fish & <b>Chips</b> \"%s\"", subdomain);
    struct m_session *platform = m_login(t, "admin");
    struct m_viewer *admin = view_platform(t, platform);
    STEP("order it")
    {
        PAGE_DO(admin, "new");
        REQUIRE_PAGE(admin, "page.tenant_new");
        fill_order(t, admin, name, subdomain);
        PAGE_DO(admin, "create");
        REQUIRE_PAGE(admin, "page.tenant");
        CHECK_MARK(admin, "name", name);
        CHECK_MARK(admin, "subdomain", subdomain);
    }
    STEP("its page says when it is active")
    {
        REQUIRE(M_UNTIL(t, 60000, 100, m_page_shows(admin, "state", "active")));
    }
    STEP("each of its steps is done, on the page as in what the platform says")
    {
        struct m_json *steps = DO(platform, "tenant.steps", ARG("id", id_of(platform, subdomain)));
        CHECK_INT(m_json_count(steps, "/steps"), ==, 16);
        for (int i = 0; i < m_json_count(steps, "/steps"); i++) {
            const char *step = m_json_str(steps, m_fmt(t, "/steps/%d/name", i));
            CHECK_STR(m_json_str(steps, m_fmt(t, "/steps/%d/state", i)), ==, "done");
            CHECK_MARK(admin, m_fmt(t, "step[%s]", step), "done");
        }
    }
    STEP("it stands among the tenants, and leads back to its page")
    {
        PAGE_OPEN(admin, "page.tenants");
        CHECK_MARK(admin, m_fmt(t, "state[%s]", subdomain), "active");
        PAGE_DO(admin, m_fmt(t, "open[%s]", subdomain));
        REQUIRE_PAGE(admin, "page.tenant");
        CHECK_MARK(admin, "subdomain", subdomain);
        CHECK_CONSOLE(m_viewer_browser(admin));
    }
}

SCENARIO(wrong_orders_stay_on_the_page,
         .summary = "What is wrong in the order of a tenant is said at its field, and what was given is kept",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "ui", "catches(defect='validation-missing')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, PLATFORM_PAGES, "page.tenant_new", "page.tenant"),
         .uses = USES("browser"), .timeout_ms = 120000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *good = tenancy_subdomain(t, NULL), *bad = tenancy_subdomain(t, m_fmt(t, "No %s!", good));
    struct m_viewer *admin = view_platform(t, platform);
    PAGE_OPEN(admin, "page.tenant_new");
    STEP("a subdomain that is none")
    {
        fill_order(t, admin, "Shop", good);
        PAGE_FILL(admin, "subdomain", bad);
        PAGE_DO(admin, "create");
        REQUIRE_SHOWN(admin, "subdomain_error");
        CHECK_NOT_SHOWN(admin, "name_error");
        CHECK_FIELD(admin, "name", "Shop");
        CHECK_FIELD(admin, "subdomain", bad);
        CHECK_FIELD(admin, "plan", "starter");
        CHECK_FIELD(admin, "password", "");
        CHECK_INT(tenancy_count(t, platform, bad), ==, 0);
    }
    STEP("a password that is too short, and an address that is none")
    {
        PAGE_FILL(admin, "subdomain", good);
        PAGE_FILL(admin, "email", "ada");
        PAGE_FILL(admin, "password", "short");
        PAGE_DO(admin, "create");
        CHECK_SHOWN(admin, "email_error");
        REQUIRE_SHOWN(admin, "password_error");
        CHECK_NOT_SHOWN(admin, "subdomain_error");
        CHECK_INT(tenancy_count(t, platform, good), ==, 0);
    }
    STEP("all of it put right")
    {
        PAGE_FILL(admin, "email", "ada@example.test");
        PAGE_FILL(admin, "password", TENANT_PASSWORD);
        PAGE_DO(admin, "create");
        REQUIRE_PAGE(admin, "page.tenant");
        REQUIRE(M_UNTIL(t, 60000, 100, m_page_shows(admin, "state", "active")));
    }
    STEP("a subdomain that is taken by now")
    {
        PAGE_OPEN(admin, "page.tenant_new");
        fill_order(t, admin, "Second", good);
        PAGE_DO(admin, "create");
        REQUIRE_SHOWN(admin, "subdomain_error");
        CHECK_INT(tenancy_count(t, platform, good), ==, 1);
    }
}

SCENARIO(the_first_login_changes_the_password,
         .summary = "A tenant's administrator logs in for the first time, and chooses a password before anything else",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "security", "ui",
                            "catches(defect='forced-change-skipped')", "catches(defect='admin-login-broken')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, TENANT_PAGES, "page.password", "tenant.create(change_password)",
                             "tenant.get"),
         .uses = USES("browser"), .timeout_ms = 120000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, NULL), *username = tenancy_admin_name(t, subdomain);
    struct m_json *made = DO(platform, "tenant.create", ORDER(subdomain), ARG("change_password", 1));
    struct m_json *tenant = DO(platform, "tenant.get", ARG("id", m_json_str(made, "/id")));
    struct m_viewer *admin = M_VIEWER(t, .name = "administrator");
    STEP("the login leads to a change of the password")
    {
        PAGE_OPEN(admin, "page.tenant_login", ARG("subdomain", subdomain));
        view_log_in(admin, username, TENANT_PASSWORD);
        REQUIRE_PAGE(admin, "page.password");
    }
    STEP("and so does everything else")
    {
        PAGE_VISIT(admin, "page.home", ARG("subdomain", subdomain));
        REQUIRE_PAGE(admin, "page.password");
    }
    STEP("a new one that is not repeated is none")
    {
        PAGE_FILL(admin, "current", TENANT_PASSWORD);
        PAGE_FILL(admin, "new", OWN_PASSWORD);
        PAGE_FILL(admin, "again", TENANT_PASSWORD);
        PAGE_DO(admin, "change");
        CHECK_SHOWN(admin, "again_error");
    }
    STEP("with one of his own he is at his tenant's pages")
    {
        PAGE_FILL(admin, "current", TENANT_PASSWORD);
        PAGE_FILL(admin, "new", OWN_PASSWORD);
        PAGE_FILL(admin, "again", OWN_PASSWORD);
        PAGE_DO(admin, "change");
        REQUIRE_PAGE(admin, "page.home");
        CHECK_MARK(admin, "user", username);
        CHECK_MARK(admin, "brand_name", m_json_str(tenant, "/name"));
        CHECK_MARK(admin, "customers", "0");
    }
    STEP("and the next login asks for no other")
    {
        PAGE_DO(admin, "log_out");
        REQUIRE_PAGE(admin, "page.tenant_login");
        view_log_in(admin, username, TENANT_PASSWORD);
        REQUIRE_SHOWN(admin, "problem");
        view_log_in(admin, username, OWN_PASSWORD);
        REQUIRE_PAGE(admin, "page.home");
    }
}

SCENARIO(
    wrong_looks_stay_on_the_page,
    .summary = "What is wrong in a tenant's branding is said at its field, what was given is kept, and nothing changes",
    .markers = MARKERS("e2e", "priority_p2", "tenant_provisioning", "ui", "catches(defect='form-forgets')"),
    .needs = OPERATIONS(TENANCY_OPERATIONS, TENANT_PAGES, "page.branding", "branding.get"), .uses = USES("browser"),
    .timeout_ms = 120000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_json *before = DO(tenant.admin, "branding.get", ARG("tenant", tenant.id));
    struct m_viewer *admin = view_tenant(t, &tenant);
    PAGE_OPEN(admin, "page.branding", ARG("subdomain", tenant.subdomain));
    STEP("a color that is none")
    {
        PAGE_FILL(admin, "name", "Ours");
        PAGE_FILL(admin, "color", "reddish");
        PAGE_DO(admin, "save");
        REQUIRE_SHOWN(admin, "color_error");
        CHECK_NOT_SHOWN(admin, "name_error");
        CHECK_NOT_SHOWN(admin, "saved");
        CHECK_FIELD(admin, "name", "Ours");
        CHECK_FIELD(admin, "color", "reddish");
    }
    STEP("the tenant looks as it did")
    {
        CHECK_MARK(admin, "brand_name", m_json_str(before, "/name"));
        CHECK_STR(m_json_text(t, DO(tenant.admin, "branding.get", ARG("tenant", tenant.id)), ""), ==,
                  m_json_text(t, before, ""));
    }
    STEP("put right, it is kept")
    {
        PAGE_FILL(admin, "color", "#2f5d8a");
        PAGE_DO(admin, "save");
        REQUIRE_SHOWN(admin, "saved");
        CHECK_MARK(admin, "brand_name", "Ours");
    }
}
