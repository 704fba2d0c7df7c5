/* SPDX-License-Identifier: Apache-2.0 */
/* Two runs beside each other. */
#include "run.h"

#include "report/compare.h"

#include <stdio.h>

static struct run_model before, now;
static struct run to_before, to_now;

static void begin(struct run_model *model, struct run *run)
{
    model_init(model);
    *run = (struct run){.sinks = {model_sink(model)}, .n_sinks = 1};
    run_start(run);
}

static int set_up(void **state)
{
    (void)state;
    begin(&before, &to_before);
    begin(&now, &to_now);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    model_free(&before);
    model_free(&now);
    return 0;
}

static void add_attempt(struct run *run, const char *id, int64_t number, enum verdict v, int64_t ms, const char *why)
{
    TELL(run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = id, .attempt = number);
    TELL(run, EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = id, .attempt = number, .verdict = v, .reason = why,
         .file = "", .duration_ns = MS(ms), .checks = 1);
}

/* `attempts` of them, of which the last has the verdict. */
static void add(struct run *run, const char *id, enum verdict v, int64_t attempts, int64_t ms, const char *why)
{
    plan(run, id, "x", 1);
    for (int64_t i = 1; i < attempts; i++)
        add_attempt(run, id, i, VERDICT_FAILED, 1, "flaked");
    if (attempts > 0)
        add_attempt(run, id, attempts, v == VERDICT_FLAKY ? VERDICT_PASSED : v, ms, why);
    TELL(run, EVENT_CASE_ENDED, case_ended, .case_id = id, .verdict = v, .attempts = attempts, .duration_ns = MS(ms),
         .reason = why);
}

static void pair(const char *id, enum verdict a, enum verdict b)
{
    add(&to_before, id, a, a == VERDICT_FLAKY ? 2 : a != VERDICT_SKIPPED, 10, "");
    add(&to_now, id, b, b == VERDICT_FLAKY ? 2 : b != VERDICT_SKIPPED, 10, "");
}

static const struct compare_rule usual = COMPARE_RULE_DEFAULT;

/* All cases of one kind, as "a.b a.c". */
static void has(const struct comparison *c, enum change change, const char *want)
{
    autobuf struct buf ids = {0};
    for (size_t i = 0; i < c->of[change].n; i++) {
        const struct compared *x = &c->of[change].items[i];
        buf_addf(&ids, "%s%s", i ? " " : "", (x->after ? x->after : x->before)->id);
    }
    if (strcmp(buf_str(&ids), want) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", change_name(change), buf_str(&ids), want);
}

static void every_change_of_verdict_has_its_kind(void **state)
{
    (void)state;
    pair("a.broken", VERDICT_PASSED, VERDICT_TIMEOUT);
    pair("a.broken_flaky", VERDICT_FLAKY, VERDICT_FAILED);
    pair("a.still", VERDICT_FAILED, VERDICT_CRASHED);
    pair("a.fixed", VERDICT_ERROR, VERDICT_PASSED);
    pair("a.fixed_flaky", VERDICT_ERROR, VERDICT_FLAKY);
    pair("a.flakier", VERDICT_PASSED, VERDICT_FLAKY);
    pair("a.as_flaky", VERDICT_FLAKY, VERDICT_FLAKY);
    pair("a.steadier", VERDICT_FLAKY, VERDICT_PASSED);
    pair("a.skipped_now", VERDICT_PASSED, VERDICT_SKIPPED);
    pair("a.skipped_after_failure", VERDICT_FAILED, VERDICT_SKIPPED);
    pair("a.skipped_both", VERDICT_SKIPPED, VERDICT_SKIPPED);
    pair("a.fails_unskipped", VERDICT_SKIPPED, VERDICT_FAILED);
    pair("a.passes_unskipped", VERDICT_SKIPPED, VERDICT_PASSED);
    pair("a.same", VERDICT_PASSED, VERDICT_PASSED);
    add(&to_before, "a.gone", VERDICT_FAILED, 1, 10, "");
    add(&to_now, "a.new", VERDICT_PASSED, 1, 10, "");
    add(&to_now, "a.new_bad", VERDICT_FAILED, 1, 10, "");
    add(&to_before, "a.cut", VERDICT_PASSED, 1, 10, "");
    plan(&to_now, "a.cut", "x", 1);
    struct comparison c;
    compare_runs(&before, &now, usual, &c);
    has(&c, CHANGE_BROKEN, "a.broken a.broken_flaky");
    has(&c, CHANGE_STILL, "a.still");
    has(&c, CHANGE_FIXED, "a.fixed a.fixed_flaky");
    has(&c, CHANGE_FLAKIER, "a.flakier");
    has(&c, CHANGE_UNKNOWN, "a.skipped_now a.skipped_after_failure a.cut");
    has(&c, CHANGE_NEW_BAD, "a.fails_unskipped a.new_bad");
    has(&c, CHANGE_NEW, "a.new");
    has(&c, CHANGE_GONE, "a.gone");
    has(&c, CHANGE_SLOWER, "");
    assert_true(comparison_is_worse(&c));
    comparison_free(&c);
}

static void what_failed_before_is_not_worse(void **state)
{
    (void)state;
    pair("a.still", VERDICT_FAILED, VERDICT_FAILED);
    pair("a.flakier", VERDICT_PASSED, VERDICT_FLAKY);
    struct comparison c;
    compare_runs(&before, &now, usual, &c);
    assert_false(comparison_is_worse(&c));
    comparison_free(&c);
}

static void slower_is_by_ratio_and_by_difference(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        int64_t before, now;
    } times[] = {{"a.both", 200, 300},
                 {"a.ratio_short", 201, 301},
                 {"a.difference_short", 100, 199},
                 {"a.faster", 1000, 100},
                 {"a.zero", 0, 100}};
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        add(&to_before, times[i].id, VERDICT_PASSED, 1, times[i].before, "");
        add(&to_now, times[i].id, VERDICT_PASSED, 1, times[i].now, "");
    }
    /* Time of what failed, or was not run, says nothing. */
    add(&to_before, "a.failed", VERDICT_FAILED, 1, 1, "");
    add(&to_now, "a.failed", VERDICT_PASSED, 1, 9000, "");
    /* Of a flaky one that of the attempt that passed. */
    add(&to_before, "a.flaky", VERDICT_PASSED, 1, 500, "");
    add(&to_now, "a.flaky", VERDICT_FLAKY, 3, 500, "");
    struct comparison c;
    compare_runs(&before, &now, usual, &c);
    has(&c, CHANGE_SLOWER, "a.both a.zero");
    has(&c, CHANGE_FASTER, "a.faster");
    comparison_free(&c);
    compare_runs(&before, &now, (struct compare_rule){1, MS(99)}, &c);
    has(&c, CHANGE_SLOWER, "a.both a.ratio_short a.difference_short a.zero");
    comparison_free(&c);
}

