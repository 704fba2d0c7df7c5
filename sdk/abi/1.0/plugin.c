/* SPDX-License-Identifier: Apache-2.0 */
/* Every macro and inline function of muster.h once: compiled as each C and C++ standard, and run. CHECK_JSON alone is
 * left out: it needs the kit. */
#include <muster/muster.h>

CLEANUP(remove_row, "row.remove", .timeout_ms = 5000)
{
    LOG("removing %s", payload);
}

CLEANUP(no_fields, "nothing")
{
}

static void set_up(struct muster_ctx *t)
{
    LOG_DEBUG("slot %" PRIu32, m_attempt(t)->slot);
}

static void tear_down(struct muster_ctx *t)
{
    LOG_WARNING("%s", "over");
}

SCENARIO(every_field, .summary = "Every field that an author sets", .setup = set_up, .teardown = tear_down,
         .markers = MARKERS("e2e", "priority_p0", "issue(id=4711)"), .needs = NEEDS(MUSTER_EXT_STEPS),
         .timeout_ms = 30000, .setup_timeout_ms = 1000, .teardown_timeout_ms = 1000, .reruns = 2, .rerun_delay_ms = 10)
{
    STEP("outer")
    {
        STEP("inner")
        {
            REQUIRE_INT(1, <=, 2);
            break;
        }
        CHECK(muster_remaining_ms(t) > 0);
    }
    STEP("one line") STEP("of two") CHECK(1);
}

SCENARIO(no_fields_at_all)
{
}

SCENARIO(every_check)
{
    const char *text = "hello";
    uint64_t big = UINT64_MAX;
    int64_t small = -1;
    CHECK(text != NULL);
    REQUIRE(text);
    CHECK_INT(small, ==, -1);
    CHECK_INT(small, !=, 1);
    CHECK_INT(small, <, 0);
    CHECK_INT(small, <=, -1);
    CHECK_INT(1 + 1, >, 1);
    REQUIRE_INT(sizeof text, >=, 8);
    CHECK_UINT(big, >, 1);
    REQUIRE_UINT(big, ==, UINT64_MAX);
    CHECK_STR(text, ==, "hello");
    REQUIRE_STR(text, <, "world");
    CHECK_STR(NULL, ==, NULL);
    CHECK_STR_HAS(text, "ell");
    REQUIRE_STR_HAS(text, "lo");
    CHECK_MEM(text, "hello", 6);
    REQUIRE_MEM(text, "help", 3);
    CHECK_DOUBLE(1.0 / 3, 0.333, 0.001);
    REQUIRE_DOUBLE(2.0, 2.0, 0);
}

SCENARIO(every_extension)
{
    DEFER("row.remove", "row-1");
    m_metric(t, "latency.p99", 12.5, "ms");
    CHECK_INT(m_attach(t, "note.txt", "text/plain", "note", 4), ==, 0);
    CHECK_INT(m_attach_file(t, "self", NULL, "/proc/self/comm"), ==, 0);
    LOG_AT(MUSTER_LOG_ERROR, "target: %s", m_target(t, "url") ? "given" : "none");
}

SCENARIO(skips)
{
    SKIP("needs %s", "more");
}

MUSTER_PLUGIN("abi.every", "1.0.0", .summary = "Every macro")
