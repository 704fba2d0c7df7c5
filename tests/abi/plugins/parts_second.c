/* SPDX-License-Identifier: Apache-2.0 */
/* The other half of the plugin in parts.c, with a cleanup that only a string names. */
#include <muster/muster.h>

CLEANUP(forget, "mango.forget")
{
    LOG("forgot %s", payload);
}

SCENARIO(mango)
{
    DEFER("mango.forget", "it");
}
