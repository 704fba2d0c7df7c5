/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups (cgroups of either version, of any hierarchy) and all groups below them: an attempt may make more in its own,
 * as container engines do, and a muster that it runs.
 *
 * The run's group is muster-PID-RUN below the runner's own, with one for each slot in it, named by its number. The
 * runner holds a lock (flock) on the directory of the run's group: whoever can take it knows that the runner is gone,
 * whatever namespace either stands in.
 */
#ifndef MUSTER_CONTAIN_GROUP_TREE_H
#define MUSTER_CONTAIN_GROUP_TREE_H

#include "base/err.h"
#include "base/pids.h"

/* The directory of our own group in the hierarchy of a controller of v1, or for "" in that of v2. malloc'd, or NULL. */
char *group_own(const char *controller);
/* Makes and locks the run's group below `own`, after removing those of runners that were killed. */
int group_open_run(const char *own, const char *run_id, char **ret_path, int *ret_base);
/* Removes a slot's, waiting a little for processes that are on their way out. */
void group_close_slot(int base, unsigned slot);
/* Removes it with all that is below it, waiting a little for processes that are on their way out. */
void group_close_run(char *path, int base, unsigned slots);

/* "7/cgroup.procs"; `file` may be "". */
enum { GROUP_PATH = 64 };
void group_slot_path(unsigned slot, const char *file, char ret_path[GROUP_PATH]);
/* Makes it if it isn't there. A descriptor of its directory. */
int group_open_slot(int base, unsigned slot);
int group_write(int dir, const char *path, const char *text);

/* Whether there are groups below this one. */
bool group_has_more(int group);
/* Processes in a group and all below it. */
void group_list(int parent, const char *name, struct pids *out);
/* Writes to a file of a group and of all below it, those first. */
void group_write_all(int parent, const char *name, const char *file, const char *text);
/* Thaws it and all below it, in the hierarchy of v1: there, what is frozen does not die. Of v2 nothing has to be. */
void group_thaw(int parent, const char *name);
/* Removes a group and all below it, however deep. -EBUSY: there are processes in one. A missing one is success. */
int group_remove(int parent, const char *name);
/* Removes those below it, with the same errors. */
int group_remove_below(int group);

#endif
