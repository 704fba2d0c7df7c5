/* SPDX-License-Identifier: Apache-2.0 */
/* The inner side of containment: entering it, and what a monitor can see and end in it. */
#ifndef MUSTER_CONTAIN_INSIDE_H
#define MUSTER_CONTAIN_INSIDE_H

#include "base/err.h"
#include "base/mem.h"
#include "ipc/message.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Forks a process into the containment: 0 in the child, its pid in the parent (for CONTAIN_PIDNS: of a go-between that
 * ends at once), or a negative errno. `cgroup` is a directory of cgroup v2 or v1, or -1.
 */
pid_t contain_fork(enum containment kind, int cgroup);
/* In the child: finishes entering; the caller becomes the one who adopts the orphans in it. */
int contain_enter(enum containment kind, int cgroup, struct err *err);

/* True when certainly nothing but the caller is in the containment: one look, for the common case. `procs` is the
 * cgroup's list, opened by contain_open_list(), or -1. */
bool contain_is_clean(enum containment kind, int procs);
/* Opens the list of a cgroup; -1 on the other rungs. */
int contain_open_list(enum containment kind, int cgroup);
/* The processes in the containment besides the caller, named "PID command line": their number; the first few names go
 * to *ret_names (arena). */
uint32_t contain_leftovers(enum containment kind, int cgroup, struct arena *arena, struct message_list *ret_names);
/* Ends and reaps all of them; false where only the supervisor can do that (CONTAIN_CGROUP). */
bool contain_sweep(enum containment kind);

#endif
