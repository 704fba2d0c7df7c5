/* SPDX-License-Identifier: Apache-2.0 */
/* Finding out, from the command line's side. */
#include "cli/debug.h"

void debug_apply(const struct debug *d, struct runner_options *o)
{
    o->leaks = (enum leaks_policy)d->leaks;
}
