/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario in a file that has forgotten its MUSTER_PLUGIN(...). */
#include <muster/muster.h>

SCENARIO(is_never_seen)
{
    CHECK(1);
}
