/* SPDX-License-Identifier: Apache-2.0 */
/* The page as a whole: where it is, its frames, its window, its alerts. */
#include "element.h"
#include "failure.h"
#include "trail.h"

#include <muster/kit/data.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char NO_BODY[] = "{}";

static void require(struct m_browser *b, const char *what, const char *path, const char *body)
{
    browser_trail_add(b, ">", what);
    struct answer a = browser_answer_or_fail(b, what, path, body);
    browser_answer_free(&a);
}

/* Some drivers answer a page that could not be had with one of their own, and no error: what it says, or "". */
static const char *missing_page(struct m_browser *b)
{
    const char *code = "";
    struct answer a =
        browser_command_run(b, "/execute/sync",
                            "{\"script\":\"return location.protocol == 'chrome-error:' ? "
                            "(document.querySelector('.error-code') || document.body).innerText : ''\",\"args\":[]}");
    if (a.error == COMMAND_OK && m_json_str(a.doc, "/value") && *m_json_str(a.doc, "/value"))
        code = m_fmt(b->t, "there is no page: %.160s", m_json_str(a.doc, "/value"));
    browser_answer_free(&a);
    return code;
}

/* Chromium ends what it loads when an interface of the machine comes or goes, that of somebody's container for one. */
static bool is_networks_fault(const char *words)
{
    return strstr(words, "ERR_NETWORK_CHANGED") != NULL;
}

/* Why there is no page, "" when there is; ends the scenario when the driver says anything else. */
static const char *try_to_visit(struct m_browser *b, const char *what, const char *body)
{
    browser_trail_add(b, ">", what);
    struct answer a = browser_command_run(b, "/url", body);
    if (a.error != COMMAND_OK && !is_networks_fault(a.words))
        browser_failure_end(b, what, &a);
    const char *words = a.error != COMMAND_OK ? m_fmt(b->t, "%s", a.words) : missing_page(b);
    browser_answer_free(&a);
    return words;
}

void m_visit(struct m_browser *b, const char *url)
{
    enum { TRIES = 4 };
    struct muster_ctx *t = b->t;
    const char *whole = *url == '/' && b->base_url ? m_fmt(t, "%s%s", b->base_url, url) : url;
    const char *what = m_fmt(t, "visit %s", browser_failure_address(b, whole));
    const char *body = m_json_pack(t, "{s:s}", "url", whole), *missing = NULL;
    for (int tries = 1; tries <= TRIES; tries++) {
        missing = try_to_visit(b, what, body);
        if (*missing)
            browser_trail_add(b, "!", missing);
        if (!is_networks_fault(missing))
            break;
    }
    if (*missing)
        ERROR("%s: %s: %s", b->name, what, missing);
}

void m_back(struct m_browser *b)
{
    require(b, "back", "/back", NO_BODY);
}

void m_forward(struct m_browser *b)
{
    require(b, "forward", "/forward", NO_BODY);
}

void m_reload(struct m_browser *b)
{
    require(b, "reload", "/refresh", NO_BODY);
}

static const char *get_text(struct m_browser *b, const char *what, const char *path)
{
    struct answer a = browser_answer_or_fail(b, what, path, NULL);
    const char *text = m_json_str(a.doc, "/value");
    text = m_keep(b->t, text ? text : "", text ? strlen(text) : 0);
    browser_answer_free(&a);
    return text;
}

const char *m_page_url(struct m_browser *b)
{
    return get_text(b, "address of the page", "/url");
}

const char *m_page_title(struct m_browser *b)
{
    return get_text(b, "title of the page", "/title");
}

const char *m_page_source(struct m_browser *b)
{
    return get_text(b, "source of the page", "/source");
}

static struct answer enter_frame(struct m_browser *b, const char *path, void *data)
{
    char body[ELEMENT_MOST + 96];
    (void)data;
    snprintf(body, sizeof body, "{\"id\":{\"element-6066-11e4-a52e-4f735466cecf\":\"%s\"}}", strrchr(path, '/') + 1);
    return browser_command_run(b, "/frame", body);
}

void m_frame(struct m_browser *b, const char *where)
{
    if (!where) {
        require(b, "frame: the page itself", "/frame", "{\"id\":null}");
        return;
    }
    struct answer a = browser_element_do(b, "frame", where, enter_frame, NULL);
    browser_answer_free(&a);
}

void m_window_size(struct m_browser *b, int32_t width, int32_t height)
{
    require(b, m_fmt(b->t, "window of %dx%d", width, height), "/window/rect",
            m_json_pack(b->t, "{s:i, s:i}", "width", width, "height", height));
}

/* ---- alerts ---- */

static struct answer alert(struct m_browser *b, const char *what, const char *path, const char *body)
{
    struct patience p = browser_patience_begin(b);
    browser_trail_add(b, ">", what);
    for (;;) {
        struct answer a = browser_command_run(b, path, body);
        if (a.error == COMMAND_OK)
            return a;
        if (a.error != COMMAND_AGAIN || !browser_patience_on(&p))
            browser_failure_end(b, m_fmt(b->t, "%s: %s", what, browser_patience_words(b, &p)), &a);
        browser_answer_free(&a);
    }
}

const char *m_alert_text(struct m_browser *b)
{
    struct answer a = alert(b, "text of the alert", "/alert/text", NULL);
    const char *text = m_json_str(a.doc, "/value");
    text = m_keep(b->t, text ? text : "", text ? strlen(text) : 0);
    browser_answer_free(&a);
    return text;
}

static void answer_alert(struct m_browser *b, const char *what, const char *path, const char *body)
{
    struct answer a = alert(b, what, path, body);
    browser_answer_free(&a);
}

void m_alert_accept(struct m_browser *b, const char *text)
{
    if (text)
        answer_alert(b, "answer the prompt", "/alert/text", m_json_pack(b->t, "{s:s}", "text", text));
    answer_alert(b, "accept the alert", "/alert/accept", NO_BODY);
}

void m_alert_dismiss(struct m_browser *b)
{
    answer_alert(b, "dismiss the alert", "/alert/dismiss", NO_BODY);
}
