/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a slot's monitor is asked for: an attempt, a janitor; and the next attempt before the running one has ended,
 * when that one has given its verdict and needs nothing more. A prefetched attempt begins the moment that the monitor
 * is free.
 */
#ifndef MUSTER_EXEC_SLOT_ORDER_H
#define MUSTER_EXEC_SLOT_ORDER_H

#include "exec/slot_attempt.h"

struct slot;

struct slot_prefetched {
    bool ordered; /* the runner has given it away */
    struct slot_task task;
    int channel; /* its end of the attempt's socket; -1: the order is sent again when its turn comes */
};

void slot_send_attempt(struct slot *s);
/* Orders the next attempt, now that the running one has given its verdict. */
void slot_prefetch(struct slot *s);
/* The prefetched one is the running one from now on. */
void slot_begin_prefetched(struct slot *s);

/* Action of the machine: the order is out, and the attempt is listened to. */
void slot_listen(struct slot *s);

#endif
