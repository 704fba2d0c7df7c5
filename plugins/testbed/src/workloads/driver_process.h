/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replicas as contained processes: muster-workload, which stands beside this program, in a session and process group of
 * its own, dying with the platform, listening on a free port of 127.0.0.1.
 */
#ifndef TESTBED_DRIVER_PROCESS_H
#define TESTBED_DRIVER_PROCESS_H

#include "workloads/driver.h"

extern const struct driver driver_process;

#endif
