/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The next attempt, ordered before the running one has ended. It begins the moment that the monitor is free, if the
 * running one leaves nothing to be looked at first (msg_attempt in ipc/message.h); else it is ordered again.
 *
 * Where attempts are over in less than a millisecond, the order goes out as soon as the one before it begins, and the
 * supervisor is woken once for each attempt. A longer one could keep it from a slot that is free: it goes back to its
 * owner, and is asked for again when the verdict is there.
 */
#ifndef MUSTER_EXEC_SLOT_PREFETCH_H
#define MUSTER_EXEC_SLOT_PREFETCH_H

#include <stdbool.h>

struct slot;

/* `early`: the running one has just begun; else it has given its verdict. */
void slot_prefetch(struct slot *s, bool early);
/* The running one lasts: one that was ordered early does not count. */
void slot_take_back_early(struct slot *s);
/* It can't begin: its owner has it again. */
void slot_give_back(struct slot *s);
/* The running one has ended, and it has begun by the order that is out: the monitor has come to the same answer. */
bool slot_prefetched_has_begun(const struct slot *s);

#endif
