/* SPDX-License-Identifier: Apache-2.0 */
/* What was done with a browser, and what its console said, as evidence of a bad attempt. */
#include "trail.h"

#include "evidence.h"

#include <stdlib.h>

#define LINE_MOST 1024u

static struct evidence commands = EVIDENCE("browser-commands.txt");
static struct evidence console = EVIDENCE("browser-console.txt");

static void add(struct m_browser *b, struct evidence *e, const char *kind, const char *line)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return;
    fprintf(out, "%-10s %9.1f ms %s ", b->name, evidence_time_ms(e), kind);
    evidence_line(out, line, strlen(line), LINE_MOST);
    fputc('\n', out);
    if (fclose(out) == 0)
        evidence_add(b->t, e, text, n);
    free(text);
}

void browser_trail_add(struct m_browser *b, const char *kind, const char *text)
{
    add(b, &commands, kind, text);
}

void browser_trail_console(struct m_browser *b, const struct m_json *entries)
{
    int64_t n = m_json_count(entries, "");
    for (int64_t i = 0; i < n; i++) {
        const struct m_json *entry = m_json_item(entries, (uint64_t)i);
        const char *level = m_json_str(entry, "/level"), *message = m_json_str(entry, "/message");
        add(b, &console, level ? level : "?", message ? message : "");
    }
}
