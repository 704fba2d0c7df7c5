/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/pages.h: pages of the system under test, by name, in a real browser. Where each of them is on this system,
 * its fields, buttons, and what is seen on it, is in the run's target file; no scenario knows an address or a selector.
 *
 *     SCENARIO(users_log_in, .needs = OPERATIONS("page.login", "page.home(subdomain)"), .uses = USES("browser"))
 *     {
 *         struct m_viewer *ada = M_VIEWER(t, .name = "ada");
 *         PAGE_OPEN(ada, "page.login", ARG("subdomain", "shop"));
 *         PAGE_FILL(ada, "username", "ada");
 *         PAGE_FILL(ada, "password", password);
 *         PAGE_DO(ada, "log_in");
 *         REQUIRE_PAGE(ada, "page.home");
 *         CHECK_MARK(ada, "user", "ada");
 *     }
 *
 * Model
 *   A viewer is a browser (browser.h) and the page that it is at: the last one of PAGE_OPEN, PAGE_VISIT, or a
 * CHECK_PAGE that held. Fields, actions and marks are that page's. One that the page has several of, as a row for each
 * tenant, is written with which one: "tenant[shop]". A viewer belongs to one thread at a time, and ends with its
 * context.
 *
 * Waiting, failure and evidence are the browser's: what is done waits until it can be done, checks until they hold, and
 * a failure has a picture. A name that the target's page does not have, and a page that the scenario does not declare
 * in .needs, is an error.
 *
 * Without a browser (the fixture `browser` has none) the scenario is skipped, by M_VIEWER.
 */
#ifndef MUSTER_KIT_PAGES_H
#define MUSTER_KIT_PAGES_H

#if defined(__GNUC__)
#pragma GCC system_header /* the macros expand in the author's code */
#endif

#include <muster/kit/browser.h>
#include <muster/kit/target.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_viewer;

/* M_VIEWER(t, .name = "ada"): a new browser; its options are those of M_BROWSER. */
#define M_VIEWER(t_, ...) M_WITH_FIELDS_(m_browser_options, m_viewer_open, (t_), __VA_ARGS__)

M_KIT_BEGIN_

/* Never NULL. NULL options: defaults. */
struct m_viewer *m_viewer_open(struct muster_ctx *t, const struct m_browser_options *options);
/* The browser, for all that browser.h has. */
struct m_browser *m_viewer_browser(const struct m_viewer *viewer);

/* Types into a field, in place of what it holds, or chooses an option of it. */
void m_page_fill(struct m_viewer *viewer, const char *field, const char *value);
/* Puts a value into a field that nobody could type it into: one that is hidden, as somebody would who makes up a form
 * of his own. */
void m_page_forge(struct m_viewer *viewer, const char *field, const char *value);
/* Clicks. */
void m_page_do(struct m_viewer *viewer, const char *action);
/* What a mark shows, in our words. */
const char *m_page_read(struct m_viewer *viewer, const char *mark);
/* What a field holds. */
const char *m_page_value(struct m_viewer *viewer, const char *field);
/* 1 or 0, looking once, for M_UNTIL: whether the mark is there, and shows this; NULL: whatever it shows. */
int32_t m_page_shows(struct m_viewer *viewer, const char *mark, const char *text);
/* What the browser would send of a cookie of the page: {"name": ..., "value": ..., "httpOnly": ..., "sameSite": ...,
 * "path": ...}; NULL: nothing. */
const struct m_json *m_page_cookie(struct m_viewer *viewer, const char *cookie);
/* A cookie of the page's site, by its name in the target file; for all of its paths. */
void m_page_cookie_set(struct m_viewer *viewer, const char *cookie, const char *value);

struct m_outcome m_page_outcome_(struct m_viewer *viewer, const char *page);
struct m_outcome m_mark_outcome_(struct m_viewer *viewer, const char *mark, const char *text);
struct m_outcome m_mark_shown_outcome_(struct m_viewer *viewer, const char *mark, int32_t shown);
struct m_outcome m_field_outcome_(struct m_viewer *viewer, const char *field, const char *value);

M_KIT_END_

void m_page_go_(struct m_site at, struct m_viewer *viewer, int whatever, const char *page, const struct m_arg *args);

#ifdef __cplusplus
}
#endif

/* PAGE_OPEN(viewer, "page.tenant", ARG("id", id)): goes there, and requires that it is shown. */
#define M_PAGE_OPEN(...)                   M_PAGE_OPEN_(__VA_ARGS__, )
#define M_PAGE_OPEN_(viewer_, page_, ...)  m_page_go_(M_SITE(1, ""), (viewer_), 0, (page_), M_ARGS_LIST_(__VA_ARGS__))
/* The same, whatever is shown then. */
#define M_PAGE_VISIT(...)                  M_PAGE_VISIT_(__VA_ARGS__, )
#define M_PAGE_VISIT_(viewer_, page_, ...) m_page_go_(M_SITE(0, ""), (viewer_), 1, (page_), M_ARGS_LIST_(__VA_ARGS__))

