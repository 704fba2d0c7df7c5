/* SPDX-License-Identifier: Apache-2.0 */
/* Where two values part, and what stands there. */
#ifndef MUSTER_STEPS_DIFFERENCE_H
#define MUSTER_STEPS_DIFFERENCE_H

#include <muster/kit/json.h>

#include <stddef.h>

struct difference {
    const char *pointer;           /* "/items/1/id" */
    const char *actual, *expected; /* as JSON; "(nothing)" */
};

/* The first one; 0: they are equal. With `part`, members of objects that only `actual` has are none. */
int difference_of(struct muster_ctx *t, const struct m_json *actual, const struct m_json *expected, int part,
                  struct difference *ret_difference);
/* "line 3 is ..., not ...": of two texts that differ. */
const char *difference_of_lines(struct muster_ctx *t, const char *actual, const char *expected);

#endif
