/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a runner that was killed left outside of its run's folder: processes, a cgroup, a temporary directory. A killed
 * runner's processes end by themselves when their sockets close, most of the time: here it is made sure of, so that
 * nothing is created any more when cleanups begin.
 */
#ifndef MUSTER_EXEC_CRASH_RECOVERY_H
#define MUSTER_EXEC_CRASH_RECOVERY_H

#include "record/run_lock.h"

/* Ends every process that has the run's MUSTER_RUN_ID, or is in its cgroup, and waits for their ends; then removes
 * cgroup, temporary directory and the slots' folders. For who holds the run's lock. *err names the first thing that
 * could not be removed. */
int crash_recover(const struct run_state *facts, int run_dir, struct err *err);

#endif
