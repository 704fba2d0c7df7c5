/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of HTTP's heads (RFC 9110, 5): what may be written into one. Pure. Internal to the kit. */
#ifndef MUSTER_KIT_FIELD_FIELD_H
#define MUSTER_KIT_FIELD_FIELD_H

#include <stddef.h>

/* A token (5.6.2), as methods and names of fields are. */
int field_is_token(const char *text, size_t length);
/* What is wrong with a value; NULL: nothing. */
const char *field_fault(const char *value);

#endif
