/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that a slot's attempts are forked from and watched by: one for as long as cases of one plugin follow each
 * other. Its socket closes to let it go; its pidfd says when its cgroup and the slot's folders are ours again.
 */
#ifndef MUSTER_EXEC_SLOT_MONITOR_H
#define MUSTER_EXEC_SLOT_MONITOR_H

#include "base/loop.h"
#include "contain/contain.h"

struct slot;

struct slot_monitor {
    uint32_t plugin;                       /* whose it is */
    const struct containment *containment; /* where it stands; NULL: there was none yet */
    struct source socket; /* orders go there, and it tells of attempts; -1: there is none, or it was let go */
    struct source end;    /* its pidfd */
    struct source old;    /* the pidfd of the one before, which was let go and has not ended */
    unsigned lost;        /* of this attempt, before they had begun it */
    int64_t sweep_until_ns, sweep_look_ns;
};

#define SLOT_MONITOR_INIT                                                                                              \
    {                                                                                                                  \
        .socket = SOURCE_INIT, .end = SOURCE_INIT, .old = SOURCE_INIT                                                  \
    }

/* Sends the task to its plugin's monitor, after making one where there is none. */
void slot_place(struct slot *s);
/* After a monitor that was killed, or whose host was, before it had begun the attempt. False: enough have been. */
bool slot_try_another_monitor(struct slot *s);
/* Takes what it has told and we have not looked at. */
void slot_read_monitor(struct slot *s);
/* It runs, and nobody is left who could tell of its end. */
bool slot_is_unwatched(const struct slot *s);

/* Actions of the machine. */
void slot_wait_for_old_monitor(struct slot *s);
void slot_make_monitor(struct slot *s);
void slot_monitor_is_late(struct slot *s);

#endif
