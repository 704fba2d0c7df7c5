/* SPDX-License-Identifier: Apache-2.0 */
/* The event log's writer. */
#include "record/evlog.h"

#include "artifacts/digest.h"
#include "base/cleanup.h"
#include "base/io.h"

#include <fcntl.h>
#include <string.h>

/* What gathers between two flushes is bounded: a flood of events is written as it comes. */
enum { WRITE_AT = 1024 * 1024 };

struct evlog {
    int fd;
    char *name; /* for messages */
    struct digest *digest;
    char head[EVLOG_HASH_SIZE];
    uint64_t seq;     /* of the last line */
    struct buf lines; /* whole lines, not yet written */
    int failure;      /* negative errno of the first failed write */
    bool told;        /* evlog_flush() has returned it */
};

int evlog_open(int dirfd, const char *name, struct evlog **ret_log, struct err *err)
{
    int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(err, -errno, "creating the event log %s", name);
    struct evlog *log = xcalloc(1, sizeof *log);
    log->fd = fd;
    log->name = xstrdup(name);
    log->digest = digest_new();
    memset(log->head, '0', EVLOG_HASH_SIZE - 1);
    *ret_log = log;
    return 0;
}

static void write_lines(struct evlog *log)
{
    if (log->failure == 0)
        log->failure = io_write_all(log->fd, log->lines.data, log->lines.len);
    buf_clear(&log->lines);
}

void evlog_add(struct evlog *log, const struct event *event)
{
    if (log->failure < 0)
        return;
    struct buf *b = &log->lines;
    size_t start = b->len;
    static const char *const openings[EVENT_VERSION] = {"{\"v\":1,\"seq\":", "{\"v\":2,\"seq\":", "{\"v\":3,\"seq\":"};
    buf_adds(b, openings[event_version(event->type) - 1]);
    buf_addu(b, ++log->seq);
    buf_addc(b, ',');
    event_encode(event, b);
    buf_adds(b, ",\"prev\":\"");
    buf_add(b, log->head, EVLOG_HASH_SIZE - 1);
    buf_adds(b, "\"}");
    digest_add(log->digest, b->data + start, b->len - start);
    digest_end(log->digest, log->head);
    buf_addc(b, '\n');
    if (b->len >= WRITE_AT)
        write_lines(log);
}

size_t evlog_pending(const struct evlog *log)
{
    return log->lines.len;
}

int evlog_flush(struct evlog *log, struct err *err)
{
    if (log->lines.len > 0)
        write_lines(log);
    if (log->failure == 0 || log->told)
        return 0;
    log->told = true;
    return err_errno(err, log->failure, "writing the event log %s: events from here on are lost", log->name);
}

bool evlog_failed(const struct evlog *log)
{
    return log->failure < 0;
}

const char *evlog_head(const struct evlog *log)
{
    return log->head;
}

static int make_durable(const struct evlog *log, struct err *err)
{
    /* A pipe or a special file has nothing to make durable. */
    if (log->failure == 0 && fdatasync(log->fd) < 0 && errno != EINVAL && errno != EROFS)
        return err_errno(err, -errno, "writing the event log %s to the disk", log->name);
    return 0;
}

int evlog_close(struct evlog *log, struct err *err)
{
    if (!log)
        return 0;
    int r = evlog_flush(log, err);
    if (r == 0)
        r = make_durable(log, err);
    close_fd(log->fd);
    digest_free(log->digest);
    buf_free(&log->lines);
    free(log->name);
    free(log);
    return r;
}
