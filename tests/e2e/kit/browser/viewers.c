/* SPDX-License-Identifier: Apache-2.0 */
/* Viewers of pages by their names, on the pages of pages.py, as viewers.target.yaml names them. */
#include <muster/kit/pages.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#define ALL   OPERATIONS("page.start", "page.form", "page.gone", "start.get")
#define VIEWS .needs = ALL, .uses = USES("browser"), .timeout_ms = 60000
#define HASTY .wait_ms = 200

SCENARIO(sees_and_does, VIEWS)
{
    struct m_viewer *v = M_VIEWER(t, .name = "ada", .wait_ms = 10000);
    PAGE_OPEN(v, "page.start");
    CHECK_MARK(v, "greeting", "hello");
    CHECK_STR(PAGE_READ(v, "greeting"), ==, "hello");
    CHECK_MARK(v, "later", "here now");
    CHECK_SHOWN(v, "item[two]");
    CHECK_NOT_SHOWN(v, "item[four]");
    CHECK_NOT_SHOWN(v, "hidden");
    CHECK(M_UNTIL(t, 5000, 50, m_page_shows(v, "item[three]", NULL)));
    CHECK(!m_page_shows(v, "item[three]", "four"));
    PAGE_DO(v, "go");
    REQUIRE_PAGE(v, "page.form");
    PAGE_FILL(v, "user", "ada");
    PAGE_FILL(v, "plan", "Pro");
    CHECK_FIELD(v, "user", "ada");
    CHECK_FIELD(v, "plan", "p");
    m_page_forge(v, "fixed", "forged");
    CHECK_STR(m_page_value(v, "fixed"), ==, "forged");
    PAGE_DO(v, "send");
    CHECK_MARK(v, "said", "ada p false none");
    CHECK_STR(m_json_str(m_page_cookie(v, "visitor"), "/value"), ==, "from-the-server");
    CHECK_INT(m_json_bool(m_page_cookie(v, "visitor"), "/httpOnly"), ==, 1);
    CHECK(m_page_cookie(v, "other") == NULL);
    m_page_cookie_set(v, "other", "ours");
    CHECK_STR(m_json_str(m_page_cookie(v, "other"), "/value"), ==, "ours");
    PAGE_VISIT(v, "page.gone", ARG("id", "a b"));
    CHECK_URL(m_viewer_browser(v), "/nothing/a%20b");
    PAGE_OPEN(v, "page.form", ARG("token", "x"));
    CHECK_URL(m_viewer_browser(v), "token=x");
}

SCENARIO(checks_fail, VIEWS)
{
    struct m_viewer *v = M_VIEWER(t, HASTY);
    PAGE_OPEN(v, "page.start");
    CHECK_MARK(v, "greeting", "goodbye");
    CHECK_SHOWN(v, "item[four]");
    CHECK_NOT_SHOWN(v, "item[one]");
    CHECK_PAGE(v, "page.form");
    CHECK_MARK(v, "greeting", "hello"); /* it is still at the page that it was at */
    PAGE_OPEN(v, "page.form");
    CHECK_FIELD(v, "user", "ada");
    PAGE_OPEN(v, "page.gone", ARG("id", "1"));
    CHECK(0, "the page that is not shown does not end the scenario");
}

SCENARIO(no_page_yet, VIEWS)
{
    PAGE_DO(M_VIEWER(t, HASTY), "go");
}

SCENARIO(not_on_another_page, VIEWS)
{
    struct m_viewer *v = M_VIEWER(t, HASTY);
    PAGE_OPEN(v, "page.start");
    m_visit(m_viewer_browser(v), "about:blank");
    CHECK_NOT_SHOWN(v, "item[four]");
}

SCENARIO(wrong_mark, VIEWS)
{
    struct m_viewer *v = M_VIEWER(t, HASTY);
    PAGE_OPEN(v, "page.start");
    PAGE_READ(v, "greting");
}

SCENARIO(which_one, VIEWS)
{
    struct m_viewer *v = M_VIEWER(t, HASTY);
    PAGE_OPEN(v, "page.start");
    PAGE_READ(v, "item");
}

SCENARIO(quotation_marks, VIEWS)
{
    struct m_viewer *v = M_VIEWER(t, HASTY);
    PAGE_OPEN(v, "page.start");
    PAGE_READ(v, "item[\"]");
}

SCENARIO(nothing_to_forge, VIEWS)
{
    struct m_viewer *v = M_VIEWER(t, HASTY);
    PAGE_OPEN(v, "page.form");
    m_page_forge(v, "gone", "x");
}

SCENARIO(no_argument, VIEWS)
{
    PAGE_OPEN(M_VIEWER(t, HASTY), "page.gone");
}

SCENARIO(undeclared, .needs = OPERATIONS("page.start"), .uses = USES("browser"))
{
    PAGE_OPEN(M_VIEWER(t, HASTY), "page.form");
}

SCENARIO(no_page_at_all, VIEWS)
{
    PAGE_OPEN(M_VIEWER(t, HASTY), "start.get");
}

SCENARIO(asked_as_an_operation, VIEWS)
{
    DO(m_nobody(t), "page.start");
}

SCENARIO(lacking, .needs = OPERATIONS("page.start", "page.checkout"), .uses = USES("browser"))
{
    FAIL("it has run");
}

MUSTER_PLUGIN("e2e.viewers", "1.0.0")
