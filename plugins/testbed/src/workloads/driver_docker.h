/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replicas as containers of a Docker Engine: "docker", "docker:unix:///run/docker.sock". Each is one container of an
 * image that holds muster-workload and nothing else, which is made when the platform starts.
 *
 * All of it bears the label muster.testbed=INSTANCE, a text that no other platform has; containers also muster.tenant
 * and muster.workload, and, where the environment has MUSTER_RUN_ID, muster.run: by that a run's own cleanup finds what
 * a platform that was killed has left.
 */
#ifndef TESTBED_DRIVER_DOCKER_H
#define TESTBED_DRIVER_DOCKER_H

#include "workloads/driver.h"

extern const struct driver driver_docker;

#endif
