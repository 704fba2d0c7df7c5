/* SPDX-License-Identifier: Apache-2.0 */
/* Users with browsers, on the pages of pages.py beside this plugin. */
#include <muster/kit/browser.h>
#include <muster/kit/data.h>
#include <muster/kit/parallel.h>
#include <muster/kit/process.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

FIXTURE(pages, MUSTER_SCOPE_RUN, .setup_timeout_ms = 60000)
{
    int port = m_port(t);
    M_PROCESS(t, .argv = ARGV("python3", m_beside(t, "pages.py"), m_fmt(t, "%d", port)), .name = "pages",
              .ready_line = "ready", .ready_ms = 60000);
    m_publish(t, "url", m_fmt(t, "http://127.0.0.1:%d", port));
}

#define BROWSES .uses = USES("browser", "pages")

static struct m_browser *user(struct muster_ctx *t, const char *name)
{
    return M_BROWSER(t, .base_url = m_fixture(t, "pages", "url"), .name = name, .wait_ms = 10000);
}

/* One who does not wait long for what will not come. */
static struct m_browser *hasty(struct muster_ctx *t)
{
    return M_BROWSER(t, .base_url = m_fixture(t, "pages", "url"), .wait_ms = 200);
}

/* ---- what works -------------------------------------------------------------------------------------------------- */

static void look_around(struct muster_ctx *t, struct m_browser *b)
{
    m_visit(b, "/slow");
    CHECK_TITLE(b, "start");
    CHECK_URL(b, "/slow");
    CHECK_TEXT(b, "h1", "Welcome");
    CHECK_TEXT_HAS(b, "h1", "elcom");
    CHECK_HIDDEN(b, "#hidden");
    CHECK_HIDDEN(b, "#nowhere");
    CHECK_VISIBLE(b, "text=two");
    CHECK_VISIBLE(b, "text=it's \"so\"");
    CHECK_COUNT(b, "role=listitem", 3);
    CHECK_TEXT(b, "//li[3]", "three");
    REQUIRE(M_UNTIL(t, 10000, 20, m_has_text(b, "#later", "here")));
    CHECK_TEXT(b, "#later", "here now");
    m_click(b, "role=link[name=\"To the form\"]");
    CHECK_URL(b, "/form");
    m_back(b);
    CHECK(M_UNTIL(t, 10000, 20, m_is_at(b, "/slow")));
    m_forward(b);
    CHECK_URL(b, "/form");
}

static void fill_the_form(struct muster_ctx *t, struct m_browser *b)
{
    m_visit(b, "/form");
    CHECK_VALUE(b, "label=User", "nobody");
    m_fill(b, "label=User", "Ada");
    m_type(b, "#user", "!" M_KEY_BACKSPACE "?");
    CHECK_STR(m_value_of(b, "#user"), ==, "Ada?");
    CHECK_STR(m_attribute_of(b, "#user", "value"), ==, "nobody");
    CHECK_STR(m_attribute_of(b, "#user", "lang"), ==, NULL);
    CHECK_STR(m_property_of(b, "#terms", "checked"), ==, "false");
    m_choose(b, "label=Plan", "Pro");
    CHECK_STR(m_text_of(b, "#plan option:checked"), ==, "Pro");
    m_choose(b, "#plan", "f");
    CHECK(m_is_selected(b, "#plan option[value=f]"));
    CHECK(!m_is_selected(b, "label=I agree"));
    m_click(b, "role=checkbox");
    CHECK(m_is_selected(b, "label=I agree"));
    CHECK(!m_is_enabled(b, "#fixed"));
    CHECK(m_is_enabled(b, "#user"));
    m_upload(b, "#file", m_beside(t, "pages.py"));
    m_click(b, "role=button[name=\"Send\"]");
    CHECK_TEXT(b, "role=status", "Ada? f true pages.py");
    m_clear(b, "#user");
    CHECK_VALUE(b, "#user", "");
}

