/* SPDX-License-Identifier: Apache-2.0 */
/* A marker that nobody can make sense of: a plugin of its own, since no verb goes on with it. */
#include <muster/muster.h>

SCENARIO(bad_group, .markers = MARKERS("bad", "group(\"api\", max=0)"))
{
    CHECK(1);
}

MUSTER_PLUGIN("e2e.mistaken", "1.0.0")
