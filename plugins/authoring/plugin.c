/* SPDX-License-Identifier: Apache-2.0 */
#include <muster/muster.h>

MUSTER_PLUGIN("muster.authoring", "1.0.0", .summary = "Test data, bounds on time and memory, and load, as steps")
