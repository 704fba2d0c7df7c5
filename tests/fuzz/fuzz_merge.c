/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for merging: the input is the logs of shards, with NULs between. A mutation hardly ever hits upon a valid
 * chain, so each line's `seq` and `prev` are made right first. What is accepted must give a log that verifies.
 */
#include "artifacts/digest.h"
#include "record/merge.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines that are no JSON object stay as they are. */
static void chain_again(const char *text, size_t len, struct buf *out)
{
    char head[DIGEST_HEX];
    memset(head, '0', sizeof head - 1);
    head[sizeof head - 1] = '\0';
    struct digest *d = digest_new();
    json_int_t seq = 0;
    for (const char *line = text, *end = text + len; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            break;
        json_t *object = json_loadb(line, (size_t)(stop - line), 0, NULL);
        size_t start = out->len;
        if (json_is_object(object)) {
            json_object_set_new(object, "seq", json_integer(++seq));
            json_object_set_new(object, "prev", json_string(head));
            char *again = json_dumps(object, JSON_COMPACT);
            buf_adds(out, again);
            free(again);
        } else {
            buf_add(out, line, (size_t)(stop - line));
        }
        json_decref(object);
        if (out->len > start)
            digest_add(d, out->data + start, out->len - start);
        digest_end(d, head);
        buf_addc(out, '\n');
        line = stop + 1;
    }
    digest_free(d);
}

static void take_event(void *data, const struct event *event)
{
    struct buf *out = data;
    buf_adds(out, "{\"v\":1,");
    event_encode(event, out);
    buf_adds(out, "}\n");
}

static void check_result(const struct merge *m)
{
    struct buf lines = {0}, log = {0};
    const struct event_sink sink = {take_event, &lines};
    merge_emit(m, &sink);
    chain_again(lines.data, lines.len, &log);
    struct err err = {0};
    if (evlog_read_mem(log.data, log.len, NULL, &err, NULL, NULL) < 0)
        abort();
    buf_free(&lines);
    buf_free(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct merge m = {0};
    struct err err = {0};
    int r = 0;
    const char *text = (const char *)data, *end = text + size;
    while (r == 0 && text < end) {
        const char *stop = memchr(text, '\0', (size_t)(end - text));
        stop = stop ? stop : end;
        struct buf log = {0};
        chain_again(text, (size_t)(stop - text), &log);
        r = merge_add(&m, "log", &log, &err);
        text = stop + 1;
    }
    if (r == 0 && m.n > 0)
        r = merge_check(&m, true, &err);
    if (r == 0 && m.n > 0)
        check_result(&m);
    if (r < 0 && !err.text)
        abort();
    err_free(&err);
    merge_free(&m);
    return 0;
}
