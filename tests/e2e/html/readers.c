/* SPDX-License-Identifier: Apache-2.0 */
/* Who reads report.html: of a small run, and of a large one (html.sh makes both). */
#include <muster/kit/browser.h>
#include <muster/kit/data.h>
#include <muster/kit/json.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#include <string.h>

#define FAILED_CASE  "acme.pay.scenario_00009[plan=pro]"
#define CRASHED_CASE "acme.pay.scenario_00029[plan=pro]"

#define READS .uses = USES("browser"), .timeout_ms = 300000

static struct m_browser *reader(struct muster_ctx *t)
{
    return M_BROWSER(t, .wait_ms = 30000, .page_ms = 120000);
}

/* The report, with what its address says behind #. */
static void open_report(struct muster_ctx *t, struct m_browser *b, const char *which, const char *fragment)
{
    m_visit(b, m_fmt(t, "file://%s/%s/report.html#%s", m_target(t, "dir"), which, fragment));
    REQUIRE(M_UNTIL(t, 60000, 50, m_count_of(b, "html[data-ready]") == 1));
}

static int64_t asked(struct muster_ctx *t, struct m_browser *b, const char *script)
{
    return m_json_int(m_script(b, m_fmt(t, "return Math.round(Number(%s))", script), NULL), "");
}

static void first_screen(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "small", "");
    CHECK_TITLE(b, "Failed: muster 20261120-233000-ab12");
    CHECK_TEXT(b, ".overall", "Failed");
    CHECK_TEXT_HAS(b, "#summary", "3 failed");
    CHECK_TEXT_HAS(b, "#summary", "1 crashed");
    CHECK_TEXT(b, ".command code", "muster run pay.so -j2 -m 'e2e and not slow' --rerun failed:20261120-233000-ab12");
    CHECK_TEXT(b, "#failures", "5 failures, 4 causes");
    CHECK_COUNT(b, "li.cause", 4);
    CHECK_TEXT(b, "li.cause .n", "2");
    CHECK_TEXT(b, "li.cause h3 code", "orders == wanted");
    CHECK_TEXT(b, "li.cause .place", "scenarios/refunds.c:77");
    CHECK_TEXT(b, "#missed", "1 missed threshold");
    CHECK_TEXT_HAS(b, "section[aria-labelledby=missed]", "< 10ms");
    CHECK_TEXT_HAS(b, "section[aria-labelledby=missed]", "12.5ms");
    CHECK_COUNT(b, "canvas", 1);
    CHECK_TEXT_HAS(b, "section[aria-labelledby=run]", "cgroup-v2");
}

static void the_address_filters(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "small", "v=crashed,error");
    CHECK_TEXT(b, "#scenarios .number", "(2 of 50)");
    CHECK_COUNT(b, "li.row", 2);
    CHECK(m_is_selected(b, "input[value=crashed]"));
    m_click(b, "input[value=crashed]");
    CHECK_URL(b, "#v=error");
    CHECK_TEXT(b, "#scenarios .number", "(1 of 50)");
    m_click(b, "input[value=error]");
    m_fill(b, "label=Markers", "priority_p0 and not slow and issue(id=4711)");
    CHECK_TEXT(b, "#scenarios .number", "(10 of 50)");
    m_fill(b, "label=Text", "00005");
    CHECK_TEXT(b, "#scenarios .number", "(1 of 50)");
    CHECK_URL(b, "q=00005");
    m_fill(b, "label=Markers", "e2e and");
    CHECK_TEXT(b, "#m-mistake", "the name of a marker is missing");
    m_fill(b, "label=Markers", "nothing");
    CHECK_VISIBLE(b, "text=No scenario is like that.");
}

/* Every third failure is of the first cause. */
static void a_cause_leads_to_its_scenarios(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "small", "cause=1");
    CHECK_TEXT(b, "#scenarios .number", "(2 of 50)");
    CHECK_TEXT_HAS(b, ".cause-filter", "orders == wanted");
    m_click(b, "text=show all");
    CHECK_TEXT(b, "#scenarios .number", "(50)");
}

static void a_failure_tells_all(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "small", "v=failed&sort=planned");
    m_click(b, "li.row a");
    CHECK_TEXT(b, "#case-title .id", FAILED_CASE);
    CHECK_URL(b, "case=acme.pay.scenario_00009[plan");
    CHECK_TEXT(b, ".failure h4 code", "orders == wanted");
    CHECK_TEXT_HAS(b, ".failure .where", "scenarios/refunds.c:77 in step refund > ask again");
    CHECK_TEXT_HAS(b, ".diff del", "-   \"state\": \"paid\",");
    CHECK_TEXT_HAS(b, ".diff ins", "+   \"state\": \"refunded\",");
    CHECK_COUNT(b, "#attempt > .steps details[open]", 1);
    CHECK_VISIBLE(b, "text=ask again");
    CHECK_TEXT_HAS(b, ".log", "asking again, after 200 ms");
    CHECK_TEXT(b, ".output .a-f1", "for red");
    CHECK_TEXT_HAS(b, ".output", "\\x1b[2Jnothing else");
    CHECK_STR(m_attribute_of(b, ".artifacts a", "href"), ==,
              "./cases/acme.pay.scenario_00009%5Bplan%3Dpro%5D/attempt-2/files/answers/refund%201.json");
}

