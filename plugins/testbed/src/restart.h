/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/platform/restart */
#ifndef TESTBED_RESTART_H
#define TESTBED_RESTART_H

#include "server/router.h"

extern const struct route restart_routes[];

#endif
