/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of pages as they are on the wire, where one sees more than a browser shows: what goes along, and what comes
 * back. */
#include "common/tenancy.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define FORM_OPERATIONS  TENANCY_OPERATIONS, "form.page", "form.log_in"
#define OWN_FORM         FORM_OPERATIONS, "form.password", "form.change_password"
#define ANOTHER_PASSWORD "Another-horse-8"

/* ---- a browser's part ---------------------------------------------------------------------------------------------
 */

/* A page with a form, as whoever it was shown to has it. */
struct form {
    const char *cookie; /* "name=value" */
    const char *hidden; /* "name=value&" for each field that is not shown */
};

/* Between `begin` and the next quotation mark; NULL: it is not in the tag. */
static const char *attribute(struct muster_ctx *t, const char *tag, size_t len, const char *begin)
{
    const char *at = strstr(tag, begin);
    if (!at || at >= tag + len)
        return NULL;
    at += strlen(begin);
    return m_fmt(t, "%.*s", (int)strcspn(at, "\""), at);
}

/* The form in which a password is asked for: pages have others, to log out. "": there is none. */
static const char *form_of(struct muster_ctx *t, const char *page)
{
    for (const char *begin = page, *end; (begin = strstr(begin, "<form ")) && (end = strstr(begin, "</form>"));
         begin = end) {
        const char *form = m_fmt(t, "%.*s", (int)(end - begin), begin);
        if (strstr(form, " type=\"password\""))
            return form;
    }
    return "";
}

static const char *hidden_fields(struct muster_ctx *t, const char *page)
{
    const char *all = "";
    for (const char *tag = form_of(t, page); (tag = strstr(tag, "<input ")); tag++) {
        size_t len = strcspn(tag, ">");
        const char *type = attribute(t, tag, len, " type=\""), *name = attribute(t, tag, len, " name=\""),
                   *value = attribute(t, tag, len, " value=\"");
        if (type && name && value && strcmp(type, "hidden") == 0)
            all = m_fmt(t, "%s%s=%s&", all, name, value);
    }
    return all;
}

static const char *first_pair(struct muster_ctx *t, const char *cookie)
{
    return m_fmt(t, "%.*s", (int)strcspn(cookie, ";"), cookie);
}

static const char *encoded(struct muster_ctx *t, const char *text)
{
    const char *all = "";
    for (; *text; text++)
        all = m_fmt(t,
                    isalnum((unsigned char)*text) ? "%s%c"
                    : *text == ' '                ? "%s+"
                                                  : "%s%%%02X",
                    all, (unsigned char)*text);
    return all;
}

static struct form open_login(struct muster_ctx *t, const struct tenancy *tenant)
{
    struct m_json *seen = DO(m_nobody(t), "form.page", ARG("subdomain", tenant->subdomain));
    const char *cookie = m_json_str(seen, "/cookie");
    return (struct form){.cookie = cookie ? first_pair(t, cookie) : NULL,
                         .hidden = hidden_fields(t, m_json_str(seen, "/page"))};
}

static struct m_tried try_log_in(struct muster_ctx *t, const struct tenancy *tenant, const struct form *form,
                                 const char *username, const char *password)
{
    return TRY(m_nobody(t), "form.log_in", ARG("subdomain", tenant->subdomain), ARG("cookie", form->cookie),
               ARG("hidden", form->hidden), ARG("username", encoded(t, username)),
               ARG("password", encoded(t, password)), ARG("scheme", "https"));
}

/* Who has logged in by the page: what his browser is told to keep. */
static const char *log_in(struct muster_ctx *t, const struct tenancy *tenant, const char *username,
                          const char *password)
{
    struct form form = open_login(t, tenant);
    struct m_tried tried = try_log_in(t, tenant, &form, username, password);
    REQUIRE_STR(tried.refused, ==, NULL);
    return m_json_str(tried.result, "/cookie");
}

static struct form open_password(struct muster_ctx *t, const struct tenancy *tenant, const char *username)
{
    const char *cookie = first_pair(t, log_in(t, tenant, username, TENANT_PASSWORD));
    struct m_json *seen = DO(m_nobody(t), "form.password", ARG("subdomain", tenant->subdomain), ARG("cookie", cookie));
    return (struct form){.cookie = cookie, .hidden = hidden_fields(t, m_json_str(seen, "/page"))};
}

static struct m_tried try_change(struct muster_ctx *t, const struct tenancy *tenant, const struct form *form,
                                 const char *current, const char *new)
{
    return TRY(m_nobody(t), "form.change_password", ARG("subdomain", tenant->subdomain), ARG("cookie", form->cookie),
               ARG("hidden", form->hidden), ARG("current", encoded(t, current)), ARG("new", encoded(t, new)));
}

/* ---- scenarios ----------------------------------------------------------------------------------------------------
 */

