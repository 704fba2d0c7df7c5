/* SPDX-License-Identifier: Apache-2.0 */
/* How the platform is: it looks into every room. */
#ifndef TESTBED_HEALTH_H
#define TESTBED_HEALTH_H

#include "server/router.h"

/* /health and /metrics */
extern const struct route health_routes[];

#endif
