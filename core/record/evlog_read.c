/* SPDX-License-Identifier: Apache-2.0 */
/* The event log's reader: verifies each line against the one before and passes its event on. */
#include "artifacts/digest.h"
#include "base/cleanup.h"
#include "record/evlog.h"
#include "record/line_cursor.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024 };

/* How every line ends. */
#define PREV_KEY ",\"prev\":\""
enum { PREV_KEY_LEN = sizeof PREV_KEY - 1, TAIL_LEN = PREV_KEY_LEN + EVLOG_HASH_SIZE - 1 + sizeof "\"}" - 1 };

struct evlog_reader {
    struct evlog_input input;
    struct digest *digest;
    struct evlog_summary summary;
    struct buf window; /* what was read and not yet passed on begins at `at` */
    size_t at;
    int64_t read; /* bytes of the input */
    struct evlog_place place;
    struct arena arena; /* of the last event */
};

struct evlog_reader *evlog_reader_open(const struct evlog_input *input)
{
    struct evlog_reader *r = xcalloc(1, sizeof *r);
    r->input = *input;
    r->digest = digest_new();
    memset(r->summary.head, '0', EVLOG_HASH_SIZE - 1);
    return r;
}

void evlog_reader_close(struct evlog_reader *r)
{
    if (!r)
        return;
    digest_free(r->digest);
    buf_free(&r->window);
    arena_free(&r->arena);
    free(r);
}

const struct evlog_summary *evlog_reader_summary(const struct evlog_reader *r)
{
    return &r->summary;
}

struct evlog_place evlog_reader_place(const struct evlog_reader *r)
{
    return r->place;
}

/* The two ends of a line that are the log's own; the event's fields are between them. */
struct frame {
    int64_t version, seq;
    const char *prev; /* 64 hex digits */
    const char *fields;
    size_t len;
};

static bool is_tail(struct line_cursor c)
{
    if (c.end - c.at != TAIL_LEN || !LINE_TAKE(&c, PREV_KEY))
        return false;
    for (int i = 0; i < EVLOG_HASH_SIZE - 1; i++, c.at++)
        if (!((*c.at >= '0' && *c.at <= '9') || (*c.at >= 'a' && *c.at <= 'f')))
            return false;
    return LINE_TAKE(&c, "\"}");
}

static int read_frame(const char *line, size_t len, struct frame *ret, struct err *err)
{
    struct line_cursor c = {line, line + len};
    if (!LINE_TAKE(&c, "{\"v\":") || !line_int(&c, &ret->version))
        return err_set(err, -EINVAL, "field \"v\" is missing, not in its place or not an integer");
    if (ret->version < 1 || ret->version > EVENT_VERSION)
        return err_set(err, -EPROTO, "version %lld of the log is not known (this is %d)", (long long)ret->version,
                       EVENT_VERSION);
    struct line_cursor tail = c;
    if (c.end - c.at >= TAIL_LEN)
        tail.at = c.end - TAIL_LEN;
    if (!is_tail(tail))
        return err_set(err, -EINVAL, "field \"prev\" is missing, not in its place or not a hash");
    ret->prev = tail.at + PREV_KEY_LEN;
    c.end -= TAIL_LEN;
    if (!LINE_TAKE(&c, ",\"seq\":") || !line_int(&c, &ret->seq) || !LINE_TAKE(&c, ","))
        ret->seq = 0; /* no line has this number */
    ret->fields = c.at;
    ret->len = (size_t)(c.end - c.at);
    return 0;
}

/* Tells a changed predecessor from a line without any link. */
static int check_chain(const struct evlog_summary *s, const struct frame *f, struct err *err)
{
    const int hex = EVLOG_HASH_SIZE - 1;
    bool links = memcmp(f->prev, s->head, EVLOG_HASH_SIZE - 1) == 0;
    if (!links && s->lines == 0)
        return err_set(err, -EBADMSG, "the first line's \"prev\" is %.*s, expected 64 zeros: lines before it are gone",
                       hex, f->prev);
    if (!links)
        return err_set(err, -EBADMSG, "hash of line %lld is %s, expected %.*s", (long long)s->lines, s->head, hex,
                       f->prev);
    if (f->seq != s->lines + 1)
        return err_set(err, -EBADMSG, "field \"seq\" is not %lld", (long long)s->lines + 1);
    return 0;
}

static int read_event(const struct frame *f, struct arena *arena, struct event *ret_event, struct err *err)
{
    int r = event_decode(f->fields, f->len, arena, ret_event, err);
    if (r == 0 && f->version != event_version(ret_event->type))
        r = err_set(err, -EINVAL, "field \"v\" of %s is not %d", event_type_name(ret_event->type),
                    event_version(ret_event->type));
    return r;
}

static int decode_line(const char *line, size_t len, struct arena *arena, struct event *ret_event, struct err *err)
{
    struct frame frame;
    int r = read_frame(line, len, &frame, err);
    return r < 0 ? r : read_event(&frame, arena, ret_event, err);
}

