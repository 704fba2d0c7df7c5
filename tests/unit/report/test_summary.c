/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run as a person reads it, word for word. */
#include "run.h"

#include "base/text.h"
#include "report/summary.h"

#include <stdio.h>

static void a_mixed_run_reads_so(void **state)
{
    (void)state;
    struct run_model m;
    model_mixed(&m);
    autobuf struct buf out = {0};
    static const char expected[] = "------------\n"
                                   "        FAIL [   0.012s] acme.pay.refund[plan=pro]\n"
                                   "    Checks payments\n"
                                   "    pay.c:42: requirement failed: r.status == 409\n"
                                   "          actual: 200\n"
                                   "        expected: 409\n"
                                   "            step: refund > again\n"
                                   "    log:\n"
                                   "        info: asking again\n"
                                   "    stdout:\n"
                                   "        out 1\n"
                                   "------------\n"
                                   "     TIMEOUT [   0.024s] acme.pay.crash\n"
                                   "    Checks payments\n"
                                   "    attempt 1: crashed\n"
                                   "             pay.c:42: SIGSEGV\n"
                                   "    attempt 2: timeout\n"
                                   "    pay.c:42: timed out\n"
                                   "    timed out: body took longer than 1.5s\n"
                                   "        read at pay.c:50\n"
                                   "    stdout:\n"
                                   "        out 1\n"
                                   "------------\n"
                                   "   FLAKY 2/2 [   0.012s] acme.pay.shaky\n"
                                   "    attempt 1: failed\n"
                                   "             pay.c:42: r.status == 409 (it is 200)\n"
                                   " PASS + LEAK [   0.012s] acme.pay.leak\n"
                                   "    left behind (process):\n"
                                   "        sleep 1000 (pid 7)\n"
                                   "------------\n"
                                   "     Summary [   0.084s] 5/6 scenarios run: 3 passed (1 flaky, 1 leaky), 1 failed, "
                                   "1 timed out, 1 skipped, 1 not run\n"
                                   "     REFUSED bad.so\n"
                                   "             not an ELF file\n";
    assert_string_equal(report_text(&m, REPORT_HUMAN, read_one_line(), &out), expected);
    model_free(&m);
}

static void begin_step(struct run *run, const char *id, int64_t step, int64_t parent, const char *name, bool ended)
{
    TELL(run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = id, .attempt = 1, .step = step, .parent = parent,
         .name = name, .ended = ended);
}

/* Two threads, and what was over by then. */
static void what_stopped_tells_the_steps_that_it_stood_in(void **state)
{
    (void)state;
    static const char id[] = "acme.pay.a";
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    plan(&run, id, "a", 1);
    begin_attempt(&run, id, 1);
    begin_step(&run, id, 1, 0, "order", false);
    begin_step(&run, id, 2, 1, "ask", false);
    begin_step(&run, id, 2, 1, "ask", true);
    begin_step(&run, id, 3, 1, "pay", false);
    begin_step(&run, id, 4, 0, "user 2", false);
    end_attempt(&run, id, 1, VERDICT_ERROR, "no server", false);
    end_case(&run, id, VERDICT_ERROR, 1, "no server");
    autobuf struct buf out = {0};
    report_text(&m, REPORT_HUMAN, NULL, &out);
    assert_non_null(strstr(buf_str(&out), "    pay.c:42: no server\n"
                                          "            step: order > pay\n"
                                          "            step: user 2\n"));
    model_free(&m);
}

static void a_cut_log_says_so(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    plan(&run, "acme.pay.a", "a", 1);
    plan(&run, "acme.pay.b", "b", 2);
    run_pass(&run, "acme.pay.a");
    begin_attempt(&run, "acme.pay.b", 1);
    autobuf struct buf out = {0};
    assert_string_equal(report_text(&m, REPORT_HUMAN, NULL, &out),
                        "------------\n"
                        "     Summary [   0.012s] 1/2 scenarios run: 1 passed, 1 not run\n"
                        "     CUT OFF the log ends before the run did\n");
    model_free(&m);
}

static void output_cannot_steer_the_terminal(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    plan(&run, "acme.pay.a\x1b[2J", "a", 1);
    run_fail(&run, "acme.pay.a\x1b[2J");
    static const char nasty[] = "\x1b]0;title\x07\x1b[31m red \0 \xff\r\b";
    struct text_source text = {nasty, sizeof nasty - 1};
    const struct output_reader source = {read_text, &text};
    autobuf struct buf out = {0};
    report_text(&m, REPORT_HUMAN, &source, &out);
    assert_true(utf8_valid(out.data, out.len));
    for (size_t i = 0; i < out.len; i++)
        assert_true(out.data[i] == '\n' || (unsigned char)out.data[i] >= 0x20);
    assert_non_null(strstr(buf_str(&out), "\\x1b]0;title\\x07\\x1b[31m red \\x00 \xef\xbf\xbd\\x0d\\x08"));
    model_free(&m);
}

