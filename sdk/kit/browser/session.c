/* SPDX-License-Identifier: Apache-2.0 */
/* A browser from its start to its end, however that comes. */
#include "state.h"

#include "capabilities.h"
#include "capture.h"
#include "command.h"
#include "leftover.h"
#include "quiet.h"
#include "trail.h"

#include <muster/kit/data.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* Two, since what is to be undone is written down before it is made, and a session has no name before. */
#define CLEANUP_SESSION "muster.browser.session"
#define CLEANUP_PROFILE "muster.browser.profile"

enum { WAIT_MS = 5000, PAGE_MS = 30000, START_MS = 60000, END_MS = 5000, WIDTH = 1280, HEIGHT = 800 };

/* Of this process. A cleanup in another one knows of a session what its payload says. */
static struct m_browser *all;
static unsigned opened;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- its end ----------------------------------------------------------------------------------------------------- */

/* A driver that is gone took its browsers along. One that does not answer has a browser that hangs: ours is ended by
 * force, and of somebody's the cleanup has failed. */
static void end(struct m_browser *b)
{
    struct muster_ctx *t = b->t;
    struct answer a = browser_command_within(b, "DELETE", "", NULL, END_MS);
    browser_answer_free(&a);
    b->closed = 1;
    if (b->profile) {
        unsigned n = browser_leftover_end(b->profile, END_MS);
        if (b->hangs)
            LOG_DEBUG("%s: %s; processes that were killed: %u", b->name, b->stuck, n);
        browser_leftover_remove(b->profile);
    } else if (b->hangs) {
        ERROR("%s: its session can't be ended: %s", b->name, b->stuck);
    }
}

void m_browser_close(struct m_browser *b)
{
    if (!b || b->closed)
        return;
    browser_capture_failure(b); /* what is found later may have begun here */
    browser_trail_add(b, ">", "close");
    end(b);
    m_http_close(b->http);
    b->http = NULL;
}

static struct m_browser *find(const char *session)
{
    pthread_mutex_lock(&all_lock);
    struct m_browser *b = all;
    while (b && !(b->session && strcmp(b->session, session) == 0))
        b = b->next;
    pthread_mutex_unlock(&all_lock);
    return b;
}

/* In a janitor. */
static void end_dead(struct muster_ctx *t, const struct m_json *said)
{
    struct m_browser b = {.t = t, .name = "browser"};
    b.webdriver = m_json_str(said, "/webdriver");
    b.session = m_json_str(said, "/session");
    b.suffix = m_json_str(said, "/suffix");
    b.profile = m_json_str(said, "/profile");
    if (!b.webdriver || !b.session || !b.suffix)
        ERROR("the payload is none of the kit's");
    b.http = m_http_open(t, b.webdriver, NULL);
    http_be_quiet(b.http);
    browser_capture_dead(&b);
    end(&b);
    m_http_close(b.http);
}

CLEANUP(end_session, CLEANUP_SESSION)
{
    struct m_json *said = m_json_parse(t, payload);
    const char *session = m_json_str(said, "/session");
    struct m_browser *b = session ? find(session) : NULL;
    if (b)
        m_browser_close(b);
    else
        end_dead(t, said);
    m_json_free(said);
}

/* One whose start was cut short, so that nobody knows its session. */
CLEANUP(end_profile, CLEANUP_PROFILE)
{
    (void)t;
    browser_leftover_end(payload, END_MS);
    browser_leftover_remove(payload);
}

/* ---- its start --------------------------------------------------------------------------------------------------- */

static const char *copy(struct muster_ctx *t, const char *text)
{
    return text ? m_keep(t, text, strlen(text)) : NULL;
}

static void name_it(struct m_browser *b, const char *name)
{
    pthread_mutex_lock(&all_lock);
    unsigned number = ++opened;
    b->next = all;
    all = b;
    pthread_mutex_unlock(&all_lock);
    b->name = name ? copy(b->t, name) : number == 1 ? "browser" : m_fmt(b->t, "browser-%u", number);
    b->suffix = number == 1 ? "" : name ? m_fmt(b->t, "-%s", name) : m_fmt(b->t, "-%u", number);
}

