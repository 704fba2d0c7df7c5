/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios to divide and to put together again: each ends in another way, and leaves other evidence. */
#include <muster/muster.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifndef PARTS_NAME
#define PARTS_NAME    "e2e.parts"
#define PARTS_VERSION "1.0.0"
#endif

static void last(int ms)
{
    nanosleep(&(struct timespec){0, ms * 1000000L}, NULL);
}

SCENARIO(a_passes, .summary = "Nothing is wrong", .markers = MARKERS("plain", "issue(id=7)"))
{
    CHECK(1);
}

SCENARIO(b_prints, .markers = MARKERS("plain"))
{
    printf("to stdout\n");
    fprintf(stderr, "to stderr\n");
}

SCENARIO(c_fails)
{
    printf("before the failure\n");
    STEP("compare")
    {
        CHECK_INT(1, ==, 2);
    }
}

SCENARIO(d_is_flaky, .reruns = 2, .rerun_delay_ms = 1)
{
    printf("attempt %u\n", m_attempt(t)->attempt);
    CHECK_UINT(m_attempt(t)->attempt, >=, 2);
}

SCENARIO(e_skips)
{
    SKIP("does not apply");
}

SCENARIO(f_is_skipped, .markers = MARKERS("skip(reason='not today')"))
{
    CHECK(0);
}

SCENARIO(g_crashes)
{
    abort();
}

static void write_file(struct muster_ctx *t, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", getenv("MUSTER_ARTIFACTS"), name);
    FILE *f = fopen(path, "w");
    if (!f)
        ERROR("%s cannot be written", path);
    for (int i = 0; i < 100000; i++)
        fprintf(f, "line %d\n", i);
    fclose(f);
}

SCENARIO(h_attaches)
{
    write_file(t, "numbers.txt");
}

SCENARIO(i_measures, .markers = MARKERS("plain"))
{
    m_metric(t, "requests", 12.5, "requests");
    LOG("measured");
}

CLEANUP(undo, "undo")
{
    (void)payload;
}

CLEANUP(undo_not, "undo.not")
{
    FAIL("%s cannot be undone", payload);
}

SCENARIO(j_defers, .markers = MARKERS("plain"))
{
    DEFER("undo", "one");
    DEFER("undo", "two");
}

SCENARIO(k_cannot_undo, .markers = MARKERS("leaves"))
{
    DEFER("undo.not", "it");
}

SCENARIO(l_links, .markers = MARKERS("plain"))
{
    char path[512];
    snprintf(path, sizeof path, "%s/link", getenv("MUSTER_ARTIFACTS"));
    REQUIRE(symlink("/etc/passwd", path) == 0);
}

SCENARIO(m_takes_40_ms, .markers = MARKERS("plain"))
{
    last(40);
}

SCENARIO(n_takes_30_ms, .markers = MARKERS("plain"))
{
    last(30);
}

SCENARIO(o_tells_its_seed, .markers = MARKERS("plain"))
{
    printf("seed %s\n", getenv("MUSTER_SEED"));
}

MUSTER_PLUGIN(PARTS_NAME, PARTS_VERSION)
