/* SPDX-License-Identifier: Apache-2.0 */
/* The live console, word for word: plain, on a terminal, quiet and verbose; and what it costs. */
#include "run.h"

#include "base/cleanup.h"
#include "report/console.h"

#include <fcntl.h>
#include <stdio.h>

struct screen {
    struct run_model model;
    struct console *console;
    struct run run;
    struct buf text;
    int fd;
};

static void screen_open(struct screen *s, struct console_options options)
{
    memset(s, 0, sizeof *s);
    model_init(&s->model);
    s->fd = memfd_create("screen", MFD_CLOEXEC);
    assert_true(s->fd >= 0);
    options.fd = s->fd;
    s->console = console_new(&options, &s->model);
    s->run = (struct run){{model_sink(&s->model), console_sink(s->console)}, 2, 0};
}

/* What has been written since the last call. */
static const char *screen_text(struct screen *s)
{
    off_t at = lseek(s->fd, 0, SEEK_CUR);
    lseek(s->fd, (off_t)s->text.len, SEEK_SET);
    size_t before = s->text.len;
    assert_int_equal(io_read_fd(s->fd, SIZE_MAX, &s->text), 0);
    assert_int_equal(s->text.len, at);
    return buf_str(&s->text) + before;
}

static void screen_close(struct screen *s)
{
    console_free(s->console);
    model_free(&s->model);
    buf_free(&s->text);
    close(s->fd);
}

static void a_plain_run_reads_so(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){0});
    run_mixed_until_end(&s.run);
    console_flush(s.console, s.run.now_ns);
    assert_string_equal(screen_text(&s), "      muster 0.1.0, run 20261120-233000-ab12\n"
                                         "     REFUSED bad.so\n"
                                         "             not an ELF file\n"
                                         "    Starting 7 scenarios from 1 plugin (2 jobs, cgroup-v2, seed 42)\n"
                                         "        PASS [   0.012s] acme.pay.ok\n"
                                         "        FAIL [   0.012s] acme.pay.refund[plan=pro]\n"
                                         "             pay.c:42: r.status == 409 (it is 200)\n"
                                         "  TRY 1 FAIL [   0.012s] acme.pay.shaky\n"
                                         "             pay.c:42: r.status == 409 (it is 200)\n"
                                         "   FLAKY 2/2 [   0.012s] acme.pay.shaky\n"
                                         " TRY 1 CRASH [   0.012s] acme.pay.crash\n"
                                         "             pay.c:42: SIGSEGV\n"
                                         "     TIMEOUT [   0.024s] acme.pay.crash\n"
                                         "             pay.c:42: timed out\n"
                                         "        SKIP [         ] acme.pay.skip (unsupported: needs docker)\n"
                                         " PASS + LEAK [   0.012s] acme.pay.leak\n");
    assert_true(console_deadline(s.console) == NEVER);
    run_end(&s.run, 1);
    assert_int_equal(console_finish(s.console, NULL), 0);
    assert_non_null(strstr(screen_text(&s), "     Summary [   0.084s] 5/6 scenarios run:"));
    screen_close(&s);
}

static void quiet_says_only_what_went_wrong(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){.verbosity = -1});
    run_start(&s.run);
    plan(&s.run, "a", "a", 1);
    plan(&s.run, "b", "b", 1);
    run_pass(&s.run, "a");
    run_fail(&s.run, "b");
    console_flush(s.console, s.run.now_ns);
    assert_string_equal(screen_text(&s), "        FAIL [   0.012s] b\n"
                                         "             pay.c:42: r.status == 409 (it is 200)\n");
    screen_close(&s);
}

static void verbose_shows_steps_and_logs(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){.verbosity = 2});
    run_start(&s.run);
    plan(&s.run, "b", "b", 1);
    begin_attempt(&s.run, "b", 1);
    console_flush(s.console, s.run.now_ns);
    screen_text(&s);
    fail_check(&s.run, "b", 1);
    console_flush(s.console, s.run.now_ns + NS_PER_S);
    assert_string_equal(screen_text(&s), "        STEP [         ] b: refund\n"
                                         "        STEP [         ] b: refund > again\n"
                                         "   STEP FAIL [   0.003s] b: refund > again\n"
                                         "         LOG [         ] b: info: asking again\n");
    screen_close(&s);
}

