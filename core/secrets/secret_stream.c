/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of bytes, without its secrets. */
#include "secrets/secret_stream.h"

#include "base/cleanup.h"

#include <string.h>

/* Ranges that meet become one: overlapping spellings are one place. */
static void add_range(struct secret_stream *f, size_t start, size_t end, uint32_t owner)
{
    struct secret_range r = {start, end, owner, false};
    while (f->n_ranges > 0 && f->ranges[f->n_ranges - 1].end >= r.start) {
        const struct secret_range *last = &f->ranges[--f->n_ranges];
        r.start = last->start < r.start ? last->start : r.start;
        r.end = last->end > r.end ? last->end : r.end;
        r.owner = last->owner;
        r.told = r.told || last->told;
    }
    GROW(f->ranges, f->n_ranges, f->cap_ranges);
    f->ranges[f->n_ranges++] = r;
}

/* Looks at what is held, from `at` on. */
static void look(struct secret_stream *f, const struct matcher *m, size_t at)
{
    struct match match;
    while (matcher_next(m, &f->state, f->held.data, f->held.len, &at, &match)) {
        size_t start = match.len < match.end ? match.end - match.len : 0; /* what was told already is told */
        add_range(f, start, match.end, match.owner);
    }
}

/* Tells of the first `n` bytes that are held. */
static void tell(struct secret_stream *f, size_t n, struct buf *out)
{
    size_t at = 0, kept = 0;
    if (n == 0)
        return;
    for (size_t i = 0; i < f->n_ranges; i++) {
        struct secret_range r = f->ranges[i];
        if (r.start < n) {
            buf_add(out, f->held.data + at, r.start > at ? r.start - at : 0);
            if (!r.told)
                buf_addf(out, "[secret %s]", secrets_name(f->secrets, r.owner));
            r.told = true;
            at = r.end < n ? r.end : n;
        }
        if (r.end >= n) { /* the next one may meet it */
            r.start = r.start > n ? r.start - n : 0;
            r.end -= n;
            f->ranges[kept++] = r;
        }
    }
    buf_add(out, f->held.data + at, n - at);
    buf_consume(&f->held, n);
    f->n_ranges = kept;
}

/* With more secrets than before, what is held is looked at from its beginning. */
static size_t renew(struct secret_stream *f)
{
    if (f->version == secrets_version(f->secrets))
        return f->held.len;
    f->version = secrets_version(f->secrets);
    f->state = 0;
    return 0;
}

/* Most pieces have none, and nothing is held: they go through as they are. False: this one has to be looked at closely.
 */
static bool pass(struct secret_stream *f, const struct matcher *m, const char *data, size_t n, struct buf *out)
{
    matcher_state state = f->state;
    size_t at = 0;
    struct match match;
    if (f->held.len > 0 || f->n_ranges > 0 || matcher_next(m, &state, data, n, &at, &match))
        return false;
    size_t pending = matcher_pending(m, state);
    buf_add(out, data, n - pending);
    if (pending > 0)
        buf_add(&f->held, data + n - pending, pending);
    f->state = state;
    return true;
}

void secret_stream_add(struct secret_stream *f, const char *data, size_t n, struct buf *out)
{
    if (!secrets_any(f->secrets)) {
        buf_add(out, data, n);
        return;
    }
    const struct matcher *m = secrets_matcher(f->secrets);
    size_t from = renew(f);
    if (pass(f, m, data, n, out))
        return;
    buf_add(&f->held, data, n);
    look(f, m, from);
    size_t pending = matcher_pending(m, f->state);
    tell(f, f->held.len > pending ? f->held.len - pending : 0, out);
}

void secret_stream_end(struct secret_stream *f, struct buf *out)
{
    if (f->held.len > 0)
        tell(f, f->held.len, out);
    f->n_ranges = 0;
    f->state = 0;
}

void secret_stream_free(struct secret_stream *f)
{
    buf_free(&f->held);
    free(f->ranges);
    f->ranges = NULL;
    f->n_ranges = f->cap_ranges = 0;
}
