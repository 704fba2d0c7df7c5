/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/browser.h: a real browser, as a user has it, by W3C WebDriver.
 *
 *     struct m_browser *b = M_BROWSER(t, .base_url = m_target(t, "url"));
 *     m_visit(b, "/login");
 *     m_fill(b, "label=User", "ada");
 *     m_fill(b, "#password", password);
 *     m_click(b, "role=button[name=\"Sign in\"]");
 *     CHECK_TEXT(b, "h1", "Welcome, Ada");
 *
 * Model
 *   A browser is one user's: a profile of its own, empty at first, so neither cookies nor storage nor cache are
 *   shared with another one. Open several to be several users. It is started by the WebDriver that the scenario's
 *   fixture `browser` gives (.uses = USES("browser")), or by that of .webdriver. It belongs to the context that opened
 *   it and to one thread at a time, and is ended by a cleanup, however the attempt ends.
 *
 * Where
 *   Elements have no handles: each call says where its element is, and looks for it anew. The first one counts.
 *     "#save", "form > .row"          a CSS selector
 *     "text=Saved"                    an innermost element with this text, blanks aside
 *     "label=Password"                the field that a <label>, aria-label or placeholder names
 *     "role=button"                   by its ARIA role, given or that of its tag
 *     "role=button[name=\"Save\"]"    and its text, aria-label, title, alt or value
 *     "//tr[2]/td", "xpath=..."       XPath 1.0
 *
 * Waiting
 *   What acts on an element or reads it waits until it is there and can be used, for .wait_ms. So do the checks, until
 * they hold. m_is_...(), m_has_text() and m_count_of() look once: M_UNTIL(t, 20000, 100, m_is_visible(b, "#done"))
 * waits longer, and says what was seen last. A page that loads is waited for by whatever is called next, for .page_ms.
 *
 * Failure
 *   An element that does not come, or can't be used, fails the scenario, with the address and the title of the page.
 * That there is no browser, no page (no connection, no end of loading) or that it was used wrongly (an invalid
 * selector) says nothing about the product: an *error*.
 *
 * Evidence
 *   An attempt that does not pass has, for each of its browsers, screenshot.png and page.html (screenshot-NAME.png and
 *   page-NAME.html but for the first) below on-failure/ in its artifacts, made by the first check of a browser that
 *   failed, or else at its end; of one that crashed or ran out of time, beside on-failure/. browser-commands.txt has
 * what was done, without what was typed, browser-console.txt what pages wrote to the console. Texts of m_secret() are
 * stars in all but the picture.
 *
 * Texts that are returned hold until the attempt's process ends. Times are in milliseconds.
 */
#ifndef MUSTER_KIT_BROWSER_H
#define MUSTER_KIT_BROWSER_H

#if defined(__GNUC__)
#pragma GCC system_header /* the checks expand in the author's code */
#endif

#include <muster/kit/json.h>
#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_browser;

/* Zero is the default of each. Strings are copied. */
struct m_browser_options {
    const char *base_url;     /* in front of what m_visit() is given where that begins with "/" */
    const char *name;         /* in messages and artifacts; "browser", then "browser-2" */
    const char *fixture;      /* whose browser: "browser" */
    const char *webdriver;    /* the URL of a WebDriver, instead of the fixture's */
    const char *capabilities; /* with .webdriver: what is asked of it, a JSON object; headless Chromium or Firefox */
    uint32_t wait_ms;         /* how long an element is waited for, and a check; 5000 */
    uint32_t page_ms;         /* how long a page may load, and a script may run; 30000 */
    uint32_t start_ms;        /* how long the browser may take to start; 60000 */
    int32_t width, height;    /* of the window; 1280 and 800 */
};

/* M_BROWSER(t, .base_url = url, .name = "ada") */
#define M_BROWSER(t_, ...) M_WITH_FIELDS_(m_browser_options, m_browser_open, (t_), __VA_ARGS__)

M_KIT_BEGIN_

/* Never NULL. NULL options: defaults. */
struct m_browser *m_browser_open(struct muster_ctx *t, const struct m_browser_options *options);
/* Ends it now, where the cleanup would do so later. It must not be used any more. NULL is allowed. */
void m_browser_close(struct m_browser *browser);

/* ---- pages ---- */