static void no_text_passes_for_a_status(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){.verbosity = 1});
    run_start(&s.run);
    plan(&s.run, "b", "b", 1);
    begin_attempt(&s.run, "b", 1);
    console_flush(s.console, s.run.now_ns);
    screen_text(&s);
    TELL(&s.run, EVENT_ATTEMPT_LOG, attempt_log, .case_id = "b", .attempt = 1, .level = "info", .file = "", .line = 1,
         .text = "one\n        PASS [   0.001s] c");
    end_attempt(&s.run, "b", 1, VERDICT_SKIPPED, "", false);
    end_case(&s.run, "b", VERDICT_SKIPPED, 1, "no\n        PASS [   0.001s] c");
    console_flush(s.console, s.run.now_ns + NS_PER_S);
    assert_string_equal(screen_text(&s), "         LOG [         ] b: info: one\n"
                                         "                     PASS [   0.001s] c\n"
                                         "        SKIP [         ] b (no\n"
                                         "                     PASS [   0.001s] c)\n");
    screen_close(&s);
}

static void colours_only_paint(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){.color = true});
    run_start(&s.run);
    plan(&s.run, "a", "a", 1);
    run_pass(&s.run, "a");
    console_flush(s.console, s.run.now_ns);
    assert_non_null(strstr(screen_text(&s), "        \x1b[32;1mPASS\x1b[0m [   0.012s] a\n"));
    screen_close(&s);
}

static void colour_follows_terminal_and_wish(void **state)
{
    (void)state;
    assert_true(console_wants_color(CONSOLE_COLOR_AUTO, true, NULL, "xterm"));
    assert_true(console_wants_color(CONSOLE_COLOR_AUTO, true, "", NULL));
    assert_false(console_wants_color(CONSOLE_COLOR_AUTO, true, "1", "xterm"));
    assert_false(console_wants_color(CONSOLE_COLOR_AUTO, true, NULL, "dumb"));
    assert_false(console_wants_color(CONSOLE_COLOR_AUTO, false, NULL, "xterm"));
    assert_true(console_wants_color(CONSOLE_COLOR_ALWAYS, false, "1", "dumb"));
    assert_false(console_wants_color(CONSOLE_COLOR_NEVER, true, NULL, "xterm"));
    enum console_color color;
    assert_int_equal(console_color_parse("always", &color), 0);
    assert_int_equal(color, CONSOLE_COLOR_ALWAYS);
    assert_int_equal(console_color_parse("sometimes", &color), -EINVAL);
}

