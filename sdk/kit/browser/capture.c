/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of a page, and its source, on demand and as evidence of a bad attempt. */
#include "capture.h"

#include "command.h"
#include "console.h"
#include "evidence.h"
#include "libcrypto.h"
#include "secret.h"
#include "trail.h"

#include <muster/kit/data.h>
#include <stdlib.h>

/* On a loaded machine a picture takes longer than its usual 70 ms. */
enum { SHOT_MS = 10000 };

typedef void take_fn(struct m_browser *b, const char *name, const char *media_type, const void *bytes, size_t length);

static void keep(struct m_browser *b, const char *name, const char *media_type, const void *bytes, size_t length)
{
    (void)media_type;
    evidence_put(b->t, name, bytes, length);
}

static void attach(struct m_browser *b, const char *name, const char *media_type, const void *bytes, size_t length)
{
    m_attach(b->t, name, media_type, bytes, length);
}

/* NULL, or why there is no picture. */
static const char *decode(struct m_browser *b, const char *text, take_fn *take, const char *name)
{
    const char *why = "out of memory";
    const struct libcrypto *lib = lazy_libcrypto(&why);
    size_t n = strlen(text), padding = 0;
    unsigned char *bytes = lib && n < INT32_MAX ? malloc(n / 4 * 3 + 4) : NULL;
    if (!bytes)
        return why;
    int length = lib->EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)n);
    while (padding < 2 && padding < n && text[n - 1 - padding] == '=')
        padding++;
    if (length > (int)padding)
        take(b, name, "image/png", bytes, (size_t)length - padding);
    free(bytes);
    return length > (int)padding ? NULL : "the driver's picture is no base64";
}

/* NULL, or why there is none: kept. */
static const char *take_picture(struct m_browser *b, take_fn *take, const char *name)
{
    struct answer a = browser_command_within(b, "GET", "/screenshot", NULL, SHOT_MS);
    const char *text = a.error == COMMAND_OK ? m_json_str(a.doc, "/value") : NULL;
    const char *why = text ? decode(b, text, take, name) : m_fmt(b->t, "%s", a.words);
    browser_answer_free(&a);
    return why;
}

static const char *take_source(struct m_browser *b, take_fn *take, const char *name)
{
    struct answer a = browser_command_within(b, "GET", "/source", NULL, SHOT_MS);
    const char *html = a.error == COMMAND_OK ? m_json_str(a.doc, "/value") : NULL;
    char *text = html ? strdup(html) : NULL;
    if (text)
        take(b, name, "text/html", text, data_secret_hide(text, strlen(text)));
    free(text);
    const char *why = text ? NULL : m_fmt(b->t, "%s", a.words);
    browser_answer_free(&a);
    return why;
}

/* In front of a page that can't be seen for it. Whoever has it taken then goes no further with the page. */
static void dismiss_alert(struct m_browser *b)
{
    struct answer a = browser_command_within(b, "GET", "/alert/text", NULL, SHOT_MS);
    if (a.error == COMMAND_OK) {
        browser_trail_add(b, "!", m_fmt(b->t, "an alert was open, and is dismissed: %s", m_json_str(a.doc, "/value")));
        browser_answer_free(&a);
        a = browser_command_within(b, "POST", "/alert/dismiss", "{}", SHOT_MS);
    }
    browser_answer_free(&a);
}

static void capture(struct m_browser *b, take_fn *take)
{
    dismiss_alert(b);
    const char *why = take_picture(b, take, m_fmt(b->t, "screenshot%s.png", b->suffix));
    if (why)
        browser_trail_add(b, "!", m_fmt(b->t, "no screenshot: %s", why));
    take_source(b, take, m_fmt(b->t, "page%s.html", b->suffix));
}

void browser_capture_failure(struct m_browser *b)
{
    if (b->captured || b->closed || !b->session)
        return;
    b->captured = 1;
    capture(b, keep);
    browser_console_collect(b);
}

void browser_capture_dead(struct m_browser *b)
{
    capture(b, attach);
}

void m_screenshot(struct m_browser *b, const char *name)
{
    struct muster_ctx *t = b->t;
    browser_command_require_open(b);
    const char *why = take_picture(b, attach, name);
    if (why)
        ERROR("%s: screenshot %s: %s", b->name, name, why);
}

void m_save_page(struct m_browser *b, const char *name)
{
    struct muster_ctx *t = b->t;
    browser_command_require_open(b);
    const char *why = take_source(b, attach, name);
    if (why)
        ERROR("%s: source of the page %s: %s", b->name, name, why);
}
