/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The eye on a tenant: from register_monitoring on, each change of its application between well and not well is kept
 * and told, and its workloads raise alerts. Before, an application that starts is nobody's alarm, and afterwards one
 * that is being stopped is none.
 */
#ifndef TESTBED_APPLICATION_MONITOR_H
#define TESTBED_APPLICATION_MONITOR_H

#include "server/router.h"

int monitor_begin(struct testbed *tb, const char *tenant_id); /* again is no error; 0 or -1 */
int monitor_end(struct testbed *tb, const char *tenant_id);
bool monitor_is_on(struct testbed *tb, const char *tenant_id);
/* A workload of the tenant has changed. */
void monitor_look(struct testbed *tb, const char *tenant_id);

/* /v1/tenants/{}/health */
extern const struct route monitor_routes[];

#endif
