/* SPDX-License-Identifier: Apache-2.0 */
/* results.json, read back by jansson. */
#include "run.h"

#include <jansson.h>
#include <math.h>

static json_t *results(const struct run_model *m)
{
    autobuf struct buf out = {0};
    report_text(m, REPORT_JSON, NULL, &out);
    json_error_t why;
    json_t *root = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, &why);
    if (!root)
        fail_msg("%s at %d:%d", why.text, why.line, why.column);
    return root;
}

static void a_mixed_run_has_the_documented_shape(void **state)
{
    (void)state;
    struct run_model m;
    model_mixed(&m);
    json_t *root = results(&m), *scenarios;
    const char *id, *timestamp, *duration, *overall;
    int total, passed, failed, skipped, not_run;
    assert_int_equal(json_unpack(root, "{s:{s:s,s:s,s:s,s:o,s:{s:i,s:i,s:i,s:i,s:i,s:s}}}", "testRun", "id", &id,
                                 "timestamp", &timestamp, "duration", &duration, "scenarios", &scenarios, "summary",
                                 "totalScenarios", &total, "passed", &passed, "failed", &failed, "skipped", &skipped,
                                 "notRun", &not_run, "overallStatus", &overall),
                     0);
    assert_string_equal(id, "20261120-233000-ab12");
    assert_string_equal(timestamp, "2026-11-20T23:30:00.000000Z");
    assert_string_equal(duration, "84ms");
    assert_string_equal(overall, "FAILED");
    assert_int_equal(total, 7);
    assert_int_equal(passed, 3);
    assert_int_equal(failed, 2);
    assert_int_equal(skipped, 1);
    assert_int_equal(not_run, 1);
    static const char *const statuses[] = {"PASSED", "FAILED", "FLAKY", "TIMEOUT", "SKIPPED", "PASSED", "NOT_RUN"};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(scenarios, i), "status")), statuses[i]);

    const char *name, *time, *metric, *file, *marker;
    int line;
    assert_int_equal(json_unpack(json_array_get(scenarios, 5), "{s:s,s:s,s:{s:s},s:s,s:i,s:[s]}", "name", &name,
                                 "duration", &time, "metrics", "responseTime", &metric, "file", &file, "line", &line,
                                 "markers", &marker),
                     0);
    assert_string_equal(name, "leak");
    assert_string_equal(time, "12ms");
    assert_string_equal(metric, "1.2s");
    assert_string_equal(file, "pay.c");
    assert_int_equal(line, 80);
    assert_string_equal(marker, "e2e");
    json_decref(root);
    model_free(&m);
}

static void attempts_carry_their_failures(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_mixed_until_end(&run);
    json_t *root = results(&m);
    json_t *scenarios = json_object_get(json_object_get(root, "testRun"), "scenarios");
    const char *expression, *actual, *expected, *step, *status;
    json_t *flaky = json_object_get(json_array_get(scenarios, 2), "attempts");
    assert_int_equal(json_array_size(flaky), 2);
    assert_int_equal(json_unpack(json_array_get(flaky, 0), "{s:s,s:[{s:s,s:s,s:s,s:s}]}", "status", &status, "failures",
                                 "expression", &expression, "actual", &actual, "expected", &expected, "step", &step),
                     0);
    assert_string_equal(status, "FAILED");
    assert_string_equal(expression, "r.status == 409");
    assert_string_equal(actual, "200");
    assert_string_equal(expected, "409");
    assert_string_equal(step, "refund > again");

    const char *signal, *frame;
    double budget;
    json_t *crash = json_object_get(json_array_get(scenarios, 3), "attempts");
    assert_int_equal(
        json_unpack(json_array_get(crash, 0), "{s:{s:s,s:[s]}}", "crash", "signal", &signal, "stack", &frame), 0);
    assert_string_equal(signal, "SIGSEGV");
    assert_string_equal(frame, "refund at pay.c:42");
    assert_int_equal(json_unpack(json_array_get(crash, 1), "{s:{s:F}}", "timeout", "budgetMs", &budget), 0);
    assert_true(fabs(budget - 1500) < 0.001);
    assert_string_equal(json_string_value(json_object_get(json_object_get(json_object_get(root, "testRun"), "summary"),
                                                          "overallStatus")),
                        "FAILED");
    json_decref(root);
    model_free(&m);
}

static const char *overall(struct run_model *m, json_t **ret_root)
{
    *ret_root = results(m);
    return json_string_value(
        json_object_get(json_object_get(json_object_get(*ret_root, "testRun"), "summary"), "overallStatus"));
}

static void the_overall_status_tells_how_it_ended(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    json_t *root;
    run_start(&run);
    run_pass(&run, "a");
    assert_string_equal(overall(&m, &root), "INCOMPLETE");
    json_decref(root);
    run_end(&run, 0);
    assert_string_equal(overall(&m, &root), "PASSED");
    json_decref(root);
    run_end(&run, 6);
    assert_string_equal(overall(&m, &root), "FAILED");
    json_decref(root);
    TELL(&run, EVENT_RUN_ENDED, run_ended, .exit_status = 2, .interrupted = true, .why = "interrupted by SIGTERM");
    assert_string_equal(overall(&m, &root), "INTERRUPTED");
    json_decref(root);
    model_free(&m);
}

static void odd_metrics_and_strings_are_valid_json(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    static const double values[] = {(double)NAN, (double)INFINITY, 0.1, 1e300};
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        TELL(&run, EVENT_ATTEMPT_METRIC, attempt_metric, .case_id = "a\xff\"\x01", .attempt = 1, .name = "same",
             .value = values[i], .unit = "requests");
    json_t *root = results(&m);
    const char *metric;
    assert_int_equal(json_unpack(root, "{s:{s:[{s:{s:s}}]}}", "testRun", "scenarios", "metrics", "same", &metric), 0);
    assert_string_equal(metric, "1e+300 requests");
    json_decref(root);
    model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mixed_run_has_the_documented_shape),
        cmocka_unit_test(attempts_carry_their_failures),
        cmocka_unit_test(the_overall_status_tells_how_it_ended),
        cmocka_unit_test(odd_metrics_and_strings_are_valid_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
