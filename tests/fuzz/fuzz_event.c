/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for the event log's reader: as a log whose chain was made right, and each line as an event of its own,
 * with the frame of a log and without. What decodes must encode to the very bytes that it was decoded from, but for
 * fields that older runners did not write, and controls that they did not escape.
 */
#include "base/text.h"
#include "chain.h"
#include "record/evlog.h"
#include "record/fields.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key can't be part of a string: the quotes would be escaped. */
static bool lacks_a_field(enum event_type type, const char *fields, size_t len)
{
    const struct event_shape *shape = event_shape(type);
    for (size_t i = 0; i < shape->n_fields; i++)
        if (!memmem(fields, len, shape->fields[i].key, shape->fields[i].key_len))
            return true;
    return false;
}

static bool has_raw_control(const char *text, size_t len)
{
    for (const char *p = text, *end = text + len; p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        if (text_is_control(code))
            return true;
    }
    return false;
}

static void decode(const char *fields, size_t len)
{
    struct arena arena = {0};
    struct event event;
    struct err err = {0};
    struct buf again = {0};
    int r = event_decode(fields, len, &arena, &event, &err);
    if (r < 0 && !err.text)
        abort();
    if (r == 0) {
        event_encode(&event, &again);
        bool same = again.len == len && memcmp(again.data, fields, len) == 0;
        if (!same && !lacks_a_field(event.type, fields, len) && !has_raw_control(fields, len))
            abort();
    }
    buf_free(&again);
    err_free(&err);
    arena_free(&arena);
}

/* What stands between `"seq":N,` and `,"prev":`, and the whole. */
static void decode_line(const char *line, size_t len)
{
    decode(line, len);
    size_t from = chain_head(line, len);
    while (from > 0 && from < len && line[from - 1] != ',')
        from++;
    if (from > 0 && len > from + CHAIN_TAIL)
        decode(line + from, len - from - CHAIN_TAIL);
}

static void read_log(const struct buf *text)
{
    const struct evlog_input input = evlog_input_mem(text);
    struct evlog_summary summary;
    struct err err = {0};
    int r = evlog_read(&input, &summary, &err, NULL, NULL);
    if (r < 0 ? !err.text : summary.cut_bytes > (int64_t)text->len)
        abort();
    err_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *end = text + size;
    struct buf chained = {0}, raw = {0};
    buf_add(&raw, text, size);
    read_log(&raw);
    chain_again(text, size, &chained);
    read_log(&chained);
    buf_free(&raw);
    buf_free(&chained);
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        decode_line(line, (size_t)(stop - line));
        line = stop + 1;
    }
    return 0;
}
