/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines and retries: who wins, and what is refused. */
#include "sample.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "plan/known.h"
#include "plan/limits.h"

#define S(x) ((int64_t)((x)*1e9))

/* The limits of a scenario with these markers; a mistake fails the test. */
static struct limits limits_for(const char *markers, const struct scenario_info *fields,
                                const struct limit_settings *settings)
{
    autocatalogue struct catalogue c = {0};
    sample_plugin(&c, "acme");
    struct scenario_info *s = sample_scenario(&c, "s", markers);
    s->timeout_ms = fields->timeout_ms;
    s->setup_timeout_ms = fields->setup_timeout_ms;
    s->teardown_timeout_ms = fields->teardown_timeout_ms;
    s->reruns = fields->reruns;
    s->rerun_delay_ms = fields->rerun_delay_ms;
    struct limits l = {0};
    autoerr struct err err = {0};
    if (limits_of(s, settings, &l, &err) < 0)
        fail_msg("%s", err_text(&err));
    return l;
}

static void a_factor_multiplies_every_limit_that_there_is(void **state)
{
    (void)state;
    struct limit_settings settings = LIMIT_SETTINGS_INIT;
    settings.timeout_factor = 10;
    struct limits by_default = limits_for("", &(struct scenario_info){0}, &settings);
    assert_int_equal(by_default.body_ns, S(600));
    assert_int_equal(by_default.setup_ns, S(600));
    struct limits own =
        limits_for("", &(struct scenario_info){.timeout_ms = 7000, .setup_timeout_ms = 1000}, &settings);
    assert_int_equal(own.body_ns, S(70));
    assert_int_equal(own.setup_ns, S(10));
    assert_int_equal(own.teardown_ns, S(600));
    assert_int_equal(limits_for("timeout(3)", &(struct scenario_info){0}, &settings).body_ns, S(30));
    assert_int_equal(limits_for("timeout(0)", &(struct scenario_info){0}, &settings).body_ns, NEVER);
    assert_int_equal(limits_around(&settings), S(600));
    assert_int_equal(limits_longer(NEVER, 1000), NEVER);
    assert_int_equal(limits_longer(INT64_MAX / 2, 1000), S(10.0 * 365 * 24 * 3600));
}

static void takes_a_timeout_from_the_first_that_sets_it(void **state)
{
    (void)state;
    static const struct {
        const char *markers;
        uint32_t field_ms;
        int64_t option_ns, expected;
    } rows[] = {
        {"", 0, -1, S(60)},
        {"", 0, S(5), S(5)},
        {"", 7000, -1, S(7)},
        {"", 7000, S(5), S(7)},
        {"timeout(300)", 7000, S(5), S(300)},
        {"timeout(timeout=300)", 0, -1, S(300)},
        {"timeout(1.5)", 0, -1, S(1.5)},
        {"timeout(2m)", 0, -1, S(120)},
        {"timeout('250ms')", 0, -1, S(.25)},
        {"timeout(0)", 7000, -1, NEVER},
        {"timeout(1e-12)", 0, -1, 1},
        {"", 0, 0, NEVER},
        {"", 7000, 0, S(7)},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct limit_settings settings = LIMIT_SETTINGS_INIT;
        settings.timeout_ns = rows[i].option_ns;
        struct scenario_info fields = {.timeout_ms = rows[i].field_ms};
        assert_int_equal(limits_for(rows[i].markers, &fields, &settings).body_ns, rows[i].expected);
    }
}

static void leaves_time_around_a_short_body(void **state)
{
    (void)state;
    static const struct {
        const char *markers;
        uint32_t setup_ms;
        int64_t option_ns, setup, teardown;
    } rows[] = {
        {"", 0, -1, S(60), S(60)},
        {"timeout(1)", 0, -1, S(60), S(60)},
        {"timeout(300)", 0, -1, S(300), S(300)},
        {"timeout(1)", 0, S(5), S(5), S(5)},
        {"timeout(0)", 0, -1, NEVER, NEVER},
        {"timeout(300)", 2000, -1, S(2), S(300)},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct limit_settings settings = LIMIT_SETTINGS_INIT;
        settings.timeout_ns = rows[i].option_ns;
        struct scenario_info fields = {.setup_timeout_ms = rows[i].setup_ms};
        struct limits l = limits_for(rows[i].markers, &fields, &settings);
        assert_int_equal(l.setup_ns, rows[i].setup);
        assert_int_equal(l.teardown_ns, rows[i].teardown);
    }
    struct limit_settings settings = LIMIT_SETTINGS_INIT;
    struct scenario_info fields = {.teardown_timeout_ms = 4};
    assert_int_equal(limits_for("", &fields, &settings).teardown_ns, 4 * NS_PER_MS);
}

