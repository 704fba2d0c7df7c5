/* SPDX-License-Identifier: Apache-2.0 */
/* PERFORMANCE: steps that are timed. */
#include "fake_host.h"
#include "load.h"

#include <muster/kit/monitor.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static void a_block_is_a_step_a_metric_and_a_threshold(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    PERFORMANCE("tenant provisioning", .max_ms = 300000)
    {
        burn_ms(20);
    }
    assert_string_equal(h.steps, "tenant provisioning;");
    assert_int_equal(h.steps_ended, 1);
    assert_string_equal(h.metric, "performance.tenant_provisioning");
    assert_true(h.metric_value >= 20);
    assert_string_equal(h.thresholds, "max(performance.tenant_provisioning) <= 300000 ms;");
    PERFORMANCE("only measured")
    {
    }
    assert_int_equal(h.checks, 0);
    assert_string_equal(h.thresholds, "max(performance.tenant_provisioning) <= 300000 ms;");
    assert_string_equal(h.metric, "performance.only_measured");
}

/* A runner of 1.1 has no thresholds: there it is a check, too. */
static void a_bound_that_fails_is_a_check_with_value_and_bound(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    PERFORMANCE("fast", .max_ms = 300000, .fails = 1) burn_ms(1);
    assert_int_equal(h.checks, 1);
    assert_int_equal(h.failed, 0);
    h.lacks_thresholds = 1;
    PERFORMANCE("old", .max_ms = 1) burn_ms(5);
    h.lacks_thresholds = 0;
    assert_int_equal(h.failed, 1);
    fake_host_init(&h);
    PERFORMANCE("slow", .max_ms = 10, .fails = 1) burn_ms(30);
    assert_int_equal(h.failed, 1);
    assert_int_equal(h.line, __LINE__ - 2);
    assert_string_equal(h.thresholds, "");
    assert_non_null(strstr(h.file, "performance_test.c"));
    assert_string_equal(h.expression, "slow: time <= 10");
    assert_string_equal(h.expected, "at most 10 ms");
    double took = 0;
    assert_int_equal(sscanf(h.actual, "%lf ms", &took), 1);
    assert_true(took >= 30);
    assert_int_equal(h.steps_ended, 1);
}

static void leave_by_return(struct muster_ctx *t)
{
    PERFORMANCE("by return", .fails = 1, .max_ms = 1)
    {
        burn_ms(5);
        return;
    }
    LOG("not reached");
}

static void leave_by_goto(struct muster_ctx *t)
{
    PERFORMANCE("by goto", .fails = 1, .max_ms = 1)
    {
        burn_ms(5);
        goto out;
    }
    LOG("not reached");
out:
    return;
}

static void however_it_is_left_it_ends(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    leave_by_return(t);
    leave_by_goto(t);
    int rounds = 0;
    for (int i = 0; i < 2; i++) {
        PERFORMANCE("by break", .fails = 1, .max_ms = 1)
        {
            burn_ms(5);
            if (i == 0)
                break;
            continue;
        }
        rounds++;
    }
    assert_int_equal(rounds, 2); /* break and continue are the block's, not the loop's */
    assert_int_equal(h.failed, 4);
    assert_int_equal(h.steps_begun, 4);
    assert_int_equal(h.steps_ended, 4);
    assert_string_equal(h.log, "");
}

static void a_scenario_that_ends_within_has_not_been_measured(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    RUN(
        &h, PERFORMANCE("cut off", .max_ms = 1) {
            burn_ms(5);
            REQUIRE(0);
        });
    assert_int_equal(h.stopped, -1);
    assert_int_equal(h.checks, 1); /* the REQUIRE */
    assert_string_equal(h.metrics, "");
}

static void blocks_nest(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    PERFORMANCE("outer", .fails = 1, .max_ms = 20)
    {
        PERFORMANCE("first", .fails = 1, .max_ms = 300000) burn_ms(15);
        PERFORMANCE("second", .fails = 1, .max_ms = 300000) burn_ms(15);
    }
    assert_string_equal(h.steps, "outer;first;second;");
    assert_string_equal(h.metrics, "performance.first;performance.second;performance.outer;");
    assert_int_equal(h.failed, 1);
    assert_string_equal(h.expression, "outer: time <= 20");
}

static void burn(void)
{
    burn_ms(150);
}

/* What was used before is no part of the block. */
static void resources_are_those_within(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    struct load before = load_start(burn), l = load_start(burn);
    struct m_monitor *m = M_MONITOR(t, .name = "load", .pid = l.pid, .interval_ms = 20);
    load_work(&l);
    PERFORMANCE("idle", .fails = 1, .max_cpu_ms = 60, .monitor = m)
    {
        load_work(&before);
    }
    assert_int_equal(h.failed, 0);
    assert_non_null(strstr(h.metrics, "performance.idle;performance.idle.cpu_ms;performance.idle.cpu_percent;"));
    load_end(&l);
    l = load_start(burn);
    struct m_monitor *busy = M_MONITOR(t, .name = "busy", .pid = l.pid, .interval_ms = 20);
    PERFORMANCE("busy", .monitor = busy, .max_cpu_ms = 60, .max_rss = 1, .fails = 1)
    {
        load_work(&l);
    }
    assert_int_equal(h.failed, 2);
    assert_string_equal(h.expression, "busy: rss <= 1");
    PERFORMANCE("bounds", .monitor = busy, .max_cpu_ms = 60, .max_rss = 1)
    {
    }
    assert_string_equal(h.thresholds,
                        "max(performance.bounds.cpu_ms) <= 60 ms;max(performance.bounds.rss) <= 1 bytes;");
    m_monitor_stop(m);
    m_monitor_stop(busy);
    load_end(&before);
    load_end(&l);
    RUN(&h, PERFORMANCE("nobody", .max_rss = 1){});
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, ".max_cpu_ms and .max_rss are of a .monitor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_a_step_a_metric_and_a_threshold),
        cmocka_unit_test(a_bound_that_fails_is_a_check_with_value_and_bound),
        cmocka_unit_test(however_it_is_left_it_ends),
        cmocka_unit_test(a_scenario_that_ends_within_has_not_been_measured),
        cmocka_unit_test(blocks_nest),
        cmocka_unit_test(resources_are_those_within),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