static void another_cause_is_told(void **state)
{
    (void)state;
    add(&to_before, "a.other", VERDICT_FAILED, 1, 1, "no database");
    add(&to_now, "a.other", VERDICT_FAILED, 1, 1, "no disk");
    add(&to_before, "a.same", VERDICT_FAILED, 1, 1, "no disk");
    add(&to_now, "a.same", VERDICT_FAILED, 1, 1, "no disk");
    struct comparison c;
    compare_runs(&before, &now, usual, &c);
    assert_int_equal(c.of[CHANGE_STILL].n, 2);
    assert_string_equal(c.of[CHANGE_STILL].items[0].cause_before, "no database");
    assert_null(c.of[CHANGE_STILL].items[1].cause_before);
    comparison_free(&c);
}

static void it_reads_so(void **state)
{
    (void)state;
    static const struct style plain = {0};
    add(&to_before, "a.slow\x1b[1m", VERDICT_PASSED, 1, 100, "");
    add(&to_now, "a.slow\x1b[1m", VERDICT_PASSED, 1, 300, "");
    add(&to_before, "a.broken", VERDICT_PASSED, 1, 10, "");
    add(&to_now, "a.broken", VERDICT_FAILED, 1, 10, "no\x1b[1m disk");
    for (int i = 0; i < 22; i++) {
        char id[16];
        snprintf(id, sizeof id, "a.new%02d", i);
        add(&to_now, id, VERDICT_PASSED, 1, 1, "");
    }
    struct comparison c;
    autobuf struct buf out = {0};
    compare_runs(&before, &now, usual, &c);
    comparison_add(&out, &plain, &c);
    assert_non_null(strstr(buf_str(&out), "      Before 20261120-233000-ab12 INCOMPLETE, 2 scenarios\n"
                                          "         Now 20261120-233000-ab12 FAILED, 24 scenarios\n"
                                          "------------\n"
                                          "         NEW 22 that were not there before\n"
                                          "        PASS [   0.001s] a.new00\n"));
    assert_non_null(strstr(buf_str(&out),
                           "a.new19\n"
                           "             and 2 more: --json has them\n"
                           "------------\n"
                           "      SLOWER 1 that passed faster before: at least 1.5 times the time, and a difference of "
                           "100ms\n"
                           "             [   0.100s] -> [   0.300s] a.slow\\x1b[1m\n"
                           "------------\n"
                           "      BROKEN 1 that ended well before\n"
                           "        FAIL [   0.010s] a.broken\n"
                           "             no\\x1b[1m disk\n"
                           "------------\n"
                           "     Summary 1 broken, 22 new, 1 slower\n"));
    buf_clear(&out);
    struct json_out j = {&out, false};
    comparison_json(&j, &c);
    assert_non_null(strstr(buf_str(&out), "\"worse\":true,\"slowerRatio\":1.5,\"slowerLeastMs\":100.000,\"broken\":[{"
                                          "\"id\":\"a.broken\",\"before\":{\"verdict\":\"passed\","));
    comparison_free(&c);
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_change_of_verdict_has_its_kind),
        TEST(what_failed_before_is_not_worse),
        TEST(slower_is_by_ratio_and_by_difference),
        TEST(another_cause_is_told),
        TEST(it_reads_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
