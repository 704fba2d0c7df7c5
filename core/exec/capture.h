/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scenario writes to stdout or stderr, from a pipe into a file of its attempt.
 *
 * Bytes are kept as they are, but for the run's secrets, of which nothing below knows. A file holds at most `cap`
 * bytes: when more come, its beginning and its end are kept, with a line between them that says how many were cut. The
 * file is made with the first byte; most attempts have none.
 *
 * The end of the stream is never waited for: a daemon may hold the pipe. Once the attempt's processes are gone,
 * capture_end() takes what is in the pipe. The pipe itself lives as long as the slot's monitor.
 */
#ifndef MUSTER_EXEC_CAPTURE_H
#define MUSTER_EXEC_CAPTURE_H

#include "base/buf.h"
#include "base/loop.h"
#include "secrets/secret_stream.h"

enum { CAPTURE_TAIL = 64 * 1024 }; /* kept of the end when the middle is cut */

struct capture {
    struct source source;
    struct loop *loop;
    const char *name; /* "stdout.log" */
    int file;         /* -1 until then */
    int error;        /* negative errno of a failed write: the rest is read and dropped */
    uint64_t total;   /* bytes that came, without the secrets */
    uint64_t head;    /* bytes in the file */
    uint64_t cap;
    struct secret_stream hidden;               /* on the way to the file; a run without secrets has none */
    struct buf tail;                           /* the newest bytes beyond the head; at most twice CAPTURE_TAIL */
    int (*open)(void *data, const char *name); /* the file, or a negative errno; must not wait */
    void *data;
};

/* A new pipe for a new monitor; its writing end, which the caller closes when it has been sent, goes to *ret_writer. */
int capture_open(struct capture *c, struct loop *loop, int *ret_writer);
/* The monitor is gone. */
void capture_close(struct capture *c);
void capture_free(struct capture *c);
/* A new attempt. The pipe is read when it is watched, and at the end. */
void capture_begin(struct capture *c, const char *name, const struct secrets *secrets, uint64_t cap,
                   int (*open)(void *data, const char *name), void *data);
/* From now on it is read as output comes. Most attempts are over before that is worth a call. */
void capture_watch(struct capture *c);
/* Takes what is in the pipe right now. */
void capture_take(struct capture *c);
/* Reads what is left, writes the tail, closes the file. `total`, `error` and capture_is_cut() stay valid. */
void capture_end(struct capture *c);
/* Appends the newest `most` bytes (up to CAPTURE_TAIL) of what came behind the first `since`, also while a part of them
 * is in no file yet. `dir`: where the file is. Until the next attempt. */
void capture_end_of(const struct capture *c, int dir, uint64_t since, size_t most, struct buf *out);
static inline bool capture_is_cut(const struct capture *c)
{
    return c->total > c->cap;
}

#endif
