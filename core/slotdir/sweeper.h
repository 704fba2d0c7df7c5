/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What removes, while nobody waits, the folders that were set aside (slotdir/folder.h): a process of the program
 * muster-sweep, one at a time and only when there is something, so that a tree of a million files stops neither the
 * supervisor's loop nor the next attempt. It is no scenario's: whoever ends orphans leaves sweeper_pid() alone. When
 * the supervisor dies it goes on to its end.
 *
 * It belongs to the supervisor's one thread and its loop.
 */
#ifndef MUSTER_SLOTDIR_SWEEPER_H
#define MUSTER_SLOTDIR_SWEEPER_H

#include "base/buf.h"
#include "base/loop.h"
#include "slotdir/left.h"
#include "slotdir/makers.h"
#include "slotdir/slotdir.h"

#include <sys/types.h>

struct sweeper {
    struct loop *loop;
    struct workspace *workspace;
    struct source output;
    pid_t pid;   /* 0: none runs */
    bool wanted; /* again, when this one has ended */
    bool barred; /* scenarios' files were kept, with modes that bar their owner: set by who keeps them */
    struct buf said;
    struct makers makers; /* of what was set aside or given up, noted by who does that */
};

void sweeper_init(struct sweeper *s, struct loop *loop, struct workspace *workspace);
/* Something was set aside. */
void sweeper_wake(struct sweeper *s);
/* The run is over, and no process uses the folders: makes such files readable, and removes all that is temporary.
 * What is little goes at once; else the loop has to turn until sweeper_is_busy() is false, or sweeper_stop() is called.
 */
void sweeper_remove_all(struct sweeper *s);
/* The same here and now, where some paths stay; what is left, in lines. */
void sweeper_remove_others(struct sweeper *s, const struct left_beside *o, struct buf *lines);
bool sweeper_is_busy(const struct sweeper *s);
/* How many entries it has removed so far. */
uint64_t sweeper_removed(const struct sweeper *s);
/* Ends it where it is. */
void sweeper_stop(struct sweeper *s);
/* The same, for good. */
void sweeper_close(struct sweeper *s);
/* After sweeper_remove_all() and its end: what is left, in lines; none when nothing is. */
void sweeper_left(struct sweeper *s, struct buf *lines);
static inline pid_t sweeper_pid(const struct sweeper *s)
{
    return s->pid;
}

#endif
