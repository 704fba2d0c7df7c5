/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt's limits of memory and pids. */
#ifndef MUSTER_EXEC_SLOT_LIMITS_H
#define MUSTER_EXEC_SLOT_LIMITS_H

#include "exec/slot_task.h"
#include "ipc/message.h"

struct slot;

/* It asks for what can't be had: skipped, and its name says so. */
void slot_skip(struct slot *s, const char *why);
/* Whether it has any. */
bool slot_is_limited(const struct slot_task *task);
/* Sets those of the attempt that is about to begin. False when it can't: the attempt is skipped, or an error. */
bool slot_limit(struct slot *s);
/* The groups that the attempt has to enter. */
struct message_list slot_groups(const struct slot *s, struct arena *arena);
/* After it: what came of them. */
void slot_see_limits(struct slot *s);

#endif
