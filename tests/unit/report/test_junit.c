/* SPDX-License-Identifier: Apache-2.0 */
/* junit.xml, read back by libxml2: well-formed whatever a scenario says, and as each family's readers want it. */
#include "run.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <stdlib.h>

static void ignore_message(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

static xmlDocPtr parse(const struct buf *text)
{
    xmlSetGenericErrorFunc(NULL, ignore_message);
    xmlDocPtr doc = xmlReadMemory(text->data, (int)text->len, "junit.xml", NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
    if (!doc)
        fail_msg("not well-formed: %s", xmlGetLastError()->message);
    return doc;
}

/* The string value of an XPath expression, in a buffer that the next call reuses. */
static const char *look_up(xmlDocPtr doc, const char *path)
{
    static char text[4096];
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    xmlXPathObjectPtr result = xmlXPathEvalExpression(BAD_CAST path, context);
    assert_non_null(result);
    xmlChar *value = xmlXPathCastToString(result);
    snprintf(text, sizeof text, "%s", (const char *)value);
    xmlFree(value);
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
    return text;
}

static void assert_rows(xmlDocPtr doc, const char *const (*rows)[2], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = look_up(doc, rows[i][0]);
        if (strcmp(got, rows[i][1]) != 0)
            fail_msg("%s is \"%s\", expected \"%s\"", rows[i][0], got, rows[i][1]);
    }
}

static void a_mixed_run_has_all_in_the_full_family(void **state)
{
    (void)state;
    struct run_model m;
    model_mixed(&m);
    autobuf struct buf out = {0};
    report_text_with(&m, REPORT_JUNIT, read_one_line(), &(struct report_options){.family = JUNIT_FULL}, &out);
    xmlDocPtr doc = parse(&out);
#define CASE(name) "/testsuites/testsuite/testcase[@name='" name "']"
    static const char *const rows[][2] = {
        {"/testsuites/@tests", "8"},
        {"/testsuites/@failures", "1"},
        {"/testsuites/@errors", "2"},
        {"/testsuites/testsuite[last()]/@name", "refused plugins"},
        {"/testsuites/testsuite[last()]/@errors", "1"},
        {"/testsuites/testsuite[last()]/testcase/@name", "bad.so"},
        {"/testsuites/testsuite[last()]/testcase/error/@message", "not an ELF file"},
        {"/testsuites/testsuite[last()]/testcase/error/@type", "not-elf"},
        {"/testsuites/@skipped", "2"},
        {"/testsuites/testsuite/@name", "acme.pay"},
        {"/testsuites/testsuite/@flakes", "1"},
        {"/testsuites/testsuite/@timestamp", "2026-11-20T23:30:00.000000Z"},
        {"/testsuites/testsuite/@hostname", "box"},
        {"/testsuites/testsuite/properties/property[@name='plugin.version']/@value", "1.4.0"},
        {"count(" CASE("ok") "/*)", "1"},
        {"count(" CASE("ok") "/properties/property)", "3"},
        {CASE("ok") "/@classname", "acme.pay"},
        {CASE("ok") "/@file", "pay.c"},
        {CASE("ok") "/@line", "10"},
        {CASE("ok") "/@time", "0.012000"},
        {CASE("ok") "/properties/property[@name='marker'][2]/@value", "priority_p0"},
        {CASE("ok") "/properties/property[@name='summary']/@value", "Checks payments"},
        {CASE("refund[plan=pro]") "/failure/@type", "failed"},
        {CASE("refund[plan=pro]") "/failure/@message",
         "requirement failed: r.status == 409 (actual: 200, expected: 409)"},
        {"contains(" CASE("refund[plan=pro]") "/failure, 'actual: 200')", "true"},
        {CASE("refund[plan=pro]") "/system-out", "out 1\n"},
        {"count(" CASE("shaky") "/failure)", "0"},
        {CASE("shaky") "/flakyFailure/@type", "failed"},
        {"contains(" CASE("shaky") "/flakyFailure/stackTrace, 'refund > again')", "true"},
        {CASE("shaky") "/flakyFailure/system-out", "out 1\n"},
        {CASE("crash") "/error/@type", "crashed"},
        {"contains(" CASE("crash") "/error, 'SIGSEGV at address 0x10')", "true"},
        {CASE("crash") "/rerunError/@type", "timeout"},
        {"contains(" CASE("crash") "/rerunError/stackTrace, 'longer than 1.5s')", "true"},
        {CASE("skip") "/skipped/@message", "unsupported: needs docker"},
        {CASE("late") "/skipped/@message", "not run"},
        {CASE("leak") "/properties/property[@name='artifact']/@value", "cases/acme.pay.leak/attempt-1/files/page.html"},
        {CASE("leak") "/properties/property[@name='leak']/@value", "process: sleep 1000 (pid 7)"},
    };
    assert_rows(doc, rows, ARRAY_LEN(rows));
    xmlFreeDoc(doc);
    model_free(&m);
}

static void assert_valid(xmlDocPtr doc, const char *schema)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.rng", SCHEMAS, schema);
    xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewParserCtxt(path);
    xmlRelaxNGPtr grammar = xmlRelaxNGParse(parser);
    assert_non_null(grammar);
    xmlRelaxNGValidCtxtPtr context = xmlRelaxNGNewValidCtxt(grammar);
    if (xmlRelaxNGValidateDoc(context, doc) != 0)
        fail_msg("%s: %s", schema, xmlGetLastError()->message);
    xmlRelaxNGFreeValidCtxt(context);
    xmlRelaxNGFree(grammar);
    xmlRelaxNGFreeParserCtxt(parser);
}

