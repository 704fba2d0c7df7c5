/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outer side of containment: the ladder, and what ends everything that an attempt started.
 *
 *   cgroup   one group for each slot below the runner's own; v2 ends it with one write to cgroup.kill, v1 by freezing
 * it (freezer hierarchy), killing each process, and thawing pidns    a PID namespace for each monitor, which is its
 * init: ending it ends all reaper   the monitor adopts and ends orphans; when it died itself they come to the
 * supervisor, a sub-reaper too
 *
 * The best rung that can be had is taken at start and shown in the run's header.
 */
#ifndef MUSTER_CONTAIN_CONTAIN_H
#define MUSTER_CONTAIN_CONTAIN_H

#include "base/err.h"
#include "ipc/message.h"

#include <stdbool.h>
#include <sys/types.h>

struct containment_set {
    enum containment kind;
    int version;     /* of cgroup: 2 or 1 */
    char *base_path; /* the run's cgroup; NULL on the other rungs */
    int base;        /* its directory, or -1 */
};

/* "cgroup v2", "cgroup v1", "PID namespace", "sub-reaper". */
const char *containment_name(const struct containment_set *set);
/* "auto", "cgroup", "pidns", "reaper" -> -1 or the rung; -EINVAL. */
int containment_parse(const char *name, int *ret_kind);

/* The directory of our own group in the hierarchy of a controller of v1, or for "" in that of v2. malloc'd, or NULL. */
char *containment_own_group(const char *controller);

/* Removes the groups below that runners have left who were killed: the pid in a name tells that its runner is gone. */
void containment_remove_abandoned(const char *own);

/* Asks whether a rung can be had; the sentence goes to *err when it can't. */
typedef int (*containment_probe)(void *data, enum containment kind, struct err *err);

/* Takes `wanted`, or for -1 the best rung there is; makes the run's cgroup. */
int containment_open(struct containment_set *set, int wanted, const char *run_id, containment_probe probe, void *data,
                     struct err *err);
/* Removes the run's cgroups. */
void containment_close(struct containment_set *set, unsigned slots);

/* The slot's cgroup directory for a monitor (made when missing), -1 on the other rungs; the caller closes it. */
int containment_slot_dir(const struct containment_set *set, unsigned slot);
/* Ends everything in a slot's cgroup, the monitor included. Nothing on the other rungs. */
void containment_kill(const struct containment_set *set, unsigned slot);
/* After a kill, when it is empty: the slot's next monitor gets a new cgroup. */
void containment_renew(const struct containment_set *set, unsigned slot);
/* True when nothing is left in the slot's cgroup. True on the other rungs. */
bool containment_is_empty(const struct containment_set *set, unsigned slot);
/* Ends orphans that came to this process because their monitor died. `keep` are children that are none. */
void containment_end_orphans(const pid_t *keep, size_t n_keep);

#endif
