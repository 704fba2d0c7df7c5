/* SPDX-License-Identifier: Apache-2.0 */
/* JSON pointers (RFC 6901): "/containers/0/id". */
#ifndef MUSTER_DATA_POINTER_H
#define MUSTER_DATA_POINTER_H

#include <jansson.h>
#include <stdbool.h>

/* NULL for a pointer; else what is wrong with it. "" points to the whole. */
const char *pointer_fault(const char *pointer);
/* Why there is nothing where it points, as a sentence with the names of the fields that there are; malloc'd. */
char *pointer_missing(json_t *json, const char *pointer);
/* What it points to, borrowed; NULL: there is nothing. */
json_t *pointer_get(json_t *json, const char *pointer);

/* Takes the token up to the next / or the end off the front, its ~ resolved. malloc'd. */
char *pointer_token(const char **pointer);

#endif
