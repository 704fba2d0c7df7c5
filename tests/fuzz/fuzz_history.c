/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target for what the history says of a case: two texts of a file that anybody may have written, the results up to
 * the first newline and the times behind it. Whatever they are, rates and times are ones, and what is printed of them
 * has no control character but tabs.
 */
#include "base/text.h"
#include "report/history_rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct buf *out)
{
    const char *end = out->data + out->len;
    for (const char *p = out->data; p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        if (text_is_control(code) && code != '\n' && code != '\t')
            abort();
    }
}

static void check_rate(const struct case_rate *r, size_t window)
{
    if (r->runs > window || r->flaky + r->recovered + r->failing > r->runs)
        abort();
    if (!(r->low >= 0 && r->low <= r->rate && r->rate <= r->high && r->high <= 1))
        abort();
}

static void check_times(const struct case_times *t, size_t window)
{
    if (t->n > window || t->n > CASE_TIMES || t->median_ns < 0 || t->median_ns > t->p95_ns || t->p95_ns > t->longest_ns)
        abort();
}

static void print(const struct history_case *c, size_t window)
{
    static const struct style plain = {0};
    struct buf out = {0};
    struct flaky_rows flaky = flaky_rows_make(c, 1, window);
    struct slow_rows slow = slow_rows_make(c, 1, window, false);
    flaky_rows_add(&out, &plain, &flaky, 0);
    slow_rows_add(&out, &plain, &slow, 0);
    struct json_out j = {&out, false};
    json_open(&j, NULL, '{');
    flaky_rows_json(&j, &flaky);
    slow_rows_json(&j, &slow);
    json_close(&j, '}');
    check_text(&out);
    flaky_rows_free(&flaky);
    slow_rows_free(&slow);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *recent = malloc(size + 1);
    memcpy(recent, data, size);
    recent[size] = '\0';
    char *times = strchr(recent, '\n');
    if (times)
        *times++ = '\0';
    const struct history_case c = {.id = recent, .recent = recent, .times = times ? times : ""};
    for (size_t window = 1; window <= CASE_RESULTS; window += 33) {
        const struct case_rate rate = case_rate_of(c.recent, window);
        const struct case_times t = case_times_of(c.times, window);
        check_rate(&rate, window);
        check_times(&t, window);
        print(&c, window);
    }
    free(recent);
    return 0;
}