/* An address with its scheme, or what is put behind the base URL: "/login". Returns when the page has loaded.
 * What a change of the machine's network ends (ERR_NETWORK_CHANGED: an interface came or went) is tried again, three
 * times at the most. */
void m_visit(struct m_browser *browser, const char *url);
void m_back(struct m_browser *browser);
void m_forward(struct m_browser *browser);
void m_reload(struct m_browser *browser);
const char *m_page_url(struct m_browser *browser);
const char *m_page_title(struct m_browser *browser);
/* The document as it is now, as HTML. */
const char *m_page_source(struct m_browser *browser);
/* From now on elements are looked for in this frame of the present one; NULL: in the page itself. */
void m_frame(struct m_browser *browser, const char *where);
void m_window_size(struct m_browser *browser, int32_t width, int32_t height);
/* An alert, confirm or prompt, waited for. While it is open nothing else can be done with the page. */
const char *m_alert_text(struct m_browser *browser);
/* With a text, it answers a prompt; NULL: none. */
void m_alert_accept(struct m_browser *browser, const char *text);
void m_alert_dismiss(struct m_browser *browser);

/* ---- what a user does ---- */

void m_click(struct m_browser *browser, const char *where);
/* Behind what is there. M_KEY_ENTER and the others may be in the text. */
void m_type(struct m_browser *browser, const char *where, const char *text);
void m_clear(struct m_browser *browser, const char *where);
/* m_clear(), then m_type(). */
void m_fill(struct m_browser *browser, const char *where, const char *text);
/* Selects the option of a <select> that has this text, or else this value. */
void m_choose(struct m_browser *browser, const char *where, const char *option);
/* A file for an <input type=file>. The path is that of a file where the browser runs. */
void m_upload(struct m_browser *browser, const char *where, const char *path);

#define M_KEY_BACKSPACE "\xEE\x80\x83" /* U+E003 and so on, as WebDriver has them */
#define M_KEY_TAB       "\xEE\x80\x84"
#define M_KEY_ENTER     "\xEE\x80\x87"
#define M_KEY_SHIFT     "\xEE\x80\x88" /* held until the text ends, as are the next two */
#define M_KEY_CONTROL   "\xEE\x80\x89"
#define M_KEY_ALT       "\xEE\x80\x8A"
#define M_KEY_ESCAPE    "\xEE\x80\x8C"
#define M_KEY_PAGE_UP   "\xEE\x80\x8E"
#define M_KEY_PAGE_DOWN "\xEE\x80\x8F"
#define M_KEY_END       "\xEE\x80\x90"
#define M_KEY_HOME      "\xEE\x80\x91"
#define M_KEY_LEFT      "\xEE\x80\x92"
#define M_KEY_UP        "\xEE\x80\x93"
#define M_KEY_RIGHT     "\xEE\x80\x94"
#define M_KEY_DOWN      "\xEE\x80\x95"
#define M_KEY_DELETE    "\xEE\x80\x97"

/* ---- what a user sees ---- */

/* As it is shown: hidden parts have none. */
const char *m_text_of(struct m_browser *browser, const char *where);
/* What a field holds now. */
const char *m_value_of(struct m_browser *browser, const char *where);
/* NULL: it has no such attribute. One that is true or false is "true" when it is there. */
const char *m_attribute_of(struct m_browser *browser, const char *where, const char *name);
/* As JSON, a string as it is; NULL: null, or not there. */
const char *m_property_of(struct m_browser *browser, const char *where, const char *name);
int32_t m_count_of(struct m_browser *browser, const char *where);
/* 1 or 0, for M_UNTIL: of what is not there, 0. */
int32_t m_is_visible(struct m_browser *browser, const char *where);
int32_t m_is_enabled(struct m_browser *browser, const char *where);
/* Of a checkbox, a radio button or an option. */
int32_t m_is_selected(struct m_browser *browser, const char *where);
int32_t m_has_text(struct m_browser *browser, const char *where, const char *part);
/* Whether the part is in the page's address. */
int32_t m_is_at(struct m_browser *browser, const char *part);

/* ---- behind the page ---- */