static void progress_stays_below_the_lines(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){.progress = true, .width = 60, .height = 24});
    run_start(&s.run);
    plan(&s.run, "acme.pay.a", "a", 1);
    plan(&s.run, "acme.pay.b", "b", 1);
    begin_attempt(&s.run, "acme.pay.a", 1);
    console_flush(s.console, s.run.now_ns);
    assert_string_equal(screen_text(&s), "      muster 0.1.0, run 20261120-233000-ab12\n"
                                         "    Starting 2 scenarios from 1 plugin (2 jobs, cgroup-v2,\n"
                                         "             seed 42)\n"
                                         "     Running [ 00:00:00] 0/2: 1 running, 0 passed, 0 failed\n"
                                         "             [   0.000s] acme.pay.a");
    /* Too early for another look. */
    console_flush(s.console, s.run.now_ns + MS(50));
    assert_string_equal(screen_text(&s), "");
    assert_true(console_deadline(s.console) == s.run.now_ns + MS(100));
    console_flush(s.console, s.run.now_ns + MS(100));
    assert_string_equal(screen_text(&s), "\r\x1b[1A\x1b[J"
                                         "     Running [ 00:00:00] 0/2: 1 running, 0 passed, 0 failed\n"
                                         "             [   0.100s] acme.pay.a");
    end_attempt(&s.run, "acme.pay.a", 1, VERDICT_PASSED, "", false);
    end_case(&s.run, "acme.pay.a", VERDICT_PASSED, 1, "");
    console_message(s.console, "interrupted: ending the attempts");
    console_flush(s.console, s.run.now_ns + NS_PER_S);
    assert_string_equal(screen_text(&s), "\r\x1b[1A\x1b[J"
                                         "        PASS [   0.012s] acme.pay.a\n"
                                         "interrupted: ending the attempts\n"
                                         "     Running [ 00:00:01] 1/2: 1 passed, 0 failed");
    run_end(&s.run, 0);
    console_finish(s.console, NULL);
    assert_string_equal(screen_text(&s), "\r\x1b[J"
                                         "------------\n"
                                         "     Summary [   0.012s] 1/2 scenarios run: 1 passed,\n"
                                         "             1 not run\n");
    assert_true(console_deadline(s.console) == NEVER);
    screen_close(&s);
}

static void progress_knows_its_end_and_its_width(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){.progress = true, .width = 80, .height = 24});
    run_start(&s.run);
    for (int i = 0; i < 8; i++) {
        char id[120];
        snprintf(id, sizeof id, "acme.pay.%0100d", i);
        plan(&s.run, id, id, 1);
        if (i < 4)
            run_pass(&s.run, id);
        else if (i == 4)
            begin_attempt(&s.run, id, 1);
    }
    console_flush(s.console, 12 * NS_PER_S);
    const char *text = screen_text(&s);
    const char *block = strstr(text, "     Running");
    assert_non_null(block);
    assert_non_null(strstr(block, "4/8: 1 running"));
    assert_non_null(strstr(block, "ETA 00:00:12"));
    for (const char *line = block; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        assert_true(strcspn(line, "\n") < 80);
    screen_close(&s);
}

static void nothing_that_runs_has_no_eta(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){.progress = true, .width = 80, .height = 24});
    run_start(&s.run);
    for (int i = 0; i < 8; i++) {
        char id[32];
        snprintf(id, sizeof id, "acme.pay.%d", i);
        plan(&s.run, id, id, 1);
        if (i < 4)
            run_pass(&s.run, id);
    }
    console_flush(s.console, 12 * NS_PER_S);
    const char *text = screen_text(&s);
    assert_non_null(strstr(text, "4/8: 4 passed, 0 failed"));
    assert_null(strstr(text, "0 running"));
    assert_null(strstr(text, "ETA"));
    screen_close(&s);
}

/* 40 columns, and in mid-run 20, then 80. */
static void progress_follows_the_terminal(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){.progress = true, .utf8 = true, .width = 40, .height = 24});
    run_start(&s.run);
    plan(&s.run, "acme.payments.refund_twice[plan=pro]", "a", 1);
    plan(&s.run, "acme.pay.b", "b", 1);
    begin_attempt(&s.run, "acme.payments.refund_twice[plan=pro]", 1);
    console_flush(s.console, s.run.now_ns);
    assert_string_equal(screen_text(&s), "muster 0.1.0, run 20261120-233000-ab12\n"
                                         "Starting 2 scenarios from 1 plugin (2\n"
                                         "  jobs, cgroup-v2, seed 42)\n"
                                         "Running 0/2, 1 running, 00:00:00\n"
                                         " 0.000s acme.payme\u2026fund_twice[plan=pro]");
    /* The terminal has broken both lines: they take four of its rows. */
    console_resize(s.console, 20, 24);
    console_flush(s.console, s.run.now_ns + NS_PER_S);
    assert_string_equal(screen_text(&s), "\r\x1b[3A\x1b[J"
                                         "Running 0/2\n"
                                         " 1.000s [plan=pro]");
    console_resize(s.console, 80, 24);
    console_flush(s.console, s.run.now_ns + 2 * NS_PER_S);
    assert_string_equal(screen_text(&s), "\r\x1b[1A\x1b[J"
                                         "     Running [ 00:00:02] 0/2: 1 running, 0 passed, 0 failed\n"
                                         "             [   2.000s] acme.payments.refund_twice[plan=pro]");
    screen_close(&s);
}

