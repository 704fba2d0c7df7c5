/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is remembered of cases beyond a run: how long they take, how they ended lately, how often they were flaky.
 *
 * One SQLite file, shared by runs that may be going on at the same time (WAL, UPSERT). It is a convenience: nothing
 * that a run proves rests on it, and its loss costs a good order, no more. So every failure is an error for the caller
 * to warn of and go on. One process, one thread for each object; a failed call leaves the file as it was.
 */
#ifndef MUSTER_RECORD_HISTORY_H
#define MUSTER_RECORD_HISTORY_H

#include "base/err.h"
#include "base/mem.h"
#include "record/event.h"

#define HISTORY_DEFAULT ".muster/history.db"

struct history;

/* One case's latest end. */
struct history_result {
    const char *id;
    enum verdict verdict;
    int64_t duration_ns;
};

/* What is known of a case. */
struct history_case {
    const char *id;
    int64_t runs, bad, flaky;
    int64_t mean_ns;  /* moving average, the latest run counts a quarter */
    double flakiness; /* the same of 1 for a flaky run and 0 for any other */
    enum verdict verdict;
    const char *recent, *times; /* as record/case_stats.h has them; "" unless history_read_recent() read it */
};

/* For reading; a missing file is -ENOENT without a sentence. */
int history_open(const char *path, struct history **ret_history, struct err *err);
/* For writing; the file and its folder are made when missing. */
int history_create(const char *path, struct history **ret_history, struct err *err);
void history_close(struct history *h);

/* All cases in the order of their ids; array and strings in the arena. */
int history_read(struct history *h, struct arena *arena, struct history_case **ret_cases, size_t *ret_n,
                 struct err *err);
/* The same with their latest results: none in a file that an older muster has written. */
int history_read_recent(struct history *h, struct arena *arena, struct history_case **ret_cases, size_t *ret_n,
                        struct err *err);
/* Remembers all of a run's results, or none. `next` gives them one by one, until it returns false. */
int history_write(struct history *h, bool (*next)(void *data, struct history_result *ret_result), void *data,
                  struct err *err);

#endif
