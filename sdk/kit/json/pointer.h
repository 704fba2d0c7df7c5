/* SPDX-License-Identifier: Apache-2.0 */
/* JSON pointers (RFC 6901) in jansson's values. Pure: nothing is logged, nothing ends a scenario. */
#ifndef MUSTER_KIT_JSON_POINTER_H
#define MUSTER_KIT_JSON_POINTER_H

#include <jansson.h>

/* The value that `pointer` names, owned by `root`; NULL when there is none, or the pointer is malformed. */
json_t *m_pointer_find_(json_t *root, const char *pointer);

#endif
