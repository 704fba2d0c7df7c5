/* SPDX-License-Identifier: Apache-2.0 */
/* Reading thresholds, and telling values. */
#include "plan/threshold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define autoarena __attribute__((cleanup(arena_free)))

static struct threshold parsed(struct arena *arena, const char *text)
{
    struct threshold t = {0};
    autoerr struct err err = {0};
    if (threshold_parse(text, arena, &t, &err) < 0)
        fail_msg("%s: %s", text, err_text(&err));
    return t;
}

static void reads_every_spelling(void **state)
{
    static const struct {
        const char *text, *spelt, *metric;
        enum threshold_order order;
        double bound;
        const char *unit;
    } rows[] = {
        {"provisioning.time < 5 m", "max(provisioning.time) < 5 m", "provisioning.time", ORDER_LESS, 300e3, "ms"},
        {"provisioning.time<5min", "max(provisioning.time) < 5min", "provisioning.time", ORDER_LESS, 300e3, "ms"},
        {" p95( query.time )<=2s ", "p95(query.time) <= 2s", "query.time", ORDER_AT_MOST, 2000, "ms"},
        {"p99.9(x)<250us", "p99.9(x) < 250us", "x", ORDER_LESS, .25, "ms"},
        {"median(x) > 1e3", "p50(x) > 1e3", "x", ORDER_MORE, 1000, NULL},
        {"job.success >= 85 %", "min(job.success) >= 85 %", "job.success", ORDER_AT_LEAST, 85, "percent"},
        {"avg(job-success) >= 85%", "mean(job-success) >= 85%", "job-success", ORDER_AT_LEAST, 85, "percent"},
        {"rss < 1.5MiB", "max(rss) < 1.5MiB", "rss", ORDER_LESS, 1572864, "bytes"},
        {"sum(sent)<3 kB", "sum(sent) < 3 kB", "sent", ORDER_LESS, 3000, "bytes"},
        {"rate > 10/s", "min(rate) > 10/s", "rate", ORDER_MORE, 10, "1/s"},
        {"rate > 10 1/s", "min(rate) > 10 1/s", "rate", ORDER_MORE, 10, "1/s"},
        {"count(load.failed) < 1", "count(load.failed) < 1", "load.failed", ORDER_LESS, 1, NULL},
        {"growth < -0.5 h", "max(growth) < -0.5 h", "growth", ORDER_LESS, -1800e3, "ms"},
        {"max(max) < 1", "max(max) < 1", "max", ORDER_LESS, 1, NULL},
    };
    (void)state;
    autoarena struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct threshold t = parsed(&a, rows[i].text), again = parsed(&a, t.text);
        assert_string_equal(t.text, rows[i].spelt);
        assert_string_equal(again.text, t.text);
        assert_string_equal(t.metric, rows[i].metric);
        assert_int_equal(t.order, rows[i].order);
        assert_true(t.bound >= rows[i].bound - 1e-9 && t.bound <= rows[i].bound + 1e-9);
        assert_true(rows[i].unit ? t.unit && strcmp(t.unit, rows[i].unit) == 0 : !t.unit);
        assert_false(t.off);
    }
}

static void off_takes_one_statistic_or_all(void **state)
{
    (void)state;
    autoarena struct arena a = {0};
    struct threshold all = parsed(&a, "x=off"), one = parsed(&a, "p95(x) = off ");
    assert_true(all.off && all.any);
    assert_true(one.off && !one.any);
    assert_string_equal(all.text, "x=off");
    assert_string_equal(one.text, "p95(x)=off");
    struct threshold p95 = parsed(&a, "p95(x)<1"), p99 = parsed(&a, "p99(x)<1"), max = parsed(&a, "x<2"),
                     min = parsed(&a, "x>2");
    assert_true(threshold_is_same(&all, &p95) && threshold_is_same(&all, &max));
    assert_true(threshold_is_same(&one, &p95));
    assert_false(threshold_is_same(&one, &p99));
    assert_false(threshold_is_same(&max, &min));
    struct threshold other = parsed(&a, "y=off");
    assert_false(threshold_is_same(&other, &max));
}

static void mistakes_are_told_with_their_place(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "column 1: the name of a metric is missing here"},
        {"<5", "column 1: the name of a metric is missing here"},
        {"x", "column 2: <, <=, > or >= and a bound belong here"},
        {"x = 5", "column 3: <, <=, > or >= and a bound belong here"},
        {"x == 5", "column 3: <, <=, > or >="},
        {"x <", "column 4: a number belongs here"},
        {"x < fast", "column 5: a number belongs here"},
        {"x < 5 sec", "column 7: sec is no unit"},
        {"x < 5 Mib", "did you mean MiB?"},
        {"x < 5 s or so", "column 9: nothing belongs behind the bound"},
        {"p95(x < 5", "column 7: a closing parenthesis is missing"},
        {"p0(x) < 5", "column 1: p0 is no percentile"},
        {"p100(x) < 5", "column 1: p100 is no percentile"},
        {"p9.9.9(x) < 5", "is no percentile"},
        {"mode(x) < 5", "column 1: mode is no statistic"},
        {"count(x) < 5 ms", "a count of samples has no unit"},
        {"x < 1e999", "a number belongs here"},
        {"x < inf", "a number belongs here"},
        {"x < 0x10", "x10 is no unit"},
        {"x = offside", "column 3: <, <=, > or >="},
        {"x\xff < 5", "not UTF-8"},
    };
    (void)state;
    autoarena struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct threshold t;
        autoerr struct err err = {0};
        if (threshold_parse(rows[i].text, &a, &t, &err) == 0)
            fail_msg("\"%s\" was taken", rows[i].text);
        if (!strstr(err_text(&err), rows[i].message))
            fail_msg("\"%s\": %s", rows[i].text, err_text(&err));
    }
}

static void holds_up_to_its_bound(void **state)
{
    static const struct {
        const char *text;
        bool below, at, above;
    } rows[] = {{"x<5", true, false, false},
                {"x<=5", true, true, false},
                {"x>5", false, false, true},
                {"x>=5", false, true, true}};
    (void)state;
    autoarena struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct threshold t = parsed(&a, rows[i].text);
        assert_int_equal(threshold_holds(&t, 4.99), rows[i].below);
        assert_int_equal(threshold_holds(&t, 5), rows[i].at);
        assert_int_equal(threshold_holds(&t, 5.01), rows[i].above);
    }
}

static void values_are_told_as_people_say_them(void **state)
{
    static const struct {
        double value;
        const char *unit, *text;
    } rows[] = {{0, "ms", "0ms"},
                {.25, "ms", "0.25ms"},
                {999.96, "ms", "1000ms"},
                {2314.2, "ms", "2.314s"},
                {59999, "ms", "60s"},
                {61500, "ms", "1m1.5s"},
                {372400, "ms", "6m12.4s"},
                {2700000, "ms", "45m0s"},
                {7384000, "ms", "2h3m4s"},
                {-5000, "ms", "-5s"},
                {1, "bytes", "1 bytes"},
                {1572864, "bytes", "1.5 MiB"},
                {99.5, "percent", "99.5 %"},
                {120.25, "1/s", "120.2 1/s"},
                {12, "requests", "12 requests"},
                {123456, "", "123456"},
                {1e300, "ms", "1e+297s"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autobuf struct buf out = {0};
        threshold_value_add(&out, rows[i].value, rows[i].unit);
        assert_string_equal(buf_str(&out), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_spelling),
        cmocka_unit_test(off_takes_one_statistic_or_all),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(holds_up_to_its_bound),
        cmocka_unit_test(values_are_told_as_people_say_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
