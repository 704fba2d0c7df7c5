/* SPDX-License-Identifier: Apache-2.0 */
/* A failure as a page of Markdown, and what strangers' texts can't do there. */
#include "run.h"

#include "report/explain.h"
#include "report/markdown.h"

static void code(const char *text, const char *want)
{
    autobuf struct buf out = {0};
    markdown_code(&out, text);
    assert_string_equal(buf_str(&out), want);
}

static void spans_have_longer_fences_than_their_text(void **state)
{
    (void)state;
    code("a == b", "`a == b`");
    code("a `b` c", "`` a `b` c ``");
    code("``", "``` `` ```");
    code("<b>@you #1</b>", "`<b>@you #1</b>`");
    code(" x ", "`  x  `");
    code("two\nlines\tand", "`two lines and`");
    code("\x1b[31m", "`\\x1b[31m`");
    code("", "(blank)");
    code(" \n ", "(blank)");
}

static void block(const char *text, size_t indent, const char *want)
{
    autobuf struct buf out = {0};
    markdown_block(&out, "", text, strlen(text), indent);
    assert_string_equal(buf_str(&out), want);
}

static void blocks_too_and_keep_their_lines(void **state)
{
    (void)state;
    block("a\n\nb\n", 0, "```\na\n\nb\n```\n");
    block("```\n# evil\n````\n", 0, "`````\n```\n# evil\n````\n`````\n");
    block("a\n\nb", 2, "  ```\n  a\n\n  b\n  ```\n");
    block("\x1b[2J", 0, "```\n\\x1b[2J\n```\n");
    block("", 0, "```\n```\n");
}

static struct shown shown_of(const struct run_model *m)
{
    return (struct shown){
        .model = m, .source = read_one_line(), .path = "out/r", .command = "", .rerun = "muster run x"};
}

static void a_failure_reads_so(void **state)
{
    (void)state;
    struct run_model m;
    model_mixed(&m);
    autobuf struct buf out = {0};
    struct shown s = shown_of(&m);
    explain_case(&out, &s, model_case_find(&m, "acme.pay.refund[plan=pro]"));
    assert_string_equal(buf_str(&out),
                        "# `acme.pay.refund[plan=pro]`: failed\n"
                        "\n"
                        "- summary: `Checks payments`\n"
                        "- run: `20261120-233000-ab12`, began `2026-11-20T23:30:00.000000Z` on `box`, "
                        "2 jobs, seed 42\n"
                        "- scenario: `pay.c:40`\n"
                        "- plugin: `acme.pay 1.4.0, scenarios/pay.so`\n"
                        "- markers: `e2e`, `priority_p0`\n"
                        "- cause: check `r.status == 409`\n"
                        "\n"
                        "## Why\n"
                        "\n"
                        "`requirement failed: r.status == 409` at `pay.c:42`\n"
                        "\n"
                        "- requirement `r.status == 409` at `pay.c:42`, in step `refund > again`\n"
                        "  - actual: `200`\n"
                        "  - expected: `409`\n"
                        "- attempt 1, 0.012s, slot 0, 3 checks, 1 failed\n"
                        "\n"
                        "## Steps\n"
                        "\n"
                        "- `refund`: **it was in here at its end**\n"
                        "  - `again`: **failed**, 0.003s\n"
                        "\n"
                        "## Log\n"
                        "\n"
                        "```\n"
                        "info: asking again\n"
                        "```\n"
                        "\n"
                        "## stdout\n"
                        "\n"
                        "```\n"
                        "out 1\n"
                        "```\n"
                        "\n"
                        "## Files\n"
                        "\n"
                        "- `out/r/cases/acme.pay.refund[plan=pro]/attempt-1/stdout.log`, 6 bytes, `text/plain`\n"
                        "\n"
                        "## Again\n"
                        "\n"
                        "```sh\n"
                        "muster run x\n"
                        "```\n");
    model_free(&m);
}

/* A value of several lines, a step that is open, a neighbour, and another attempt. */
static void all_parts_are_there(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {.sinks = {model_sink(&m)}, .n_sinks = 1};
    run_start(&run);
    plan(&run, "a.b", "b", 1);
    plan(&run, "a.c", "c", 2);
    TELL(&run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = "a.c", .attempt = 1, .slot = 1);
    TELL(&run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = "a.b", .attempt = 1);
    TELL(&run, EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = "a.b", .attempt = 1, .verdict = VERDICT_CRASHED,
         .reason = "SIGSEGV", .file = "", .will_retry = true);
    run.now_ns += MS(5);
    TELL(&run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = "a.b", .attempt = 2);
    TELL(&run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = "a.b", .attempt = 2, .step = 1, .name = "ask");
    TELL(&run, EVENT_ATTEMPT_CHECK, attempt_check, .case_id = "a.b", .attempt = 2, .expression = "x == y",
         .actual = "one\ntwo", .expected = "`", .message = "", .file = "x.c", .line = 7, .step = 1);
    TELL(&run, EVENT_ATTEMPT_METRIC, attempt_metric, .case_id = "a.b", .attempt = 2, .name = "t", .value = 1.5,
         .unit = "s");
    run.now_ns += MS(5);
    TELL(&run, EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = "a.b", .attempt = 2, .verdict = VERDICT_FAILED,
         .reason = "x == y", .file = "x.c", .line = 7, .checks = 1, .failed_checks = 1, .duration_ns = MS(5));
    TELL(&run, EVENT_CASE_ENDED, case_ended, .case_id = "a.b", .verdict = VERDICT_FAILED, .attempts = 2,
         .reason = "x == y");
    TELL(&run, EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = "a.c", .attempt = 1, .verdict = VERDICT_PASSED,
         .reason = "", .file = "", .duration_ns = MS(10));
    TELL(&run, EVENT_CASE_ENDED, case_ended, .case_id = "a.c", .verdict = VERDICT_PASSED, .attempts = 1, .reason = "");
    autobuf struct buf out = {0};
    struct shown s = shown_of(&m);
    explain_case(&out, &s, m.cases[0]);
    static const char why[] = "## Why\n\n`x == y` at `x.c:7`\n\n- check `x == y` at `x.c:7`, in step `ask`\n"
                              "  - actual: \n\n    ```\n    one\n    two\n    ```\n  - expected: `` ` ``\n";
    static const char *const parts[] = {"- attempts: 1 crashed, 2 failed (below)\n",
                                        why,
                                        "- attempt 2, 0.005s, slot 0, 1 check, 1 failed\n",
                                        "## Steps\n\n- `ask`: **it was in here at its end**\n",
                                        "## Measured\n\n- `t = 1.5 s`\n",
                                        "## Attempt 1: crashed\n\n`SIGSEGV`\n",
                                        "## What ran meanwhile\n\n- `a.c`: passed\n",
                                        "## Again\n\n```sh\nmuster run x\n```\n"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (!strstr(buf_str(&out), parts[i]))
            fail_msg("\"%s\" is not in:\n%s", parts[i], buf_str(&out));
    model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_have_longer_fences_than_their_text),
        cmocka_unit_test(blocks_too_and_keep_their_lines),
        cmocka_unit_test(a_failure_reads_so),
        cmocka_unit_test(all_parts_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
