/* SPDX-License-Identifier: Apache-2.0 */
/* The image that replicas run in: one program, as a tar archive. */
#ifndef TESTBED_DOCKER_IMAGE_H
#define TESTBED_DOCKER_IMAGE_H

#include <stddef.h>

#define DOCKER_IMAGE_PROGRAM "muster-workload"

/* To be freed; NULL after a message on stderr. */
void *docker_image(const char *program, size_t *ret_len);

#endif
