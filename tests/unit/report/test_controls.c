/* SPDX-License-Identifier: Apache-2.0 */
/* Every control character there is, in everything that a run says, through every report: none gets out as it is. */
#include "run.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "report/console.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdlib.h>

enum { LAST_CHECKED = 0x2100 }; /* all that terminals and parsers mind lie below */

/* What stays as it is: it moves no cursor and hides nothing. */
static bool is_allowed(uint32_t code)
{
    return code == '\n' || code == '\t';
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

static void assert_no_control(const char *what, const char *text)
{
    assert_true(utf8_valid(text, strlen(text)));
    for (const char *p = text, *end = text + strlen(text); p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        if (is_control(code) && !is_allowed(code))
            fail_msg("%s: U+%04X gets through", what, code);
    }
}

/* "x" and all controls but NUL, each followed by what an escape sequence would go on with. */
static const char *all_controls(void)
{
    static struct buf b;
    buf_clear(&b);
    buf_addc(&b, 'x');
    for (uint32_t code = 1; code < LAST_CHECKED; code++) {
        if (!is_control(code))
            continue;
        utf8_encode(&b, code);
        buf_adds(&b, "31m");
    }
    return buf_str(&b);
}

/* A run all of whose strings are `text`. */
static void tell_all(struct run *run, const char *text)
{
    const struct string_list list = {&text, 1};
    run_start(run);
    TELL(run, EVENT_PLUGIN_REFUSED, plugin_refused, text, text, text);
    TELL(run, EVENT_CASE_PLANNED, case_planned, .case_id = text, .plugin = text, .scenario = text, .summary = text,
         .file = text, .markers = list, .params = list);
    TELL(run, EVENT_FIXTURE_STARTED, fixture_started, .fixture = text, .start = 1, .scope = text, .plugin = text,
         .case_id = text);
    TELL(run, EVENT_FIXTURE_LOG, fixture_log, .fixture = text, .start = 1, .level = "error", .file = text,
         .text = text);
    TELL(run, EVENT_FIXTURE_FAILED, fixture_failed, .fixture = text, .start = 1, .reason = text, .file = text,
         .output = list);
    begin_attempt(run, text, 1);
    TELL(run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = text, .attempt = 1, .step = 1, .name = text);
    TELL(run, EVENT_ATTEMPT_LOG, attempt_log, .case_id = text, .attempt = 1, .level = "error", .file = text,
         .text = text);
    TELL(run, EVENT_ATTEMPT_CHECK, attempt_check, .case_id = text, .attempt = 1, .expression = text, .actual = text,
         .expected = text, .message = text, .file = text, .step = 1);
    TELL(run, EVENT_ATTEMPT_METRIC, attempt_metric, .case_id = text, .attempt = 1, .name = text, .unit = text);
    TELL(run, EVENT_ATTEMPT_ARTIFACT, attempt_artifact, .case_id = text, .attempt = 1, .name = text,
         .media_type = text);
    TELL(run, EVENT_ATTEMPT_CRASHED, attempt_crashed, .case_id = text, .attempt = 1, .signal = text, .address = text,
         .phase = text, .stack = list);
    TELL(run, EVENT_ATTEMPT_TIMEOUT, attempt_timeout, .case_id = text, .attempt = 1, .phase = text, .stack = list);
    TELL(run, EVENT_ATTEMPT_LEAKED, attempt_leaked, .case_id = text, .attempt = 1, .kind = text, .what = list);
    end_attempt(run, text, 1, VERDICT_FAILED, text, false);
    end_case(run, text, VERDICT_FAILED, 1, text);
    plan(run, "skipped", "skipped", 1);
    end_case(run, "skipped", VERDICT_SKIPPED, 0, text);
    run_end(run, 1);
}

/* What an XML or JSON reader gets of the text: controls shown, or the very text. */
static void visible(const char *text, struct buf *out)
{
    terminal_add(out, text, strlen(text));
}

static void check_json(const char *report, const char *text)
{
    json_error_t why;
    json_t *doc = json_loads(report, JSON_REJECT_DUPLICATES, &why);
    if (!doc)
        fail_msg("%s", why.text);
    char *back = json_dumps(doc, JSON_ENSURE_ASCII);
    json_t *wanted = json_string(text);
    char *ascii = json_dumps(wanted, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    assert_non_null(strstr(back, ascii)); /* escaped, and not lost */
    free(ascii);
    free(back);
    json_decref(wanted);
    json_decref(doc);
}

static void check_xml(const char *report, const char *text)
{
    autobuf struct buf shown = {0};
    visible(text, &shown);
    xmlDocPtr doc = xmlReadMemory(report, (int)strlen(report), "junit.xml", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
    assert_non_null(doc);
    xmlChar *content = xmlNodeGetContent(xmlDocGetRootElement(doc));
    assert_non_null(strstr((const char *)content, buf_str(&shown)));
    xmlFree(content);
    xmlFreeDoc(doc);
}

static void reports_let_no_control_through(void **state)
{
    (void)state;
    const char *text = all_controls();
    struct run_model model;
    model_init(&model);
    struct run run = {{model_sink(&model)}, 1, 0};
    tell_all(&run, text);
    struct text_source printed = {text, strlen(text)};
    const struct output_reader source = {read_text, &printed};
    for (int format = 0; format < REPORT_N_FORMATS; format++) {
        autobuf struct buf out = {0};
        const char *report = report_text(&model, (enum report_format)format, &source, &out);
        assert_no_control(report_format_name((enum report_format)format), report);
        if (format == REPORT_JSON)
            check_json(report, text);
        if (format == REPORT_JUNIT)
            check_xml(report, text);
    }
    model_free(&model);
}

static void the_console_lets_no_control_through(void **state)
{
    (void)state;
    const char *text = all_controls();
    struct run_model model;
    model_init(&model);
    int fd = memfd_create("screen", MFD_CLOEXEC);
    const struct console_options options = {.fd = fd, .verbosity = 2, .setup_show = true, .width = 80};
    struct console *console = console_new(&options, &model);
    struct run run = {{model_sink(&model), console_sink(console)}, 2, 0};
    tell_all(&run, text);
    console_message(console, text);
    console_flush(console, run.now_ns);
    struct text_source printed = {text, strlen(text)};
    const struct output_reader source = {read_text, &printed};
    console_finish(console, &source);
    lseek(fd, 0, SEEK_SET);
    autobuf struct buf out = {0};
    assert_int_equal(io_read_fd(fd, SIZE_MAX, &out), 0);
    assert_true(out.len > 1000);
    assert_no_control("console", buf_str(&out));
    console_free(console);
    model_free(&model);
    close(fd);
}

/* One at a time, so that none hides behind another's escape. */
static void each_alone(void **state)
{
    (void)state;
    for (uint32_t code = 1; code < LAST_CHECKED; code++) {
        autobuf struct buf text = {0}, json = {0}, shown = {0};
        utf8_encode(&text, code);
        buf_str(&text);
        json_add_string(&json, text.data, text.len);
        terminal_add(&shown, text.data, text.len);
        bool as_it_is = shown.len == text.len && memcmp(shown.data, text.data, text.len) == 0;
        assert_int_equal(as_it_is, !is_control(code) || is_allowed(code));
        assert_int_equal(json.data[1] == '\\', is_control(code) || code == '"' || code == '\\');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_let_no_control_through),
        cmocka_unit_test(the_console_lets_no_control_through),
        cmocka_unit_test(each_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
