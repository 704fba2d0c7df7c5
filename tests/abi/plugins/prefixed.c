/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that has another library's CHECK, LOG and FAIL, and so the long names of muster's. Also as C++. */
#ifdef CLASH_FIRST
#include "clash.h"
#endif
#define MUSTER_NO_SHORT_NAMES
#include <muster/muster.h>
#ifndef CLASH_FIRST
#include "clash.h"
#endif

M_CLEANUP(forget, "prefixed.forget")
{
    M_LOG("forgot %s", payload);
}

M_FIXTURE(shop, MUSTER_SCOPE_ATTEMPT, M_PARAMS((str, plan, "free")))
{
    m_publish(t, "plan", m_param(t, "plan"));
}

M_SCENARIO(long_names, M_PARAMS((str, plan), (i32, seats)), .markers = M_MARKERS("e2e"),
           .uses = M_USES("shop(plan=pro)"),
           .tables = M_TABLES(M_TABLE(M_COLUMNS("plan", "seats"), M_ROW("pro", "10")), M_AXIS("plan", "pro")))
{
    M_DEFER("prefixed.forget", "it");
    M_STEP("their names are theirs")
    {
        M_CHECK_INT(CHECK(1, 2), ==, 3);
        M_REQUIRE(REQUIRE(2, 1));
    }
    M_LOG_DEBUG("%s %d", plan, seats);
    if (seats > 1000)
        M_FAIL("more than %d", ERROR);
    if (seats > 100)
        M_SKIP("more than %d", FAIL);
    if (seats > 10)
        M_ERROR("more than %d", SKIP);
}

M_SCENARIO(checks_in_checks)
{
    M_CHECK(M_CHECK(1) && M_CHECK_INT(M_CHECK(1), ==, 1));
}

MUSTER_PLUGIN("abi.prefixed", "1")
