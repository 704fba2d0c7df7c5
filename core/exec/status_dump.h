/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs right now: for each attempt its case, phase, step and time, and where its threads stand, read by
 * muster-stack. Nothing waits for that; an attempt that ends meanwhile, or is looked at for its own end, is told of
 * without.
 */
#ifndef MUSTER_EXEC_STATUS_DUMP_H
#define MUSTER_EXEC_STATUS_DUMP_H

struct slot;
struct slot_shared;

/* Tells of all slots, as struct slot_news, soon. */
void status_dump_show(struct slot_shared *shared);
/* Its process has become known: what was asked before can be answered. */
void status_dump_started(struct slot *s);
/* The slot's stacks are wanted for something else, or its attempt is over: tells what is known. */
void status_dump_cut_short(struct slot *s);

#endif
