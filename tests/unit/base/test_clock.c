/* SPDX-License-Identifier: Apache-2.0 */
/* Time: what is written reads back, what is out of range or no time is refused. */
#include "testing.h"

#include "base/clock.h"

#include <errno.h>
#include <stdio.h>

static void moments_read_back(void **state)
{
    (void)state;
    const int64_t moments[] = {0,
                               NS_PER_US,
                               951782400 * NS_PER_S,
                               1763675370 * NS_PER_S + 123456 * NS_PER_US,
                               4102444800 * NS_PER_S + 999999 * NS_PER_US,
                               -NS_PER_US,
                               -86400 * NS_PER_S - 1 * NS_PER_US};
    char least[32];
    clock_rfc3339(INT64_MIN, least, sizeof least); /* a year that no clock shows, and no overflow */
    assert_string_equal(least, "1677-09-21T00:12:43.145224Z");
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        char text[32];
        int64_t back;
        clock_rfc3339(moments[i], text, sizeof text);
        assert_int_equal(clock_parse_rfc3339(text, &back), 0);
        assert_int_equal(back, moments[i]);
    }
}

static void moments_look_as_promised(void **state)
{
    (void)state;
    char text[28];
    clock_rfc3339(1763681370 * NS_PER_S + 123456789, text, sizeof text);
    assert_string_equal(text, "2025-11-20T23:29:30.123456Z");
    clock_rfc3339(-1, text, sizeof text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
}

static void fractions_are_optional(void **state)
{
    (void)state;
    int64_t ns;
    assert_int_equal(clock_parse_rfc3339("1970-01-01T00:00:01Z", &ns), 0);
    assert_int_equal(ns, NS_PER_S);
    assert_int_equal(clock_parse_rfc3339("1970-01-01T00:00:01.5Z", &ns), 0);
    assert_int_equal(ns, 1500 * NS_PER_MS);
    assert_int_equal(clock_parse_rfc3339("1970-01-01T00:00:00.123456789123Z", &ns), 0);
    assert_int_equal(ns, 123456789);
}

static void moments_beyond_the_range_are_refused(void **state)
{
    (void)state;
    int64_t ns = 42;
    assert_int_equal(clock_parse_rfc3339("2262-04-11T23:47:16Z", &ns), 0);
    assert_int_equal(ns, 9223372036 * NS_PER_S);
    ns = 42;
    assert_int_equal(clock_parse_rfc3339("2262-04-11T23:47:16.999999Z", &ns), -ERANGE);
    assert_int_equal(clock_parse_rfc3339("2262-04-11T23:47:17Z", &ns), -ERANGE);
    assert_int_equal(clock_parse_rfc3339("9999-12-31T23:59:59Z", &ns), -ERANGE);
    assert_int_equal(clock_parse_rfc3339("0001-01-01T00:00:00Z", &ns), -ERANGE);
    assert_int_equal(ns, 42); /* untouched on failure */
}

static void what_is_no_moment_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "now",
                                      "2026-11-20",
                                      "2026-11-20T23:29:30",
                                      "2026-11-20T23:29:30+00:00",
                                      "2026-11-20T23:29:30Zz",
                                      "2026-13-20T23:29:30Z",
                                      "2026-11-20T25:29:30Z",
                                      "2026-11-20 23:29:30Z"};
    int64_t ns;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(clock_parse_rfc3339(bad[i], &ns), -EINVAL);
}

static void durations_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ns;
    } good[] = {{"0", 0},
                {"5", 5 * NS_PER_S},
                {"250ms", 250 * NS_PER_MS},
                {"7us", 7 * NS_PER_US},
                {"30s", 30 * NS_PER_S},
                {"1.5s", 1500 * NS_PER_MS},
                {".5s", 500 * NS_PER_MS},
                {"2m", 120 * NS_PER_S},
                {"1h30m", 5400 * NS_PER_S},
                {"1d", 86400 * NS_PER_S},
                {"1m1s1ms", 61 * NS_PER_S + NS_PER_MS},
                {"700 ms", 700 * NS_PER_MS},
                {"1 h 30 m", 5400 * NS_PER_S},
                {"1h 30m", 5400 * NS_PER_S}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t ns;
        assert_int_equal(clock_parse_duration(good[i].text, &ns), 0);
        assert_int_equal(ns, good[i].ns);
    }
}

static void what_is_no_duration_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "s",
                                      "-1",
                                      "-1s",
                                      "+1s",
                                      " 1s",
                                      "1  s",
                                      "1x",
                                      "1sm",
                                      "1s5",
                                      "5 ",
                                      "1s ",
                                      "5 5",
                                      "1..5",
                                      ".",
                                      "nan",
                                      "inf",
                                      "1e3",
                                      "1e3s",
                                      "0x10",
                                      "0x10s",
                                      "1S",
                                      "1M",
                                      "1ms.",
                                      "1,5s",
                                      "1m-",
                                      "1e999",
                                      "1h1h1",
                                      "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t ns = 42;
        if (clock_parse_duration(bad[i], &ns) != -EINVAL)
            fail_msg("\"%s\" was read as %lld ns", bad[i], (long long)ns);
        assert_int_equal(ns, 42);
    }
}

static void the_monotonic_clock_does_not_go_back(void **state)
{
    (void)state;
    int64_t last = clock_mono();
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_mono();
        assert_true(now >= last);
        last = now;
    }
    assert_true(clock_real() > 1700000000 * NS_PER_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_read_back),
        cmocka_unit_test(moments_look_as_promised),
        cmocka_unit_test(fractions_are_optional),
        cmocka_unit_test(moments_beyond_the_range_are_refused),
        cmocka_unit_test(what_is_no_moment_is_refused),
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(what_is_no_duration_is_refused),
        cmocka_unit_test(the_monotonic_clock_does_not_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