/* Those that the page's address would be sent: [{"name": ..., "value": ..., "domain": ..., "httpOnly": ...}, ...] */
const struct m_json *m_cookies(struct m_browser *browser);
/* The value, or NULL. */
const char *m_cookie(struct m_browser *browser, const char *name);
void m_cookie_set(struct m_browser *browser, const char *name, const char *value);
/* NULL: all of them. One that is not there is deleted. */
void m_cookie_delete(struct m_browser *browser, const char *name);
/* The local storage of the page's origin. NULL: nothing is stored there. */
const char *m_stored(struct m_browser *browser, const char *key);
/* NULL: it is removed. */
void m_store(struct m_browser *browser, const char *key, const char *value);
/* m_script(b, "return document.title + arguments[0]", "[\"!\"]"): the body of a function, its arguments as a JSON
 * array, or NULL, and its value. A promise that it returns is waited for. What it throws is an error. */
const struct m_json *m_script(struct m_browser *browser, const char *script, const char *arguments);
/* What has been written to the console so far, uncaught errors too:
 * [{"level": "SEVERE", "message": ..., "source": ..., "timestamp": ...}, ...]. Only Chromium tells it. */
const struct m_json *m_console(struct m_browser *browser);
/* Artifacts, whatever the verdict: m_screenshot(b, "basket.png"), m_save_page(b, "basket.html"). */
void m_screenshot(struct m_browser *browser, const char *name);
void m_save_page(struct m_browser *browser, const char *name);

struct m_outcome m_text_outcome_(struct m_browser *browser, const char *where, const char *expected, int32_t whole);
struct m_outcome m_value_outcome_(struct m_browser *browser, const char *where, const char *expected);
struct m_outcome m_visible_outcome_(struct m_browser *browser, const char *where, int32_t visible);
struct m_outcome m_count_outcome_(struct m_browser *browser, const char *where, int32_t expected);
struct m_outcome m_url_outcome_(struct m_browser *browser, const char *part);
struct m_outcome m_title_outcome_(struct m_browser *browser, const char *expected);
struct m_outcome m_console_outcome_(struct m_browser *browser);

M_KIT_END_

/*
 * Checks: each waits up to .wait_ms until it holds, and one that fails makes a picture of the page.
 *     CHECK_TEXT(b, "h1", "Tenants")         the text that is shown is this
 *     CHECK_TEXT_HAS(b, "#state", "ready")   or has this in it
 *     CHECK_VALUE(b, "#name", "shop")        a field holds this
 *     CHECK_VISIBLE(b, "#save")              it is there, and shown
 *     CHECK_HIDDEN(b, "#save")               it is not there, or not shown
 *     CHECK_COUNT(b, "tbody tr", 3)          so many are there, shown or not
 *     CHECK_URL(b, "/tenants")               this is in the page's address
 *     CHECK_TITLE(b, "Tenants")              the page's title is this
 *     CHECK_CONSOLE(b)                       pages have logged no error so far, nor left one uncaught; does not wait.
 *                                            That there is no favicon.ico counts for none.
 * And REQUIRE_TEXT and so on, which end the scenario. Each takes a message as printf does, as all checks do.
 */
#define M_CHECK_TEXT       M_CHECK_TEXT_
#define M_REQUIRE_TEXT     M_REQUIRE_TEXT_
#define M_CHECK_TEXT_HAS   M_CHECK_TEXT_HAS_
#define M_REQUIRE_TEXT_HAS M_REQUIRE_TEXT_HAS_
#define M_CHECK_VALUE      M_CHECK_VALUE_
#define M_REQUIRE_VALUE    M_REQUIRE_VALUE_
#define M_CHECK_VISIBLE    M_CHECK_VISIBLE_
#define M_REQUIRE_VISIBLE  M_REQUIRE_VISIBLE_
#define M_CHECK_HIDDEN     M_CHECK_HIDDEN_
#define M_REQUIRE_HIDDEN   M_REQUIRE_HIDDEN_
#define M_CHECK_COUNT      M_CHECK_COUNT_
#define M_REQUIRE_COUNT    M_REQUIRE_COUNT_
#define M_CHECK_URL        M_CHECK_URL_
#define M_REQUIRE_URL      M_REQUIRE_URL_
#define M_CHECK_TITLE      M_CHECK_TITLE_
#define M_REQUIRE_TITLE    M_REQUIRE_TITLE_
#define M_CHECK_CONSOLE    M_CHECK_CONSOLE_
#define M_REQUIRE_CONSOLE  M_REQUIRE_CONSOLE_

