/* SPDX-License-Identifier: Apache-2.0 */
/* Which refusal an answer is: the first entry of the lists that it matches. Pure. */
#ifndef MUSTER_KIT_TARGET_REFUSALS_H
#define MUSTER_KIT_TARGET_REFUSALS_H

#include <jansson.h>

/* Whether the status is one of success; an empty list: any 2xx. */
int target_refusals_expected(const json_t *expect, int status);
/* The entry of the list, or NULL. `body` is NULL where the answer is no JSON. Whether the status is one of success does
 * not count: platforms tell of failures by 200, too. */
const json_t *target_refusals_find(const json_t *errors, int status, json_t *body);
/* Whether one of the lists, each of which may be NULL, has a refusal of that name. */
int target_refusals_has(const json_t *errors, const char *name);

#endif
