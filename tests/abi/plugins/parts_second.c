/* SPDX-License-Identifier: Apache-2.0 */
/* The other half of the plugin in parts.c, with a cleanup and a step that only a string names. */
#include <muster/muster.h>

CLEANUP(forget, "mango.forget")
{
    LOG("forgot %s", payload);
}

SCENARIO(mango)
{
    DEFER("mango.forget", "it");
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
