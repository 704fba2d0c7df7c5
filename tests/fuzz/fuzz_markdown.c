/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for strangers' texts in Markdown: a code span ends where it was meant to, on its one line, and a block
 * has no line within it that closes it.
 */
#include "base/text.h"
#include "report/markdown.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t backticks(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && p[n] == '`')
        n++;
    return n;
}

/* As a renderer finds the end: the next run of exactly as many backticks. */
static void check_span(const char *text)
{
    struct buf out = {0};
    markdown_code(&out, text);
    const char *end = out.data + out.len;
    size_t fence = backticks(out.data, end);
    if (memchr(out.data, '\n', out.len))
        abort();
    for (const char *p = out.data + fence; fence > 0; p++) {
        size_t n = backticks(p, end);
        if (p >= end)
            abort();
        if (n == fence) {
            if (p + n != end)
                abort();
            break;
        }
        p += n;
    }
    buf_free(&out);
}

/* The first line that is nothing but as many backticks, or more, closes it. */
static void check_block(const char *text, size_t len)
{
    struct buf out = {0};
    markdown_block(&out, "", text, len, 2);
    const char *end = out.data + out.len, *line = memchr(out.data, '\n', out.len);
    size_t fence = backticks(out.data + 2, end);
    if (fence < 3 || !line)
        abort();
    for (line++; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line)), *p = line;
        if (!stop)
            abort();
        while (p < stop && *p == ' ')
            p++;
        size_t n = backticks(p, stop);
        if (n >= fence && p + n == stop && stop + 1 != end)
            abort();
        line = stop + 1;
    }
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    check_span(text);
    check_block(text, size);
    free(text);
    return 0;
}
