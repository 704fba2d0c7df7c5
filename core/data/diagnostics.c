/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting mistakes, and showing them in order. */
#include "data/diagnostics.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 1000, LONGEST = 600 /* bytes of one, in what is shown */ };

static int by_place(const void *a, const void *b)
{
    const struct mistake *l = a, *r = b;
    int order = strcmp(l->at.file, r->at.file);
    if (order == 0)
        order = (l->at.line > r->at.line) - (l->at.line < r->at.line);
    if (order == 0)
        order = (l->at.column > r->at.column) - (l->at.column < r->at.column);
    return order ? order : (l->number > r->number) - (l->number < r->number);
}

static bool is_known(const struct diagnostics *m, struct place at, const char *text)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct mistake *old = &m->items[i];
        if (old->at.line == at.line && old->at.column == at.column && strcmp(old->at.file, at.file) == 0 &&
            strcmp(old->text, text) == 0)
            return true;
    }
    return false;
}

void mistake(struct diagnostics *m, struct place at, const char *fmt, ...)
{
    if (m->n == KEPT)
        return;
    va_list ap;
    va_start(ap, fmt);
    autofree char *text = xvasprintf(fmt, ap);
    va_end(ap);
    if (is_known(m, at, text))
        return;
    GROW(m->items, m->n, m->cap);
    m->items[m->n] = (struct mistake){at, arena_strdup(m->arena, text), (uint32_t)m->n};
    m->n++;
}

int diagnostics_end(struct diagnostics *m, struct err *err)
{
    if (m->n == 0)
        return 0;
    qsort(m->items, m->n, sizeof *m->items, by_place);
    autobuf struct buf out = {0};
    buf_addf(&out, "%zu%s mistake%s in it:", m->n, m->n == KEPT ? " or more" : "", m->n == 1 ? "" : "s");
    for (size_t i = 0; i < m->n && i < DIAGNOSTICS_SHOWN; i++)
        buf_addf(&out, "\n%s:%u:%u: %.*s", m->items[i].at.file, m->items[i].at.line, m->items[i].at.column, LONGEST,
                 m->items[i].text);
    if (m->n > DIAGNOSTICS_SHOWN)
        buf_addf(&out, "\nand %zu more", m->n - DIAGNOSTICS_SHOWN);
    return err_set(err, -EINVAL, "%s", buf_str(&out));
}

void diagnostics_free(struct diagnostics *m)
{
    free(m->items);
    m->items = NULL;
    m->n = m->cap = 0;
}
