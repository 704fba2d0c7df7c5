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
 * Reading: whole files or buffers, lines of any length. The first line that breaks the chain, the count
 * or the schema ends the reading with an error that names it. A last line without its newline is what a
 * killed runner leaves: it is counted apart and is no error.
 */
#ifndef MUSTER_RECORD_EVLOG_H
#define MUSTER_RECORD_EVLOG_H

#include "record/event.h"

#define EVLOG_NAME "events.jsonl"
enum { EVLOG_HASH_SIZE = 65 }; /* 64 hex digits and a NUL */

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

/* Called for every event in order; what it holds is valid during the call. A negative return ends the reading. */
typedef int (*evlog_callback)(void *data, const struct event *event, struct err *err);

/* The summary tells what was read before an error too. The callback may be NULL to verify alone. */
int evlog_read_fd(int fd, struct evlog_summary *ret_summary, struct err *err, evlog_callback callback, void *data);
int evlog_read_mem(const char *text, size_t len, struct evlog_summary *ret_summary, struct err *err,
                   evlog_callback callback, void *data);

#endif
