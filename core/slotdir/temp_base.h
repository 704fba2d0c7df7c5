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

/* A link that leads nowhere: its text is there as soon as its name is, which a file's is not. */
#define TEMP_BASE_MARK ".run"

/* Makes and marks it. -EEXIST: a name that somebody has taken already; what is in there is not ours. */
int temp_base_make(const char *path, int run_dir);
/* Removes one that is known to be ours, as remove_tree() does, the mark last. */
int temp_base_discard(const char *path, struct removal *removal);
/* The same to its end, or to its bound (NULL: it has none): -ECANCELED. *err names what can't be removed. */
int temp_base_discard_all(const char *path, const struct removal_bound *bound, struct err *err);
/* Removes one that a killed runner left, or that could not be removed at its end: one of who calls, or for root of the
 * owner of the run's folder. One that is not there is success; -EPERM: it is not provably the run's, and stays as it
 * is. *err names what can't be removed. */
int temp_base_remove(const char *path, int run_dir, const struct removal_bound *bound, struct err *err);

#endif
