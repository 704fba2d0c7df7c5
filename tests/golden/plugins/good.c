/* SPDX-License-Identifier: Apache-2.0 */
/* Three scenarios that pass. */
#include <muster/muster.h>

SCENARIO(starts, .summary = "It starts", .markers = MARKERS("smoke", "priority_p0"))
{
    CHECK(1);
}

SCENARIO(stops, .summary = "It stops", .markers = MARKERS("smoke", "priority_p1"))
{
    CHECK(1);
}

SCENARIO(starts_again, .summary = "It starts again", .markers = MARKERS("slow"))
{
    CHECK(1);
}

MUSTER_PLUGIN("shop.lifecycle", "1.0.0", .summary = "Starting and stopping")
