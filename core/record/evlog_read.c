/* SPDX-License-Identifier: Apache-2.0 */
/* The event log's reader: verifies each line against the one before and passes its event on. */
#include "artifacts/digest.h"
#include "base/cleanup.h"
#include "record/event_decode.h"
#include "record/evlog.h"

#include <string.h>

enum { READ_SIZE = 256 * 1024 };

struct reader {
    struct digest *digest;
    struct evlog_summary summary;
    evlog_callback callback;
    void *data;
    struct err *err;
};

static void reader_start(struct reader *r)
{
    r->digest = digest_new();
    memset(r->summary.head, '0', EVLOG_HASH_SIZE - 1);
}

/* Tells a changed predecessor from a line without any link. */
static int check_chain(struct reader *r, const json_t *object)
{
    const json_t *v = json_object_get(object, "v");
    if (!json_is_integer(v))
        return err_set(r->err, -EINVAL, "field \"v\" is missing or not an integer");
    if (json_integer_value(v) < 1 || json_integer_value(v) > EVENT_VERSION)
        return err_set(r->err, -EPROTO, "version %" JSON_INTEGER_FORMAT " of the log is not known (this is %d)",
                       json_integer_value(v), EVENT_VERSION);
    const char *prev = json_string_value(json_object_get(object, "prev"));
    if (!prev)
        return err_set(r->err, -EINVAL, "field \"prev\" is missing or not a string");
    if (strcmp(prev, r->summary.head) != 0 && r->summary.lines == 0)
        return err_set(r->err, -EBADMSG, "the first line's \"prev\" is %s, expected 64 zeros: lines before it are gone",
                       prev);
    if (strcmp(prev, r->summary.head) != 0)
        return err_set(r->err, -EBADMSG, "hash of line %lld is %s, expected %s", (long long)r->summary.lines,
                       r->summary.head, prev);
    const json_t *seq = json_object_get(object, "seq");
    if (!json_is_integer(seq) || json_integer_value(seq) != r->summary.lines + 1)
        return err_set(r->err, -EBADMSG, "field \"seq\" is not %lld", (long long)r->summary.lines + 1);
    return 0;
}

static int take_object(struct reader *r, json_t *object)
{
    int status = check_chain(r, object);
    if (status < 0)
        return status;
    struct arena arena = {0};
    struct event event;
    status = event_from_json(object, &arena, &event, r->err);
    if (status == 0 && r->callback)
        status = r->callback(r->data, &event, r->err);
    arena_free(&arena);
    return status;
}

static int take_line(struct reader *r, const char *line, size_t len)
{
    json_t *object;
    int status = line_parse(line, len, &object, r->err);
    if (status == 0) {
        status = take_object(r, object);
        json_decref(object);
    }
    if (status < 0) {
        err_prefix(r->err, "line %lld", (long long)r->summary.lines + 1);
        return status;
    }
    digest_add(r->digest, line, len);
    digest_end(r->digest, r->summary.head);
    r->summary.lines++;
    return 0;
}

/* Takes the whole lines of [text, text + len) from `*at` on; leaves *at behind the last one. */
static int take_lines(struct reader *r, const char *text, size_t len, size_t *at)
{
    for (const char *end; *at < len && (end = memchr(text + *at, '\n', len - *at)); *at = (size_t)(end - text) + 1) {
        int status = take_line(r, text + *at, (size_t)(end - text) - *at);
        if (status < 0)
            return status;
    }
    return 0;
}

static int finish(struct reader *r, int status, struct evlog_summary *ret_summary)
{
    digest_free(r->digest);
    if (ret_summary)
        *ret_summary = r->summary;
    return status;
}

int evlog_read_mem(const char *text, size_t len, struct evlog_summary *ret_summary, struct err *err,
                   evlog_callback callback, void *data)
{
    struct reader r = {.callback = callback, .data = data, .err = err};
    reader_start(&r);
    size_t at = 0;
    int status = take_lines(&r, text, len, &at);
    r.summary.cut_bytes = status == 0 ? (int64_t)(len - at) : 0;
    return finish(&r, status, ret_summary);
}

/* Reads more; when the buffer holds no whole line it grows, and a line's beginning is searched only once. */
static ssize_t read_more(int fd, struct buf *b)
{
    ssize_t n;
    do
        n = read(fd, buf_reserve(b, READ_SIZE), READ_SIZE);
    while (n < 0 && errno == EINTR);
    if (n > 0)
        b->len += (size_t)n;
    return n < 0 ? -errno : n;
}

static int read_all(struct reader *r, int fd)
{
    autobuf struct buf b = {0};
    for (;;) {
        size_t searched = b.len;
        ssize_t n = read_more(fd, &b);
        if (n < 0)
            return err_errno(r->err, (int)n, "reading the event log");
        if (n == 0)
            break;
        if (!memchr(b.data + searched, '\n', b.len - searched))
            continue;
        size_t at = 0;
        int status = take_lines(r, b.data, b.len, &at);
        if (status < 0)
            return status;
        buf_consume(&b, at);
    }
    r->summary.cut_bytes = (int64_t)b.len;
    return 0;
}

int evlog_read_fd(int fd, struct evlog_summary *ret_summary, struct err *err, evlog_callback callback, void *data)
{
    struct reader r = {.callback = callback, .data = data, .err = err};
    reader_start(&r);
    return finish(&r, read_all(&r, fd), ret_summary);
}
