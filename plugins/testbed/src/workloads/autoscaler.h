/* SPDX-License-Identifier: Apache-2.0 */
/* Changes how many replicas a workload has, by its rule and its load. */
#ifndef TESTBED_AUTOSCALER_H
#define TESTBED_AUTOSCALER_H

#include "workloads/workload.h"

/* `now` in ms of the monotonic clock. */
void autoscaler_look(struct workload *w, int64_t now);

/* /v1/workloads/{}/autoscale */
extern const struct route autoscaler_routes[];

#endif
