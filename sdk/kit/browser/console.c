/* SPDX-License-Identifier: Apache-2.0 */
/* What pages have written to the console: Chromium's own command, which is in no standard. */
#include "console.h"

#include "trail.h"

#include <muster/kit/data.h>
#include <stdlib.h>

enum { LOG_MS = 5000 };

static void append(struct m_browser *b, const char *elements)
{
    size_t n = strlen(elements);
    char *longer = n ? realloc(b->console, b->console_length + n + 2) : NULL;
    if (!longer)
        return;
    if (b->console_length)
        longer[b->console_length++] = ',';
    memcpy(longer + b->console_length, elements, n + 1);
    b->console_length += n;
    b->console = longer;
}

enum command_error browser_console_collect(struct m_browser *b)
{
    struct answer a = browser_command_within(b, "POST", "/se/log", "{\"type\":\"browser\"}", LOG_MS);
    if (a.error == COMMAND_OK && m_json_count(a.doc, "/value") > 0) {
        const char *text = m_json_text(b->t, a.doc, "/value");
        browser_trail_console(b, m_json_at(a.doc, "/value"));
        append(b, m_keep(b->t, text + 1, strlen(text) - 2)); /* without its brackets */
    }
    enum command_error error = a.error;
    browser_answer_free(&a);
    return error;
}
