/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's temporary folder, <TMPDIR>/muster-<random>, outside of the run's own folder. It carries a mark: device and
 * inode of the run's folder, so that whoever is told by a file that it belongs to a run can see whether it does. What a
 * file says is no reason to remove anything. Whoever makes or removes one may be killed at any point: the mark is there
 * before anything else is, and goes after all else is gone.
 */
#ifndef MUSTER_SLOTDIR_TEMP_BASE_H
#define MUSTER_SLOTDIR_TEMP_BASE_H

#include "base/err.h"
#include "base/remove_tree.h"

/* Makes and marks it. -EEXIST: a name that somebody has taken already; what is in there is not ours. */
int temp_base_make(const char *path, int run_dir);
/* Removes one that is known to be ours, as remove_tree() does, the mark last. */
int temp_base_discard(const char *path, struct removal *removal);
/* Removes one that a killed runner left. One that is not there is success; -EPERM: it is not provably the run's, and
 * stays as it is. */
int temp_base_remove(const char *path, int run_dir, struct err *err);

#endif
