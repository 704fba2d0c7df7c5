/* SPDX-License-Identifier: Apache-2.0 */
/* The values by which workloads are watched: how many there should be, how many requests there are, and their JSON. */
#include "workloads/limits.h"
#include "workloads/load.h"
#include "workloads/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void size_follows_the_load(void **state)
{
    const struct autoscale_rule rule = {.metric = LOAD_REQUESTS, .target = 10, .least = 1, .most = 4};
    static const struct {
        int now, load, wanted;
    } cases[] = {
        {1, 0, 1},  {1, 10, 1}, {1, 11, 2}, {1, 35, 4}, {1, 1000, 4}, {4, 31, 4}, {4, 28, 4},
        {4, 27, 3}, {3, 19, 3}, {3, 18, 2}, {2, 9, 1},  {2, 10, 2},   {4, 0, 1},  {7, 39, 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(autoscale_wanted(&rule, cases[i].now, cases[i].load), cases[i].wanted);
}

static void requests_are_counted_over_the_last_second(void **state)
{
    struct load_meter m = {0};

    (void)state;
    assert_int_equal(load_requests_per_second(&m), 0);
    load_sample(&m, 1000, 50);
    assert_int_equal(load_requests_per_second(&m), 0);
    load_sample(&m, 1200, 60);
    assert_int_equal(load_requests_per_second(&m), 50);
    for (int i = 2; i < 20; i++) /* 5 in each 200 ms */
        load_sample(&m, 1000 + 200 * i, 50 + 5 * i);
    assert_int_equal(load_requests_per_second(&m), 25);
    for (int i = 20; i < 30; i++) /* and then none */
        load_sample(&m, 1000 + 200 * i, 145);
    assert_int_equal(load_requests_per_second(&m), 0);
}

static void rules_come_back_from_json(void **state)
{
    struct autoscale_rule rule = {LOAD_CPU, 70, 2, 5, 1000}, same_rule;
    struct alert_rules alerts = alert_rules_usual(), same_alerts = {0};
    struct limits limits = limits_usual(), same_limits = {{0}};

    (void)state;
    limits.of[LIMIT_CPU] = 33;
    alerts.rule[0].for_ms = 77;
    json_t *all =
        json_pack("[o, o, o]", autoscale_to_json(&rule), alert_rules_to_json(&alerts), limits_to_json(&limits));
    autoscale_from_json(&same_rule, json_array_get(all, 0));
    alert_rules_from_json(&same_alerts, json_array_get(all, 1));
    limits_from_json(&same_limits, json_array_get(all, 2));
    json_decref(all);
    assert_memory_equal(&rule, &same_rule, sizeof rule);
    assert_int_equal(same_alerts.n, 2);
    assert_string_equal(same_alerts.rule[0].name, "unhealthy");
    assert_int_equal(same_alerts.rule[0].for_ms, 77);
    assert_int_equal(same_alerts.rule[1].kind, ALERT_RESTARTS);
    assert_memory_equal(&limits, &same_limits, sizeof limits);
    autoscale_from_json(&same_rule, NULL);
    assert_int_equal(same_rule.metric, LOAD_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_follows_the_load),
        cmocka_unit_test(requests_are_counted_over_the_last_second),
        cmocka_unit_test(rules_come_back_from_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