SCENARIO(forms_are_of_one_session,
         .summary = "A form is taken from the session that it was shown to, and from no other one",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='form-token-of-anybody')",
                            "catches(defect='form-token-unchecked')"),
         .needs = OPERATIONS(OWN_FORM, "user.create"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member one = tenancy_member(t, &tenant, "tenant_member");
    STEP("before the login")
    {
        struct form mine = open_login(t, &tenant), theirs = open_login(t, &tenant);
        struct form mixed = {mine.cookie, theirs.hidden}, without = {mine.cookie, ""}, nobodys = {NULL, mine.hidden};
        CHECK_STR(try_log_in(t, &tenant, &mixed, one.username, TENANT_PASSWORD).refused, ==, "form_refused");
        CHECK_STR(try_log_in(t, &tenant, &without, one.username, TENANT_PASSWORD).refused, ==, "form_refused");
        CHECK_STR(try_log_in(t, &tenant, &nobodys, one.username, TENANT_PASSWORD).refused, ==, "form_refused");
        CHECK_STR(try_log_in(t, &tenant, &mine, one.username, TENANT_PASSWORD).refused, ==, NULL);
    }
    STEP("and behind it, also between two sessions of the same user")
    {
        struct form mine = open_password(t, &tenant, one.username), theirs = open_password(t, &tenant, one.username),
                    others = open_password(t, &tenant, tenant.admin_name);
        struct form mixed[] = {{mine.cookie, theirs.hidden}, {mine.cookie, others.hidden}, {mine.cookie, ""}};
        for (size_t i = 0; i < sizeof mixed / sizeof *mixed; i++)
            CHECK_STR(try_change(t, &tenant, &mixed[i], TENANT_PASSWORD, ANOTHER_PASSWORD).refused, ==, "form_refused");
        CHECK_STR(try_change(t, &tenant, &mine, TENANT_PASSWORD, ANOTHER_PASSWORD).refused, ==, NULL);
    }
}

/* Whether one of the parts behind the first is this, in whatever case. */
static int cookie_has(const char *cookie, const char *part)
{
    size_t len = strlen(part);
    while ((cookie = strchr(cookie, ';'))) {
        cookie += 1 + strspn(cookie + 1, " ");
        if (strncasecmp(cookie, part, len) == 0 && (cookie[len] == ';' || cookie[len] == '\0'))
            return 1;
    }
    return 0;
}

SCENARIO(cookies_say_where_they_may_go,
         .summary = "A cookie that comes by HTTPS is for HTTPS alone, for no script, and for no other site's pages",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='cookie-scriptable')",
                            "catches(defect='cookie-over-plain')", "catches(defect='cookie-from-other-sites')"),
         .needs = OPERATIONS(FORM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *const cookies[] = {
        m_json_str(DO(m_nobody(t), "form.page", ARG("subdomain", tenant.subdomain), ARG("scheme", "https")), "/cookie"),
        log_in(t, &tenant, tenant.admin_name, TENANT_PASSWORD)};
    for (int i = 0; i < 2; i++)
        STEP(i == 0 ? "before the login" : "behind it")
        {
            if (!cookies[i]) /* not every platform knows strangers again */
                continue;
            CHECK(cookie_has(cookies[i], "Secure"), "it may go by HTTP");
            CHECK(cookie_has(cookies[i], "HttpOnly"), "scripts can read it");
            CHECK(cookie_has(cookies[i], "SameSite=Strict") || cookie_has(cookies[i], "SameSite=Lax"),
                  "other sites have it sent");
        }
}

SCENARIO(refused_forms_give_nothing_away,
         .summary = "A form that is refused comes back without a password, and no text in it ends where it should not",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='password-echoed')",
                            "catches(defect='quotes-unescaped')", "catches(defect='page-unescaped')"),
         .needs = OPERATIONS(OWN_FORM), .timeout_ms = 30000)
{
    static const char *const secrets[] = {"Wronghorse1", "Anotherhorse8", "short1"};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    STEP("a name that is markup, with a wrong password")
    {
        struct form form = open_login(t, &tenant);
        struct m_tried tried = try_log_in(t, &tenant, &form, "it's \"q\"> <b>bold</b>", secrets[0]);
        CHECK_STR(tried.refused, ==, "unauthenticated");
        CHECK(!strstr(tried.answer, secrets[0]), "the page has the password in it");
        CHECK(!strstr(tried.answer, "\"q\"") && !strstr(tried.answer, "<b>bold"), "the page has it as markup");
        CHECK_STR_HAS(tried.answer, "bold");
    }
    STEP("a change of the password, with a wrong one, and to one that is too short")
    {
        struct form form = open_password(t, &tenant, tenant.admin_name);
        const char *const tries[][2] = {{secrets[0], secrets[1]}, {TENANT_PASSWORD, secrets[2]}};
        for (int i = 0; i < 2; i++) {
            struct m_tried tried = try_change(t, &tenant, &form, tries[i][0], tries[i][1]);
            CHECK_STR(tried.refused, ==, "invalid");
            CHECK(!strstr(tried.answer, tries[i][0]) && !strstr(tried.answer, tries[i][1]),
                  "the page has a password in it");
        }
    }
}

SCENARIO(forms_carry_any_text, .summary = "A password with blanks and signs logs in by a page, and by the API",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='plus-stays')"),
         .needs = OPERATIONS(FORM_OPERATIONS, "user.create", "session.open"), .timeout_ms = 30000)
{
    static const char *const passwords[] = {"Correct horse  7", "Correct+horse+7", "50% of a=b & c;d 100%25",
                                            "Gr\u00fc\u00dfe \u2603 \U0001F600 7"};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++)
        STEP(passwords[i])
        {
            const char *name = m_unique(t, "user");
            DO(tenant.admin, "user.create", ARG("username", name), ARG("password", passwords[i]),
               ARG("role", "tenant_member"));
            DO(m_nobody(t), "session.open", ARG("username", name), ARG("password", passwords[i]));
            log_in(t, &tenant, name, passwords[i]);
        }
    STEP("a blank is no plus")
    {
        const char *name = m_unique(t, "user");
        struct form form = open_login(t, &tenant);
        DO(tenant.admin, "user.create", ARG("username", name), ARG("password", "Correct horse 7"),
           ARG("role", "tenant_member"));
        CHECK_STR(try_log_in(t, &tenant, &form, name, "Correct+horse+7").refused, ==, "unauthenticated");
    }
}