static void long_output_is_shown_from_its_end(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    plan(&run, "acme.pay.a", "a", 1);
    run_fail(&run, "acme.pay.a");
    autobuf struct buf lines = {0}, out = {0};
    for (int i = 1; i <= 5000; i++)
        buf_addf(&lines, "line %d\n", i);
    struct text_source text = {lines.data, lines.len};
    const struct output_reader source = {read_text, &text};
    report_text(&m, REPORT_HUMAN, &source, &out);
    assert_non_null(strstr(buf_str(&out), "stdout, its end (6 bytes in cases/acme.pay.a/attempt-1/stdout.log):\n"
                                          "        line 4971\n"));
    assert_non_null(strstr(buf_str(&out), "        line 5000\n"));
    assert_null(strstr(buf_str(&out), "line 4970\n"));
    model_free(&m);
}

static void long_words_stay_whole_and_sentences_wrap(void **state)
{
    (void)state;
    const struct style style = {.width = 30};
    autobuf struct buf out = {0};
    style_wrapped(&out, &style, 4,
                  "one two three four five six seven\n"
                  "a /very/long/path/that/does/not/fit/anywhere.c b");
    assert_string_equal(buf_str(&out), "    one two three four five\n"
                                       "    six seven\n"
                                       "    a\n"
                                       "    /very/long/path/that/does/not/fit/anywhere.c\n"
                                       "    b\n");
}

static void a_short_line_is_short(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    autobuf struct buf reason = {0}, out = {0};
    for (int i = 0; i < 5000; i++)
        buf_adds(&reason, "\xe2\x82\xac");
    begin_attempt(&run, "a", 1);
    end_attempt(&run, "a", 1, VERDICT_ERROR, buf_str(&reason), true);
    begin_attempt(&run, "a", 2);
    end_attempt(&run, "a", 2, VERDICT_ERROR, "first line\nsecond line", false);
    const struct style style = {.width = 80};
    failure_add_short(&out, &style, m.cases[0]->first);
    failure_add_short(&out, &style, m.cases[0]->last);
    assert_true(utf8_valid(out.data, out.len));
    assert_null(strstr(buf_str(&out), "\xef\xbf\xbd"));
    assert_in_range(out.len, 300, 420);
    assert_non_null(strstr(buf_str(&out), "             pay.c:42: first line ...\n"));
    model_free(&m);
}

static void durations_are_written_as_they_are_read(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {0, "0us"},
        {1500, "1.5us"},
        {NS_PER_MS, "1ms"},
        {1234567, "1.234ms"},
        {1200 * NS_PER_MS, "1.2s"},
        {135 * NS_PER_S, "2m15s"},
        {930 * NS_PER_S, "15m30s"},
        {3600 * NS_PER_S, "1h0m0s"},
        {3661 * NS_PER_S + 250 * NS_PER_MS, "1h1m1.25s"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autobuf struct buf out = {0};
        style_duration(&out, rows[i].ns);
        assert_string_equal(buf_str(&out), rows[i].text);
        int64_t back;
        assert_int_equal(clock_parse_duration(rows[i].text, &back), 0);
        assert_true(back <= rows[i].ns && rows[i].ns - back < NS_PER_MS);
    }
}

/* With --leaks=fail, none that passed has left anything. */
static void leaks_of_a_failure_are_not_a_pass(void **state)
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
    end_case(&run, "acme.pay.leak", VERDICT_FAILED, 1, "left behind: process 7 sleep 1000");
    run_end(&run, 1);
    autobuf struct buf out = {0};
    static const struct style style = {.width = 80};
    summary_add(&out, &style, &m);
    assert_non_null(strstr(buf_str(&out), " 1 scenario run: 0 passed, 1 failed"));
    assert_int_equal(m.n_leaked, 1);
    model_free(&m);
}

