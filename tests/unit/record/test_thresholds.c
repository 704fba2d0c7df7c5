/* SPDX-License-Identifier: Apache-2.0 */
/* Thresholds over events: whose samples count, what they come to. */
#include "sample.h"

#include "record/thresholds.h"

#include <stdio.h>

struct verdicts {
    struct thresholds *thresholds;
    struct arena arena;
    struct event_run_threshold items[16];
    size_t n;
};

static void take(void *data, const struct event *event)
{
    struct verdicts *v = data;
    assert_int_equal(event->type, EVENT_RUN_THRESHOLD);
    assert_true(v->n < ARRAY_LEN(v->items));
    struct event_run_threshold *r = &v->items[v->n++];
    *r = event->run_threshold;
    const char **strings[] = {&r->threshold, &r->plugin, &r->declared_by, &r->declared, &r->outcome, &r->metric,
                              &r->statistic, &r->order,  &r->unit,        &r->worst,    &r->why};
    for (size_t i = 0; i < ARRAY_LEN(strings); i++)
        *strings[i] = arena_strdup(&v->arena, *strings[i]);
}

static void feed(struct verdicts *v, struct event e)
{
    thresholds_event(v->thresholds, &e, 0);
}

/* A run of plugin "shop" with one declared threshold and one of the command line; either may be NULL. */
static void begin(struct verdicts *v, const char *declared, const char *option)
{
    *v = (struct verdicts){.thresholds = thresholds_new()};
    struct event start = {.type = EVENT_RUN_STARTED, .run_started = {.thresholds = {&option, option ? 1 : 0}}};
    feed(v, start);
    struct event loaded = {.type = EVENT_PLUGIN_LOADED,
                           .plugin_loaded = {.plugin = "shop", .thresholds = {&declared, declared ? 1 : 0}}};
    feed(v, loaded);
    feed(v, (struct event){.type = EVENT_PLUGIN_LOADED, .plugin_loaded = {.plugin = "shop.other"}});
    feed(v, (struct event){.type = EVENT_CASE_PLANNED, .case_planned = {.case_id = "shop.buy", .plugin = "shop"}});
    feed(v, (struct event){.type = EVENT_ATTEMPT_STARTED, .attempt_started = {"shop.buy", 1, 0}});
}

static void metric_of(struct verdicts *v, const char *case_id, int64_t attempt, double value, const char *unit)
{
    feed(v, (struct event){.type = EVENT_ATTEMPT_METRIC, .attempt_metric = {case_id, attempt, "time", value, unit}});
}

static void metric(struct verdicts *v, double value)
{
    metric_of(v, "shop.buy", 1, value, "ms");
}

static const struct event_run_threshold *judge(struct verdicts *v, size_t n)
{
    const struct event_sink sink = {take, v};
    thresholds_judge(v->thresholds, 0, &sink);
    assert_int_equal(v->n, n);
    return v->items;
}

static void end(struct verdicts *v)
{
    thresholds_free(v->thresholds);
    arena_free(&v->arena);
}

static void each_statistic_is_what_it_says(void **state)
{
    static const struct {
        const char *text;
        double value;
        const char *outcome;
    } rows[] = {
        {"time < 10 ms", 10, EVENT_THRESHOLD_MISSED},      {"time <= 10 ms", 10, EVENT_THRESHOLD_MET},
        {"time > 1 ms", 1, EVENT_THRESHOLD_MISSED},        {"time >= 1", 1, EVENT_THRESHOLD_MET},
        {"mean(time) < 6 ms", 5.5, EVENT_THRESHOLD_MET},   {"sum(time) < 55 ms", 55, EVENT_THRESHOLD_MISSED},
        {"count(time) >= 10", 10, EVENT_THRESHOLD_MET},    {"p50(time) <= 5 ms", 5, EVENT_THRESHOLD_MET},
        {"p95(time) < 10 ms", 10, EVENT_THRESHOLD_MISSED}, {"p90(time) < 10 ms", 9, EVENT_THRESHOLD_MET},
        {"p1(time) < 2 ms", 1, EVENT_THRESHOLD_MET},       {"median(time) < 5 us", 5, EVENT_THRESHOLD_MISSED},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct verdicts v;
        begin(&v, rows[i].text, NULL);
        static const int order[] = {7, 1, 10, 4, 3, 9, 2, 8, 6, 5};
        for (size_t k = 0; k < ARRAY_LEN(order); k++)
            metric(&v, order[k]);
        const struct event_run_threshold *r = judge(&v, 1);
        if (r->value < rows[i].value || r->value > rows[i].value)
            fail_msg("%s: it is %g", rows[i].text, r->value);
        assert_string_equal(r->outcome, rows[i].outcome);
        assert_int_equal(r->samples, 10);
        assert_string_equal(r->declared_by, "plugin");
        end(&v);
    }
}

