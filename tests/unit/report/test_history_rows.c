/* SPDX-License-Identifier: Apache-2.0 */
/* What is flaky and what is slow, in lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "report/history_rows.h"

#include <string.h>

static const struct style plain = {0};

static const struct history_case some[] = {
    {.id = "a.steady", .recent = "PPPPPPPPPP", .times = ""},
    {.id = "a.once", .recent = "PPPPPFPPPP", .times = ""},
    {.id = "a.often", .recent = "PPPRPRPRPR", .times = ""},
    {.id = "a.broken", .recent = "PPPPPPPFET", .times = ""},
    {.id = "a.both\x1b[1m", .recent = "PRPPPPPPPC", .times = ""},
    {.id = "a.unknown", .recent = "", .times = ""},
};

static void the_surest_come_first_and_failing_apart(void **state)
{
    (void)state;
    autobuf struct buf out = {0};
    struct flaky_rows rows = flaky_rows_make(some, sizeof some / sizeof *some, 100);
    flaky_rows_add(&out, &plain, &rows, 0);
    assert_string_equal(buf_str(&out), " rate   95 % interval      runs  the last of them      flaky\n"
                                       " 40.0 %  16.8- 68.7   4 of  10            ...R.R.R.R  a.often\n"
                                       " 11.1 %   2.0- 43.5   1 of   9            .R.......C  a.both\\x1b[1m\n"
                                       " 10.0 %   1.8- 40.4   1 of  10            .....F....  a.once\n"
                                       "                            runs  the last of them      failing now\n"
                                       "                      3 of  10            .......FET  a.broken\n"
                                       "                      1 of  10            .R.......C  a.both\\x1b[1m\n");
    buf_clear(&out);
    flaky_rows_add(&out, &plain, &rows, 1);
    assert_non_null(strstr(buf_str(&out), "a.often\nand 2 more: --limit 0 shows all\n"));
    assert_non_null(strstr(buf_str(&out), "a.broken\nand 1 more: --limit 0 shows all\n"));
    flaky_rows_free(&rows);
}

static void a_window_forgets(void **state)
{
    (void)state;
    autobuf struct buf out = {0};
    struct flaky_rows rows = flaky_rows_make(some, 2, 4);
    flaky_rows_add(&out, &plain, &rows, 0);
    assert_string_equal(buf_str(&out), "nothing is flaky, and nothing fails\n");
    flaky_rows_free(&rows);
}

static void on_a_terminal_no_line_is_too_wide(void **state)
{
    (void)state;
    static const struct style narrow = {.width = 80};
    const struct history_case one = {
        .id = "acme.payments.a_scenario_with_quite_a_long_name_that_nobody_would_type[plan=pro]",
        .recent = "PRPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPF",
        .times = "00003e800003e8"};
    autobuf struct buf out = {0};
    struct flaky_rows rows = flaky_rows_make(&one, 1, 100);
    struct slow_rows slow = slow_rows_make(&one, 1, 50, false);
    flaky_rows_add(&out, &narrow, &rows, 0);
    slow_rows_add(&out, &narrow, &slow, 0);
    for (const char *line = buf_str(&out); *line; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") > 80)
            fail_msg("%.90s", line);
    assert_non_null(strstr(buf_str(&out), "[plan=pro]\n"));
    flaky_rows_free(&rows);
    slow_rows_free(&slow);
}

static void times(struct buf *text, int n, int64_t ms)
{
    char one[CASE_TIME_DIGITS + 1];
    case_time_text(ms * NS_PER_MS, one);
    for (int i = 0; i < n; i++)
        buf_adds(text, one);
}

static void the_slowest_first_and_what_has_grown(void **state)
{
    (void)state;
    autobuf struct buf grown = {0}, steady = {0}, short_ones = {0}, out = {0};
    times(&grown, 10, 200);
    times(&grown, 5, 500);
    times(&steady, 12, 900);
    times(&short_ones, 10, 10);
    times(&short_ones, 5, 100);
    const struct history_case cases[] = {{.id = "a.grown", .times = buf_str(&grown)},
                                         {.id = "a.steady", .times = buf_str(&steady)},
                                         {.id = "a.short", .times = buf_str(&short_ones)},
                                         {.id = "a.unknown", .times = ""}};
    struct slow_rows rows = slow_rows_make(cases, 4, 50, false);
    slow_rows_add(&out, &plain, &rows, 0);
    assert_string_equal(buf_str(&out), "      median         95 %      longest runs lately\n"
                                       " [   0.900s]  [   0.900s]  [   0.900s]  12       a.steady\n"
                                       " [   0.200s]  [   0.500s]  [   0.500s]  15 x2.5  a.grown\n"
                                       " [   0.010s]  [   0.100s]  [   0.100s]  15       a.short\n");
    slow_rows_free(&rows);
    rows = slow_rows_make(cases, 4, 50, true);
    assert_int_equal(rows.n, 1);
    assert_string_equal(rows.items[0].c->id, "a.grown");
    slow_rows_free(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_surest_come_first_and_failing_apart),
        cmocka_unit_test(a_window_forgets),
        cmocka_unit_test(on_a_terminal_no_line_is_too_wide),
        cmocka_unit_test(the_slowest_first_and_what_has_grown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
