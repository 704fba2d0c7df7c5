/* SPDX-License-Identifier: Apache-2.0 */
/* The drivers that there are. */
#ifndef TESTBED_DRIVERS_H
#define TESTBED_DRIVERS_H

#include "workloads/driver.h"

#define DRIVER_NAMES "process, docker"

/* By its name, up to a colon; NULL: there is none. */
const struct driver *driver_named(const char *name);

#endif
