/* SPDX-License-Identifier: Apache-2.0 */
/* The containment ladder, best rung first. */
#include "contain/rung.h"

#include "base/mem.h"

#define RUNG_ADDRESS(name_) &rung_##name_,
const struct rung *const rungs[] = {RUNGS(RUNG_ADDRESS) NULL};

const struct rung *rung_at(uint32_t i)
{
    return i < ARRAY_LEN(rungs) ? rungs[i] : NULL;
}

uint32_t rung_index(const struct rung *rung)
{
    uint32_t i = 0;
    while (rungs[i] && rungs[i] != rung)
        i++;
    return i; /* of none: that of the NULL at the end */
}
