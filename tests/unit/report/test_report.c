/* SPDX-License-Identifier: Apache-2.0 */
/* Formats by name, TAP, output files from a run's directory, and files written whole or not at all. */
#include "run.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct fixture {
    char dir[32];
    int dirfd;
    struct run_model model;
    struct run run;
};

static int set_up(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/test-report-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->dirfd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    model_init(&f->model);
    f->run = (struct run){{model_sink(&f->model)}, 1, 0};
    run_mixed_until_end(&f->run);
    run_end(&f->run, 1);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    model_free(&f->model);
    close(f->dirfd);
    io_remove_tree(AT_FDCWD, f->dir);
    free(f);
    return 0;
}

static void formats_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < REPORT_N_FORMATS; i++) {
        enum report_format format;
        assert_int_equal(report_format_parse(report_format_name((enum report_format)i), &format), 0);
        assert_int_equal(format, i);
    }
    enum report_format format;
    assert_int_equal(report_format_parse("pdf", &format), -EINVAL);
    assert_string_equal(report_file_name(REPORT_JUNIT), "junit.xml");
    assert_string_equal(report_file_name(REPORT_JSON), "results.json");
}

static void tap_is_as_its_specification_says(void **state)
{
    struct fixture *f = *state;
    end_case(&f->run, "a # b \\ c\n", VERDICT_ERROR, 0, "no \"set-up\"");
    autobuf struct buf out = {0};
    assert_string_equal(report_text(&f->model, REPORT_TAP, NULL, &out),
                        "TAP version 13\n"
                        "1..9\n"
                        "ok 1 - acme.pay.ok\n"
                        "not ok 2 - acme.pay.refund[plan=pro]\n"
                        "  ---\n"
                        "  verdict: \"failed\"\n"
                        "  message: \"requirement failed: r.status == 409\"\n"
                        "  expression: \"r.status == 409\"\n"
                        "  actual: \"200\"\n"
                        "  expected: \"409\"\n"
                        "  file: \"pay.c\"\n"
                        "  line: 42\n"
                        "  ...\n"
                        "ok 3 - acme.pay.shaky\n"
                        "not ok 4 - acme.pay.crash\n"
                        "  ---\n"
                        "  verdict: \"timeout\"\n"
                        "  message: \"timed out\"\n"
                        "  file: \"pay.c\"\n"
                        "  line: 42\n"
                        "  ...\n"
                        "ok 5 - acme.pay.skip # SKIP unsupported: needs docker\n"
                        "ok 6 - acme.pay.leak\n"
                        "not ok 7 - acme.pay.late (not run)\n"
                        "not ok 8 - a \\# b \\ c \n"
                        "  ---\n"
                        "  verdict: \"error\"\n"
                        "  message: \"no \\\"set-up\\\"\"\n"
                        "  ...\n"
                        "not ok 9 - bad.so\n"
                        "  ---\n"
                        "  verdict: \"refused\"\n"
                        "  message: \"not an ELF file\"\n"
                        "  reason: \"not-elf\"\n"
                        "  ...\n");
    const struct report_options newest = {.tap_version = 14};
    const char *text = report_text_with(&f->model, REPORT_TAP, NULL, &newest, &out);
    assert_true(strncmp(text, "TAP version 14\n1..9\n", 20) == 0);
    assert_non_null(strstr(text, "not ok 8 - a \\# b \\\\ c \n"));
}

/* YAML takes no control character as it is, small readers no escape but \xNN; other text is not touched. */
static void yaml_blocks_are_for_every_reader(void **state)
{
    struct fixture *f = *state;
    end_case(&f->run, "odd", VERDICT_ERROR, 0,
             "a\tb\nc \x1b[31m \x7f \xc2\x85 \xe2\x80\xa8 \xef\xbb\xbf \\ \" caf\xc3\xa9");
    autobuf struct buf out = {0};
    assert_non_null(strstr(report_text(&f->model, REPORT_TAP, NULL, &out),
                           "  message: \"a\\tb\\nc \\x1b[31m \\x7f \\x85 \\u2028 \\ufeff \\\\ \\\" caf\xc3\xa9\"\n"));
}

static void an_empty_plan_says_why(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    run_end(&run, 5);
    autobuf struct buf out = {0};
    assert_string_equal(report_text(&m, REPORT_TAP, NULL, &out), "TAP version 13\n1..0 # SKIP nothing was selected\n");
    model_free(&m);
}

