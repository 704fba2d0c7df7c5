/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind a page: cookies, local storage, scripts, the console. */
#include "console.h"
#include "failure.h"
#include "trail.h"

#include <muster/kit/data.h>

/* What of an answer stays; the rest of the document goes with it at the attempt's end. */
static const struct m_json *value(const struct answer *a)
{
    return m_json_at(a->doc, "/value");
}

const struct m_json *m_cookies(struct m_browser *b)
{
    struct answer a = browser_answer_or_fail(b, "cookies", "/cookie", NULL);
    return value(&a);
}

const char *m_cookie(struct m_browser *b, const char *name)
{
    struct answer a = browser_answer_or_fail(b, "cookies", "/cookie", NULL);
    const char *found = NULL;
    int64_t n = m_json_count(a.doc, "/value");
    for (int64_t i = 0; i < n && !found; i++) {
        const struct m_json *cookie = m_json_item(value(&a), (uint64_t)i);
        const char *its = m_json_str(cookie, "/name");
        if (its && strcmp(its, name) == 0)
            found = m_json_str(cookie, "/value");
    }
    found = found ? m_keep(b->t, found, strlen(found)) : NULL;
    browser_answer_free(&a);
    return found;
}

void m_cookie_set(struct m_browser *b, const char *name, const char *text)
{
    const char *what = m_fmt(b->t, "set the cookie %s", name);
    browser_trail_add(b, ">", what);
    struct answer a = browser_answer_or_fail(
        b, what, "/cookie", m_json_pack(b->t, "{s:{s:s, s:s}}", "cookie", "name", name, "value", text));
    browser_answer_free(&a);
}

void m_cookie_delete(struct m_browser *b, const char *name)
{
    struct muster_ctx *t = b->t;
    const char *what = name ? m_fmt(t, "delete the cookie %s", name) : "delete all cookies";
    if (name && (!*name || strpbrk(name, "/?#% ") || strlen(name) > 256))
        ERROR("%s: %s: a name with / ? # %% or a blank in it can't be deleted by WebDriver", b->name, what);
    browser_trail_add(b, ">", what);
    struct answer a = browser_command_delete(b, name ? m_fmt(t, "/cookie/%s", name) : "/cookie");
    if (a.error != COMMAND_OK)
        browser_failure_end(b, what, &a);
    browser_answer_free(&a);
}

/* `arguments`: JSON. */
static struct answer run(struct m_browser *b, const char *what, const char *script, const char *arguments)
{
    struct muster_ctx *t = b->t;
    struct m_json *checked = m_json_try_parse(arguments);
    if (m_json_count(checked, "") < 0 || *arguments == '{')
        ERROR("%s: %s: the arguments are no JSON array: %.256s", b->name, what, arguments);
    m_json_free(checked);
    const char *text = m_json_pack(t, "[s]", script); /* escaped, in brackets */
    browser_trail_add(b, ">", what);
    return browser_answer_or_fail(
        b, what, "/execute/sync",
        m_fmt(t, "{\"script\":%.*s,\"args\":%s}", (int)strlen(text) - 2, text + 1, arguments));
}

const struct m_json *m_script(struct m_browser *b, const char *script, const char *arguments)
{
    struct answer a = run(b, m_fmt(b->t, "script \"%.60s\"", script), script, arguments ? arguments : "[]");
    return value(&a);
}

const char *m_stored(struct m_browser *b, const char *key)
{
    struct answer a = run(b, m_fmt(b->t, "local storage %s", key), "return localStorage.getItem(arguments[0])",
                          m_json_pack(b->t, "[s]", key));
    const char *text = m_json_str(a.doc, "/value");
    text = text ? m_keep(b->t, text, strlen(text)) : NULL;
    browser_answer_free(&a);
    return text;
}

void m_store(struct m_browser *b, const char *key, const char *text)
{
    struct answer a =
        run(b, m_fmt(b->t, "store %s", key),
            text ? "localStorage.setItem(arguments[0], arguments[1])" : "localStorage.removeItem(arguments[0])",
            m_json_pack(b->t, "[s, s?]", key, text));
    browser_answer_free(&a);
}

const struct m_json *m_console(struct m_browser *b)
{
    struct muster_ctx *t = b->t;
    browser_command_require_open(b);
    enum command_error error = browser_console_collect(b);
    if (error == COMMAND_UNKNOWN)
        ERROR("%s: its console can't be read: the WebDriver at %s does not tell of it (Chromium's does)", b->name,
              b->webdriver);
    if (error != COMMAND_OK)
        ERROR("%s: its console can't be read%s%s", b->name, *b->stuck ? ": " : "", b->stuck);
    return m_json_parse(t, m_fmt(t, "[%s]", b->console ? b->console : ""));
}