static void look_behind(struct muster_ctx *t, struct m_browser *b)
{
    CHECK_STR(m_cookie(b, "visitor"), ==, "from-the-server");
    m_cookie_set(b, "theme", "dark");
    CHECK_INT(m_json_count(m_cookies(b), ""), ==, 2);
    CHECK_STR(m_json_str(m_script(b, "return document.cookie", NULL), ""), ==,
              "theme=dark"); /* the other is HttpOnly */
    m_cookie_delete(b, "theme");
    CHECK_STR(m_cookie(b, "theme"), ==, NULL);
    m_cookie_delete(b, NULL);
    CHECK_INT(m_json_count(m_cookies(b), ""), ==, 0);
    CHECK_STR(m_stored(b, "cart"), ==, NULL);
    m_store(b, "cart", "3 \"apples\"");
    CHECK_STR(m_stored(b, "cart"), ==, "3 \"apples\"");
    m_store(b, "cart", NULL);
    CHECK_STR(m_stored(b, "cart"), ==, NULL);
    const struct m_json *sum =
        m_script(b, "return {sum: arguments[0] + arguments[1].n, none: null}", "[2, {\"n\": 40}]");
    CHECK_INT(m_json_int(sum, "/sum"), ==, 42);
    CHECK(m_json_is_null(sum, "/none"));
    CHECK_STR(m_json_str(m_script(b, "return new Promise(r => setTimeout(() => r('later'), 50))", NULL), ""), ==,
              "later");
    CHECK_CONSOLE(b);
}

static void go_into_frames(struct muster_ctx *t, struct m_browser *b)
{
    m_visit(b, "/frame");
    m_frame(b, "iframe");
    CHECK_TEXT(b, "h1", "Inside");
    m_frame(b, NULL);
    CHECK_TEXT(b, "h1", "Outside");
    m_visit(b, "/alert");
    m_click(b, "#ask");
    CHECK_STR(m_alert_text(b), ==, "Your name?");
    m_alert_accept(b, "Ada");
    CHECK_TITLE(b, "Ada");
    m_click(b, "#warn");
    CHECK_STR(m_alert_text(b), ==, "beware");
    m_alert_dismiss(b);
    m_reload(b);
    CHECK_TITLE(b, "alert");
}

SCENARIO(uses_everything, BROWSES, .timeout_ms = 120000)
{
    struct m_browser *b = user(t, NULL);
    STEP("look around") look_around(t, b);
    STEP("fill the form") fill_the_form(t, b);
    STEP("look behind") look_behind(t, b);
    STEP("frames and alerts") go_into_frames(t, b);
    m_window_size(b, 640, 480);
    CHECK_INT(m_json_int(m_script(b, "return window.outerWidth", NULL), ""), ==, 640);
    CHECK_STR_HAS(m_page_source(b), "beware");
    m_visit(b, "/console");
    CHECK_STR_HAS(m_json_text(t, m_console(b), ""), "all is well");
    CHECK_STR_HAS(m_json_text(t, m_console(b), ""), "nothing is not defined"); /* what was told once stays */
    m_screenshot(b, "pictures/last.png");
    m_save_page(b, "last.html");
    m_browser_close(b);
}

static void be_user(struct muster_ctx *t, unsigned number, void *data)
{
    struct m_browser *b = user(t, number ? "bob" : "ada");
    (void)data;
    m_visit(b, "/");
    m_barrier(t);
    m_cookie_set(b, "who", number ? "bob" : "ada");
    m_store(b, "who", number ? "bob" : "ada");
    m_barrier(t);
    CHECK_STR(m_cookie(b, "who"), ==, number ? "bob" : "ada");
    CHECK_STR(m_stored(b, "who"), ==, number ? "bob" : "ada");
    CHECK_INT(m_json_count(m_cookies(b), ""), ==, 1);
    m_barrier(t);
}

static struct m_browser *among_changes(struct muster_ctx *t, int changes)
{
    return M_BROWSER(t, .webdriver = m_fmt(t, "%s/driver/%d", m_fixture(t, "pages", "url"), changes));
}

/* As when somebody's container starts meanwhile. */
SCENARIO(network_changes, .uses = USES("pages"))
{
    m_visit(among_changes(t, 2), "http://shop.example/");
}

SCENARIO(network_does_nothing_but_change, .uses = USES("pages"))
{
    m_visit(among_changes(t, 100), "http://shop.example/");
}

SCENARIO(two_users_share_nothing, BROWSES, .timeout_ms = 120000)
{
    m_parallel(t, 2, be_user, NULL);
}

/* ---- what does not ----------------------------------------------------------------------------------------------- */