/* An attempt that crashed or failed, and one of the other kind after it; the case ends as `v`. */
static void run_two_ways(struct run *run, const char *id, bool crash_first, enum verdict v)
{
    plan(run, id, id, 100);
    for (int64_t attempt = 1; attempt <= 3; attempt++) {
        begin_attempt(run, id, attempt);
        bool passes = v == VERDICT_FLAKY && attempt == 3;
        bool crashes = (attempt % 2 == 1) == crash_first;
        if (!crashes)
            fail_check(run, id, attempt);
        end_attempt(run, id, attempt,
                    passes    ? VERDICT_PASSED
                    : crashes ? VERDICT_CRASHED
                              : VERDICT_FAILED,
                    passes    ? ""
                    : crashes ? "SIGSEGV"
                              : "requirement failed: r.status == 409",
                    attempt < 3);
    }
    end_case(run, id, v, 3, v == VERDICT_FLAKY ? "" : "SIGSEGV");
}

static xmlDocPtr report_family(const struct run_model *m, enum junit_family family)
{
    autobuf struct buf out = {0};
    report_text_with(m, REPORT_JUNIT, read_one_line(), &(struct report_options){.family = family}, &out);
    return parse(&out);
}

static void each_family_passes_its_schema(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_mixed_until_end(&run);
    run_two_ways(&run, "acme.pay.mended", true, VERDICT_FLAKY);
    run_two_ways(&run, "acme.pay.crashes_first", true, VERDICT_CRASHED);
    run_two_ways(&run, "acme.pay.fails_first", false, VERDICT_FAILED);
    run_end(&run, 1);
    xmlDocPtr jenkins = report_family(&m, JUNIT_JENKINS);
    assert_valid(jenkins, "jenkins");
    /* Its plugin reads no <flakyError> and no <rerunError>. */
    static const char *const read_by_jenkins[][2] = {
        {"count(//flakyError) + count(//rerunError)", "0"},
        {"count(" CASE("mended") "/flakyFailure)", "2"},
        {"count(" CASE("mended") "/flakyFailure[@type='crashed']/stackTrace)", "1"},
        {"count(" CASE("crashes_first") "/rerunFailure)", "2"},
        {CASE("crash") "/rerunFailure/@type", "timeout"},
        {"/testsuites/testsuite/properties/property[@name='leak']/@value",
         "acme.pay.leak: process: sleep 1000 (pid 7)"},
    };
    assert_rows(jenkins, read_by_jenkins, ARRAY_LEN(read_by_jenkins));
    xmlFreeDoc(jenkins);
    xmlDocPtr surefire = report_family(&m, JUNIT_SUREFIRE);
    assert_valid(surefire, "surefire");
#define ONE(name) "/testsuite/testcase[@name='" name "']"
    static const char *const read_by_maven[][2] = {
        {"/testsuite/@tests", "11"},
        {"count(//testcase)", "11"},
        {"/testsuite/@errors", "3"},
        {ONE("mended") "/flakyError/@type", "crashed"},
        {ONE("mended") "/flakyError/system-out", "out 1\n"},
        {ONE("mended") "/flakyFailure/@type", "failed"},
        {ONE("crashes_first") "/error/@type", "crashed"},
        {"count(" ONE("crashes_first") "/rerunFailure)", "1"},
        {ONE("crash") "/rerunError/@type", "timeout"},
        {ONE("bad.so") "/error/@type", "not-elf"},
        {ONE("ok") "/@time", "0.012"},
        {"//property[@name='plugin.version:acme.pay']/@value", "1.4.0"},
    };
    assert_rows(surefire, read_by_maven, ARRAY_LEN(read_by_maven));
    xmlFreeDoc(surefire);
    model_free(&m);
}