static void output_comes_from_the_runs_directory(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(io_mkdirs(f->dirfd, "cases/acme.pay.refund[plan=pro]/attempt-1"), 0);
    assert_int_equal(
        io_write_file(f->dirfd, "cases/acme.pay.refund[plan=pro]/attempt-1/stdout.log", "from the file\n", 14), 0);
    struct output_reader source = output_reader_dir(&f->dirfd);
    autobuf struct buf out = {0};
    assert_non_null(strstr(report_text(&f->model, REPORT_HUMAN, &source, &out), "        from the file\n"));
    assert_non_null(
        strstr(report_text(&f->model, REPORT_JUNIT, &source, &out), "<system-out>from the file\n</system-out>"));
}

static void tails_are_tails(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(io_write_file(f->dirfd, "x", "0123456789", 10), 0);
    struct output_reader source = output_reader_dir(&f->dirfd);
    autobuf struct buf out = {0};
    int64_t size = 0;
    assert_int_equal(source.read(source.data, "x", 4, &out, &size), 0);
    assert_string_equal(buf_str(&out), "6789");
    assert_true(size == 10);
    buf_clear(&out);
    assert_int_equal(source.read(source.data, "x", 100, &out, &size), 0);
    assert_string_equal(buf_str(&out), "0123456789");
    assert_int_equal(source.read(source.data, "none", 100, &out, &size), -ENOENT);
}

/* A scenario owns its folder while it runs: what it puts there must not hang or mislead a report. */
static void strange_files_are_not_read(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(mkfifoat(f->dirfd, "fifo", 0600), 0);
    assert_int_equal(symlinkat("/etc/passwd", f->dirfd, "link"), 0);
    assert_int_equal(mkdirat(f->dirfd, "dir", 0700), 0);
    struct output_reader source = output_reader_dir(&f->dirfd);
    static const char *const names[] = {"fifo", "link", "dir"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        autobuf struct buf out = {0};
        int64_t size;
        assert_true(source.read(source.data, names[i], 100, &out, &size) < 0);
        assert_int_equal(out.len, 0);
    }
}

static void a_file_is_written_whole(void **state)
{
    struct fixture *f = *state;
    autobuf struct buf direct = {0}, file = {0};
    assert_int_equal(report_write_file(&f->model, REPORT_JUNIT, NULL, NULL, f->dirfd, "junit.xml", NULL), 0);
    assert_int_equal(io_read_file(f->dirfd, "junit.xml", SIZE_MAX, &file), 0);
    report_text(&f->model, REPORT_JUNIT, NULL, &direct);
    assert_string_equal(buf_str(&file), direct.data);
}

static void tap_has_the_message_of_a_check(void **state)
{
    struct fixture *f = *state;
    const char *id = "a # b \\ c\n";
    begin_attempt(&f->run, id, 1);
    TELL(&f->run, EVENT_ATTEMPT_CHECK, attempt_check, .case_id = id, .attempt = 1, .expression = "n == 2",
         .actual = "1", .expected = "2", .message = "payment 2 of 3", .file = "pay.c", .line = 7);
    end_attempt(&f->run, id, 1, VERDICT_FAILED, "n == 2", false);
    end_case(&f->run, id, VERDICT_FAILED, 1, "n == 2");
    autobuf struct buf out = {0};
    assert_non_null(strstr(report_text(&f->model, REPORT_TAP, NULL, &out), "  expected: \"2\"\n"
                                                                           "  check_message: \"payment 2 of 3\"\n"));
}

static void a_full_disk_leaves_nothing_half_written(void **state)
{
    struct fixture *f = *state;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    struct rlimit small = {100, before.rlim_max};
    autoerr struct err err = {0};
    setrlimit(RLIMIT_FSIZE, &small);
    int r = report_write_file(&f->model, REPORT_JSON, NULL, NULL, f->dirfd, "results.json", &err);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(r, -EFBIG);
    assert_non_null(strstr(err_text(&err), "results.json: json report: writing: "));
    autoclosedir DIR *dir = fdopendir(dup(f->dirfd));
    rewinddir(dir);
    for (struct dirent *e; (e = readdir(dir));)
        assert_true(e->d_name[0] == '.');
}

int main(void)
{
#define WITH_RUN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_have_names),
        WITH_RUN(tap_is_as_its_specification_says),
        WITH_RUN(tap_has_the_message_of_a_check),
        WITH_RUN(yaml_blocks_are_for_every_reader),
        cmocka_unit_test(an_empty_plan_says_why),
        WITH_RUN(output_comes_from_the_runs_directory),
        WITH_RUN(tails_are_tails),
        WITH_RUN(strange_files_are_not_read),
        WITH_RUN(a_file_is_written_whole),
        WITH_RUN(a_full_disk_leaves_nothing_half_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