SCENARIO(every_check_fails, BROWSES, .timeout_ms = 120000)
{
    struct m_browser *b = hasty(t);
    m_visit(b, "/console");
    CHECK_CONSOLE(b); /* console */
    m_visit(b, "/form");
    CHECK_TEXT(b, "role=button", "Receive");              /* text */
    CHECK_TEXT(b, "#nobody", "Ada");                      /* text_absent */
    CHECK_TEXT_HAS(b, "role=button", "Senden");           /* text_has */
    CHECK_VALUE(b, "#user", "Ada");                       /* value */
    CHECK_VISIBLE(b, "#nobody");                          /* visible */
    CHECK_HIDDEN(b, "#user");                             /* hidden */
    CHECK_COUNT(b, "option", 3, "the %s turn", "second"); /* count */
    CHECK_URL(b, "/elsewhere");                           /* url */
    CHECK_TITLE(b, "Form");                               /* title */
    CHECK(M_UNTIL(t, 200, 50, m_is_visible(b, "#said"))); /* until */
    REQUIRE_VISIBLE(b, "#nobody");                        /* required */
    FAIL("it went on");
}

SCENARIO(nothing_to_click, BROWSES)
{
    struct m_browser *b = hasty(t);
    m_visit(b, "/form");
    m_click(b, "#nobody"); /* nothing_to_click */
}

SCENARIO(covered, BROWSES)
{
    struct m_browser *b = hasty(t);
    m_visit(b, "/covered");
    m_click(b, "#under"); /* covered */
}

SCENARIO(alert_in_between, BROWSES)
{
    struct m_browser *b = hasty(t);
    m_visit(b, "/alert");
    m_click(b, "#warn");
    m_alert_text(b);
    m_click(b, "#ask"); /* alert_in_between */
}

SCENARIO(wrong_selector, BROWSES)
{
    struct m_browser *b = hasty(t);
    m_visit(b, "/secret?token=hidden-in-the-address");
    m_secret(t, "very-secret-code");
    m_type(b, "[name=code]", "typed-secretly");
    m_click(b, "p:nonsense("); /* wrong_selector */
}

SCENARIO(no_page, BROWSES)
{
    m_visit(hasty(t), m_fmt(t, "http://127.0.0.1:%d/", m_port(t))); /* no_page */
}

/* The check is none of the browser's, so the picture is of the end; and of each browser. */
SCENARIO(fails_elsewhere, BROWSES)
{
    struct m_browser *ada = user(t, "ada"), *bob = user(t, "bob");
    m_visit(ada, "/form");
    m_visit(bob, "/frame");
    CHECK_INT(1, ==, 2);
}

/* Its time is that of a browser that starts on a slow machine, twice. */
SCENARIO(page_hangs, BROWSES, .timeout_ms = 30000)
{
    m_visit(hasty(t), "/hang"); /* page_hangs */
}

SCENARIO(next_page_hangs, BROWSES)
{
    struct m_browser *b = M_BROWSER(t, .base_url = m_fixture(t, "pages", "url"), .page_ms = 15000);
    m_visit(b, "/to-hang");
    for (int i = 0; i < 2; i++)     /* the first click may return before the page is asked for */
        m_click(b, "text=Onwards"); /* next_page_hangs */
}

/* Runs when the browser's own cleanups have, where nobody else has a browser. */
CLEANUP(look_for_profiles, "users.look_for_profiles")
{
    glob_t found;
    CHECK_INT(glob(m_fmt(t, "%s/profile-*", payload), 0, NULL, &found), ==, GLOB_NOMATCH);
    globfree(&found);
}

SCENARIO(page_is_busy, BROWSES, .timeout_ms = 60000)
{
    DEFER("users.look_for_profiles", m_fixture(t, "browser", "profiles"));
    struct m_browser *b = M_BROWSER(t, .base_url = m_fixture(t, "pages", "url"), .page_ms = 5000);
    m_visit(b, "/busy");
    m_click(b, "role=button"); /* page_is_busy */
    m_page_title(b);
    FAIL("its page was not busy");
}

SCENARIO(crashes, BROWSES)
{
    m_visit(user(t, NULL), "/form");
    abort();
}

SCENARIO(runs_out_of_time, BROWSES, .timeout_ms = 30000)
{
    m_visit(user(t, NULL), "/form");
    for (;;)
        pause();
}

/* The runner is killed meanwhile. */
SCENARIO(stands, BROWSES, .timeout_ms = 120000)
{
    m_visit(user(t, NULL), "/");
    FILE *f = fopen(m_fmt(t, "%s/stands", m_target(t, "dir")), "w");
    REQUIRE(f && fclose(f) == 0);
    for (;;)
        pause();
}

MUSTER_PLUGIN("e2e.users", "1.0.0")