static void the_worst_sample_has_a_place(void **state)
{
    struct verdicts v;
    (void)state;
    begin(&v, "mean(time) < 4 ms", NULL);
    metric_of(&v, "shop.buy", 1, 3, "ms");
    metric_of(&v, "shop.sell[plan=a.b]", 2, 7, "ms");
    metric_of(&v, "shop.buy", 2, 2, "ms");
    const struct event_run_threshold *r = judge(&v, 1);
    assert_string_equal(r->worst, "shop.sell[plan=a.b]");
    assert_int_equal(r->worst_attempt, 2);
    assert_true(r->worst_value >= 7);
    end(&v);
}

static void other_plugins_and_metrics_do_not_count(void **state)
{
    struct verdicts v;
    (void)state;
    begin(&v, "time < 4 ms", NULL);
    metric_of(&v, "shop.other.buy", 1, 9, "ms");
    metric_of(&v, "shopping.buy", 1, 9, "ms");
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_UNMEASURED);
    end(&v);
    begin(&v, NULL, "time < 4 ms"); /* the command line's looks at all */
    metric_of(&v, "shop.other.buy", 1, 9, "ms");
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_MISSED);
    assert_string_equal(v.items[0].declared_by, "command line");
    end(&v);
}

static void a_plugin_of_which_nothing_is_planned_is_not_judged(void **state)
{
    struct verdicts v;
    (void)state;
    begin(&v, NULL, NULL);
    const char *declared = "time < 1 ms";
    feed(&v, (struct event){.type = EVENT_PLUGIN_LOADED,
                            .plugin_loaded = {.plugin = "idle", .thresholds = {&declared, 1}}});
    judge(&v, 0);
    end(&v);
}

static void the_command_line_replaces_and_takes_away(void **state)
{
    struct verdicts v;
    (void)state;
    begin(&v, "time < 4 ms", "time < 10 ms");
    metric(&v, 5);
    const struct event_run_threshold *r = judge(&v, 1);
    assert_string_equal(r->outcome, EVENT_THRESHOLD_MET);
    assert_string_equal(r->threshold, "max(time) < 10 ms");
    assert_string_equal(r->declared, "time < 4 ms");
    assert_string_equal(r->declared_by, "command line");
    end(&v);
    begin(&v, "time < 4 ms", "time=off");
    metric(&v, 5);
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_OFF);
    end(&v);
    begin(&v, "time < 4 ms", "p95(time) < 9 ms"); /* another statistic: one more */
    metric(&v, 5);
    r = judge(&v, 2);
    assert_string_equal(r[0].outcome, EVENT_THRESHOLD_MISSED);
    assert_string_equal(r[1].outcome, EVENT_THRESHOLD_MET);
    end(&v);
}

static void what_cannot_be_judged_is_missed(void **state)
{
    struct verdicts v;
    (void)state;
    begin(&v, "time < 4 MiB", NULL);
    metric(&v, 1);
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_MISSED);
    assert_string_equal(v.items[0].why, "it is recorded in \"ms\", and the bound is in \"bytes\"");
    end(&v);
    begin(&v, "time < 4", NULL);
    metric(&v, 1);
    metric_of(&v, "shop.buy", 1, 1, "bytes");
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_MISSED);
    assert_string_equal(v.items[0].why, "it is recorded in different units, \"ms\" and \"bytes\"");
    end(&v);
    begin(&v, NULL, "tiem < 4 ms"); /* of the command line, where it is a slip */
    metric(&v, 1);
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_MISSED);
    assert_string_equal(v.items[0].why, "nothing recorded this metric; did you mean time?");
    end(&v);
    begin(&v, NULL, "scenario.duration < 4 ms"); /* which is no slip */
    metric(&v, 1);
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_MISSED);
    assert_string_equal(v.items[0].why, "no attempt has passed, and only of these it is measured");
    end(&v);
    begin(&v, "p50(time) < 4 ms", NULL);
    for (int i = 0; i <= THRESHOLD_SAMPLES_MAX; i++)
        metric(&v, 1);
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_MISSED);
    assert_string_equal(v.items[0].why, "there are 1000001 samples, and a percentile of 1000000 at the most");
    end(&v);
}

/* Whoever measures in seconds may set a bound in seconds. */
static void units_of_one_kind_are_one(void **state)
{
    struct verdicts v;
    (void)state;
    begin(&v, "time < 2 s", NULL);
    metric_of(&v, "shop.buy", 1, 1.5, "s");
    metric_of(&v, "shop.buy", 1, 1900, "ms");
    const struct event_run_threshold *r = judge(&v, 1);
    assert_string_equal(r->outcome, EVENT_THRESHOLD_MET);
    assert_string_equal(r->unit, "ms");
    assert_true(r->value > 1899 && r->value < 1901);
    end(&v);
    begin(&v, "time < 2 MiB", NULL);
    metric_of(&v, "shop.buy", 1, 3, "MiB");
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_MISSED);
    assert_true(v.items[0].why == NULL || !*v.items[0].why);
    end(&v);
    begin(&v, "time < 2", NULL); /* in the metric's own, whatever that is */
    metric_of(&v, "shop.buy", 1, 1.5, "s");
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_MET);
    end(&v);
}

