/* SPDX-License-Identifier: Apache-2.0 */
/* What programs in containers have written. */
#ifndef MUSTER_KIT_CONTAINER_OUTPUT_H
#define MUSTER_KIT_CONTAINER_OUTPUT_H

#include "state.h"

/* An answer's body taken apart, kept. */
struct m_output container_output(struct muster_ctx *t, const struct m_http_reply *reply);
/* The last lines that it has written on both streams in their order, kept; "" when there are none, or it is gone. */
const char *container_tail(struct m_container *c, unsigned lines);

#endif
