/* SPDX-License-Identifier: Apache-2.0 */
/* Cases and steps by what somebody has written of them. */
#include "run.h"

#include "report/pick.h"

static struct run_model model;

static void plan_one(struct run *run, const char *id, const char *scenario)
{
    plan(run, id, scenario, 1);
    TELL(run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = id, .attempt = 1);
}

static void add_step(struct run *run, int64_t step, int64_t parent, const char *name)
{
    TELL(run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = "acme.pay.refund[plan=a/b]", .attempt = 1, .step = step,
         .parent = parent, .name = name, .ended = true);
}

static int set_up(void **state)
{
    (void)state;
    model_init(&model);
    struct run run = {.sinks = {model_sink(&model)}, .n_sinks = 1};
    run_start(&run);
    plan_one(&run, "acme.pay.refund[plan=a/b]", "refund");
    plan_one(&run, "acme.pay.refund[plan=pro]", "refund");
    plan_one(&run, "acme.pay.cancel", "cancel");
    add_step(&run, 1, 0, "log in");
    add_step(&run, 2, 1, "ask");
    add_step(&run, 3, 0, "ask");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    model_free(&model);
    return 0;
}

static void picks(const char *text, const char *id, const char *step)
{
    const struct model_case *c;
    const char *rest;
    autoerr struct err err = {0};
    if (pick_place(&model, text, &c, &rest, &err) < 0)
        fail_msg("%s: %s", text, err_text(&err));
    assert_string_equal(c->id, id);
    if (step)
        assert_string_equal(rest, step);
    else
        assert_null(rest);
}

static void refuses(const char *text, int code, const char *says)
{
    const struct model_case *c;
    const char *rest;
    autoerr struct err err = {0};
    assert_int_equal(pick_place(&model, text, &c, &rest, &err), code);
    if (!strstr(err_text(&err), says))
        fail_msg("\"%s\" does not say \"%s\"", err_text(&err), says);
}

static void a_case_by_as_much_as_fits_no_other(void **state)
{
    (void)state;
    picks("acme.pay.cancel", "acme.pay.cancel", NULL);
    picks("cancel", "acme.pay.cancel", NULL);
    picks("*.cancel", "acme.pay.cancel", NULL);
    picks("refund[plan=pro]", "acme.pay.refund[plan=pro]", NULL);
    refuses("refund", -EINVAL, "it fits 2 scenarios: acme.pay.refund[plan=a/b], acme.pay.refund[plan=pro]");
    refuses("cansel", -ENOENT, "did you mean acme.pay.cancel?");
    refuses("", -ENOENT, "no such scenario");
}

static void slashes_belong_to_the_id_first(void **state)
{
    (void)state;
    picks("acme.pay.refund[plan=a/b]", "acme.pay.refund[plan=a/b]", NULL);
    picks("acme.pay.refund[plan=a/b]/2", "acme.pay.refund[plan=a/b]", "2");
    picks("cancel/a/b", "acme.pay.cancel", "a/b");
    refuses("refund/1", -EINVAL, "it fits 2 scenarios");
    refuses("acme.pay.x/1", -ENOENT, "acme.pay.x/1: run");
}

static void picks_step(const char *text, int number)
{
    const struct model_attempt *a = model_case_find(&model, "acme.pay.refund[plan=a/b]")->first;
    const struct model_step *step = NULL;
    assert_int_equal(pick_step(a, text, &step, NULL), 0);
    assert_int_equal(step->number, number);
}

static void a_step_by_its_number_or_its_names(void **state)
{
    (void)state;
    const struct model_attempt *a = model_case_find(&model, "acme.pay.refund[plan=a/b]")->first;
    const struct model_step *step = NULL;
    autoerr struct err err = {0};
    picks_step("3", 3);
    picks_step("log in", 1);
    picks_step("log in > ask", 2);
    assert_int_equal(pick_step(a, "4", &step, &err), -ENOENT);
    assert_non_null(strstr(err_text(&err), "no such step, of 3"));
    /* The one without a step around it has the name alone, the other has it too. */
    assert_int_equal(pick_step(a, "ask", &step, &err), -EINVAL);
    assert_non_null(strstr(err_text(&err), "2, 3"));
    assert_null(step);
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_case_by_as_much_as_fits_no_other),
        TEST(slashes_belong_to_the_id_first),
        TEST(a_step_by_its_number_or_its_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
