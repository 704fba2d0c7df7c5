/* SPDX-License-Identifier: Apache-2.0 */
/* Whether files of scenarios as data may ask the run's target for operations, without reading them as YAML. */
#ifndef MUSTER_DISCOVER_OPERATIONS_SOUGHT_H
#define MUSTER_DISCOVER_OPERATIONS_SOUGHT_H

#include "config/options.h"

#include <stdbool.h>

/* Rather too often than too seldom: the target is read for it, which costs a little time. */
bool operations_in_any(const struct option_list *paths);

#endif
