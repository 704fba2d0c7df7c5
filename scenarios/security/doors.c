/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of one's own: addresses that lead on, sessions, the password of who administers the platform. */
#include "common/people.h"
#include "common/viewing.h"

#include <string.h>

#define OWN_PASSWORD "Another-horse-8"

SCENARIO(
    addresses_lead_to_where_one_begins,
    .summary = "The first address leads a stranger to the login, a user to his pages, and nobody there after a logout",
    .markers = MARKERS("e2e", "priority_p1", "security", "ui", "catches(defect='logout-keeps-session')",
                       "catches(defect='revoked-token-accepted')"),
    .needs = OPERATIONS(TENANCY_OPERATIONS, PLATFORM_PAGES, TENANT_PAGES, "page.front", "page.platform_front",
                        "page.tenant_front"),
    .uses = USES("browser"), .timeout_ms = 120000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_viewer *stranger = M_VIEWER(t, .name = "stranger");
    STEP("a stranger has to log in")
    {
        PAGE_VISIT(stranger, "page.front");
        CHECK_PAGE(stranger, "page.login");
        PAGE_VISIT(stranger, "page.platform_front");
        CHECK_PAGE(stranger, "page.login");
        PAGE_VISIT(stranger, "page.tenant_front", ARG("subdomain", tenant.subdomain));
        CHECK_PAGE(stranger, "page.tenant_login");
    }
    struct m_viewer *admin = view_platform(t, platform), *user = view_tenant(t, &tenant);
    const char *cookie = m_json_str(m_page_cookie(admin, "session"), "/value");
    STEP("who has logged in is at his pages")
    {
        PAGE_VISIT(admin, "page.front");
        CHECK_PAGE(admin, "page.tenants");
        PAGE_VISIT(user, "page.tenant_front", ARG("subdomain", tenant.subdomain));
        CHECK_PAGE(user, "page.home");
        CHECK_MARK(user, "user", tenant.admin_name);
    }
    STEP("who has logged out is a stranger again, whatever his browser sends")
    {
        PAGE_OPEN(admin, "page.tenants");
        PAGE_DO(admin, "log_out");
        REQUIRE_PAGE(admin, "page.login");
        PAGE_VISIT(admin, "page.platform_front");
        CHECK_PAGE(admin, "page.login");
        m_page_cookie_set(admin, "session", cookie);
        PAGE_VISIT(admin, "page.platform_front");
        CHECK_PAGE(admin, "page.login");
    }
}

/* A user of the platform's own who is not the one that all scenarios share. */
static struct member somebody(struct muster_ctx *t, struct m_session *platform)
{
    uint64_t n;
    const struct m_role *roles = m_target_roles(t, &n);
    for (uint64_t i = 0; i < n; i++)
        if (!roles[i].of_tenant && strcmp(roles[i].name, "platform_operator") == 0)
            return people_one(t, platform, NULL, &roles[i]);
    SKIP("the target file names no platform_operator");
}

static struct m_viewer *logged_in(struct muster_ctx *t, const struct member *who, const char *browser)
{
    struct m_viewer *viewer = M_VIEWER(t, .name = browser);
    PAGE_OPEN(viewer, "page.login");
    view_log_in(viewer, who->username, TENANT_PASSWORD);
    REQUIRE_PAGE(viewer, "page.tenants");
    return viewer;
}

static void change_password(struct m_viewer *viewer, const char *current, const char *new)
{
    PAGE_FILL(viewer, "current", current);
    PAGE_FILL(viewer, "new", new);
    PAGE_FILL(viewer, "again", new);
    PAGE_DO(viewer, "change");
}

SCENARIO(operators_look_after_their_own_login,
         .summary = "Who administers the platform ends his other sessions and changes his password on its pages",
         .markers = MARKERS("e2e", "priority_p1", "security", "ui", "catches(defect='weak-password-accepted')",
                            "catches(defect='revoked-token-accepted')"),
         .needs = OPERATIONS(PLATFORM_PAGES, PEOPLE_OPERATIONS, "page.platform_sessions", "page.platform_password"),
         .uses = USES("browser"), .timeout_ms = 120000)
{
    struct m_session *platform = m_login(t, "admin");
    struct member operator= somebody(t, platform);
    struct m_viewer *lost = logged_in(t, &operator, "lost"), *kept = logged_in(t, &operator, "kept");
    STEP("end all sessions but this one")
    {
        PAGE_OPEN(kept, "page.platform_sessions");
        CHECK_SHOWN(kept, "this");
        CHECK_SHOWN(kept, "other");
        while (m_page_shows(kept, "other", NULL)) {
            PAGE_DO(kept, "end");
            REQUIRE_PAGE(kept, "page.platform_sessions");
        }
        PAGE_VISIT(lost, "page.tenants");
        CHECK_PAGE(lost, "page.login");
    }
    STEP("a password that is wrong, and one that is too short, change nothing")
    {
        PAGE_OPEN(kept, "page.platform_password");
        change_password(kept, "Wrong-horse-9", OWN_PASSWORD);
        CHECK_SHOWN(kept, "current_error");
        change_password(kept, TENANT_PASSWORD, "short");
        CHECK_SHOWN(kept, "new_error");
        CHECK_NOT_SHOWN(kept, "current_error");
    }
    STEP("another one opens the next login, and the one before does not")
    {
        PAGE_OPEN(kept, "page.platform_password");
        change_password(kept, TENANT_PASSWORD, OWN_PASSWORD);
        REQUIRE_PAGE(kept, "page.tenants");
        view_log_in(lost, operator.username, TENANT_PASSWORD);
        REQUIRE_SHOWN(lost, "problem");
        view_log_in(lost, operator.username, OWN_PASSWORD);
        REQUIRE_PAGE(lost, "page.tenants");
        CHECK_MARK(lost, "user", operator.username);
    }
}
