/* SPDX-License-Identifier: Apache-2.0 */
/* A run as a line of a list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "report/run_rows.h"

#include <string.h>

#define ID "20261201-101112-aaaaaaaaaaaa"

static const struct style plain = {0};

static void shows(const struct run_row *row, int64_t age_s, const char *want)
{
    autobuf struct buf line = {0};
    int64_t began;
    assert_int_equal(clock_parse_rfc3339("2026-12-01T10:11:12.000000Z", &began), 0);
    run_row_add(&line, &plain, row, began + age_s * NS_PER_S);
    assert_string_equal(buf_str(&line), want);
}

static struct run_row sample(void)
{
    return (struct run_row){.name = ID,
                            .status = "FAILED",
                            .started_at = "2026-12-01T10:11:12.000000Z",
                            .duration_ns = 1234 * NS_PER_MS,
                            .exit_status = 1,
                            .cases = 99999,
                            .passed = 90000,
                            .bad = 10,
                            .flaky = 3,
                            .skipped = 9000,
                            .not_run = 989};
}

static void what_deviates_most_is_told(void **state)
{
    (void)state;
    struct run_row row = sample();
    shows(&row, 59, "      FAILED [   1.234s]   59 s ago " ID " 10 bad of 99999\n");
    row.bad = 0;
    row.status = "INCOMPLETE";
    shows(&row, 60, "  INCOMPLETE [   1.234s]  1 min ago " ID " 989 not run of 99999\n");
    row.not_run = 0;
    row.status = "PASSED";
    shows(&row, 7200, "      PASSED [   1.234s]    2 h ago " ID " 3 flaky of 99999\n");
    row.flaky = 0;
    shows(&row, 86400, "      PASSED [   1.234s]    1 d ago " ID " 9000 skipped of 99999\n");
    row.skipped = 0;
    row.pinned = true;
    shows(&row, 400 * 86400LL, "      PASSED [   1.234s]    1 y ago " ID " 90000 passed, pinned\n");
    row.pinned = false;
    shows(&row, -5, "      PASSED [   1.234s]        now " ID " 90000 passed\n");
}

static void usual_ones_fit_a_terminal(void **state)
{
    (void)state;
    autobuf struct buf line = {0};
    struct run_row row = sample();
    row.status = "INTERRUPTED";
    row.cases = 9999;
    row.duration_ns = 9999 * NS_PER_S;
    int64_t began;
    assert_int_equal(clock_parse_rfc3339(row.started_at, &began), 0);
    run_row_add(&line, &plain, &row, began + 364 * 86400LL * NS_PER_S + 59 * NS_PER_S);
    assert_true(line.len - 1 <= 80);
}

static void strangers_names_and_times_are_made_harmless(void **state)
{
    (void)state;
    struct run_row row = {
        .name = "x\x1b[31my\n      PASSED", .status = RUN_ROW_DAMAGED, .started_at = "\x1b]0;t\a", .duration_ns = -1};
    shows(&row, 0, "     DAMAGED [         ]            x\\x1b[31my\n                   PASSED\n");
}

static void json_has_what_is_known(void **state)
{
    (void)state;
    autobuf struct buf out = {0};
    struct json_out j = {&out, false};
    struct run_row row = sample();
    json_open(&j, NULL, '{');
    run_row_json(&j, &row);
    json_close(&j, '}');
    assert_string_equal(
        buf_str(&out),
        "{\"name\":\"" ID "\",\"status\":\"FAILED\",\"timestamp\":\"2026-12-01T10:11:12.000000Z\","
        "\"durationMs\":1234.000,\"exitStatus\":1,\"totalScenarios\":99999,\"passed\":90000,\"failed\":10,"
        "\"flaky\":3,\"skipped\":9000,\"notRun\":989,\"pinned\":false}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_deviates_most_is_told),
        cmocka_unit_test(usual_ones_fit_a_terminal),
        cmocka_unit_test(strangers_names_and_times_are_made_harmless),
        cmocka_unit_test(json_has_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
