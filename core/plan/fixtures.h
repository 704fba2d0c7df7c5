/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which fixtures the selected cases need.
 *
 * What scenarios and fixtures say that they use (uses.h) is resolved against the catalogue: the own plugin's fixtures
 * first, then those of all others. The same fixture with the same arguments is one *instance*; of a plugin-scoped one
 * each plugin whose scenarios use it has its own. Instances use instances, without a cycle: a run-scoped one only
 * run-scoped ones, a plugin-scoped one these and plugin-scoped ones, an attempt-scoped one any. An attempt-scoped
 * instance lives in the attempts of its own plugin's scenarios; the others, *shared* ones, in processes of their own.
 *
 * Every instance stands behind those that it uses. Cases that are skipped need nothing; what nobody needs is not in
 * here.
 *
 * Pure: no processes, no clock. The catalogue and the selection must outlive the plan.
 */
#ifndef MUSTER_PLAN_FIXTURES_H
#define MUSTER_PLAN_FIXTURES_H

#include "plan/fixture_plan.h"

/* -EINVAL: *err names the scenario or the fixture with its file and line, and what is wrong with which of its uses. A
 * selection without uses costs one look at each case. */
int fixtures_plan(const struct catalogue *c, const struct selection *selection, struct fixture_plan *ret_plan,
                  struct err *err);
void fixtures_free(struct fixture_plan *p);
/* NULL: none. */
static inline const struct case_fixtures *fixtures_of(const struct fixture_plan *p, size_t i)
{
    return p->cases ? p->cases[i] : NULL;
}
/* "attempt", "plugin", "run". */
const char *fixture_scope_name(enum fixture_scope scope);

#endif
