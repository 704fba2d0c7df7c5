/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mutation hardly ever hits upon a valid chain: what a mutated log says is told with the `seq` and `prev` that its
 * lines should have. Lines without them stay as they are.
 */
#ifndef TESTS_FUZZ_CHAIN_H
#define TESTS_FUZZ_CHAIN_H

#include "artifacts/digest.h"
#include "base/buf.h"

#include <string.h>

#define CHAIN_PREV ",\"prev\":\""
enum { CHAIN_TAIL = sizeof CHAIN_PREV - 1 + DIGEST_HEX - 1 + 2 };

/* The length of `{"v":1,"seq":`, or 0. */
static inline size_t chain_head(const char *line, size_t len)
{
    static const char seq[] = ",\"seq\":";
    const char *at = len > 16 ? memmem(line, 16, seq, sizeof seq - 1) : NULL;
    return at ? (size_t)(at - line) + sizeof seq - 1 : 0;
}

static inline void chain_line(const char *line, size_t len, size_t seq, const char *prev, struct buf *out)
{
    size_t head = chain_head(line, len), rest = head;
    const char *tail = line + len - CHAIN_TAIL;
    if (head == 0 || len < head + CHAIN_TAIL || memcmp(tail, CHAIN_PREV, sizeof CHAIN_PREV - 1) != 0) {
        buf_add(out, line, len);
        return;
    }
    while (rest < len - CHAIN_TAIL && line[rest] >= '0' && line[rest] <= '9')
        rest++;
    buf_add(out, line, head);
    buf_addu(out, seq);
    buf_add(out, line + rest, len - CHAIN_TAIL - rest);
    buf_adds(out, CHAIN_PREV);
    buf_adds(out, prev);
    buf_adds(out, "\"}");
}

static inline void chain_again(const char *text, size_t len, struct buf *out)
{
    char head[DIGEST_HEX] = "";
    memset(head, '0', sizeof head - 1);
    autodigest struct digest *d = digest_new();
    size_t seq = 0;
    const char *end = text + len;
    for (const char *stop; text < end && (stop = memchr(text, '\n', (size_t)(end - text))); text = stop + 1) {
        size_t start = out->len;
        chain_line(text, (size_t)(stop - text), ++seq, head, out);
        if (out->len > start)
            digest_add(d, out->data + start, out->len - start);
        digest_end(d, head);
        buf_addc(out, '\n');
    }
}

#endif
