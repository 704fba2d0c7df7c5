/* SPDX-License-Identifier: Apache-2.0 */
/* Text from strangers in a page of Markdown. */
#include "report/markdown.h"

#include "base/text.h"

#include <string.h>

/* Harmless for terminals; without lines. */
static void add_clean_line(struct buf *out, const char *text)
{
    size_t from = out->len;
    terminal_add(out, text, strlen(text));
    for (size_t i = from; i < out->len; i++)
        if (out->data[i] == '\n' || out->data[i] == '\t')
            out->data[i] = ' ';
}

static size_t longest_run(const char *text, size_t len)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < len; i++) {
        run = text[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void add_fence(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addc(out, '`');
}

void markdown_code(struct buf *out, const char *text)
{
    autobuf struct buf clean = {0};
    add_clean_line(&clean, text);
    size_t fence = longest_run(clean.data, clean.len) + 1;
    /* A renderer takes one blank off at both ends where both have one and there is more than blanks. */
    bool padded = fence > 1 || (clean.len > 0 && (clean.data[0] == ' ' || clean.data[clean.len - 1] == ' '));
    if (clean.len == 0 || strspn(buf_str(&clean), " ") == clean.len) {
        buf_adds(out, "(blank)");
        return;
    }
    add_fence(out, fence);
    buf_adds(out, padded ? " " : "");
    buf_add(out, clean.data, clean.len);
    buf_adds(out, padded ? " " : "");
    add_fence(out, fence);
}

void markdown_block(struct buf *out, const char *language, const char *text, size_t len, size_t indent)
{
    autobuf struct buf clean = {0};
    terminal_add(&clean, text, len);
    while (clean.len > 0 && clean.data[clean.len - 1] == '\n')
        clean.len--;
    size_t fence = longest_run(clean.data, clean.len) + 1;
    fence = fence < 3 ? 3 : fence;
    buf_addf(out, "%*s", (int)indent, "");
    add_fence(out, fence);
    buf_addf(out, "%s\n", language);
    const char *end = clean.data + clean.len;
    for (const char *p = clean.data; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        buf_addf(out, "%*s", stop > p ? (int)indent : 0, "");
        buf_add(out, p, (size_t)(stop - p));
        buf_addc(out, '\n');
        p = stop + 1;
    }
    buf_addf(out, "%*s", (int)indent, "");
    add_fence(out, fence);
    buf_addc(out, '\n');
}
