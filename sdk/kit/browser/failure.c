/* SPDX-License-Identifier: Apache-2.0 */
/* What a command that went wrong does to the scenario. */
#include "failure.h"

#include "capture.h"
#include "trail.h"

#include <muster/kit/data.h>

/* For what only adorns a sentence. */
enum { PAGE_MS = 1000 };

struct answer browser_answer_or_fail(struct m_browser *b, const char *what, const char *path, const char *body)
{
    struct answer a = browser_command_run(b, path, body);
    if (a.error != COMMAND_OK)
        browser_failure_end(b, what, &a);
    return a;
}

void browser_failure_end(struct m_browser *b, const char *what, struct answer *a)
{
    struct muster_ctx *t = b->t;
    enum command_error error = a->error;
    const char *words = m_fmt(t, "%s: %s: %s%s", b->name, what, a->words, browser_failure_page(b));
    browser_answer_free(a);
    browser_trail_add(b, "!", words);
    browser_capture_failure(b);
    if (error == COMMAND_AGAIN || error == COMMAND_FAILED)
        FAIL("%s", words);
    ERROR("%s", words);
}

const char *browser_failure_address(struct m_browser *b, const char *url)
{
    size_t n = strcspn(url, "?#");
    return url[n] ? m_fmt(b->t, "%.*s?...", (int)n, url) : url;
}

const char *browser_failure_page(struct m_browser *b)
{
    struct answer url = browser_command_within(b, "GET", "/url", NULL, PAGE_MS);
    const char *words = "";
    const char *at = url.error == COMMAND_OK ? m_json_str(url.doc, "/value") : NULL;
    if (at && strncmp(at, "http", 4) == 0) {
        struct answer title = browser_command_within(b, "GET", "/title", NULL, PAGE_MS);
        const char *named = title.error == COMMAND_OK ? m_json_str(title.doc, "/value") : NULL;
        const char *quote = named && *named ? "\"" : "";
        words = m_fmt(b->t, ", on %s%s%s%s%s", browser_failure_address(b, at), *quote ? " " : "", quote,
                      named ? named : "", quote);
        browser_answer_free(&title);
    }
    browser_answer_free(&url);
    return words;
}
