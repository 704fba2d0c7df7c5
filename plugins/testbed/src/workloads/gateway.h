/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway: from a host's name to the application of the tenant whose host it is. */
#ifndef TESTBED_GATEWAY_H
#define TESTBED_GATEWAY_H

#include "server/router.h"

/* A tenant's system workload. */
#define APPLICATION "app"

int gateway_open(struct testbed *tb, const char *host, const char *tenant_id); /* again is no error; 0 or -1 */
int gateway_close(struct testbed *tb, const char *tenant_id);
/* The tenant's hosts, as {host}. */
json_t *gateway_hosts(struct testbed *tb, const char *tenant_id);

/* /app */
extern const struct route gateway_routes[];

#endif
