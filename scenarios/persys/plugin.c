/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the pack persys, whose scenarios are written as data: test-scenarios.yaml. */
#include <muster/muster.h>

MUSTER_PLUGIN("persys.steps", "1.0.0",
              .summary = "Steps for scenarios as data: workloads, the scheduler, the reconciler")
