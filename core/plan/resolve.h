/* SPDX-License-Identifier: Apache-2.0 */
/* From the name of a fixture to the fixture, and from arguments to values. Pure. */
#ifndef MUSTER_PLAN_RESOLVE_H
#define MUSTER_PLAN_RESOLVE_H

#include "plan/uses.h"

/* The fixture that `plugin`'s scenarios and fixtures mean by this. -EINVAL: none (with the nearest name, and where was
 * looked), or several. */
int resolve_fixture(const struct catalogue *c, uint32_t plugin, const struct use *use, uint32_t *ret_fixture,
                    struct err *err);
/* Values for all of its parameters, from arguments and fallbacks. -EINVAL: one that it does not have, one that is
 * missing, one of another type. */
int resolve_values(const struct fixture_info *f, const struct use *use, struct arena *arena,
                   const char *const **ret_values, struct err *err);

#endif
