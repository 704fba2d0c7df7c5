/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scenario needs, and whether it is there: capabilities of the runner by name, and what the target has to be
 * asked for:
 *
 *     operation:tenant.create    operation:workload.create(limits, replicas)    operation:*
 *
 * In parentheses stand arguments that the operation has to take; `*` is any operation, of a target that has to be
 * there.
 *
 * Pure.
 */
#ifndef MUSTER_PLAN_NEEDS_H
#define MUSTER_PLAN_NEEDS_H

#include "plan/catalogue.h"
#include "plan/target_info.h"

/* The fixture that stands for the target's own, whatever that is called. */
#define TARGET_FIXTURE "target"

/* Whether the scenario asks the target for an operation. */
bool needs_operations(const struct scenario_info *s);
/* Whether it says that it uses the target's fixture. */
bool uses_target(const char *const *uses);
/* The same, also by fixtures that are used. `seen` has c->n_fixtures places, false at first, for one list or several.
 */
bool uses_reach_target(const struct catalogue *c, const char *const *uses, bool *seen);
/* Why a scenario is skipped, in the arena; NULL: all that it needs is there. `target` may be NULL. -EINVAL: one of its
 * needs is written wrongly. */
int needs_unmet(const struct scenario_info *s, const char *const *capabilities, size_t n_capabilities,
                const struct target_info *target, struct arena *arena, const char **ret_reason, struct err *err);

#endif