#define M_CHECK_TEXT_(b_, where_, ...)                                                                                 \
    M_SEEN_TEXT_(M_GIVEN_(0, #__VA_ARGS__), "text of " #where_ " == ", #__VA_ARGS__, (b_), (where_), __VA_ARGS__)
#define M_REQUIRE_TEXT_(b_, where_, ...)                                                                               \
    M_SEEN_TEXT_(M_GIVEN_(1, #__VA_ARGS__), "text of " #where_ " == ", #__VA_ARGS__, (b_), (where_), __VA_ARGS__)
#define M_SEEN_TEXT_(required_, text_, rest_, b_, where_, ...)                                                         \
    M_CHECKED_(required_, text_, rest_, , m_text_outcome_(b_, where_, (M_FIRST_(__VA_ARGS__)), 1), __VA_ARGS__)

#define M_CHECK_TEXT_HAS_(b_, where_, ...)                                                                             \
    M_SEEN_TEXT_HAS_(M_GIVEN_(0, #__VA_ARGS__), "text of " #where_ " contains ", #__VA_ARGS__, (b_), (where_),         \
                     __VA_ARGS__)
#define M_REQUIRE_TEXT_HAS_(b_, where_, ...)                                                                           \
    M_SEEN_TEXT_HAS_(M_GIVEN_(1, #__VA_ARGS__), "text of " #where_ " contains ", #__VA_ARGS__, (b_), (where_),         \
                     __VA_ARGS__)
#define M_SEEN_TEXT_HAS_(required_, text_, rest_, b_, where_, ...)                                                     \
    M_CHECKED_(required_, text_, rest_, , m_text_outcome_(b_, where_, (M_FIRST_(__VA_ARGS__)), 0), __VA_ARGS__)

#define M_CHECK_VALUE_(b_, where_, ...)                                                                                \
    M_SEEN_VALUE_(M_GIVEN_(0, #__VA_ARGS__), "value of " #where_ " == ", #__VA_ARGS__, (b_), (where_), __VA_ARGS__)
#define M_REQUIRE_VALUE_(b_, where_, ...)                                                                              \
    M_SEEN_VALUE_(M_GIVEN_(1, #__VA_ARGS__), "value of " #where_ " == ", #__VA_ARGS__, (b_), (where_), __VA_ARGS__)
#define M_SEEN_VALUE_(required_, text_, rest_, b_, where_, ...)                                                        \
    M_CHECKED_(required_, text_, rest_, , m_value_outcome_(b_, where_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#define M_CHECK_COUNT_(b_, where_, ...)                                                                                \
    M_SEEN_COUNT_(M_GIVEN_(0, #__VA_ARGS__), "number of " #where_ " == ", #__VA_ARGS__, (b_), (where_), __VA_ARGS__)
#define M_REQUIRE_COUNT_(b_, where_, ...)                                                                              \
    M_SEEN_COUNT_(M_GIVEN_(1, #__VA_ARGS__), "number of " #where_ " == ", #__VA_ARGS__, (b_), (where_), __VA_ARGS__)
#define M_SEEN_COUNT_(required_, text_, rest_, b_, where_, ...)                                                        \
    M_CHECKED_(required_, text_, rest_, , m_count_outcome_(b_, where_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#define M_CHECK_VISIBLE_(b_, ...)   M_SEEN_VISIBLE_(M_GIVEN_(0, #__VA_ARGS__), #__VA_ARGS__, (b_), __VA_ARGS__)
#define M_REQUIRE_VISIBLE_(b_, ...) M_SEEN_VISIBLE_(M_GIVEN_(1, #__VA_ARGS__), #__VA_ARGS__, (b_), __VA_ARGS__)
#define M_SEEN_VISIBLE_(required_, rest_, b_, ...)                                                                     \
    M_CHECKED_(required_, , rest_, " is visible", m_visible_outcome_(b_, (M_FIRST_(__VA_ARGS__)), 1), __VA_ARGS__)

#define M_CHECK_HIDDEN_(b_, ...)   M_SEEN_HIDDEN_(M_GIVEN_(0, #__VA_ARGS__), #__VA_ARGS__, (b_), __VA_ARGS__)
#define M_REQUIRE_HIDDEN_(b_, ...) M_SEEN_HIDDEN_(M_GIVEN_(1, #__VA_ARGS__), #__VA_ARGS__, (b_), __VA_ARGS__)
#define M_SEEN_HIDDEN_(required_, rest_, b_, ...)                                                                      \
    M_CHECKED_(required_, , rest_, " is hidden", m_visible_outcome_(b_, (M_FIRST_(__VA_ARGS__)), 0), __VA_ARGS__)

#define M_CHECK_URL_(b_, ...)   M_SEEN_URL_(M_GIVEN_(0, #__VA_ARGS__), #__VA_ARGS__, (b_), __VA_ARGS__)
#define M_REQUIRE_URL_(b_, ...) M_SEEN_URL_(M_GIVEN_(1, #__VA_ARGS__), #__VA_ARGS__, (b_), __VA_ARGS__)
#define M_SEEN_URL_(required_, rest_, b_, ...)                                                                         \
    M_CHECKED_(required_, "address contains ", rest_, , m_url_outcome_(b_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#define M_CHECK_TITLE_(b_, ...)   M_SEEN_TITLE_(M_GIVEN_(0, #__VA_ARGS__), #__VA_ARGS__, (b_), __VA_ARGS__)
#define M_REQUIRE_TITLE_(b_, ...) M_SEEN_TITLE_(M_GIVEN_(1, #__VA_ARGS__), #__VA_ARGS__, (b_), __VA_ARGS__)
#define M_SEEN_TITLE_(required_, rest_, b_, ...)                                                                       \
    M_CHECKED_(required_, "title == ", rest_, , m_title_outcome_(b_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#define M_CHECK_CONSOLE_(...)   M_SEEN_CONSOLE_(M_GIVEN_(0, #__VA_ARGS__), #__VA_ARGS__, __VA_ARGS__)
#define M_REQUIRE_CONSOLE_(...) M_SEEN_CONSOLE_(M_GIVEN_(1, #__VA_ARGS__), #__VA_ARGS__, __VA_ARGS__)
#define M_SEEN_CONSOLE_(required_, rest_, ...)                                                                         \
    M_CHECKED_(required_, "console of ", rest_, " has no errors", m_console_outcome_((M_FIRST_(__VA_ARGS__))),         \
               __VA_ARGS__)

#ifndef MUSTER_NO_SHORT_NAMES
#define CHECK_TEXT       M_CHECK_TEXT
#define REQUIRE_TEXT     M_REQUIRE_TEXT
#define CHECK_TEXT_HAS   M_CHECK_TEXT_HAS
#define REQUIRE_TEXT_HAS M_REQUIRE_TEXT_HAS
#define CHECK_VALUE      M_CHECK_VALUE
#define REQUIRE_VALUE    M_REQUIRE_VALUE
#define CHECK_VISIBLE    M_CHECK_VISIBLE
#define REQUIRE_VISIBLE  M_REQUIRE_VISIBLE
#define CHECK_HIDDEN     M_CHECK_HIDDEN
#define REQUIRE_HIDDEN   M_REQUIRE_HIDDEN
#define CHECK_COUNT      M_CHECK_COUNT
#define REQUIRE_COUNT    M_REQUIRE_COUNT
#define CHECK_URL        M_CHECK_URL
#define REQUIRE_URL      M_REQUIRE_URL
#define CHECK_TITLE      M_CHECK_TITLE
#define REQUIRE_TITLE    M_REQUIRE_TITLE
#define CHECK_CONSOLE    M_CHECK_CONSOLE
#define REQUIRE_CONSOLE  M_REQUIRE_CONSOLE
#endif

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_browser *, m_browser_open, (t, options), struct muster_ctx *t,
          const struct m_browser_options *options)
M_PLACED_VOID_(m_browser_close, (browser), struct m_browser *browser)
M_PLACED_VOID_(m_visit, (browser, url), struct m_browser *browser, const char *url)
M_PLACED_VOID_(m_back, (browser), struct m_browser *browser)
M_PLACED_VOID_(m_forward, (browser), struct m_browser *browser)
M_PLACED_VOID_(m_reload, (browser), struct m_browser *browser)
M_PLACED_(const char *, m_page_url, (browser), struct m_browser *browser)
M_PLACED_(const char *, m_page_title, (browser), struct m_browser *browser)
M_PLACED_(const char *, m_page_source, (browser), struct m_browser *browser)
M_PLACED_VOID_(m_frame, (browser, where), struct m_browser *browser, const char *where)
M_PLACED_VOID_(m_window_size, (browser, width, height), struct m_browser *browser, int32_t width, int32_t height)
M_PLACED_(const char *, m_alert_text, (browser), struct m_browser *browser)
M_PLACED_VOID_(m_alert_accept, (browser, text), struct m_browser *browser, const char *text)
M_PLACED_VOID_(m_alert_dismiss, (browser), struct m_browser *browser)
M_PLACED_VOID_(m_click, (browser, where), struct m_browser *browser, const char *where)
M_PLACED_VOID_(m_type, (browser, where, text), struct m_browser *browser, const char *where, const char *text)
M_PLACED_VOID_(m_clear, (browser, where), struct m_browser *browser, const char *where)
M_PLACED_VOID_(m_fill, (browser, where, text), struct m_browser *browser, const char *where, const char *text)
M_PLACED_VOID_(m_choose, (browser, where, option), struct m_browser *browser, const char *where, const char *option)
M_PLACED_VOID_(m_upload, (browser, where, path), struct m_browser *browser, const char *where, const char *path)
M_PLACED_(const char *, m_text_of, (browser, where), struct m_browser *browser, const char *where)
M_PLACED_(const char *, m_value_of, (browser, where), struct m_browser *browser, const char *where)
M_PLACED_(const char *, m_attribute_of, (browser, where, name), struct m_browser *browser, const char *where,
          const char *name)
M_PLACED_(const char *, m_property_of, (browser, where, name), struct m_browser *browser, const char *where,
          const char *name)
M_PLACED_(int32_t, m_count_of, (browser, where), struct m_browser *browser, const char *where)
M_PLACED_(int32_t, m_is_visible, (browser, where), struct m_browser *browser, const char *where)
M_PLACED_(int32_t, m_is_enabled, (browser, where), struct m_browser *browser, const char *where)
M_PLACED_(int32_t, m_is_selected, (browser, where), struct m_browser *browser, const char *where)
M_PLACED_(int32_t, m_has_text, (browser, where, part), struct m_browser *browser, const char *where, const char *part)
M_PLACED_(int32_t, m_is_at, (browser, part), struct m_browser *browser, const char *part)
M_PLACED_(const struct m_json *, m_cookies, (browser), struct m_browser *browser)
M_PLACED_(const char *, m_cookie, (browser, name), struct m_browser *browser, const char *name)
M_PLACED_VOID_(m_cookie_set, (browser, name, value), struct m_browser *browser, const char *name, const char *value)
M_PLACED_VOID_(m_cookie_delete, (browser, name), struct m_browser *browser, const char *name)
M_PLACED_(const char *, m_stored, (browser, key), struct m_browser *browser, const char *key)
M_PLACED_VOID_(m_store, (browser, key, value), struct m_browser *browser, const char *key, const char *value)
M_PLACED_(const struct m_json *, m_script, (browser, script, arguments), struct m_browser *browser, const char *script,
          const char *arguments)
M_PLACED_(const struct m_json *, m_console, (browser), struct m_browser *browser)
M_PLACED_VOID_(m_screenshot, (browser, name), struct m_browser *browser, const char *name)
M_PLACED_VOID_(m_save_page, (browser, name), struct m_browser *browser, const char *name)
M_PLACED_(struct m_outcome, m_text_outcome_, (browser, where, expected, whole), struct m_browser *browser,
          const char *where, const char *expected, int32_t whole)
M_PLACED_(struct m_outcome, m_value_outcome_, (browser, where, expected), struct m_browser *browser, const char *where,
          const char *expected)
M_PLACED_(struct m_outcome, m_visible_outcome_, (browser, where, visible), struct m_browser *browser, const char *where,
          int32_t visible)
M_PLACED_(struct m_outcome, m_count_outcome_, (browser, where, expected), struct m_browser *browser, const char *where,
          int32_t expected)
M_PLACED_(struct m_outcome, m_url_outcome_, (browser, part), struct m_browser *browser, const char *part)
M_PLACED_(struct m_outcome, m_title_outcome_, (browser, expected), struct m_browser *browser, const char *expected)
M_PLACED_(struct m_outcome, m_console_outcome_, (browser), struct m_browser *browser)
#ifdef M_PLACED_IN_C_
#define m_browser_open(...)     m_browser_open_at_(M_HERE_, __VA_ARGS__)
#define m_browser_close(...)    m_browser_close_at_(M_HERE_, __VA_ARGS__)
#define m_visit(...)            m_visit_at_(M_HERE_, __VA_ARGS__)
#define m_back(...)             m_back_at_(M_HERE_, __VA_ARGS__)
#define m_forward(...)          m_forward_at_(M_HERE_, __VA_ARGS__)
#define m_reload(...)           m_reload_at_(M_HERE_, __VA_ARGS__)
#define m_page_url(...)         m_page_url_at_(M_HERE_, __VA_ARGS__)
#define m_page_title(...)       m_page_title_at_(M_HERE_, __VA_ARGS__)
#define m_page_source(...)      m_page_source_at_(M_HERE_, __VA_ARGS__)
#define m_frame(...)            m_frame_at_(M_HERE_, __VA_ARGS__)
#define m_window_size(...)      m_window_size_at_(M_HERE_, __VA_ARGS__)
#define m_alert_text(...)       m_alert_text_at_(M_HERE_, __VA_ARGS__)
#define m_alert_accept(...)     m_alert_accept_at_(M_HERE_, __VA_ARGS__)
#define m_alert_dismiss(...)    m_alert_dismiss_at_(M_HERE_, __VA_ARGS__)
#define m_click(...)            m_click_at_(M_HERE_, __VA_ARGS__)
#define m_type(...)             m_type_at_(M_HERE_, __VA_ARGS__)
#define m_clear(...)            m_clear_at_(M_HERE_, __VA_ARGS__)
#define m_fill(...)             m_fill_at_(M_HERE_, __VA_ARGS__)
#define m_choose(...)           m_choose_at_(M_HERE_, __VA_ARGS__)
#define m_upload(...)           m_upload_at_(M_HERE_, __VA_ARGS__)
#define m_text_of(...)          m_text_of_at_(M_HERE_, __VA_ARGS__)
#define m_value_of(...)         m_value_of_at_(M_HERE_, __VA_ARGS__)
#define m_attribute_of(...)     m_attribute_of_at_(M_HERE_, __VA_ARGS__)
#define m_property_of(...)      m_property_of_at_(M_HERE_, __VA_ARGS__)
#define m_count_of(...)         m_count_of_at_(M_HERE_, __VA_ARGS__)
#define m_is_visible(...)       m_is_visible_at_(M_HERE_, __VA_ARGS__)
#define m_is_enabled(...)       m_is_enabled_at_(M_HERE_, __VA_ARGS__)
#define m_is_selected(...)      m_is_selected_at_(M_HERE_, __VA_ARGS__)
#define m_has_text(...)         m_has_text_at_(M_HERE_, __VA_ARGS__)
#define m_is_at(...)            m_is_at_at_(M_HERE_, __VA_ARGS__)
#define m_cookies(...)          m_cookies_at_(M_HERE_, __VA_ARGS__)
#define m_cookie(...)           m_cookie_at_(M_HERE_, __VA_ARGS__)
#define m_cookie_set(...)       m_cookie_set_at_(M_HERE_, __VA_ARGS__)
#define m_cookie_delete(...)    m_cookie_delete_at_(M_HERE_, __VA_ARGS__)
#define m_stored(...)           m_stored_at_(M_HERE_, __VA_ARGS__)
#define m_store(...)            m_store_at_(M_HERE_, __VA_ARGS__)
#define m_script(...)           m_script_at_(M_HERE_, __VA_ARGS__)
#define m_console(...)          m_console_at_(M_HERE_, __VA_ARGS__)
#define m_screenshot(...)       m_screenshot_at_(M_HERE_, __VA_ARGS__)
#define m_save_page(...)        m_save_page_at_(M_HERE_, __VA_ARGS__)
#define m_text_outcome_(...)    m_text_outcome__at_(M_HERE_, __VA_ARGS__)
#define m_value_outcome_(...)   m_value_outcome__at_(M_HERE_, __VA_ARGS__)
#define m_visible_outcome_(...) m_visible_outcome__at_(M_HERE_, __VA_ARGS__)
#define m_count_outcome_(...)   m_count_outcome__at_(M_HERE_, __VA_ARGS__)
#define m_url_outcome_(...)     m_url_outcome__at_(M_HERE_, __VA_ARGS__)
#define m_title_outcome_(...)   m_title_outcome__at_(M_HERE_, __VA_ARGS__)
#define m_console_outcome_(...) m_console_outcome__at_(M_HERE_, __VA_ARGS__)
#endif

#endif
