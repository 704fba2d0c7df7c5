/* SPDX-License-Identifier: Apache-2.0 */
/* The request for a new session (W3C WebDriver, 7 and 8.1). */
#include "capabilities.h"

#include <muster/kit/data.h>

/* What is common to all: an alert is the scenario's to answer, and a page that loads is waited for. */
#define ALWAYS "{\"pageLoadStrategy\":\"normal\",\"unhandledPromptBehavior\":\"ignore\"}"
#define LOGS   "\"goog:loggingPrefs\":{\"browser\":\"ALL\"}"

/* A JSON text of a string, kept. */
static const char *quoted(struct muster_ctx *t, const char *text)
{
    const char *list = m_json_pack(t, "[s]", text);
    return m_keep(t, list + 1, strlen(list) - 2);
}

/* The elements of the array, with more behind them. */
static const char *our_arguments(struct muster_ctx *t, const struct capabilities *c)
{
    struct m_json *given = m_json_parse(t, c->arguments);
    const char *all = m_fmt(t, "%s,%s", quoted(t, m_fmt(t, "--window-size=%d,%d", c->width, c->height)),
                            quoted(t, m_fmt(t, "--user-data-dir=%s", c->profile)));
    for (int64_t i = 0, n = m_json_count(given, ""); i < n; i++)
        all = m_fmt(t, "%s,%s", all, m_json_text(t, m_json_item(given, (uint64_t)i), ""));
    m_json_free(given);
    return all;
}

static const char *of_ours(struct muster_ctx *t, const struct capabilities *c)
{
    const char *binary = c->binary ? m_fmt(t, "\"binary\":%s,", quoted(t, c->binary)) : "";
    return m_fmt(t, "{\"browserName\":\"chrome\"," LOGS ",\"goog:chromeOptions\":{%s\"args\":[%s]}}", binary,
                 our_arguments(t, c));
}

/* Somebody's: whichever of the two its driver has. */
static const char *of_any(struct muster_ctx *t, const struct capabilities *c)
{
    return m_fmt(t,
                 "{\"browserName\":\"chrome\"," LOGS ",\"goog:chromeOptions\":{\"args\":[\"--headless\","
                 "\"--window-size=%d,%d\"]}},{\"browserName\":\"firefox\",\"moz:firefoxOptions\":{\"args\":"
                 "[\"-headless\",\"--width=%d\",\"--height=%d\"]}}",
                 c->width, c->height, c->width, c->height);
}

const char *browser_capabilities_text(struct muster_ctx *t, const struct capabilities *c)
{
    const char *first = c->given;
    if (first) {
        struct m_json *given = m_json_try_parse(first);
        if (*(first + strspn(first, " \t\r\n")) != '{' || !given)
            ERROR("the capabilities of a browser are no JSON object: %.256s", first);
        m_json_free(given);
    } else {
        first = c->arguments ? of_ours(t, c) : of_any(t, c);
    }
    return m_fmt(t, "{\"capabilities\":{\"alwaysMatch\":" ALWAYS ",\"firstMatch\":[%s]}}", first);
}
