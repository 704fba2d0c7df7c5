/* SPDX-License-Identifier: Apache-2.0 */
/* A small run that has something of everything, for a fault at each of its calls. */
#include <muster/muster.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

CLEANUP(remove_note, "note.remove", .timeout_ms = 5000)
{
    (void)t;
    unlink(payload);
}

FIXTURE(shelf, MUSTER_SCOPE_RUN)
{
    m_publish(t, "place", "here");
}

SCENARIO(passes)
{
    STEP("a step")
    {
        printf("a line\n");
        CHECK_INT(1, ==, 1);
    }
}

SCENARIO(keeps_a_file)
{
    FILE *f = fopen("note", "w");
    REQUIRE(f != NULL);
    fclose(f);
    char path[4096];
    snprintf(path, sizeof path, "%s/kept.txt", getenv("MUSTER_ARTIFACTS"));
    f = fopen(path, "w");
    REQUIRE(f != NULL);
    CHECK_INT(fputs("evidence\n", f), >, 0);
    fclose(f);
}

SCENARIO(defers)
{
    DEFER("note.remove", "note");
    CHECK(1);
}

SCENARIO(dies_with_a_cleanup, .markers = MARKERS("bad"))
{
    DEFER("note.remove", "note");
    raise(SIGKILL);
}

SCENARIO(recovers, .reruns = 1, .rerun_delay_ms = 1)
{
    CHECK_UINT(m_attempt(t)->attempt, >=, 2);
}

SCENARIO(uses_a_shelf, .uses = USES("shelf"))
{
    REQUIRE_STR(m_fixture(t, "shelf", "place"), ==, "here");
}

SCENARIO(fails, .markers = MARKERS("bad"))
{
    CHECK_INT(1, ==, 2);
}

SCENARIO(crashes, .markers = MARKERS("bad"))
{
    (void)t;
    abort();
}

MUSTER_PLUGIN("faults", "1.0")