/* The functions above, for those who like one form for all that a page is asked. */
#define M_PAGE_FILL(...) m_page_fill(__VA_ARGS__)
#define M_PAGE_DO(...)   m_page_do(__VA_ARGS__)
#define M_PAGE_READ(...) m_page_read(__VA_ARGS__)

/*
 * Checks, each of which waits until it holds:
 *     CHECK_PAGE(viewer, "page.home")            this page is shown
 *     CHECK_MARK(viewer, "state", "active")      the mark shows this, in our words
 *     CHECK_SHOWN(viewer, "error")               the mark is there, and shown
 *     CHECK_NOT_SHOWN(viewer, "tenant[other]")   it is not
 *     CHECK_FIELD(viewer, "name", "Shop")        the field holds this
 * And REQUIRE_PAGE and so on, which end the scenario.
 */
#define M_CHECK_PAGE        M_CHECK_PAGE_
#define M_REQUIRE_PAGE      M_REQUIRE_PAGE_
#define M_CHECK_MARK        M_CHECK_MARK_
#define M_REQUIRE_MARK      M_REQUIRE_MARK_
#define M_CHECK_SHOWN       M_CHECK_SHOWN_
#define M_REQUIRE_SHOWN     M_REQUIRE_SHOWN_
#define M_CHECK_NOT_SHOWN   M_CHECK_NOT_SHOWN_
#define M_REQUIRE_NOT_SHOWN M_REQUIRE_NOT_SHOWN_
#define M_CHECK_FIELD       M_CHECK_FIELD_
#define M_REQUIRE_FIELD     M_REQUIRE_FIELD_

