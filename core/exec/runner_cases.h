/* SPDX-License-Identifier: Apache-2.0 */
/* Cases on their way through a run. */
#ifndef MUSTER_EXEC_RUNNER_CASES_H
#define MUSTER_EXEC_RUNNER_CASES_H

#include "exec/slot_owner.h"

#include <stdbool.h>
#include <stdint.h>

struct runner;

uint32_t runner_plugin_of(const struct runner *r, uint32_t i);
/* Fills the slots with what may begin now. */
void runner_begin_what_can(struct runner *r);
/* No attempt begins any more. A case that has been attempted, and stands in line for more, ends as its last one did. */
void runner_halt(struct runner *r);
bool runner_is_failed_out(const struct runner *r);
/* What slots ask and tell, with the runner as data. */
extern const struct slot_owner case_owner;

#endif
