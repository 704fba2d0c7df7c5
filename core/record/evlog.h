/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event log: an append-only file in which every line carries the hash of the line before.
 *
 *     {"v":1,"seq":1,"type":"run.started","t":0, ...,"prev":"000...000"}
 *
 * `prev` is the SHA-256 of the previous line without its newline; the first has 64 zeros. Hence the hash
 * of the last line, the head, stands for the whole log.
 *
 * Writing: one process, one thread. evlog_add() only appends to memory; evlog_flush() writes what has
 * gathered in one call; the supervisor calls it within a few milliseconds of the oldest event that waits.
 * A log that could not be written (a full disk) says so once and is silent from then on: what it holds
 * up to there stays a valid log with, at most, a cut last line.
 *
 * Reading: line by line from an input, in memory for one line and one event, whatever the log's size. The first line
 * that breaks the chain, the count or the schema, or that is not spelt as evlog_add() spells it, ends the reading with
 * an error that names it. A last line without its newline is what a killed runner leaves: it is counted apart and is no
 * error.
 */
#ifndef MUSTER_RECORD_EVLOG_H
#define MUSTER_RECORD_EVLOG_H

#include "record/event.h"

#include <sys/types.h>

#define EVLOG_NAME "events.jsonl"
enum {
    EVLOG_HASH_SIZE = 65,              /* 64 hex digits and a NUL */
    EVLOG_LINE_MAX = 64 * 1024 * 1024, /* far above what any event takes; a longer line is a stranger's */
};

struct evlog;

/* Creates the log (0600); an existing file is -EEXIST, since a log is never continued. */
int evlog_open(int dirfd, const char *name, struct evlog **ret_log, struct err *err);
void evlog_add(struct evlog *log, const struct event *event);
/* 0, or the error of the first write that failed, once. */
int evlog_flush(struct evlog *log, struct err *err);
/* Bytes that the next flush will write. */
size_t evlog_pending(const struct evlog *log);
/* True once a write has failed: the run must end with status 3. */
bool evlog_failed(const struct evlog *log);
/* The hash of the last line added; valid until the next evlog_add(). */
const char *evlog_head(const struct evlog *log);
/* Flushes, makes it durable (fdatasync) and closes it; the log is gone also after an error. NULL is fine. */
int evlog_close(struct evlog *log, struct err *err);

struct evlog_summary {
    int64_t lines;              /* whole ones, all of them verified */
    int64_t cut_bytes;          /* of a last line without a newline; 0 when there is none */
    char head[EVLOG_HASH_SIZE]; /* of the last whole line */
};

struct bundle_reader; /* artifacts/read.h */

/* Where a log's bytes come from: up to `len` of them from `offset` on, 0 at the end, or a negative errno. A reader asks
 * from the start to the end without a gap, so that a stream may leave `offset` alone. What `data` points to has to last
 * as long as the reader. */
struct evlog_input {
    ssize_t (*read)(void *data, void *bytes, size_t len, int64_t offset);
    void *data;
};
struct evlog_input evlog_input_file(const int *fd);         /* a regular file */
struct evlog_input evlog_input_stream(const int *fd);       /* a pipe: read once */
struct evlog_input evlog_input_mem(const struct buf *text); /* for tests, and fuzzing */
struct evlog_input evlog_input_bundle(struct bundle_reader *bundle);

/* A line in an input, without its newline. */
struct evlog_place {
    int64_t offset;
    uint32_t len;
};

/* One event after the other. */
struct evlog_reader;
struct evlog_reader *evlog_reader_open(const struct evlog_input *input);
/* 1: *ret_event is the next, valid until the next call; 0: the log's end. */
int evlog_reader_next(struct evlog_reader *r, struct event *ret_event, struct err *err);
/* Of what has been read; `cut_bytes` once the end is reached. */
const struct evlog_summary *evlog_reader_summary(const struct evlog_reader *r);
/* Of the last event's line. */
struct evlog_place evlog_reader_place(const struct evlog_reader *r);
void evlog_reader_close(struct evlog_reader *r);

/* Called for every event in order; what it holds is valid during the call. A negative return ends the reading. */
typedef int (*evlog_callback)(void *data, const struct event *event, struct err *err);

/* All of a log. The summary tells what was read before an error too. The callback may be NULL to verify alone. */
int evlog_read(const struct evlog_input *input, struct evlog_summary *ret_summary, struct err *err,
               evlog_callback callback, void *data);
/* The event of one line, read again; whether it links to the one before isn't looked at. Not for streams. */
int evlog_read_at(const struct evlog_input *input, struct evlog_place place, struct arena *arena,
                  struct event *ret_event, struct err *err);

#endif
