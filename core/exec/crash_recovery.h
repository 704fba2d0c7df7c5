/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a runner that was killed left outside of its run's folder: processes, a cgroup, a temporary directory. A killed
 * runner's processes end by themselves when their sockets close, most of the time: here it is made sure of, so that
 * nothing is created any more when cleanups begin.
 *
 * The state's text is believed in nothing by itself. It has to have been written in this folder; the temporary folder
 * has to carry the run's mark, and a cgroup to be one, of our user, named for the run, and locked by no runner.
 */
#ifndef MUSTER_EXEC_CRASH_RECOVERY_H
#define MUSTER_EXEC_CRASH_RECOVERY_H

#include "base/remove_tree.h"
#include "record/run_lock.h"

/* Ends every process that has the run's MUSTER_RUN_ID, or is in its cgroup, and waits for their ends; then removes
 * cgroup, temporary directory and the slots' folders. For who holds the run's lock. *err names the first thing that
 * could not be removed. Removals end at their bound (NULL: they have none): -ECANCELED. */
int crash_recover(const struct run_state *facts, int run_dir, const struct removal_bound *bound, struct err *err);
/* The same where the services that the run kept were its last processes, and have ended in good order: the folder may
 * have another name by now, and then nothing is ended. */
int crash_recover_ended(const struct run_state *facts, int run_dir, const struct removal_bound *bound, struct err *err);

#endif