/* 25 columns: names are cut, parameters go on below. */
static void parameters_are_whole_where_they_have_no_room(void **state)
{
    (void)state;
    static const char id[] = "acme.payments.refund_twice[plan=pro,seats=1000,region=eu]";
    struct screen s;
    screen_open(&s, (struct console_options){.progress = true, .utf8 = true, .width = 25, .height = 24});
    run_start(&s.run);
    plan(&s.run, id, "a", 1);
    begin_attempt(&s.run, id, 1);
    console_flush(s.console, s.run.now_ns);
    const char *block = strstr(screen_text(&s), "Running ");
    assert_non_null(block);
    assert_string_equal(block, "Running 0/1, 1 running\n"
                               " 0.000s acme.pay\u2026d_twice\n"
                               "  [plan=pro,seats=1000,r\n"
                               "  egion=eu]");
    /* Four rows are erased, no more. */
    console_resize(s.console, 80, 24);
    console_flush(s.console, s.run.now_ns + NS_PER_S);
    assert_string_equal(screen_text(&s),
                        "\r\x1b[3A\x1b[J"
                        "     Running [ 00:00:01] 0/1: 1 running, 0 passed, 0 failed\n"
                        "             [   1.000s] acme.paymen\u2026efund_twice[plan=pro,seats=1000,region=eu]");
    /* A block with room for two lines has none for all of them. */
    console_resize(s.console, 25, 3);
    console_flush(s.console, s.run.now_ns + 2 * NS_PER_S);
    assert_string_equal(screen_text(&s), "\r\x1b[6A\x1b[J"
                                         "Running 0/1, 1 running\n"
                                         " 2.000s [plan=pr\u2026ion=eu]");
    screen_close(&s);
}

/* No width is so small that anything would break. */
static void no_terminal_is_too_small(void **state)
{
    (void)state;
    for (size_t width = 1; width < 100; width++) {
        struct screen s;
        screen_open(&s, (struct console_options){.progress = true, .width = width, .height = 1 + width % 5});
        run_mixed_until_end(&s.run);
        plan(&s.run, "acme.pay.last[plan=pro]", "last", 1);
        begin_attempt(&s.run, "acme.pay.last[plan=pro]", 1);
        console_flush(s.console, s.run.now_ns + 12345 * NS_PER_S);
        const char *block = strstr(screen_text(&s), "Running");
        assert_non_null(block);
        for (const char *line = strchr(block, '\n'); line; line = strchr(line + 1, '\n'))
            assert_true(strcspn(line + 1, "\n") < (width > 13 ? width : 13));
        console_finish(s.console, NULL);
        screen_close(&s);
    }
}

static void a_small_terminal_is_not_overrun(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, (struct console_options){.progress = true, .width = 80, .height = 4});
    run_start(&s.run);
    for (int64_t i = 0; i < 6; i++) {
        char id[16];
        snprintf(id, sizeof id, "c%d", (int)i);
        plan(&s.run, id, id, 1);
    }
    for (int64_t i = 0; i < 6; i++) {
        char id[16];
        snprintf(id, sizeof id, "c%d", (int)i);
        TELL(&s.run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = id, .attempt = 1, .slot = i);
    }
    console_flush(s.console, 0);
    const char *block = strstr(screen_text(&s), "     Running");
    int lines = 1;
    for (const char *p = block; *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 3);
    screen_close(&s);
}

