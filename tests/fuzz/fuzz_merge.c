/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for merging: the input is the logs of shards, with NULs between. A mutation hardly ever hits upon a valid
 * chain, so each line's `seq` and `prev` are made right first. What is accepted must give a log that verifies.
 */
#include "chain.h"
#include "record/merge.h"

#include <stdlib.h>

enum { LOGS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_event(void *data, const struct event *event)
{
    struct buf *out = data;
    buf_addf(out, "{\"v\":%d,\"seq\":0,", event_version(event->type));
    event_encode(event, out);
    buf_addf(out, CHAIN_PREV "%064d\"}\n", 0);
}

static void check_result(struct merge *m)
{
    struct buf lines = {0}, log = {0};
    const struct event_sink sink = {take_event, &lines};
    if (merge_emit(m, &sink, NULL) < 0)
        abort();
    chain_again(lines.data, lines.len, &log);
    const struct evlog_input input = evlog_input_mem(&log);
    if (evlog_read(&input, NULL, NULL, NULL, NULL) < 0)
        abort();
    buf_free(&lines);
    buf_free(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct merge m = {0};
    struct err err = {0};
    struct buf logs[LOGS_MAX] = {{0}};
    size_t n = 0;
    int r = 0;
    const char *text = (const char *)data, *end = text + size;
    while (r == 0 && text < end && n < LOGS_MAX) {
        const char *stop = memchr(text, '\0', (size_t)(end - text));
        stop = stop ? stop : end;
        struct buf *log = &logs[n++];
        chain_again(text, (size_t)(stop - text), log);
        const struct evlog_input input = evlog_input_mem(log);
        r = merge_add(&m, "log", &input, &err);
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
    for (size_t i = 0; i < n; i++)
        buf_free(&logs[i]);
    return 0;
}