/* The runner was killed between two cases, all of which were good: who reads this file alone must not take it for all.
 */
static void a_log_that_was_cut_is_an_error(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    plan(&run, "acme.pay.ok", "ok", 100);
    begin_attempt(&run, "acme.pay.ok", 1);
    end_attempt(&run, "acme.pay.ok", 1, VERDICT_PASSED, "", false);
    end_case(&run, "acme.pay.ok", VERDICT_PASSED, 1, "");
    xmlDocPtr jenkins = report_family(&m, JUNIT_JENKINS);
    assert_valid(jenkins, "jenkins");
    static const char *const rows[][2] = {
        {"/testsuites/@tests", "2"},
        {"/testsuites/@errors", "1"},
        {"/testsuites/testsuite[last()]/@name", "the run"},
        {"/testsuites/testsuite[last()]/testcase/@name", "end"},
        {"/testsuites/testsuite[last()]/testcase/error/@message", "the log ends before the run did"},
    };
    assert_rows(jenkins, rows, ARRAY_LEN(rows));
    xmlFreeDoc(jenkins);
    xmlDocPtr surefire = report_family(&m, JUNIT_SUREFIRE);
    assert_valid(surefire, "surefire");
    xmlFreeDoc(surefire);
    model_free(&m);
}

/* A pass without a check. */
static void run_unchecked(struct run *run, const char *id)
{
    plan(run, id, id, 100);
    begin_attempt(run, id, 1);
    TELL(run, EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = id, .attempt = 1, .verdict = VERDICT_PASSED, .reason = "",
         .file = "", .duration_ns = MS(12));
    end_case(run, id, VERDICT_PASSED, 1, "");
}

