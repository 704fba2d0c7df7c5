/* SPDX-License-Identifier: Apache-2.0 */
/* What a person reads who has interrupted a run: whom it waits for, and what another signal does. */
#ifndef MUSTER_EXEC_INTERRUPTION_H
#define MUSTER_EXEC_INTERRUPTION_H

#include "exec/slot_shared.h"

/* To be asked before anything is ended. `attempts`: so many of the slots are of attempts, the others are of fixtures.
 */
void interruption_describe(const struct slot_shared *shared, unsigned attempts, int signo, bool again,
                           struct buf *ret_text);

#endif
