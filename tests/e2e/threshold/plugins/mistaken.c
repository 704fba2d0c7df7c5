/* SPDX-License-Identifier: Apache-2.0 */
/* A threshold that is none. */
#include <muster/muster.h>

SCENARIO(passes)
{
    CHECK(1);
}

MUSTER_PLUGIN("mistaken", "1.0", .thresholds = THRESHOLDS("query.time < 2 sec"))