static void a_dead_reader_is_told_once_and_harms_nothing(void **state)
{
    (void)state;
    struct run_model model;
    model_init(&model);
    int full = -1;
    struct console *console = console_new(&(struct console_options){.fd = full}, &model);
    struct run run = {{model_sink(&model), console_sink(console)}, 2, 0};
    run_mixed_until_end(&run);
    console_flush(console, 0);
    run_end(&run, 1);
    assert_int_equal(console_finish(console, NULL), -EBADF);
    console_free(console);
    model_free(&model);
}

/* The pipe is full: nothing waits, nothing is lost, and the progress block is erased where it stands. */
static void a_slow_reader_holds_up_nothing(void **state)
{
    (void)state;
    struct run_model model;
    int ends[2];
    model_init(&model);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0); /* it would wait */
    struct console *console =
        console_new(&(struct console_options){.fd = ends[1], .progress = true, .width = 80, .height = 24}, &model);
    struct run run = {{model_sink(&model), console_sink(console)}, 2, 0};
    enum { LINES = 3000 };
    run_start(&run);
    plan(&run, "acme.slow", "slow", 1);
    begin_attempt(&run, "acme.slow", 1);
    int64_t now = run.now_ns;
    for (int i = 0; i < LINES; i++) {
        autofree char *line = xasprintf("line %d of a run whose reader does not read", i);
        console_message(console, line);
        console_flush(console, now += NS_PER_S);
    }
    assert_true(console_deadline(console) != NEVER);
    autobuf struct buf read_back = {0};
    char chunk[4096];
    while (!strstr(buf_str(&read_back), "line 2999 of")) {
        console_flush(console, now += NS_PER_S);
        ssize_t n = read(ends[0], chunk, sizeof chunk);
        assert_true(n > 0);
        buf_add(&read_back, chunk, (size_t)n);
    }
    const char *p = buf_str(&read_back);
    for (int i = 0; i < LINES; i++) {
        autofree char *line = xasprintf("line %d of a run whose reader does not read\n", i);
        p = strstr(p, line);
        assert_non_null(p);
    }
    close(ends[0]);
    close(ends[1]);
    console_free(console);
    model_free(&model);
}

static void ten_thousand_passes_cost_little(void **state)
{
    (void)state;
    enum { N = 10000 };
    struct screen s;
    screen_open(&s, (struct console_options){0});
    run_start(&s.run);
    plan(&s.run, "acme.payments.refund_twice", "refund_twice", 1);
    run_pass(&s.run, "acme.payments.refund_twice");
    struct event e = {.type = EVENT_CASE_ENDED, .case_ended = {.case_id = "acme.payments.refund_twice", .reason = ""}};
    int64_t start = clock_mono();
    for (int i = 0; i < N; i++) {
        console_event(s.console, &e);
        console_flush(s.console, i * NS_PER_MS / 10);
    }
    int64_t each = (clock_mono() - start) / N;
    print_message("%lld ns for a PASS line\n", (long long)each);
    /* Measured well below 1 us; this bound only catches a change of kind, on a loaded machine with sanitizers too. */
    assert_true(each < 50 * NS_PER_US);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_run_reads_so),
        cmocka_unit_test(quiet_says_only_what_went_wrong),
        cmocka_unit_test(verbose_shows_steps_and_logs),
        cmocka_unit_test(no_text_passes_for_a_status),
        cmocka_unit_test(colours_only_paint),
        cmocka_unit_test(colour_follows_terminal_and_wish),
        cmocka_unit_test(progress_stays_below_the_lines),
        cmocka_unit_test(progress_knows_its_end_and_its_width),
        cmocka_unit_test(nothing_that_runs_has_no_eta),
        cmocka_unit_test(progress_follows_the_terminal),
        cmocka_unit_test(parameters_are_whole_where_they_have_no_room),
        cmocka_unit_test(no_terminal_is_too_small),
        cmocka_unit_test(a_small_terminal_is_not_overrun),
        cmocka_unit_test(a_dead_reader_is_told_once_and_harms_nothing),
        cmocka_unit_test(a_slow_reader_holds_up_nothing),
        cmocka_unit_test(ten_thousand_passes_cost_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
