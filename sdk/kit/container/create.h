/* SPDX-License-Identifier: Apache-2.0 */
/* Containers from their options to the engine's words. */
#ifndef MUSTER_KIT_CONTAINER_CREATE_H
#define MUSTER_KIT_CONTAINER_CREATE_H

#include "state.h"

#include <jansson.h>

/* The body of the request that makes it; a new object. */
json_t *container_body(struct m_engine *e, const struct m_container_options *o, const char *label);

#endif
