/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that are open (muster/ext/steps.h). */
#ifndef MUSTER_HOST_OPEN_STEPS_H
#define MUSTER_HOST_OPEN_STEPS_H

#include <muster/ext/steps.h>
#include <stdint.h>

/* With the lock: the number of this thread's innermost open step, 0 for none. */
uint32_t steps_innermost(void);
/* The same. A check of this thread failed: so did the steps that it stands in. */
void steps_fail(void);
/* Without the lock: ends those that this thread left open. */
void steps_end_all(void);
/* With the lock: ends those of threads other than the main one, which nobody waits for any more. */
void steps_end_of_others(void);
/* With the lock: ends those of all threads. */
void steps_end_everywhere(void);
extern const struct muster_ext_steps ext_steps;

#endif
