/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios that pass NULL where the interface takes a pointer, and numbers that mean nothing.
 */
#include "bystanders.h"

SCENARIO(attaches_from_nowhere)
{
    CHECK_INT(m_attach(t, NULL, NULL, "x", 1), ==, -1);
    CHECK_INT(m_attach(t, "from-nowhere", NULL, NULL, 10), ==, -1);
    CHECK_INT(m_attach(t, "nothing", NULL, NULL, 0), ==, 0);
    CHECK_INT(m_attach_file(t, "no-path", NULL, NULL), ==, -1);
    CHECK_INT(m_attach_file(t, NULL, NULL, "/dev/null"), ==, -1);
}

SCENARIO(names_nothing)
{
    m_metric(t, NULL, 1.0, NULL);
    m_metric(t, "without.a.unit", 1.0, NULL);
    CHECK(m_target(t, NULL) == NULL);
    CHECK(t->host->extension(t, NULL, 0) == NULL);
    STEP(NULL)
    {
        t->host->log(t, MUSTER_LOG_INFO, NULL, 0, NULL, 0);
        t->host->log(t, MUSTER_LOG_INFO, NULL, 0, NULL, 10);
        t->host->log(t, -7, NULL, 0, "a level that is none", 20);
    }
}

SCENARIO(compares_nothing)
{
    const char *nothing = NULL;
    CHECK_STR(nothing, ==, "something");
    CHECK_STR_HAS(nothing, "something");
    CHECK_MEM(nothing, "something", 9);
}

SCENARIO(checks_nothing)
{
    t->host->check(t, NULL);
}

SCENARIO(fails_a_blank_check)
{
    t->host->check(t, &(struct muster_check){.size = sizeof(struct muster_check)});
}

SCENARIO(lies_of_a_checks_size)
{
    t->host->check(t, &(struct muster_check){.size = UINT32_MAX});
}

SCENARIO(defers_nothing)
{
    DEFER(NULL, NULL);
}

SCENARIO(skips_without_a_reason)
{
    t->host->stop(t, MUSTER_STOP_SKIP, NULL, 0, NULL);
}

SCENARIO(fails_without_a_reason)
{
    t->host->stop(t, MUSTER_STOP_FAIL, NULL, 0, NULL);
}

SCENARIO(stops_in_no_known_way)
{
    t->host->stop(t, 77, NULL, 0, NULL);
}

SCENARIO(has_no_context)
{
    t->host->log(NULL, MUSTER_LOG_INFO, NULL, 0, "whose?", 6);
    t->host->stop(NULL, MUSTER_STOP_FAIL, NULL, 0, "nobody's");
}

MUSTER_PLUGIN("hostile.nulls", "1.0")