/* --flaky fail, --no-checks fail: a CI server that reads this file alone sees the run as red as its status. */
static void what_fails_the_run_is_a_failure(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    run_two_ways(&run, "acme.pay.mended", false, VERDICT_FLAKY);
    run_unchecked(&run, "acme.pay.blind");
    plan(&run, "acme.pay.left_out", "left_out", 100);
    end_case(&run, "acme.pay.left_out", VERDICT_SKIPPED, 0, "no key");
    TELL(&run, EVENT_RUN_ENDED, run_ended, .exit_status = 1, .why = "--flaky fail: 1 passed on a retry only",
         .fails = LIST(EVENT_FAILS_FLAKY, EVENT_FAILS_UNCHECKED, EVENT_FAILS_SKIPPED));
    xmlDocPtr jenkins = report_family(&m, JUNIT_JENKINS);
    assert_valid(jenkins, "jenkins");
    static const char *const rows[][2] = {
        {"/testsuites/@tests", "3"},
        {"/testsuites/@failures", "3"},
        {"/testsuites/@errors", "0"},
        {CASE("left_out") "/failure/@type", "skipped"},
        {CASE("left_out") "/failure/@message", "it was skipped (--skipped fail): no key"},
        {"count(" CASE("left_out") "/skipped)", "0"},
        {CASE("mended") "/failure/@type", "flaky"},
        {CASE("mended") "/failure/@message",
         "it passed on a retry only (--flaky fail); attempt 1: requirement failed: r.status == 409 (actual: 200, "
         "expected: 409)"},
        {"contains(" CASE("mended") "/failure, 'actual: 200')", "true"},
        {"count(" CASE("mended") "/flakyFailure)", "0"},
        {CASE("mended") "/rerunFailure/@type", "crashed"},
        {CASE("mended") "/system-out", "out 1\n"},
        {CASE("blind") "/failure/@type", "unchecked"},
        {CASE("blind") "/failure/@message", "it passed without a single check (--no-checks fail)"},
        {"count(//testsuite)", "1"},
    };
    assert_rows(jenkins, rows, ARRAY_LEN(rows));
    xmlFreeDoc(jenkins);
    xmlDocPtr surefire = report_family(&m, JUNIT_SUREFIRE);
    assert_valid(surefire, "surefire");
    assert_string_equal(look_up(surefire, "/testsuite/@failures"), "3");
    xmlFreeDoc(surefire);
    model_free(&m);
}

/* A status for which no case has anything to show. */
static void a_red_run_without_a_red_case_says_why(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    plan(&run, "acme.pay.ok", "ok", 10);
    run_pass(&run, "acme.pay.ok");
    TELL(&run, EVENT_RUN_ENDED, run_ended, .exit_status = 7, .why = "1 cleanup or tear-downs of fixtures failed");
    xmlDocPtr jenkins = report_family(&m, JUNIT_JENKINS);
    assert_valid(jenkins, "jenkins");
    static const char *const rows[][2] = {
        {"/testsuites/@tests", "2"},
        {"/testsuites/@errors", "1"},
        {"/testsuites/testsuite[last()]/@name", "the run"},
        {"/testsuites/testsuite[last()]/testcase/error/@message", "1 cleanup or tear-downs of fixtures failed"},
    };
    assert_rows(jenkins, rows, ARRAY_LEN(rows));
    xmlFreeDoc(jenkins);
    xmlDocPtr surefire = report_family(&m, JUNIT_SUREFIRE);
    assert_valid(surefire, "surefire");
    assert_string_equal(look_up(surefire, "count(//testcase)"), "2");
    assert_string_equal(look_up(surefire, "/testsuite/@errors"), "1");
    xmlFreeDoc(surefire);
    model_free(&m);
}

static void any_bytes_stay_well_formed(void **state)
{
    (void)state;
    char every[512];
    for (int i = 0; i < 256; i++) {
        every[i] = (char)(i + 1);
        every[256 + i] = (char)i;
    }
    every[255] = '\0';
    static const char more[] =
        "]]> <![CDATA[ & &amp; <a b='\"'/> \xef\xbf\xbe \xef\xbf\xbf \xed\xa0\x80 \xf4\x90\x80\x80";
    const char *const strings[] = {every, more};
    for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
        const char *s = strings[i];
        struct run_model m;
        model_init(&m);
        struct run run = {{model_sink(&m)}, 1, 0};
        run_start(&run);
        TELL(&run, EVENT_CASE_PLANNED, case_planned, .case_id = s, .plugin = s, .scenario = s, .summary = s, .file = s,
             .markers = LIST(s));
        begin_attempt(&run, s, 1);
        TELL(&run, EVENT_ATTEMPT_CHECK, attempt_check, .case_id = s, .attempt = 1, .expression = s, .actual = s,
             .expected = s, .message = s, .file = s);
        TELL(&run, EVENT_ATTEMPT_LOG, attempt_log, .case_id = s, .attempt = 1, .level = s, .file = s, .text = s);
        TELL(&run, EVENT_ATTEMPT_CRASHED, attempt_crashed, .case_id = s, .attempt = 1, .signal = s, .address = s,
             .phase = s, .stack = LIST(s));
        TELL(&run, EVENT_ATTEMPT_ARTIFACT, attempt_artifact, .case_id = s, .attempt = 1, .name = s, .media_type = s);
        end_attempt(&run, s, 1, VERDICT_CRASHED, s, false);
        end_case(&run, s, VERDICT_CRASHED, 1, s);
        run_end(&run, 1);
        struct text_source text = {every, sizeof every};
        const struct output_reader source = {read_text, &text};
        autobuf struct buf out = {0};
        report_text(&m, REPORT_JUNIT, &source, &out);
        xmlDocPtr doc = parse(&out);
        assert_string_equal(look_up(doc, "count(//testcase/error)"), "1");
        assert_string_equal(look_up(doc, "contains(//system-out, '\\x00\\x01')"), "true");
        assert_string_equal(look_up(doc, "contains(//system-out, '\\x1b')"), "true");
        xmlFreeDoc(doc);
        model_free(&m);
    }
}

