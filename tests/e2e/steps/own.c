/* SPDX-License-Identifier: Apache-2.0 */
/* A team's step that has the name of one that ships. */
#include <muster/muster.h>

DATA_STEP(str, file, PARAMS((str, path)))
{
    return "the team's own";
}

MUSTER_PLUGIN("team.steps", "1.0.0")
