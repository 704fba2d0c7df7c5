/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt whose time is over, or will be. All but the first two are actions of the machine. */
#ifndef MUSTER_EXEC_SLOT_LATE_H
#define MUSTER_EXEC_SLOT_LATE_H

#include <stdint.h>

struct slot;

/* Somewhat before its deadline a helper is started, that then need not be waited for: when that is. */
int64_t slot_prepares_at(const struct slot *s);
void slot_prepare_to_read(struct slot *s);

/* The phase's limit has come: it is late, or we are. */
void slot_run_out(struct slot *s);
/* It has ended in time; its monitor looks after what it left. */
void slot_settle_down(struct slot *s);
/* Its stacks are read, before anything is sent to it; then it is asked to end. */
void slot_read_late(struct slot *s);
void slot_after_late(struct slot *s);

#endif