static void random_bytes_stay_well_formed(void **state)
{
    (void)state;
    unsigned seed = 7;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_fail(&run, "a");
    for (int i = 0; i < 200; i++) {
        char bytes[300];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (char)rand_r(&seed);
        struct text_source text = {bytes, sizeof bytes};
        const struct output_reader source = {read_text, &text};
        autobuf struct buf out = {0};
        report_text(&m, REPORT_JUNIT, &source, &out);
        xmlFreeDoc(parse(&out));
    }
    model_free(&m);
}

static void much_output_is_cut_visibly(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_fail(&run, "a");
    autobuf struct buf big = {0}, out = {0};
    for (int i = 0; i < 100000; i++)
        buf_adds(&big, "\xe2\x82\xac");
    struct text_source text = {big.data, big.len};
    const struct output_reader source = {read_text, &text};
    report_text(&m, REPORT_JUNIT, &source, &out);
    xmlDocPtr doc = parse(&out);
    assert_string_equal(look_up(doc, "starts-with(//system-out, '[only the last 65535 of ')"), "true");
    /* No character was cut in half. */
    assert_null(strstr(buf_str(&out), "\xef\xbf\xbd"));
    assert_true(out.len < 80000);
    xmlFreeDoc(doc);
    model_free(&m);
}

static void interleaved_plugins_get_a_suite_each(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    for (int i = 0; i < 10; i++) {
        char id[16], plugin[8];
        snprintf(plugin, sizeof plugin, "p%d", i % 2);
        snprintf(id, sizeof id, "%s.c%d", plugin, i);
        TELL(&run, EVENT_CASE_PLANNED, case_planned, .case_id = id, .plugin = plugin, .scenario = "c", .summary = "",
             .file = "");
        run_pass(&run, id);
    }
    run_end(&run, 0);
    autobuf struct buf out = {0};
    report_text_with(&m, REPORT_JUNIT, NULL, &(struct report_options){.family = JUNIT_FULL}, &out);
    xmlDocPtr doc = parse(&out);
    assert_string_equal(look_up(doc, "count(/testsuites/testsuite)"), "2");
    assert_string_equal(look_up(doc, "/testsuites/testsuite[@name='p1']/@tests"), "5");
    assert_string_equal(look_up(doc, "/testsuites/testsuite[@name='p1']/testcase[1]/@name"), "c1");
    assert_string_equal(look_up(doc, "count(//testcase[@file])"), "0");
    xmlFreeDoc(doc);
    model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mixed_run_has_all_in_the_full_family), cmocka_unit_test(each_family_passes_its_schema),
        cmocka_unit_test(a_log_that_was_cut_is_an_error),         cmocka_unit_test(what_fails_the_run_is_a_failure),
        cmocka_unit_test(a_red_run_without_a_red_case_says_why),  cmocka_unit_test(any_bytes_stay_well_formed),
        cmocka_unit_test(random_bytes_stay_well_formed),          cmocka_unit_test(much_output_is_cut_visibly),
        cmocka_unit_test(interleaved_plugins_get_a_suite_each),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
