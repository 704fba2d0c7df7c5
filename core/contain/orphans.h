/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orphans that come to the supervisor, a sub-reaper, when the monitor that would have adopted them has died; and
 * children that it already had when it began, which are none of ours: a shell that becomes muster by exec leaves its
 * background jobs to it.
 *
 * What tells them apart is the session. Everything that scenarios start descends from the zygote, which begins a
 * session of its own; a process in a session that was there before is left alone, and so are the runner's helpers,
 * which share the runner's. In the supervisor only.
 */
#ifndef MUSTER_CONTAIN_ORPHANS_H
#define MUSTER_CONTAIN_ORPHANS_H

#include "base/err.h"
#include "base/pids.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Before the first child is made: remembers the sessions of those that are there, and becomes a sub-reaper. */
int orphans_expect(struct err *err);
/* The children that there are now, orphans among them. Whoever decides which of them are to be kept looks first, and
 * decides then: one that comes between the two is not ended for what was true before it came. */
void orphans_find(struct pids *ret_children);
/* Ends and reaps the orphans of `children`, but for `keep`. True: some may still be there, or come now. Does not
 * block. */
bool orphans_end(const struct pids *children, const pid_t *keep, size_t n_keep);
/* One that is to outlive us, with all that is below it: it is ended no more. */
void orphans_spare(pid_t pid);
/* Comes back when none is left, or after some seconds. */
void orphans_end_all(void);

#endif