static void attempts_are_tabs(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "small", "case=" FAILED_CASE "&attempt=1");
    CHECK_STR(m_attribute_of(b, "#tab-1", "aria-selected"), ==, "true");
    m_type(b, "#tab-1", M_KEY_RIGHT);
    CHECK(M_UNTIL(t, 20000, 50, m_is_at(b, "attempt=2")));
    CHECK_VISIBLE(b, "#tab-2[aria-selected=true]");
    m_click(b, "text=Side by side");
    CHECK_COUNT(b, ".beside .diff", 2);
}

static void a_crash_has_its_stack(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "small", "case=" CRASHED_CASE);
    CHECK_TEXT_HAS(b, ".stack", "send_invoice at scenarios/orders.c:42");
    m_click(b, "#back");
    CHECK_VISIBLE(b, "#failures");
    m_back(b);
    CHECK_TEXT(b, "#case-title .id", CRASHED_CASE);
}

static void a_step_has_an_address(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "small", "case=" FAILED_CASE "&attempt=2&step=3");
    CHECK_TEXT(b, ".chosen .step", "ask for it");
}

/* As Markdown, for somebody's issue. */
static void a_failure_is_copied(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "small", "case=" FAILED_CASE);
    m_script(b,
             "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };"
             "document.querySelector('#case .actions button').click(); return 1",
             NULL);
    CHECK_TEXT_HAS(b, "#live", "failure copied");
    const char *text = m_json_str(m_script(b, "return window.copied", NULL), "");
    CHECK(strncmp(text, "### `" FAILED_CASE "`: failed\n", strlen("### `" FAILED_CASE "`: failed\n")) == 0);
    CHECK(strstr(text, "- `orders == wanted` at `scenarios/refunds.c:77`, in step `refund > ask again`") != NULL);
    CHECK(strstr(text, "\nmuster run pay.so -j2 -m 'e2e and not slow' 'acme.pay.scenario_00009[plan=pro]'\n") != NULL);
}

static void strangers_text_is_text(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "small", "q=pwned");
    CHECK_TEXT(b, "#scenarios .number", "(1 of 50)");
    CHECK_TEXT_HAS(b, "li.row a", "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>");
    m_click(b, "li.row a");
    CHECK_TEXT_HAS(b, ".failure h4 code", "safe(</script><script>");
    CHECK_TEXT_HAS(b, ".output", "<img src=x onerror=window.pwned=1><!-- ");
    CHECK_TEXT_HAS(b, ".output", "\\x1b]8;;javascript:");
    CHECK_COUNT(b, "img", 0);
    CHECK_COUNT(b, "script:not([type])", 1);
    CHECK_COUNT(b, "a[href^='javascript:']", 0);
    CHECK_INT(asked(t, b, "window.pwned === undefined"), ==, 1);
}

/* Tab comes to the list, the arrows go through it, Enter opens, Escape leads back. */
static void works_without_a_mouse(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "large", "");
    m_type(b, "li.row a", M_KEY_DOWN M_KEY_DOWN);
    CHECK_INT(asked(t, b, "document.activeElement.closest('li').ariaPosInSet"), ==, 3);
    m_script(
        b, "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'End', bubbles: true})); return 1",
        NULL);
    CHECK_INT(asked(t, b, "document.activeElement.closest('li').ariaPosInSet"), ==, 10000);
    m_script(b, "document.activeElement.click(); return 1", NULL);
    CHECK_VISIBLE(b, "#case-title");
    CHECK(M_UNTIL(t, 20000, 50, asked(t, b, "document.activeElement.id === 'case-title'") == 1));
    m_type(b, "#back", M_KEY_ESCAPE);
    CHECK_VISIBLE(b, "#failures");
    CHECK_INT(asked(t, b,
                    "[...document.querySelectorAll('button, a[href], input, select')].filter((e) => "
                    "!(e.textContent.trim() || e.labels && e.labels.length)).length"),
              ==, 0);
}

/* 10,000 scenarios with 200 failures. On a quiet machine it takes half a second; a busy one may take its time. */
static void a_large_run_opens(struct muster_ctx *t, struct m_browser *b)
{
    open_report(t, b, "large", "");
    const int64_t ms = asked(t, b, "document.documentElement.dataset.ready");
    LOG("it opened in %lld ms", (long long)ms);
    CHECK_INT(ms, <, 20000);
    CHECK_TEXT(b, "#scenarios .number", "(10,000)");
    CHECK_INT(m_count_of(b, "li.row"), <, 100);
    m_fill(b, "label=Text", "scenario_09998");
    CHECK_TEXT(b, "#scenarios .number", "(1 of 10,000)");
    CHECK_COUNT(b, "li.row", 1);
}

/* Each with one browser, whose start is what takes time; the console tells what the page's policy would have refused.
 */
SCENARIO(looks_for_what_failed, READS)
{
    struct m_browser *b = reader(t);
    first_screen(t, b);
    the_address_filters(t, b);
    a_cause_leads_to_its_scenarios(t, b);
    CHECK_CONSOLE(b);
}

SCENARIO(opens_what_failed, READS)
{
    struct m_browser *b = reader(t);
    a_failure_tells_all(t, b);
    attempts_are_tabs(t, b);
    a_crash_has_its_stack(t, b);
    a_step_has_an_address(t, b);
    a_failure_is_copied(t, b);
    CHECK_CONSOLE(b);
}

SCENARIO(meets_a_stranger, READS)
{
    struct m_browser *b = reader(t);
    strangers_text_is_text(t, b);
    CHECK_CONSOLE(b);
}

SCENARIO(has_a_large_run, READS)
{
    struct m_browser *b = reader(t);
    a_large_run_opens(t, b);
    works_without_a_mouse(t, b);
    CHECK_CONSOLE(b);
}

MUSTER_PLUGIN("e2e.readers", "1.0.0")
