/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for the event log's reader: as a whole log, and each line as an event of its own, since a
 * mutation hardly ever hits upon a valid chain. What decodes must encode to something that decodes again.
 */
#include "record/evlog.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void encode_again(const struct event *event)
{
    struct buf line = {0};
    buf_addc(&line, '{');
    event_encode(event, &line);
    buf_addc(&line, '}');
    struct arena arena = {0};
    struct event again;
    if (event_decode(line.data, line.len, &arena, &again, NULL) < 0 || again.type != event->type)
        abort();
    arena_free(&arena);
    buf_free(&line);
}

static void decode_line(const char *line, size_t len)
{
    struct arena arena = {0};
    struct event event;
    struct err err = {0};
    if (event_decode(line, len, &arena, &event, &err) == 0)
        encode_again(&event);
    else if (!err.text)
        abort();
    err_free(&err);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *end = text + size;
    struct evlog_summary summary;
    if (evlog_read_mem(text, size, &summary, NULL, NULL, NULL) == 0 && summary.cut_bytes > (int64_t)size)
        abort();
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        decode_line(line, (size_t)(stop - line));
        line = stop + 1;
    }
    return 0;
}