static void declare(struct verdicts *v, const char *case_id, int64_t attempt, const char *text)
{
    feed(v, (struct event){.type = EVENT_ATTEMPT_THRESHOLD, .attempt_threshold = {case_id, attempt, text}});
}

static void a_scenarios_own_is_of_the_attempts_that_declare_it(void **state)
{
    struct verdicts v;
    (void)state;
    begin(&v, NULL, NULL);
    metric(&v, 90); /* before */
    declare(&v, "shop.buy", 1, "max(time) < 5 ms");
    declare(&v, "shop.buy", 1, "max(time) < 5 ms");
    metric(&v, 4);
    metric_of(&v, "shop.sell", 1, 80, "ms"); /* has declared nothing */
    feed(&v, (struct event){.type = EVENT_ATTEMPT_ENDED, .attempt_ended = {.case_id = "shop.buy", .attempt = 1}});
    metric(&v, 70); /* after its end: of nobody */
    declare(&v, "shop.sell", 1, "max(time) < 5 ms");
    metric_of(&v, "shop.sell", 1, 3, "ms");
    const struct event_run_threshold *r = judge(&v, 1);
    assert_string_equal(r->outcome, EVENT_THRESHOLD_MET);
    assert_int_equal(r->samples, 2);
    assert_string_equal(r->declared_by, "scenario");
    end(&v);
}

struct last {
    size_t n;
    char outcome[16], why[80];
};

static void keep_last(void *data, const struct event *event)
{
    struct last *last = data;
    last->n++;
    snprintf(last->outcome, sizeof last->outcome, "%s", event->run_threshold.outcome);
    snprintf(last->why, sizeof last->why, "%s", event->run_threshold.why);
}

static void more_than_can_be_judged_are_missed(void **state)
{
    struct verdicts v;
    struct last last = {0};
    const struct event_sink sink = {keep_last, &last};
    (void)state;
    begin(&v, NULL, NULL);
    for (int i = 0; i <= THRESHOLDS_MAX; i++) {
        char text[64];
        snprintf(text, sizeof text, "max(time) < %d ms", i + 10);
        declare(&v, "shop.buy", 1, text);
    }
    metric(&v, 1);
    thresholds_judge(v.thresholds, 0, &sink);
    assert_int_equal(last.n, THRESHOLDS_MAX + 1);
    assert_string_equal(last.outcome, EVENT_THRESHOLD_MISSED);
    assert_string_equal(last.why, "more than 10000 were declared: the others are not judged");
    end(&v);
}

static void durations_are_of_the_scope_and_of_each_shard(void **state)
{
    struct verdicts v;
    (void)state;
    begin(&v, "suite.duration < 1 s", NULL);
    struct event started = {.type = EVENT_ATTEMPT_STARTED, .attempt_started = {"shop.sell", 1, 0}};
    struct event ended = {.type = EVENT_ATTEMPT_ENDED,
                          .attempt_ended = {.case_id = "shop.sell", .attempt = 1, .duration_ns = 5000000}};
    ended.t_ns = 900000000;
    feed(&v, ended);
    started.t_ns = 5000000000; /* the second shard begins later, and takes its own time */
    thresholds_event(v.thresholds, &started, 2);
    ended.t_ns = 5300000000;
    thresholds_event(v.thresholds, &ended, 2);
    ended.attempt_ended.case_id = "other.sell";
    ended.t_ns = 9000000000;
    thresholds_event(v.thresholds, &ended, 2);
    const struct event_run_threshold *r = judge(&v, 1);
    assert_string_equal(r->outcome, EVENT_THRESHOLD_MET);
    assert_int_equal(r->samples, 2);
    assert_true(r->value > 899 && r->value < 901);
    end(&v);
    begin(&v, NULL, "scenario.duration < 4 ms");
    ended.attempt_ended.case_id = "shop.sell";
    feed(&v, ended);
    assert_string_equal(judge(&v, 1)->outcome, EVENT_THRESHOLD_MISSED);
    end(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_statistic_is_what_it_says),
        cmocka_unit_test(the_worst_sample_has_a_place),
        cmocka_unit_test(other_plugins_and_metrics_do_not_count),
        cmocka_unit_test(a_plugin_of_which_nothing_is_planned_is_not_judged),
        cmocka_unit_test(the_command_line_replaces_and_takes_away),
        cmocka_unit_test(what_cannot_be_judged_is_missed),
        cmocka_unit_test(units_of_one_kind_are_one),
        cmocka_unit_test(a_scenarios_own_is_of_the_attempts_that_declare_it),
        cmocka_unit_test(more_than_can_be_judged_are_missed),
        cmocka_unit_test(durations_are_of_the_scope_and_of_each_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
