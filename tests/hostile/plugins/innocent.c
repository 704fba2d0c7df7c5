/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin without malice, run beside each of the others. */
#include "bystanders.h"

MUSTER_PLUGIN("hostile.innocent", "1.0")
