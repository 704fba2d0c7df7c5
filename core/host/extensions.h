/* SPDX-License-Identifier: Apache-2.0 */
/* The extensions, from the side of the attempt. */
#ifndef MUSTER_HOST_EXTENSIONS_H
#define MUSTER_HOST_EXTENSIONS_H

#include <stdint.h>

/* The tables behind muster_host.extension(); NULL for an unknown id. */
const void *extension_find(const char *id, uint32_t wanted_size);

#endif
