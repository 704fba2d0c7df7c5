/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the runs below a folder are to go. Pure: run_pruning.h has what is done about it. */
#ifndef MUSTER_EVIDENCE_RETENTION_H
#define MUSTER_EVIDENCE_RETENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is kept at the most; -1: no bound. */
struct retention_rule {
    int64_t runs;   /* the newest so many */
    int64_t age_ns; /* what began within this time */
    int64_t bytes;  /* the newest that take no more together */
};

/* Why a run goes, or stays although a bound is passed. */
enum retention_why {
    RETENTION_WITHIN, /* it is within all bounds */
    RETENTION_COUNT,
    RETENTION_AGE,
    RETENTION_SIZE,
    RETENTION_LATEST,      /* stays: `latest` points to it */
    RETENTION_RUNNING,     /* stays: its runner, or a cleanup, is at work */
    RETENTION_OUTSTANDING, /* stays: its ledger has what is to be undone */
    RETENTION_PINNED,      /* stays: somebody wants it */
    RETENTION_FOREIGN,     /* stays: its name is no run's */
    RETENTION_STUCK        /* stays, in part at least: its removal failed */
};

struct retention_item {
    int64_t began_ns; /* since 1970 */
    int64_t bytes;
    enum retention_why stays; /* RETENTION_WITHIN, or why it never goes */
    enum retention_why why;   /* judged */
    bool goes;                /* judged */
};

/* `items`: the newest first. What stays in any case counts as the others do. */
void retention_judge(const struct retention_rule *rule, struct retention_item *items, size_t n, int64_t now_ns);
/* "it is older than --keep-age", "it is pinned" ... */
const char *retention_text(enum retention_why why);

#endif
