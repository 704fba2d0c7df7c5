/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants as the API shows them. */
#ifndef TESTBED_TENANTS_H
#define TESTBED_TENANTS_H

#include "testbed.h"

/* What the API shows; NULL when there is none. */
json_t *tenant_view(struct testbed *tb, const char *id);

#endif
