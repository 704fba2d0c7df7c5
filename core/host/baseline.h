/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attempt's process was like before its scenario ran. A cleanup may rely on all of it: one that runs after the
 * scenario has dropped root, changed its root or used up its descriptors fails, or undoes nothing and does not know.
 *
 * The monitor notes the baseline once; its attempts inherit it. An attempt that has something to undo compares: what is
 * quickly put right is (folder, umask, signals, timers), and what can't be is named: a fresh process, the janitor, does
 * the cleanups then. An attempt without cleanups pays nothing.
 */
#ifndef MUSTER_HOST_BASELINE_H
#define MUSTER_HOST_BASELINE_H

/* In the monitor, whose attempts begin in `dir`; valid as long as the process. */
void baseline_note(const char *dir);
/* In the attempt: NULL when it is as it was, or is again; else what it has lost, in words. */
const char *baseline_restore(void);

#endif
