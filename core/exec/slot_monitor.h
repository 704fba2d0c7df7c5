/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that a slot's attempts are forked from and watched by: one for as long as cases of one plugin follow each
 * other. Its socket closes to let it go; its pidfd says when its cgroup and the slot's folders are ours again.
 */
#ifndef MUSTER_EXEC_SLOT_MONITOR_H
#define MUSTER_EXEC_SLOT_MONITOR_H

struct slot;

/* Sends the task to its plugin's monitor, after making one where there is none. */
void slot_place(struct slot *s);
/* Lets it go: its socket closes, which ends it. */
void slot_release_monitor(struct slot *s);
/* Takes what it has told and we have not looked at. */
void slot_read_monitor(struct slot *s);

/* Actions of the machine. */
void slot_wait_for_old_monitor(struct slot *s);
void slot_make_monitor(struct slot *s);
void slot_monitor_is_late(struct slot *s);

#endif
