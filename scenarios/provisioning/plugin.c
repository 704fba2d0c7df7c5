/* SPDX-License-Identifier: Apache-2.0 */
/* The provisioning pack: tenants come to be, are refused, fail and go, whole each time. */
#include <muster/muster.h>

MUSTER_PLUGIN("provisioning", "1.0.0", .summary = "Tenants: the 16 steps from an order to the first login, and back",
              .thresholds = THRESHOLDS("performance.tenant_provisioning < 5 m", "suite.duration < 45 m"))
