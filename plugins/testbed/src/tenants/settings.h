/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's settings: what provisioning seeds, and its administrator changes. */
#ifndef TESTBED_SETTINGS_H
#define TESTBED_SETTINGS_H

#include "server/router.h"

/* Those that are missing get their first values. 0 or -1. */
int settings_seed(struct testbed *tb, const char *tenant_id);

/* /v1/tenants/{}/settings */
extern const struct route settings_routes[];

#endif
