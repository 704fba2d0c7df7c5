/* SPDX-License-Identifier: Apache-2.0 */
/* What a slot's monitor is asked for: the order of an attempt, or of a janitor. */
#ifndef MUSTER_EXEC_SLOT_ORDER_H
#define MUSTER_EXEC_SLOT_ORDER_H

#include "exec/slot_task.h"

struct slot;

/* What is not of the task itself: msg_attempt in ipc/message.h. */
struct slot_order {
    const struct slot_task *task;
    uint32_t serial, after;
    bool early;
    uint32_t ends;
};

/* ret_why, malloc'd and only with -EMSGSIZE, may be NULL. */
int slot_send_order(struct slot *s, const struct slot_order *order, char **ret_why);
uint32_t slot_next_serial(struct slot *s);

#endif
