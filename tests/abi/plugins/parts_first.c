/* SPDX-License-Identifier: Apache-2.0 */
/* The scenarios are not in the order of their names: they must come in the order of their lines. */
#include <muster/muster.h>

SCENARIO(zebra, .markers = MARKERS("first"))
{
    CHECK(1);
}

SCENARIO(apple)
{
    CHECK(1);
}
