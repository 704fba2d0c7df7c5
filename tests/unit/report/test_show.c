/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of a run afterwards; whatever strangers called things. */
#include "run.h"

#include "report/show.h"

#include <stdio.h>

static const struct style plain = {0};

static struct shown shown_of(const struct run_model *m)
{
    return (struct shown){.model = m, .source = read_one_line(), .path = "out/r", .command = "muster run", .rerun = ""};
}

static void a_mixed_run_by_its_causes(void **state)
{
    (void)state;
    struct run_model m;
    model_mixed(&m);
    autobuf struct buf out = {0};
    struct shown s = shown_of(&m);
    show_run(&out, &plain, &s);
    assert_string_equal(
        buf_str(&out),
        "      muster 0.1.0, run 20261120-233000-ab12\n"
        "     Started 2026-11-20T23:30:00.000000Z on box (2 jobs, cgroup-v2, seed 42)\n"
        "     Command muster run\n"
        "------------\n"
        "   1 x CHECK pay.c:42: r.status == 409\n"
        "        FAIL [   0.012s] acme.pay.refund[plan=pro]\n"
        "------------\n"
        "  1 x REASON pay.c:42: timed out\n"
        "     TIMEOUT [   0.024s] acme.pay.crash\n"
        "------------\n"
        "   FLAKY 2/2 [   0.012s] acme.pay.shaky\n"
        "------------\n"
        "     Summary [   0.084s] 5/6 scenarios run: 3 passed (1 flaky, 1 leaky), 1 failed, 1 timed out, 1 skipped, "
        "1 not run\n"
        "     REFUSED bad.so\n"
        "             not an ELF file\n"
        "    Evidence out/r\n");
    model_free(&m);
}

static void add_failure(struct run *run, const char *id, int64_t line)
{
    plan(run, id, "x", 1);
    TELL(run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = id, .attempt = 1);
    TELL(run, EVENT_ATTEMPT_CHECK, attempt_check, .case_id = id, .attempt = 1, .expression = "a == b", .actual = "1",
         .expected = "2", .message = "", .file = "x.c", .line = line);
    TELL(run, EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = id, .attempt = 1, .verdict = VERDICT_FAILED,
         .reason = "a == b", .file = "x.c", .line = line, .checks = 1, .failed_checks = 1);
    TELL(run, EVENT_CASE_ENDED, case_ended, .case_id = id, .verdict = VERDICT_FAILED, .attempts = 1,
         .reason = "a == b");
}

static void many_of_one_cause_are_counted(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {.sinks = {model_sink(&m)}, .n_sinks = 1};
    run_start(&run);
    for (int i = 0; i < 12; i++) {
        char id[32];
        snprintf(id, sizeof id, "acme.pay.c%02d", i);
        add_failure(&run, id, i < 11 ? 7 : 8);
    }
    autobuf struct buf out = {0};
    struct shown s = shown_of(&m);
    show_run(&out, &plain, &s);
    assert_non_null(strstr(buf_str(&out), "  11 x CHECK x.c:7: a == b\n        FAIL [   0.000s] acme.pay.c00\n"));
    assert_non_null(
        strstr(buf_str(&out), "acme.pay.c09\n             and 1 more\n------------\n   1 x CHECK x.c:8: a"));
    model_free(&m);
}

static void strangers_names_never_steer_a_terminal(void **state)
{
    (void)state;
    static const char evil[] = "acme.pay.x[p=\x1b[31m\x1b]0;t\a\r]";
    struct run_model m;
    model_init(&m);
    struct run run = {.sinks = {model_sink(&m)}, .n_sinks = 1};
    run_start(&run);
    plan(&run, evil, "x\x1b[2J", 1);
    TELL(&run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = evil, .attempt = 1);
    TELL(&run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = evil, .attempt = 1, .step = 1, .name = "s\x1b[1m\nPASS",
         .ended = true, .failed = true);
    TELL(&run, EVENT_ATTEMPT_METRIC, attempt_metric, .case_id = evil, .attempt = 1, .name = "m\x1b[1m", .value = 1,
         .unit = "\x1b[1m");
    TELL(&run, EVENT_ATTEMPT_ARTIFACT, attempt_artifact, .case_id = evil, .attempt = 1, .name = "a\x1b[1m",
         .media_type = "t\x1b[1m", .bytes = 1);
    TELL(&run, EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = evil, .attempt = 1, .verdict = VERDICT_ERROR,
         .reason = "r\x1b[1m", .file = "f\x1b[1m", .line = 1, .stdout_bytes = 5);
    TELL(&run, EVENT_CASE_ENDED, case_ended, .case_id = evil, .verdict = VERDICT_ERROR, .attempts = 1,
         .reason = "r\x1b[1m");
    autobuf struct buf out = {0};
    struct shown s = shown_of(&m);
    s.path = "o\x1b[1m";
    s.rerun = s.command = "c\x1b[1m";
    show_run(&out, &plain, &s);
    show_case(&out, &plain, &s, m.cases[0]);
    show_step(&out, &plain, &s, m.cases[0], m.cases[0]->first, &m.cases[0]->first->detail->steps[0]);
    struct json_out j = {&out, false};
    show_run_json(&j, &s);
    show_case_json(&j, &s, m.cases[0]);
    for (size_t i = 0; i < out.len; i++)
        if (((unsigned char)out.data[i] < ' ' && out.data[i] != '\n') || out.data[i] == 0x7f)
            fail_msg("byte %d at %zu: %.40s", out.data[i], i, out.data + (i > 20 ? i - 20 : 0));
    assert_non_null(strstr(buf_str(&out), "files:"));
    model_free(&m);
}

/* What is to be copied into a shell stays on one line, however narrow a terminal is. */
static void commands_are_not_wrapped(void **state)
{
    (void)state;
    static const struct style narrow = {.width = 40};
    struct run_model m;
    model_mixed(&m);
    autobuf struct buf out = {0};
    struct shown s = shown_of(&m);
    s.rerun = "muster run scenarios/payments.so -m 'e2e and not slow' --rerun out/r";
    show_run(&out, &narrow, &s);
    assert_non_null(strstr(buf_str(&out), s.rerun));
    model_free(&m);
}

static void steps_stand_in_each_other_even_in_a_circle(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {.sinks = {model_sink(&m)}, .n_sinks = 1};
    run_start(&run);
    plan(&run, "a.b", "b", 1);
    TELL(&run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = "a.b", .attempt = 1);
    for (int i = 1; i <= 3; i++)
        TELL(&run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = "a.b", .attempt = 1, .step = i,
             .parent = i == 1 ? 2 : i - 1, .name = "s", .ended = true);
    autobuf struct buf out = {0};
    struct shown s = shown_of(&m);
    show_case(&out, &plain, &s, m.cases[0]);
    show_step(&out, &plain, &s, m.cases[0], m.cases[0]->first, &m.cases[0]->first->detail->steps[2]);
    assert_non_null(strstr(buf_str(&out), "     NOT RUN [         ] a.b\n"));
    assert_non_null(strstr(buf_str(&out), "its end is not in the log"));
    buf_clear(&out);
    show_step(&out, &plain, &s, m.cases[0], m.cases[0]->first, &m.cases[0]->first->detail->steps[2]);
    assert_non_null(strstr(buf_str(&out), "     NOT RUN [         ] a.b\n"));
    model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mixed_run_by_its_causes),
        cmocka_unit_test(many_of_one_cause_are_counted),
        cmocka_unit_test(strangers_names_never_steer_a_terminal),
        cmocka_unit_test(commands_are_not_wrapped),
        cmocka_unit_test(steps_stand_in_each_other_even_in_a_circle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
