/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin without a scenario, a fixture or a step: it links, and is refused. */
#include <muster/muster.h>

MUSTER_PLUGIN("abi.empty", "1.0.0")
