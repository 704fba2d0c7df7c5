/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of the shards of one small run, to merge. */
#ifndef TESTS_RECORD_SHARD_LOGS_H
#define TESTS_RECORD_SHARD_LOGS_H

#include "base/buf.h"

#include <stdint.h>

enum { SHARDS = 3 }; /* of which nothing falls to the third */

/* What a test changes of one shard. */
struct change {
    const char *started_at, *muster_version, *rerun_of, *target, *shard_by, *split, *version, *host, *containment;
    int64_t seed, shard, shards, plan_cases, jobs;
    int64_t exit_status, n_plugins;
    const char *why, *fails; /* of run.ended */
    bool interrupted, no_end, no_cases, second_start, merged, after_end;
    int64_t negative_t;        /* of the first attempt's end */
    const char *stranger;      /* an event of this case */
    const char *fixture;       /* an event of this fixture, and of what it printed */
    const char *service_file;  /* where that is */
    const char *planned_as;    /* instead of the shard's first case */
    int64_t planned_at;        /* its position */
    const char *planned_twice; /* after the others */
};

/* The log of a shard, from 1. */
void make_log(int64_t shard, const struct change *c, struct buf *ret_text);

#endif
