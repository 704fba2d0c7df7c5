/* SPDX-License-Identifier: Apache-2.0 */
/* The lifecycle pack: workloads run, grow, change, recover and end; their data and limits hold. */
#include <muster/muster.h>

MUSTER_PLUGIN("lifecycle", "1.0.0", .summary = "Workloads: scaling, updates, recovery, backups, quotas",
              .thresholds = THRESHOLDS("performance.scaling < 30 s", "performance.query < 2 s",
                                       "suite.duration < 45 m"))
