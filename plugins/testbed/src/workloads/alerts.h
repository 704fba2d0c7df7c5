/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts: a rule of a workload whose condition has held for long enough raises one, and it is resolved when the
 * condition holds no more. Acknowledging says that somebody knows. They are rows, so that they outlive the platform,
 * and go with their workload.
 */
#ifndef TESTBED_ALERTS_H
#define TESTBED_ALERTS_H

#include "workloads/workload.h"

/* `now` in ms of the monotonic clock. */
void alerts_look(struct workload *w, int64_t now);

/* Whether a rule of it needs measures. */
bool alerts_measure(const struct workload *w);

/* /v1/workloads/{}/alert-rules, /v1/tenants/{}/alerts, /v1/alerts */
extern const struct route alerts_routes[];

#endif
