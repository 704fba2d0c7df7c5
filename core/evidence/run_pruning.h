/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The removal of old runs. What is removed gets a hidden name first, so that nobody meets half a run; what a killed
 * removal has left under such a name goes with the next one. Runs that are at work, the latest, pinned ones, and those
 * with something to be undone never go, nor does a folder whose name is not that of a run.
 */
#ifndef MUSTER_EVIDENCE_RUN_PRUNING_H
#define MUSTER_EVIDENCE_RUN_PRUNING_H

#include "base/err.h"
#include "evidence/retention.h"

#define RUN_PINNED_NAME ".pinned" /* a file in the folder of a pinned run */

struct pruned_run {
    char *name;
    struct retention_item item; /* when it was to be removed, and could not: it does not go */
};

struct run_pruning {
    struct pruned_run *runs; /* newest first */
    size_t n;
};

/* Looks at all runs below `out` and judges them; run_pruning_free() in any case. */
int run_pruning_plan(struct run_pruning *p, const char *out, const struct retention_rule *rule, struct err *err);
/* Removes what is to go. The first failure is told, behind which it goes on. */
int run_pruning_do(struct run_pruning *p, const char *out, struct err *err);
void run_pruning_free(struct run_pruning *p);

/* `path`: a run's folder. Both are fine when it is so already. */
int run_pin(const char *path, bool pinned, struct err *err);
bool run_is_pinned(int dir);

#endif
