/* SPDX-License-Identifier: Apache-2.0 */
/* What was found out about a machine, as text and as JSON. */
#include "doctor/findings.h"

#include "base/json_out.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_AT = 7, TEXT_AT = 25, COLUMNS = 80 };

void findings_add(struct findings *f, enum finding_level level, const char *name, char *text, char *advice)
{
    GROW(f->items, f->n, f->cap);
    f->items[f->n++] = (struct finding){.level = level, .name = xstrdup(name), .text = text, .advice = advice};
}

size_t findings_needs(const struct findings *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        n += f->items[i].level == FINDING_NEEDS;
    return n;
}

static const char *word_of(enum finding_level level)
{
    static const char *const words[] = {"ok", "note", "lacks", "lacks"};
    return words[level];
}

/* From `column` on, where the line stands already. A word that is longer than a line has one for itself. */
static void add_wrapped(struct buf *out, const char *text)
{
    size_t column = TEXT_AT;
    while (*(text += strspn(text, " ")) != '\0') {
        size_t len = strcspn(text, " "), width = text_columns(text, len);
        if (column > TEXT_AT && column + 1 + width > COLUMNS) {
            buf_addf(out, "\n%*s", TEXT_AT, "");
            column = TEXT_AT;
        } else if (column > TEXT_AT) {
            buf_addc(out, ' ');
            column++;
        }
        terminal_add(out, text, len);
        column += width;
        text += len;
    }
    buf_addc(out, '\n');
}

static void add_finding(struct buf *out, const struct finding *f)
{
    buf_addf(out, "%-*s%-*s ", NAME_AT, word_of(f->level), TEXT_AT - NAME_AT - 1, f->name);
    add_wrapped(out, f->text);
    if (f->advice) {
        buf_addf(out, "%*s", TEXT_AT, "");
        add_wrapped(out, f->advice);
    }
}

static void add_summary(const struct findings *f, struct buf *out)
{
    const char *before = "\nA plain run lacks what it needs: ";
    for (size_t i = 0; i < f->n; i++) {
        if (f->items[i].level != FINDING_NEEDS)
            continue;
        buf_adds(out, before);
        buf_adds(out, f->items[i].name);
        before = ", ";
    }
    buf_adds(out, findings_needs(f) > 0 ? ".\n" : "\nA plain run has all that it needs.\n");
}

void findings_show(const struct findings *f, struct buf *out)
{
    for (size_t i = 0; i < f->n; i++)
        add_finding(out, &f->items[i]);
    add_summary(f, out);
}

void findings_add_json(const struct findings *f, struct buf *out)
{
    struct json_out j = {out, false};
    json_open(&j, NULL, '{');
    json_int(&j, "version", 1);
    json_bool(&j, "ok", findings_needs(f) == 0);
    json_open(&j, "findings", '[');
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *item = &f->items[i];
        json_open(&j, NULL, '{');
        json_text(&j, "level", word_of(item->level));
        json_bool(&j, "needed", item->level == FINDING_NEEDS);
        json_text(&j, "name", item->name);
        json_text(&j, "text", item->text);
        if (item->advice)
            json_text(&j, "advice", item->advice);
        json_close(&j, '}');
        json_line(&j);
    }
    json_close(&j, ']');
    json_close(&j, '}');
    buf_addc(out, '\n');
}

void findings_free(struct findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->items[i].name);
        free(f->items[i].text);
        free(f->items[i].advice);
    }
    free(f->items);
    *f = (struct findings){0};
}