static void a_wide_summary_wraps(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_mixed_until_end(&run);
    static const enum verdict verdicts[] = {VERDICT_ERROR, VERDICT_CRASHED};
    for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
        char id[16];
        snprintf(id, sizeof id, "more%zu", i);
        end_case(&run, id, verdicts[i], 0, "");
    }
    run_end(&run, 1);
    autobuf struct buf out = {0};
    static const struct style wide = {.width = 80}, narrow = {.width = 40}, no_terminal = {0};
    summary_add(&out, &wide, &m);
    assert_string_equal(buf_str(&out),
                        "     Summary [   0.084s] 7/8 scenarios run: 3 passed (1 flaky, 1 leaky),\n"
                        "             1 failed, 1 error, 1 timed out, 1 crashed, 1 skipped, 1 not run\n");
    buf_clear(&out);
    summary_add(&out, &narrow, &m);
    assert_string_equal(buf_str(&out), "Summary 0.084s 7/8 scenarios run:\n"
                                       "  3 passed (1 flaky, 1 leaky), 1 failed,\n"
                                       "  1 error, 1 timed out, 1 crashed,\n"
                                       "  1 skipped, 1 not run\n");
    buf_clear(&out);
    summary_add(&out, &no_terminal, &m);
    assert_string_equal(buf_str(&out),
                        "     Summary [   0.084s] 7/8 scenarios run: 3 passed (1 flaky, 1 leaky), 1 failed, "
                        "1 error, 1 timed out, 1 crashed, 1 skipped, 1 not run\n");
    model_free(&m);
}

/* On a narrow terminal all stands at the left; whole ids can be pasted, however long they are. */
static void a_failure_on_a_narrow_terminal(void **state)
{
    (void)state;
    struct run_model m;
    model_mixed(&m);
    autobuf struct buf out = {0};
    static const struct style narrow = {.width = 36};
    report_text_with(&m, REPORT_HUMAN, read_one_line(), &(struct report_options){.style = &narrow}, &out);
    static const char expected[] = "------------\n"
                                   "FAIL 0.012s acme.pay.refund[plan=pro]\n"
                                   "  Checks payments\n"
                                   "  pay.c:42: requirement failed:\n"
                                   "  r.status == 409\n"
                                   "    actual: 200\n"
                                   "    expected: 409\n"
                                   "    step: refund > again\n"
                                   "  log:\n"
                                   "    info: asking again\n"
                                   "  stdout:\n"
                                   "    out 1\n";
    assert_memory_equal(buf_str(&out), expected, sizeof expected - 1);
    model_free(&m);
}

static const char *shown_id(const char *id, size_t room, bool utf8)
{
    static struct buf out;
    const struct style style = {.width = 80, .utf8 = utf8};
    buf_clear(&out);
    style_id(&out, &style, id, room);
    return buf_str(&out);
}

static void a_name_is_cut_in_its_middle(void **state)
{
    (void)state;
    static const char id[] = "acme.payments.refund_twice[plan=pro,seats=5]"; /* 26 and 18 */
    assert_string_equal(shown_id(id, 44, true), id);
    assert_string_equal(shown_id(id, 43, true), "acme.payment\u2026refund_twice[plan=pro,seats=5]");
    assert_string_equal(shown_id(id, 43, false), "acme.paymen...efund_twice[plan=pro,seats=5]");
    assert_string_equal(shown_id(id, 30, true), "acme.p\u2026twice[plan=pro,seats=5]");
    assert_string_equal(shown_id(id, 23, true), "ac\u2026ce[plan=pro,seats=5]");
    /* No room for a name beside them, nor for all of them. */
    assert_string_equal(shown_id(id, 20, true), "[plan=pro,seats=5]");
    assert_string_equal(shown_id(id, 10, true), "[plan\u2026s=5]");
    assert_string_equal(shown_id(id, 1, true), "\u2026");
    assert_string_equal(shown_id(id, 0, true), "");
    assert_string_equal(shown_id("acme.r\u00fcckzahlung\u00e4\u00f6", 12, true), "acme.r\u2026ung\u00e4\u00f6");
    assert_string_equal(shown_id("a", 80, true), "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mixed_run_reads_so),
        cmocka_unit_test(what_stopped_tells_the_steps_that_it_stood_in),
        cmocka_unit_test(a_cut_log_says_so),
        cmocka_unit_test(output_cannot_steer_the_terminal),
        cmocka_unit_test(long_output_is_shown_from_its_end),
        cmocka_unit_test(long_words_stay_whole_and_sentences_wrap),
        cmocka_unit_test(a_short_line_is_short),
        cmocka_unit_test(durations_are_written_as_they_are_read),
        cmocka_unit_test(leaks_of_a_failure_are_not_a_pass),
        cmocka_unit_test(a_wide_summary_wraps),
        cmocka_unit_test(a_failure_on_a_narrow_terminal),
        cmocka_unit_test(a_name_is_cut_in_its_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
