/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The next attempt, ordered before the running one has ended, when that one has given its verdict and needs nothing
 * more. It begins the moment that the monitor is free.
 */
#ifndef MUSTER_EXEC_SLOT_PREFETCH_H
#define MUSTER_EXEC_SLOT_PREFETCH_H

struct slot;

void slot_prefetch(struct slot *s);

#endif
