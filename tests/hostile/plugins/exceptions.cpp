// SPDX-License-Identifier: Apache-2.0
// Exceptions that would leave the plugin, which the interface forbids: they end the process.
#include "bystanders.h"

#include <stdexcept>

namespace
{

void throw_here(struct muster_ctx *t)
{
    (void)t;
    throw std::runtime_error("out of the set-up");
}

} // namespace

SCENARIO(body_throws)
{
    throw std::runtime_error("out of the body");
}

SCENARIO(setup_throws, .setup = throw_here)
{
    FAIL("the body ran");
}

SCENARIO(catches_its_own)
{
    try {
        throw std::runtime_error("caught");
    } catch (const std::exception &e) {
        CHECK_STR(e.what(), ==, "caught");
    }
}

MUSTER_PLUGIN("hostile.exceptions", "1.0")
