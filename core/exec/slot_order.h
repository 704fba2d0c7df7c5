/* SPDX-License-Identifier: Apache-2.0 */
/* What a slot's monitor is asked for: the order of an attempt, or of a janitor. */
#ifndef MUSTER_EXEC_SLOT_ORDER_H
#define MUSTER_EXEC_SLOT_ORDER_H

#include "exec/slot_task.h"

struct slot;

/* `channel`: the attempt's end of its socket. ret_why, malloc'd and only with -EMSGSIZE, may be NULL. */
int slot_send_order(struct slot *s, const struct slot_task *task, uint32_t pipe_pair, int channel, char **ret_why);

#endif
