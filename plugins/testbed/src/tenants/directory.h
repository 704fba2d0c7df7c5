/* SPDX-License-Identifier: Apache-2.0 */
/* The directory: which tenant is behind a host name. Public, as names are. */
#ifndef TESTBED_DIRECTORY_H
#define TESTBED_DIRECTORY_H

#include "server/router.h"

#define TENANT_DOMAIN ".testbed.invalid"
#define HOST_MAX      256

/* The host of a subdomain, in `ret_host`, which it returns. */
const char *directory_host(const char *subdomain, char ret_host[HOST_MAX]);

int directory_enter(struct testbed *tb, const char *host, const char *tenant_id); /* again is no error; 0 or -1 */
void directory_remove(struct testbed *tb, const char *tenant_id);
/* False when nobody has this host. */
bool directory_find(struct testbed *tb, const char *host, char ret_tenant_id[ID_MAX]);
/* The tenant's hosts, each a text. */
json_t *directory_hosts(struct testbed *tb, const char *tenant_id);

/* /v1/directory */
extern const struct route directory_routes[];

#endif
