/* SPDX-License-Identifier: Apache-2.0 */
/* What people call the instances of a plan. */
#ifndef MUSTER_PLAN_FIXTURE_LABELS_H
#define MUSTER_PLAN_FIXTURE_LABELS_H

#include "plan/fixture_plan.h"

/* Gives each its label: the fixture's name, the plugin's before it where another fixture in the plan has the name too,
 * the arguments that are not the fallbacks, and the plugin that it is for where several have one. */
void fixture_labels(const struct catalogue *c, struct fixture_plan *plan);

#endif