static struct m_browser *enlist(struct muster_ctx *t, const struct m_browser_options *o)
{
    struct m_browser *b = calloc(1, sizeof *b);
    if (!b)
        ERROR("out of memory for a browser");
    if (o->name &&
        (!*o->name ||
         strspn(o->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != strlen(o->name) ||
         strlen(o->name) > 32))
        ERROR("a browser can't be named \"%s\", which is a part of its files' names: up to 32 letters, digits, - and _",
              o->name);
    b->t = t;
    b->wait_ms = o->wait_ms ? o->wait_ms : WAIT_MS;
    b->page_ms = o->page_ms ? o->page_ms : PAGE_MS;
    b->base_url = copy(t, o->base_url);
    name_it(b, o->name);
    return b;
}

/* Where the fixture has started a driver of its own it also says where profiles may be. */
static void take_driver(struct m_browser *b, const struct m_browser_options *o, struct capabilities *ret)
{
    struct muster_ctx *t = b->t;
    const char *fixture = o->fixture ? o->fixture : "browser";
    *ret = (struct capabilities){.width = o->width ? o->width : WIDTH, .height = o->height ? o->height : HEIGHT};
    ret->given = copy(t, o->capabilities);
    b->webdriver = copy(t, o->webdriver);
    if (b->webdriver)
        return;
    b->webdriver = m_fixture(t, fixture, "webdriver");
    const char *missing = b->webdriver ? NULL : m_fixture(t, fixture, "missing");
    if (missing)
        SKIP("no browser: %s", missing);
    if (!b->webdriver)
        ERROR("%s: the fixture %s publishes no `webdriver`", b->name, fixture);
    ret->given = ret->given ? ret->given : m_fixture(t, fixture, "capabilities");
    const char *profiles = ret->given ? NULL : m_fixture(t, fixture, "profiles");
    if (!profiles)
        return;
    ret->arguments = m_fixture(t, fixture, "arguments");
    ret->binary = m_fixture(t, fixture, "binary");
    b->profile = ret->profile = m_fmt(t, "%s/%s", profiles, m_unique(t, "profile"));
}

static void begin(struct m_browser *b, const char *request, uint64_t start_ms)
{
    struct muster_ctx *t = b->t;
    struct answer a = browser_command_within(b, "POST", "", request, start_ms);
    const char *session = a.error == COMMAND_OK ? m_json_str(a.doc, "/value/sessionId") : NULL;
    if (!session) {
        const char *words = m_fmt(t, "%s", *a.words ? a.words : "its answer names no session");
        browser_answer_free(&a);
        browser_trail_add(b, "!", words);
        ERROR("%s: no browser of the WebDriver at %s: %s", b->name, b->webdriver, words);
    }
    const char *payload = m_json_pack(t, "{s:s, s:s, s:s, s:s?}", "webdriver", b->webdriver, "session", session,
                                      "suffix", b->suffix, "profile", b->profile);
    b->session = copy(t, session);
    M_DEFER(CLEANUP_SESSION, payload);
    browser_answer_free(&a);
}

struct m_browser *m_browser_open(struct muster_ctx *t, const struct m_browser_options *options)
{
    const struct m_browser_options defaults = {0}, *o = options ? options : &defaults;
    struct capabilities wanted;
    struct m_browser *b = enlist(t, o);
    take_driver(b, o, &wanted);
    const char *request = browser_capabilities_text(t, &wanted);
    b->http = m_http_open(t, b->webdriver, &(struct m_http_options){.max_body = 64u << 20});
    http_be_quiet(b->http);
    if (b->profile)
        M_DEFER(CLEANUP_PROFILE, b->profile);
    browser_trail_add(b, ">", m_fmt(t, "open, by the WebDriver at %s", b->webdriver));
    begin(b, request, o->start_ms ? o->start_ms : START_MS);
    return b;
}
