/* SPDX-License-Identifier: Apache-2.0 */
/* How an attempt, or a janitor, begins. */
#ifndef MUSTER_EXEC_SLOT_BEGIN_H
#define MUSTER_EXEC_SLOT_BEGIN_H

#include <stdbool.h>
#include <stdint.h>

struct slot;
struct slot_task;

/* The task is the slot's from here on: nothing of the one before is left, and an event tells of it. */
void slot_begin_task(struct slot *s, const struct slot_task *task, int64_t now_ns);
void slot_forget(struct slot *s);
/* Asks the monitor for it. False when that has died idle, and we have not heard of it yet. */
bool slot_send_attempt(struct slot *s);
/* Its order was sent then. */
void slot_begin_to_run(struct slot *s, int64_t at_ns);

/* Action of the machine: it is listened to. */
void slot_listen(struct slot *s);

#endif
