/* SPDX-License-Identifier: Apache-2.0 */
/* How steady a case is, and how long it takes: against values worked out by hand, or by others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "record/case_stats.h"

#include <stdio.h>

static void is_near(double is, double want)
{
    if (is < want - 0.00005 || is > want + 0.00005)
        fail_msg("%f, not %f", is, want);
}

/* Newcombe 1998, table I, method 3 (the score interval): the published values for these counts. */
static void wilsons_interval_is_the_published_one(void **state)
{
    (void)state;
    double low, high;
    wilson_interval(81, 263, &low, &high);
    is_near(low, 0.2553);
    is_near(high, 0.3662);
    wilson_interval(15, 148, &low, &high);
    is_near(low, 0.0624);
    is_near(high, 0.1605);
    wilson_interval(0, 20, &low, &high);
    is_near(low, 0.0000);
    is_near(high, 0.1611);
    wilson_interval(1, 29, &low, &high);
    is_near(low, 0.0061);
    is_near(high, 0.1718);
}

static void its_ends_are_ends(void **state)
{
    (void)state;
    double low, high;
    wilson_interval(0, 0, &low, &high);
    assert_true(low == 0 && high == 1);
    wilson_interval(20, 20, &low, &high);
    assert_true(high == 1);
    is_near(low, 0.8389);
    for (size_t n = 1; n <= CASE_RESULTS; n++) {
        for (size_t k = 0; k <= n; k++) {
            double p = (double)k / (double)n;
            wilson_interval(k, n, &low, &high);
            assert_true(low >= 0 && low <= p && p <= high && high <= 1);
        }
    }
}

static void rate(const char *letters, size_t window, size_t runs, size_t flaky, size_t recovered, size_t failing)
{
    struct case_rate r = case_rate_of(letters, window);
    if (r.runs != runs || r.flaky != flaky || r.recovered != recovered || r.failing != failing)
        fail_msg("%s: %zu runs, %zu flaky, %zu recovered, %zu failing", letters, r.runs, r.flaky, r.recovered,
                 r.failing);
}

static void broken_is_not_flaky(void **state)
{
    (void)state;
    rate("PPPP", 100, 4, 0, 0, 0);
    rate("PRPR", 100, 4, 2, 0, 0);
    rate("PFETCP", 100, 6, 0, 4, 0);
    rate("PPFFF", 100, 5, 0, 0, 3);
    rate("PFPFF", 100, 5, 0, 1, 2);
    rate("FFF", 100, 3, 0, 0, 3);
    rate("", 100, 0, 0, 0, 0);
    rate("FFFRPPP", 3, 3, 0, 0, 0);
    rate("FFFRPPP", 4, 4, 1, 0, 0);
    /* What fails at the end has no part in the rate either. */
    is_near(case_rate_of("PFPPFF", 100).rate, 0.25);
    is_near(case_rate_of("FFF", 100).rate, 0);
}

static void every_verdict_has_a_letter(void **state)
{
    (void)state;
    for (int a = 0; a < VERDICT_N; a++)
        for (int b = a + 1; b < VERDICT_N; b++)
            assert_int_not_equal(case_letter((enum verdict)a), case_letter((enum verdict)b));
    char letters[2] = {case_letter(VERDICT_FLAKY)};
    rate(letters, 1, 1, 1, 0, 0);
}

static void add(struct buf *text, int64_t ms)
{
    char one[CASE_TIME_DIGITS + 1];
    case_time_text(ms * NS_PER_MS, one);
    buf_adds(text, one);
}

static void times_are_kept_to_a_tenth_of_a_millisecond(void **state)
{
    (void)state;
    char text[CASE_TIME_DIGITS + 1];
    case_time_text(1234560000, text);
    assert_int_equal(case_times_of(text, 9).median_ns, 1234600000);
    case_time_text(-5, text);
    assert_int_equal(case_times_of(text, 9).median_ns, 0);
    case_time_text(INT64_MAX - NS_PER_S, text);
    assert_int_equal(case_times_of(text, 9).median_ns, 26843545500000);
}

static void ranks_are_the_nearest(void **state)
{
    (void)state;
    autobuf struct buf text = {0};
    static const int64_t ms[] = {5, 1, 4, 2, 3};
    for (size_t i = 0; i < 5; i++)
        add(&text, ms[i]);
    struct case_times t = case_times_of(buf_str(&text), 50);
    assert_int_equal(t.n, 5);
    assert_int_equal(t.median_ns, 3 * NS_PER_MS);
    assert_int_equal(t.p95_ns, 5 * NS_PER_MS);
    assert_int_equal(t.longest_ns, 5 * NS_PER_MS);
    assert_int_equal(t.lately_ns, 0);
    t = case_times_of(buf_str(&text), 2);
    assert_int_equal(t.n, 2);
    assert_int_equal(t.longest_ns, 3 * NS_PER_MS);
}

static void what_grew_lately_is_seen(void **state)
{
    (void)state;
    autobuf struct buf text = {0};
    for (int i = 0; i < 60; i++)
        add(&text, i < 55 ? 100 : 300);
    struct case_times t = case_times_of(buf_str(&text), 1000);
    assert_int_equal(t.n, CASE_TIMES);
    assert_int_equal(t.before_ns, 100 * NS_PER_MS);
    assert_int_equal(t.lately_ns, 300 * NS_PER_MS);
}

static void a_file_that_somebody_wrote_himself_is_harmless(void **state)
{
    (void)state;
    assert_int_equal(case_times_of("", 50).n, 0);
    assert_int_equal(case_times_of("00000", 50).n, 0);
    assert_int_equal(case_times_of("-000001xyz\x1b[0m", 50).n, 2);
    assert_int_equal(case_times_of("-000001xyz\x1b[0m", 50).longest_ns, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilsons_interval_is_the_published_one),
        cmocka_unit_test(its_ends_are_ends),
        cmocka_unit_test(broken_is_not_flaky),
        cmocka_unit_test(every_verdict_has_a_letter),
        cmocka_unit_test(times_are_kept_to_a_tenth_of_a_millisecond),
        cmocka_unit_test(ranks_are_the_nearest),
        cmocka_unit_test(what_grew_lately_is_seen),
        cmocka_unit_test(a_file_that_somebody_wrote_himself_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
