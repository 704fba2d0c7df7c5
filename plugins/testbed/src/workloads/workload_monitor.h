/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks at all workloads again and again: asks what their replicas use, counts how many requests there are, and has the
 * rules applied (autoscaler.h, alerts.h).
 */
#ifndef TESTBED_WORKLOAD_MONITOR_H
#define TESTBED_WORKLOAD_MONITOR_H

#include "workloads/workload.h"

void workload_monitor_start(struct testbed *tb);
void workload_monitor_stop(void);

/* /v1/workloads/{}/stats */
extern const struct route workload_monitor_routes[];

#endif
