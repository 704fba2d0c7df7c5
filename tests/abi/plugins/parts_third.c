/* SPDX-License-Identifier: Apache-2.0 */
/* What interface 1.1 added to the plugin in parts.c: a fixture and a step, which only strings name, and parameters. */
#include <muster/muster.h>

FIXTURE(fruit, MUSTER_SCOPE_ATTEMPT, PARAMS((str, colour, "red")))
{
    m_publish(t, "colour", m_param(t, "colour"));
}

SCENARIO(cherry, PARAMS((str, colour)), .tables = TABLES(AXIS("colour", "red", "black")), .uses = USES("fruit"))
{
    CHECK_STR(m_fixture(t, "fruit", "colour"), ==, "red");
    CHECK_STR(colour, ==, m_param(t, "colour"));
}

DATA_STEP(i32, peeled, PARAMS((i32, layers, "3")))
{
    return layers - 1;
}