static void takes_retries_from_the_first_that_sets_them(void **state)
{
    (void)state;
    static const struct {
        const char *markers;
        uint32_t field, field_delay_ms;
        int64_t option, option_delay_ns;
        uint32_t retries;
        int64_t delay;
    } rows[] = {
        {"", 0, 0, -1, -1, 0, 0},
        {"", 0, 0, 2, S(3), 2, S(3)},
        {"", 1, 500, 2, S(3), 1, S(.5)},
        {"", 1, 0, 2, S(3), 1, S(3)},
        {"flaky(reruns=3, reruns_delay=1)", 1, 500, 2, S(3), 3, S(1)},
        {"flaky(3, 0.5)", 0, 0, -1, -1, 3, S(.5)},
        {"flaky(reruns=3)", 0, 500, -1, -1, 3, S(.5)},
        {"flaky(reruns_delay='2m')", 0, 0, -1, -1, 1, S(120)},
        {"flaky", 0, 0, -1, -1, 1, 0},
        {"flaky(reruns=0)", 2, 0, 2, -1, 0, 0},
        {"flaky(reruns_delay=0)", 0, 500, -1, S(3), 1, 0},
        {"flaky(reruns=3)", 0, 0, 0, -1, 0, 0},
        {"", 4, 0, 0, -1, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct limit_settings settings = LIMIT_SETTINGS_INIT;
        settings.retries = rows[i].option;
        settings.retry_delay_ns = rows[i].option_delay_ns;
        struct scenario_info fields = {.reruns = rows[i].field, .rerun_delay_ms = rows[i].field_delay_ms};
        struct limits l = limits_for(rows[i].markers, &fields, &settings);
        assert_int_equal(l.retries, rows[i].retries);
        assert_int_equal(l.retry_delay_ns, rows[i].delay);
        assert_true(l.backoff == 2.0);
    }
}

static void takes_memory_and_pids_from_markers(void **state)
{
    (void)state;
    static const struct {
        const char *markers;
        uint64_t memory;
        uint32_t pids;
    } rows[] = {
        {"", 0, 0},
        {"memory('256M')", 256 << 20, 0},
        {"memory(size='64k');pids(n=1)", 64 << 10, 1},
        {"memory(4096);pids(50)", 4096, 50},
        {"memory('8G')", 8ull << 30, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct limit_settings settings = LIMIT_SETTINGS_INIT;
        struct limits l = limits_for(rows[i].markers, &(struct scenario_info){0}, &settings);
        assert_int_equal(l.memory_bytes, rows[i].memory);
        assert_int_equal(l.pids, rows[i].pids);
    }
}

static void refuses_markers_that_make_no_sense(void **state)
{
    (void)state;
    static const struct {
        const char *markers, *message;
    } rows[] = {
        {"timeout", "it needs a number of seconds, as in timeout(300)"},
        {"memory", "it needs a size in bytes, or text like \"256M\""},
        {"memory(0)", "it needs a size in bytes, or text like \"256M\""},
        {"memory('-1M')", "it needs a size in bytes, or text like \"256M\""},
        {"memory('256MB')", "it needs a size in bytes, or text like \"256M\""},
        {"memory('99999999999G')", "it needs a size in bytes, or text like \"256M\""},
        {"pids", "it needs a whole number from 1 to 4194304"},
        {"pids(0)", "it needs a whole number from 1 to 4194304"},
        {"pids('many')", "it needs a whole number from 1 to 4194304"},
        {"timeout(-1)", "timeout is a number of seconds from 0, or text like \"2m\""},
        {"timeout(True)", "timeout is a number of seconds from 0, or text like \"2m\""},
        {"timeout(soon)", "timeout is a number of seconds from 0, or text like \"2m\""},
        {"timeout(1e300)", "timeout is a number of seconds from 0, or text like \"2m\""},
        {"timeout(1e999)", "timeout is a number of seconds from 0, or text like \"2m\""},
        {"timeout(300, 2)", "too many arguments: it is timeout(SECONDS)"},
        {"timeout(300, 2, 3)", "too many arguments: it is timeout(SECONDS)"},
        {"timeout(300, method=thread)", "unknown argument \"method\": it is timeout(SECONDS)"},
        {"timeout(300, timeout=2)", "timeout is given twice"},
        {"flaky(rerun=3)", "unknown argument \"rerun\": it is flaky(reruns=N, reruns_delay=SECONDS, retry_on=\"...\")"},
        {"flaky(reruns=1.5)", "reruns is a whole number from 0 to 1000000"},
        {"flaky(reruns=-1)", "reruns is a whole number from 0 to 1000000"},
        {"flaky(reruns='3')", "reruns is a whole number from 0 to 1000000"},
        {"flaky(reruns=1, reruns_delay=None)", "reruns_delay is a number of seconds from 0, or text like \"2m\""},
        {"flaky(1, 2, 'crashed', 4)",
         "too many arguments: it is flaky(reruns=N, reruns_delay=SECONDS, retry_on=\"...\")"},
        {"skip(why='x')", "unknown argument \"why\": it is skip(reason=\"...\")"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autocatalogue struct catalogue c = {0};
        sample_plugin(&c, "acme");
        const struct scenario_info *s = sample_scenario(&c, "s", rows[i].markers);
        struct limit_settings settings = LIMIT_SETTINGS_INIT;
        struct limits l = {.retries = 99};
        autoerr struct err err = {0};
        assert_int_equal(limits_of(s, &settings, &l, &err), -EINVAL);
        const char *start = "acme.s: marker ";
        assert_memory_equal(err_text(&err), start, strlen(start));
        assert_string_equal(err_text(&err) + strlen(start) + strlen(rows[i].markers) + 2, rows[i].message);
        assert_int_equal(l.retries, 99);
    }
}

static void refuses_a_known_marker_twice(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_plugin(&c, "acme");
    const struct scenario_info *s = sample_scenario(&c, "s", "issue(id=1);timeout(1);issue(id=2);timeout(2)");
    struct limit_settings settings = LIMIT_SETTINGS_INIT;
    struct limits l;
    autoerr struct err err = {0};
    assert_int_equal(limits_of(s, &settings, &l, &err), -EINVAL);
    assert_err(&err, -EINVAL, "acme.s: marker timeout(2): timeout is there twice");
}

static void a_slip_in_a_known_marker_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *name, *meant;
    } cases[] = {{"timout", "timeout"},
                 {"flakey", "flaky"},
                 {"serail", "serial"},
                 {"skipp", "skip"},
                 {"wieght", "weight"},
                 {"known_failre", "known_failure"},
                 {"timeout", NULL},
                 {"slow", NULL},
                 {"load", NULL},
                 {"tenant", NULL},
                 {"known", NULL},
                 {"failure", NULL},
                 {"look", NULL},
                 {"block", NULL},
                 {"ship", NULL},
                 {"lokc", "lock"},
                 {"skp", "skip"},
                 {"TIMEOUT", "timeout"},
                 {"Serial", "serial"},
                 {"SKIP", "skip"},
                 {"TimeOut", "timeout"},
                 {"TIMOUT", "timeout"},
                 {"SLOW", NULL},
                 {"priority_p0", NULL},
                 {"s", NULL}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *meant = known_meant(cases[i].name);
        if (cases[i].meant)
            assert_string_equal(meant, cases[i].meant);
        else
            assert_null(meant);
    }
}

static void waits_longer_each_time(void **state)
{
    (void)state;
    struct limits l = {.retry_delay_ns = S(1), .backoff = 2};
    for (uint32_t attempt = 1; attempt <= 8; attempt++) {
        int64_t wait = limits_retry_delay(&l, "acme.s", attempt, 42), base = S(1) << (attempt - 1);
        assert_true(wait >= base && wait < base + base / 4);
        assert_int_equal(wait, limits_retry_delay(&l, "acme.s", attempt, 42));
    }
    /* No overflow, no endless loop: five minutes is the longest, unless more was asked for. */
    assert_in_range(limits_retry_delay(&l, "acme.s", UINT32_MAX, 42), S(300), S(375));
    l.retry_delay_ns = S(1000);
    assert_in_range(limits_retry_delay(&l, "acme.s", UINT32_MAX, 42), S(1000), S(1250));
    l.backoff = 1;
    assert_in_range(limits_retry_delay(&l, "acme.s", UINT32_MAX, 42), S(1000), S(1250));
    l.retry_delay_ns = 0;
    assert_int_equal(limits_retry_delay(&l, "acme.s", 3, 42), 0);
}

static void spreads_the_waits_of_different_cases(void **state)
{
    (void)state;
    const struct limits l = {.retry_delay_ns = S(1), .backoff = 1};
    int64_t a = limits_retry_delay(&l, "acme.a", 1, 42);
    assert_int_not_equal(a, limits_retry_delay(&l, "acme.b", 1, 42));
    assert_int_not_equal(a, limits_retry_delay(&l, "acme.a", 2, 42));
    assert_int_not_equal(a, limits_retry_delay(&l, "acme.a", 1, 43));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_timeout_from_the_first_that_sets_it),
        cmocka_unit_test(a_factor_multiplies_every_limit_that_there_is),
        cmocka_unit_test(leaves_time_around_a_short_body),
        cmocka_unit_test(takes_retries_from_the_first_that_sets_them),
        cmocka_unit_test(takes_memory_and_pids_from_markers),
        cmocka_unit_test(refuses_markers_that_make_no_sense),
        cmocka_unit_test(refuses_a_known_marker_twice),
        cmocka_unit_test(a_slip_in_a_known_marker_is_seen),
        cmocka_unit_test(waits_longer_each_time),
        cmocka_unit_test(spreads_the_waits_of_different_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
