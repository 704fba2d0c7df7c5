/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory and pid limits of scenarios: cgroup controllers, one group for each slot.
 *
 *   v1  a group of its own in the memory and in the pids hierarchy, made anew for each limited attempt, which enters it
 *       itself; whatever the rung of containment
 *   v2  the slot's own group, where containment is by cgroup v2 and the controllers are ours to give; the monitor,
 * which is in it too, is small
 *
 * What can't be limited is not run: resources_lack() says why. Made for a run only if one of its cases has a limit.
 */
#ifndef MUSTER_CONTAIN_LIMIT_GROUPS_H
#define MUSTER_CONTAIN_LIMIT_GROUPS_H

#include "base/err.h"
#include "base/mem.h"
#include "contain/contain.h"
#include "ipc/message.h"
#include "plan/limits.h"

struct resources;

/* Looks which controllers can be had. */
struct resources *resources_open(const struct containment_set *set, const char *run_id);
/* The run's groups in hierarchies of their own, if it has any (and NULL has none); how many. Strings are `r`'s. */
enum { RESOURCES_PATHS_MAX = 2 };
size_t resources_paths(const struct resources *r, const char *ret_paths[RESOURCES_PATHS_MAX]);
/* Removes the groups of so many slots. */
void resources_close(struct resources *r, unsigned slots);
/* Why these limits can't be held here; NULL when they can. Valid until the next call. */
const char *resources_lack(const struct resources *r, const struct limits *limits);
/* Before an attempt: sets its limits. */
int resources_begin(struct resources *r, unsigned slot, const struct limits *limits, struct err *err);
/* The lists of processes (cgroup.procs) that the attempt has to enter, in memory of the arena. */
struct message_list resources_groups(const struct resources *r, unsigned slot, const struct limits *limits,
                                     struct arena *arena);

struct resources_seen {
    bool out_of_memory; /* the kernel killed for its memory limit */
    uint64_t refused;   /* how many new processes its pids limit refused */
};
/* After it: what came of the limits, which are lifted. */
struct resources_seen resources_end(struct resources *r, unsigned slot, const struct limits *limits);

#endif
