/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations of the run's target as steps: `- tenant.create: {plan: pro}`. They are held against the target file, when
 * the run has one, and become calls of the step `operation` of OPERATIONS_PLUGIN; what the target lacks is no mistake,
 * but a need of the scenario, which skips it.
 */
#ifndef MUSTER_DATA_CHECK_TARGET_STEP_H
#define MUSTER_DATA_CHECK_TARGET_STEP_H

#include "base/suggest.h"
#include "data/check.h"

#define OPERATIONS_PLUGIN "muster.target"

/* "tenant.create": no step's name has a dot. */
bool is_operation_name(const char *name);
/* Whether something in the tree may be one: as a key, or as an item of a list. */
bool mentions_operations(const struct node *n);
/* `by`, `refused`, `wait`: of operations alone. */
bool is_operation_modifier(const char *name);
/* Offers them. */
void operation_modifiers_offer(struct suggestion *s);
/* The call of operation `name` into *s. `entry` has the modifiers; NULL: there are none. */
void check_operation(struct checker *c, struct step *s, const struct key *name, const struct node *args,
                     const struct node *entry);
/* Whether the function is the one that logs in, whose arguments are the login's; and its call. */
bool is_log_in(const struct step_function *f);
void check_log_in(struct checker *c, struct step *s, const struct key *name, const struct node *args);

#endif
