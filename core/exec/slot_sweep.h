/* SPDX-License-Identifier: Apache-2.0 */
/* The end of all of an attempt's processes, and of the monitor with them. */
#ifndef MUSTER_EXEC_SLOT_SWEEP_H
#define MUSTER_EXEC_SLOT_SWEEP_H

#include "base/loop.h"

struct slot;

/* Actions of the machine: ends everything of the attempt and the monitor with it; looks whether something is left. */
void slot_begin_sweep(struct slot *s);
/* The same, of an attempt that has ended in time while its monitor says nothing. */
void slot_give_up_monitor(struct slot *s);
void slot_sweep(struct slot *s);
/* The monitor's pidfd is readable. */
void slot_on_monitor_end(struct source *source, uint32_t events);

#endif
