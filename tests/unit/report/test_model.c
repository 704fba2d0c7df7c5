/* SPDX-License-Identifier: Apache-2.0 */
/* The model: what events make of it, live and from a log, and what it costs. */
#include "run.h"

#include <malloc.h>
#include <stdio.h>

static void a_mixed_run_is_counted(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_mixed_until_end(&run);
    assert_false(m.ended);
    assert_int_equal(m.duration_ns, run.now_ns);
    assert_int_equal(model_not_run(&m), 1);
    run_end(&run, 1);

    assert_int_equal(m.n_cases, 7);
    assert_int_equal(m.n_ended, 6);
    assert_int_equal(m.n_running, 0);
    assert_int_equal(m.verdicts[VERDICT_PASSED], 2);
    assert_int_equal(m.verdicts[VERDICT_FLAKY], 1);
    assert_int_equal(m.verdicts[VERDICT_SKIPPED], 1);
    assert_int_equal(model_bad(&m), 2);
    assert_int_equal(m.n_leaked, 1);
    assert_int_equal(m.exit_status, 1);
    assert_string_equal(m.cases[1]->id, "acme.pay.refund[plan=pro]");
    assert_string_equal(m.cases[1]->scenario, "refund");
    assert_string_equal(model_case_name(m.cases[1]), "refund[plan=pro]");
    assert_ptr_equal(m.cases[0]->plugin, m.cases[6]->plugin);
    assert_ptr_equal(model_case_find(&m, "acme.pay.shaky"), m.cases[2]);
    assert_null(model_case_find(&m, "acme.pay.none"));
    model_free(&m);
}

static void details_are_kept(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_mixed_until_end(&run);
    const struct model_attempt *failed = m.cases[1]->first;
    const struct model_detail *d = model_attempt_detail(failed);
    assert_int_equal(d->n_checks, 1);
    assert_string_equal(d->checks[0].actual, "200");
    assert_int_equal(d->n_steps, 2);
    assert_true(d->steps[1].failed && d->steps[1].ended);
    assert_false(d->steps[0].ended);
    assert_int_equal(d->n_logs, 1);
    autobuf struct buf path = {0};
    model_step_path(failed, 2, &path);
    assert_string_equal(buf_str(&path), "refund > again");

    const struct model_case *crash = m.cases[3];
    assert_int_equal(crash->n_attempts, 2);
    assert_string_equal(crash->first->detail->signal, "SIGSEGV");
    assert_int_equal(crash->first->detail->crash_stack.n, 2);
    assert_true(crash->last->detail->timed_out);
    assert_null(m.cases[0]->first->detail);
    assert_int_equal(model_attempt_detail(m.cases[0]->first)->n_checks, 0);
    model_free(&m);
}

static void a_circle_of_steps_ends(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    for (int64_t i = 1; i <= 2; i++)
        TELL(&run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = "x", .attempt = 1, .step = i, .parent = 3 - i,
             .name = "s");
    autobuf struct buf path = {0};
    model_step_path(m.cases[0]->first, 1, &path);
    assert_true(path.len > 0);
    model_free(&m);
}

static void babble_is_bounded_and_counted(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    for (int i = 0; i < 3000; i++) {
        fail_check(&run, "x", 1);
        TELL(&run, EVENT_ATTEMPT_METRIC, attempt_metric, .case_id = "x", .attempt = 1, .name = "n", .unit = "");
    }
    const struct model_detail *d = m.cases[0]->first->detail;
    assert_int_equal(d->n_checks, MODEL_MAX_ITEMS);
    assert_int_equal(d->n_metrics, MODEL_MAX_ITEMS);
    assert_int_equal(d->n_logs, MODEL_MAX_LOGS);
    assert_int_equal(d->dropped_logs, 3000 - MODEL_MAX_LOGS);
    assert_true(d->dropped > 4000);
    model_free(&m);
}

/* Every report of both is compared, with bytes that a log can't hold as they are. */
static void live_and_logged_models_are_equal(void **state)
{
    (void)state;
    struct run_model live, logged;
    model_init(&live);
    model_init(&logged);
    struct run run = {{model_sink(&live), {through_log, &logged}}, 2, 0};
    run_mixed_until_end(&run);
    TELL(&run, EVENT_ATTEMPT_CHECK, attempt_check, .case_id = "bad \xff id", .attempt = 1,
         .expression = "\xc3 \x01\x1b", .actual = "\xed\xa0\x80", .expected = "\xff", .message = "", .file = "\xfe");
    end_attempt(&run, "bad \xff id", 1, VERDICT_FAILED, "re\xffson", false);
    end_case(&run, "bad \xff id", VERDICT_FAILED, 1, "re\xffson");
    run_end(&run, 1);
    struct text_source text = {"hello\n", 6};
    const struct output_reader source = {read_text, &text};
    for (int format = 0; format < REPORT_N_FORMATS; format++) {
        autobuf struct buf a = {0}, b = {0};
        assert_string_equal(report_text(&live, (enum report_format)format, &source, &a),
                            report_text(&logged, (enum report_format)format, &source, &b));
    }
    model_free(&live);
    model_free(&logged);
}

static void a_hundred_thousand_passes_stay_small(void **state)
{
    (void)state;
    enum { N = 100000 };
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    char id[64];
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < N; i++) {
            snprintf(id, sizeof id, "acme.payments.some_scenario_%d[plan=pro]", i);
            if (pass == 0)
                plan(&run, id, id + strlen("acme.payments."), i);
            else
                run_pass(&run, id);
        }
    }
    size_t used = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    assert_int_equal(m.verdicts[VERDICT_PASSED], N);
    /* mallinfo sees nothing of a sanitizer's allocator: then this holds without telling anything. */
    if (used > 50u * 1000 * 1000)
        fail_msg("%zu bytes", used);
    model_free(&m);
}

static void one_that_leaks_two_kinds_of_things_is_one(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    plan(&run, "acme.pay.leak", "leak", 1);
    begin_attempt(&run, "acme.pay.leak", 1);
    TELL(&run, EVENT_ATTEMPT_LEAKED, attempt_leaked, .case_id = "acme.pay.leak", .attempt = 1, .kind = "process",
         .what = LIST("7 sleep 1000"));
    TELL(&run, EVENT_ATTEMPT_LEAKED, attempt_leaked, .case_id = "acme.pay.leak", .attempt = 1, .kind = "file",
         .what = LIST("below"));
    assert_int_equal(m.n_leaked, 1);
    assert_int_equal(m.cases[0]->first->detail->n_leaks, 2);
    model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mixed_run_is_counted),
        cmocka_unit_test(details_are_kept),
        cmocka_unit_test(a_circle_of_steps_ends),
        cmocka_unit_test(babble_is_bounded_and_counted),
        cmocka_unit_test(live_and_logged_models_are_equal),
        cmocka_unit_test(a_hundred_thousand_passes_stay_small),
        cmocka_unit_test(one_that_leaks_two_kinds_of_things_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
