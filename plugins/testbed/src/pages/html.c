/* SPDX-License-Identifier: Apache-2.0 */
/* Writing HTML with all values escaped. */
#include "pages/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void html_begin(struct html *h, struct testbed *tb)
{
    *h = (struct html){.tb = tb};
    h->out = open_memstream(&h->text, &h->len);
    if (!h->out)
        abort(); /* no memory */
}

char *html_end(struct html *h)
{
    bool whole = !ferror(h->out);

    if (fclose(h->out) == 0 && whole)
        return h->text;
    free(h->text);
    return NULL;
}

static const char *entity(const struct html *h, char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return defect(h->tb, D_QUOTES_UNESCAPED) ? NULL : "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void put_value(struct html *h, const char *value)
{
    for (const char *p = value ? value : ""; *p; p++) {
        const char *instead = defect(h->tb, D_PAGE_UNESCAPED) ? NULL : entity(h, *p);
        if (instead)
            fputs(instead, h->out);
        else
            fputc(*p, h->out);
    }
}

void html(struct html *h, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    while (*format) {
        size_t plain = strcspn(format, "%");
        fwrite(format, 1, plain, h->out);
        format += plain;
        if (strncmp(format, "%s", 2) == 0) {
            put_value(h, va_arg(args, const char *));
            format += 2;
        } else if (strncmp(format, "%lld", 4) == 0) {
            fprintf(h->out, "%lld", va_arg(args, long long));
            format += 4;
        } else if (*format) {
            fputc('%', h->out);
            format += strncmp(format, "%%", 2) == 0 ? 2 : 1;
        }
    }
    va_end(args);
}