#define M_CHECK_PAGE_(v_, ...)   M_IS_PAGE_(M_GIVEN_(0, #__VA_ARGS__), #__VA_ARGS__, (v_), __VA_ARGS__)
#define M_REQUIRE_PAGE_(v_, ...) M_IS_PAGE_(M_GIVEN_(1, #__VA_ARGS__), #__VA_ARGS__, (v_), __VA_ARGS__)
#define M_IS_PAGE_(required_, rest_, v_, ...)                                                                          \
    M_CHECKED_(required_, , rest_, " is shown", m_page_outcome_(v_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#define M_CHECK_MARK_(v_, mark_, ...)                                                                                  \
    M_IS_MARK_(M_GIVEN_(0, #__VA_ARGS__), #mark_ " shows ", #__VA_ARGS__, (v_), (mark_), __VA_ARGS__)
#define M_REQUIRE_MARK_(v_, mark_, ...)                                                                                \
    M_IS_MARK_(M_GIVEN_(1, #__VA_ARGS__), #mark_ " shows ", #__VA_ARGS__, (v_), (mark_), __VA_ARGS__)
#define M_IS_MARK_(required_, text_, rest_, v_, mark_, ...)                                                            \
    M_CHECKED_(required_, text_, rest_, , m_mark_outcome_(v_, mark_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#define M_CHECK_SHOWN_(v_, ...)   M_IS_SHOWN_(M_GIVEN_(0, #__VA_ARGS__), #__VA_ARGS__, (v_), __VA_ARGS__)
#define M_REQUIRE_SHOWN_(v_, ...) M_IS_SHOWN_(M_GIVEN_(1, #__VA_ARGS__), #__VA_ARGS__, (v_), __VA_ARGS__)
#define M_IS_SHOWN_(required_, rest_, v_, ...)                                                                         \
    M_CHECKED_(required_, , rest_, " is shown", m_mark_shown_outcome_(v_, (M_FIRST_(__VA_ARGS__)), 1), __VA_ARGS__)

#define M_CHECK_NOT_SHOWN_(v_, ...)   M_IS_NOT_SHOWN_(M_GIVEN_(0, #__VA_ARGS__), #__VA_ARGS__, (v_), __VA_ARGS__)
#define M_REQUIRE_NOT_SHOWN_(v_, ...) M_IS_NOT_SHOWN_(M_GIVEN_(1, #__VA_ARGS__), #__VA_ARGS__, (v_), __VA_ARGS__)
#define M_IS_NOT_SHOWN_(required_, rest_, v_, ...)                                                                     \
    M_CHECKED_(required_, , rest_, " is not shown", m_mark_shown_outcome_(v_, (M_FIRST_(__VA_ARGS__)), 0), __VA_ARGS__)

#define M_CHECK_FIELD_(v_, field_, ...)                                                                                \
    M_IS_FIELD_(M_GIVEN_(0, #__VA_ARGS__), #field_ " holds ", #__VA_ARGS__, (v_), (field_), __VA_ARGS__)
#define M_REQUIRE_FIELD_(v_, field_, ...)                                                                              \
    M_IS_FIELD_(M_GIVEN_(1, #__VA_ARGS__), #field_ " holds ", #__VA_ARGS__, (v_), (field_), __VA_ARGS__)
#define M_IS_FIELD_(required_, text_, rest_, v_, field_, ...)                                                          \
    M_CHECKED_(required_, text_, rest_, , m_field_outcome_(v_, field_, (M_FIRST_(__VA_ARGS__))), __VA_ARGS__)

#ifndef MUSTER_NO_SHORT_NAMES
#define PAGE_OPEN(...)    M_PAGE_OPEN(__VA_ARGS__)
#define PAGE_VISIT(...)   M_PAGE_VISIT(__VA_ARGS__)
#define PAGE_FILL(...)    M_PAGE_FILL(__VA_ARGS__)
#define PAGE_DO(...)      M_PAGE_DO(__VA_ARGS__)
#define PAGE_READ(...)    M_PAGE_READ(__VA_ARGS__)
#define CHECK_PAGE        M_CHECK_PAGE
#define REQUIRE_PAGE      M_REQUIRE_PAGE
#define CHECK_MARK        M_CHECK_MARK
#define REQUIRE_MARK      M_REQUIRE_MARK
#define CHECK_SHOWN       M_CHECK_SHOWN
#define REQUIRE_SHOWN     M_REQUIRE_SHOWN
#define CHECK_NOT_SHOWN   M_CHECK_NOT_SHOWN
#define REQUIRE_NOT_SHOWN M_REQUIRE_NOT_SHOWN
#define CHECK_FIELD       M_CHECK_FIELD
#define REQUIRE_FIELD     M_REQUIRE_FIELD
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_viewer *, m_viewer_open, (t, options), struct muster_ctx *t, const struct m_browser_options *options)
M_PLACED_(struct m_browser *, m_viewer_browser, (viewer), const struct m_viewer *viewer)
M_PLACED_VOID_(m_page_fill, (viewer, field, value), struct m_viewer *viewer, const char *field, const char *value)
M_PLACED_VOID_(m_page_forge, (viewer, field, value), struct m_viewer *viewer, const char *field, const char *value)
M_PLACED_VOID_(m_page_do, (viewer, action), struct m_viewer *viewer, const char *action)
M_PLACED_(const char *, m_page_read, (viewer, mark), struct m_viewer *viewer, const char *mark)
M_PLACED_(const char *, m_page_value, (viewer, field), struct m_viewer *viewer, const char *field)
M_PLACED_(int32_t, m_page_shows, (viewer, mark, text), struct m_viewer *viewer, const char *mark, const char *text)
M_PLACED_(const struct m_json *, m_page_cookie, (viewer, cookie), struct m_viewer *viewer, const char *cookie)
M_PLACED_VOID_(m_page_cookie_set, (viewer, cookie, value), struct m_viewer *viewer, const char *cookie,
               const char *value)
M_PLACED_(struct m_outcome, m_page_outcome_, (viewer, page), struct m_viewer *viewer, const char *page)
M_PLACED_(struct m_outcome, m_mark_outcome_, (viewer, mark, text), struct m_viewer *viewer, const char *mark,
          const char *text)
M_PLACED_(struct m_outcome, m_mark_shown_outcome_, (viewer, mark, shown), struct m_viewer *viewer, const char *mark,
          int32_t shown)
M_PLACED_(struct m_outcome, m_field_outcome_, (viewer, field, value), struct m_viewer *viewer, const char *field,
          const char *value)
#ifdef M_PLACED_IN_C_
#define m_viewer_open(...)         m_viewer_open_at_(M_HERE_, __VA_ARGS__)
#define m_viewer_browser(...)      m_viewer_browser_at_(M_HERE_, __VA_ARGS__)
#define m_page_fill(...)           m_page_fill_at_(M_HERE_, __VA_ARGS__)
#define m_page_forge(...)          m_page_forge_at_(M_HERE_, __VA_ARGS__)
#define m_page_do(...)             m_page_do_at_(M_HERE_, __VA_ARGS__)
#define m_page_read(...)           m_page_read_at_(M_HERE_, __VA_ARGS__)
#define m_page_value(...)          m_page_value_at_(M_HERE_, __VA_ARGS__)
#define m_page_shows(...)          m_page_shows_at_(M_HERE_, __VA_ARGS__)
#define m_page_cookie(...)         m_page_cookie_at_(M_HERE_, __VA_ARGS__)
#define m_page_cookie_set(...)     m_page_cookie_set_at_(M_HERE_, __VA_ARGS__)
#define m_page_outcome_(...)       m_page_outcome__at_(M_HERE_, __VA_ARGS__)
#define m_mark_outcome_(...)       m_mark_outcome__at_(M_HERE_, __VA_ARGS__)
#define m_mark_shown_outcome_(...) m_mark_shown_outcome__at_(M_HERE_, __VA_ARGS__)
#define m_field_outcome_(...)      m_field_outcome__at_(M_HERE_, __VA_ARGS__)
#endif

#endif
