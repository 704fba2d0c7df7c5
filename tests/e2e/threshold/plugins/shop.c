/* SPDX-License-Identifier: Apache-2.0 */
/* What is measured is given: nothing here depends on how fast a machine is. */
#include <muster/muster.h>

SCENARIO(queries, PARAMS((i32, ms)), .markers = MARKERS("timed"), .tables = TABLES(AXIS("ms", "100", "150", "900")))
{
    CHECK(1);
    m_metric(t, "query.time", ms, "ms");
}

SCENARIO(sizes, .markers = MARKERS("sized"))
{
    CHECK(1);
    m_metric(t, "page.size", 2000, "bytes");
}

/* The first attempt is the worst, and is retried. */
SCENARIO(shaky, .markers = MARKERS("shaky"), .reruns = 1)
{
    m_metric(t, "shaky.time", m_attempt(t)->attempt == 1 ? 50 : 5, "ms");
    CHECK_INT(m_attempt(t)->attempt, ==, 2);
}

SCENARIO(has_its_own, PARAMS((i32, bound)), .markers = MARKERS("own"), .tables = TABLES(AXIS("bound", "10", "20")))
{
    CHECK(1);
    char text[64];
    snprintf(text, sizeof text, "own.time < %d ms", bound);
    m_metric(t, "own.time", 99, "ms"); /* before it is declared */
    m_threshold(t, text);
    m_metric(t, "own.time", 15, "ms");
}

SCENARIO(writes_nonsense, .markers = MARKERS("nonsense"))
{
    m_threshold(t, "query.time is small");
}

SCENARIO(fails, .markers = MARKERS("failing"))
{
    m_metric(t, "query.time", 3000, "ms");
    CHECK(0);
}

SCENARIO(is_skipped, .markers = MARKERS("skipped"))
{
    SKIP("not here");
}

DATA_STEP(none, measure, PARAMS((str, name), (f64, value)))
{
    CHECK(1);
    m_metric(t, name, value, "ms");
}

MUSTER_PLUGIN("shop", "1.0",
              .thresholds = THRESHOLDS("query.time < 2 s", "p50(query.time) <= 150 ms", "shaky.time < 40 ms",
                                       "never.recorded > 3", "page.size < 1 MiB", "suite.duration < 45 min"))