int evlog_read_at(const struct evlog_input *input, struct evlog_place place, struct arena *arena,
                  struct event *ret_event, struct err *err)
{
    autobuf struct buf line = {0};
    while (line.len < place.len) {
        size_t left = place.len - line.len;
        ssize_t n = input->read(input->data, buf_reserve(&line, left), left, place.offset + (int64_t)line.len);
        if (n <= 0)
            return err_errno(err, n < 0 ? (int)n : -ESTALE, "reading the event log again");
        line.len += (size_t)n;
    }
    return decode_line(buf_str(&line), line.len, arena, ret_event, err);
}

static int take_line(struct evlog_reader *r, const char *line, size_t len, struct event *ret_event, struct err *err)
{
    struct frame frame;
    int status = read_frame(line, len, &frame, err);
    if (status == 0)
        status = check_chain(&r->summary, &frame, err);
    arena_reset(&r->arena);
    if (status == 0)
        status = read_event(&frame, &r->arena, ret_event, err);
    if (status < 0)
        return status;
    digest_add(r->digest, line, len);
    digest_end(r->digest, r->summary.head);
    return 0;
}

/* More bytes behind those in the window; 0 at the end. */
static ssize_t read_more(struct evlog_reader *r, struct err *err)
{
    if (r->at > 0)
        buf_consume(&r->window, r->at);
    r->at = 0;
    if (r->window.len > EVLOG_LINE_MAX)
        return err_set(err, -EMSGSIZE, "line %lld is longer than any event", (long long)r->summary.lines + 1);
    ssize_t n = r->input.read(r->input.data, buf_reserve(&r->window, READ_SIZE), READ_SIZE, r->read);
    if (n < 0)
        return err_errno(err, (int)n, "reading the event log");
    r->window.len += (size_t)n;
    r->read += n;
    return n;
}

/* The end of the next line; NULL: the log ends before one. What was searched is not searched again. */
static int find_end(struct evlog_reader *r, const char **ret_end, struct err *err)
{
    size_t searched = 0;
    for (;;) {
        size_t left = r->window.len - r->at;
        *ret_end = left > searched ? memchr(r->window.data + r->at + searched, '\n', left - searched) : NULL;
        if (*ret_end)
            return 0;
        searched = left;
        ssize_t n = read_more(r, err);
        if (n <= 0)
            return (int)n;
    }
}

/* A line that can't be read: was it written so, or changed afterwards? The line behind it has the hash of what was
 * written. `len`: of the line, which is at `r->at`. */
static int judge_unreadable(struct evlog_reader *r, size_t len, int status, struct err *err)
{
    char own[EVLOG_HASH_SIZE] = {0};
    const char *end, *why = err ? err_text(err) : "";
    struct frame next = {0};
    digest_add(r->digest, r->window.data + r->at, len);
    digest_end(r->digest, own);
    r->at += len + 1;
    bool has_next = find_end(r, &end, NULL) == 0 && end;
    const char *line = r->window.data + r->at;
    if (has_next && read_frame(line, (size_t)(end - line), &next, NULL) < 0)
        next.prev = NULL; /* no better than this one */
    if (next.prev && memcmp(next.prev, own, EVLOG_HASH_SIZE - 1) != 0)
        return err_set(err, -EBADMSG, "it was changed: its hash is %s, and the next line has %.*s (%s)", own,
                       EVLOG_HASH_SIZE - 1, next.prev, why);
    if (status != -EPROTO)
        return status;
    return err_set(err, status, "%s: %s", why,
                   next.prev ? "a newer muster has written it, update yours"
                             : "a newer muster has written it, or somebody has changed it");
}

int evlog_reader_next(struct evlog_reader *r, struct event *ret_event, struct err *err)
{
    const char *end;
    int status = find_end(r, &end, err);
    if (status < 0)
        return status;
    if (!end) {
        r->summary.cut_bytes = (int64_t)(r->window.len - r->at);
        return 0;
    }
    const char *line = r->window.data + r->at;
    r->place = (struct evlog_place){r->read - (int64_t)(r->window.len - r->at), (uint32_t)(end - line)};
    status = take_line(r, line, (size_t)(end - line), ret_event, err);
    if (status == -EPROTO || status == -EINVAL)
        status = judge_unreadable(r, (size_t)(end - line), status, err);
    if (status < 0)
        return err_prefix(err, "line %lld", (long long)r->summary.lines + 1), status;
    r->at += (size_t)(end - line) + 1;
    r->summary.lines++;
    return 1;
}

int evlog_read(const struct evlog_input *input, struct evlog_summary *ret_summary, struct err *err,
               evlog_callback callback, void *data)
{
    struct evlog_reader *r = evlog_reader_open(input);
    struct event event;
    int status;
    while ((status = evlog_reader_next(r, &event, err)) > 0) {
        status = callback ? callback(data, &event, err) : 0;
        if (status < 0) {
            err_prefix(err, "line %lld", (long long)r->summary.lines);
            break;
        }
    }
    if (ret_summary)
        *ret_summary = r->summary;
    evlog_reader_close(r);
    return status;
}
