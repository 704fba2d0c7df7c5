/* SPDX-License-Identifier: Apache-2.0 */
/* Events written as JSON and read back: every type, every field, whatever the strings hold. */
#include "sample.h"

#include "base/text.h"

#include <errno.h>
#include <math.h>

static const char *const texts[] = {
    "",
    "plain",
    "quote \" backslash \\ slash / </script>",
    "controls \x01\x02\b\t\n\v\f\r\x1b[31m\x7f",
    "controls beyond ASCII \xc2\x80\xc2\x85\xc2\x9b[31m\xc2\x9f\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6",
    "wide \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xef\xbf\xbf",
    "invalid \xff\xc0\x80\xed\xa0\x80 \xf4\x90\x80\x80 cut \xe2\x82",
    "{\"v\":1,\"seq\":1}\n{\"v\":1}",
};

/* What a JSON file can hold of a string: invalid bytes become U+FFFD. */
static const char *as_json_keeps(const char *text, struct buf *out)
{
    buf_clear(out);
    for (const char *p = text, *end = text + strlen(text); p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        utf8_encode(out, code);
    }
    return buf_str(out);
}

static void assert_same_field(const struct event_field *field, const struct event *want, const struct event *got)
{
    autobuf struct buf kept = {0};
    const char *w = (const char *)want + field->offset, *g = (const char *)got + field->offset;
    switch (field->kind) {
    case FIELD_STRING:
        assert_string_equal(*(const char *const *)g, as_json_keeps(*(const char *const *)w, &kept));
        break;
    case FIELD_INT:
        assert_true(*(const int64_t *)w == *(const int64_t *)g);
        break;
    case FIELD_BOOL:
        assert_int_equal(*(const bool *)w, *(const bool *)g);
        break;
    case FIELD_NUMBER:
        assert_memory_equal(w, g, sizeof(double));
        break;
    case FIELD_VERDICT:
        assert_int_equal(*(const enum verdict *)w, *(const enum verdict *)g);
        break;
    case FIELD_LIST: {
        const struct string_list *wl = (const void *)w, *gl = (const void *)g;
        assert_int_equal(wl->n, gl->n);
        for (size_t i = 0; i < wl->n; i++)
            assert_string_equal(gl->items[i], as_json_keeps(wl->items[i], &kept));
        break;
    }
    }
}

static int decode(const struct event *e, struct arena *arena, struct event *ret, struct err *err)
{
    autobuf struct buf line = {0}, again = {0};
    event_encode(e, &line);
    assert_null(memchr(line.data, '\n', line.len));
    int r = event_decode(line.data, line.len, arena, ret, err);
    if (r == 0) {
        event_encode(ret, &again);
        assert_int_equal(again.len, line.len);
        assert_memory_equal(again.data, line.data, line.len);
    }
    return r;
}

static void every_type_round_trips(void **state)
{
    (void)state;
    static const int64_t numbers[] = {0, 1, -1, 123456789012, INT64_MAX - 100, INT64_MIN};
    for (int type = 0; type < EVENT_N_TYPES; type++) {
        for (size_t i = 0; i < ARRAY_LEN(texts) * ARRAY_LEN(numbers); i++) {
            struct event want =
                sample_event((enum event_type)type, texts[i % ARRAY_LEN(texts)], numbers[i / ARRAY_LEN(texts)]);
            struct arena arena = {0};
            struct event got;
            autoerr struct err err = {0};
            if (decode(&want, &arena, &got, &err) < 0)
                fail_msg("%s: %s", event_type_name(want.type), err_text(&err));
            assert_int_equal(got.type, want.type);
            assert_true(got.t_ns == want.t_ns);
            const struct event_shape *shape = event_shape(want.type);
            for (size_t f = 0; f < shape->n_fields; f++)
                assert_same_field(&shape->fields[f], &want, &got);
            arena_free(&arena);
        }
    }
}

static void numbers_without_a_json_form_survive(void **state)
{
    (void)state;
    static const double values[] = {0, -0.0, 1e308, 5e-324, 0.1, (double)INFINITY, -(double)INFINITY, (double)NAN};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct event e = sample_event(EVENT_ATTEMPT_METRIC, "x", 1), got;
        e.attempt_metric.value = values[i];
        struct arena arena = {0};
        assert_int_equal(decode(&e, &arena, &got, NULL), 0);
        if (isnan(values[i]))
            assert_true(isnan(got.attempt_metric.value));
        else
            assert_true(values[i] == got.attempt_metric.value);
        arena_free(&arena);
    }
}

static void an_empty_list_stays_empty(void **state)
{
    (void)state;
    struct event e = sample_event(EVENT_ATTEMPT_LEAKED, "x", 1), got;
    e.attempt_leaked.what.n = 0;
    struct arena arena = {0};
    assert_int_equal(decode(&e, &arena, &got, NULL), 0);
    assert_int_equal(got.attempt_leaked.what.n, 0);
    arena_free(&arena);
}

static void a_line_is_as_documented(void **state)
{
    (void)state;
    struct event e = {EVENT_ATTEMPT_STARTED, .t_ns = 12, .attempt_started = {"a.b", 1, 0}};
    autobuf struct buf line = {0};
    event_encode(&e, &line);
    assert_string_equal(buf_str(&line),
                        "\"type\":\"attempt.started\",\"t\":12,\"case\":\"a.b\",\"attempt\":1,\"slot\":0");
}

#define STARTED "\"type\":\"attempt.started\",\"t\":0,"
#define LOGGED                                                                                                         \
    "\"type\":\"attempt.log\",\"t\":0,\"case\":\"a\",\"attempt\":1,\"level\":\"info\",\"file\":\"\",\"line\":0,"       \
    "\"text\":"
#define MEASURED                                                                                                       \
    "\"type\":\"attempt.metric\",\"t\":0,\"case\":\"a\",\"attempt\":1,\"name\":\"m\",\"value\":%s,\"unit\":\"s\""
#define LEAKED "\"type\":\"attempt.leaked\",\"t\":0,\"case\":\"a\",\"attempt\":1,\"kind\":\"process\",\"what\":"

static void bad_lines_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        int code;
        const char *says;
    } rows[] = {
        {"", -EINVAL, "\"type\" is missing"},
        {"[1]", -EINVAL, "\"type\" is missing"},
        {"\"type\":\"attempt.started\",\"type\":\"x\"", -EINVAL, "\"t\" of attempt.started"},
        {"\"type\":7,\"t\":0", -EINVAL, "\"type\""},
        {"\"type\":\"attempt.flew\",\"t\":0", -EPROTO, "attempt.flew"},
        {"\"type\":\"attempt.started\"", -EINVAL, "\"t\""},
        {"\"type\":\"attempt.started\",\"t\":0.5", -EINVAL, "\"t\""},
        {STARTED "\"attempt\":1,\"slot\":0", -EINVAL, "\"case\" of attempt.started is missing"},
        {STARTED "\"case\":1,\"attempt\":1,\"slot\":0", -EINVAL, "string wanted"},
        {STARTED "\"case\":\"a\",\"attempt\":1.5,\"slot\":0", -EINVAL, "integer wanted"},
        {STARTED "\"case\":\"a\",\"attempt\":1,\"attempt\":1,\"slot\":0", -EINVAL,
         "\"attempt\" of attempt.started is there twice"},
        {STARTED "\"case\":\"a\",\"attempt\":1,\"slot\":0,\"case\":\"a\"", -EINVAL,
         "\"case\" of attempt.started is there twice"},
        {STARTED "\"attempt\":1,\"case\":\"a\",\"slot\":0", -EINVAL, "\"case\" of attempt.started is missing"},
        {STARTED "\"case\":\"a\",\"attempt\":1,\"slot\":0,\"new\":{}", -EPROTO,
         "\"new\" of attempt.started is not known"},
        {STARTED "\"case\":\"a\",\"attempt\":1,\"slot\":0 ", -EINVAL, "\"slot\""},
        {STARTED "\"case\":\"a\",\"attempt\":1,\"slot\":0,", -EINVAL, "something follows"},
        {"\"type\":\"case.ended\",\"t\":0,\"case\":\"a\",\"verdict\":\"fine\",\"attempts\":1,\"duration_ns\":1,"
         "\"reason\":\"\"",
         -EINVAL, "\"verdict\""},
        {LEAKED "[1]", -EINVAL, "\"what\""},
        {LEAKED "[\"a\",]", -EINVAL, "\"what\""},
        {LEAKED "[,\"a\"]", -EINVAL, "\"what\""},
        {LEAKED "[\"a\" \"b\"]", -EINVAL, "\"what\""},
        {LEAKED "[\"a\"", -EINVAL, "\"what\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct event got;
        autoerr struct err err = {0};
        int r = event_decode(rows[i].fields, strlen(rows[i].fields), &arena, &got, &err);
        if (r != rows[i].code || !strstr(err_text(&err), rows[i].says))
            fail_msg("%s: %d, %s", rows[i].fields, r, err_text(&err));
        arena_free(&arena);
    }
}

static bool decodes(const char *fields)
{
    struct arena arena = {0};
    struct event got;
    int r = event_decode(fields, strlen(fields), &arena, &got, NULL);
    arena_free(&arena);
    return r == 0;
}

/* JSON has many ways to say the same; the log has one, so that no two lines that differ mean the same. */
static void another_spelling_is_refused(void **state)
{
    (void)state;
    static const char *const good_texts[] = {"\"\"",
                                             "\"/\"",
                                             "\"\\\"\\\\\"",
                                             "\"\\b\\t\\n\\f\\r\"",
                                             "\"\\u0001\\u007f\\u009b\\u202e\"",
                                             "\"\xc2\x80\"",
                                             "\"\xf4\x8f\xbf\xbf\""};
    static const char *const bad_texts[] = {"\"\\/\"",      "\"\\u0041\"",  "\"\\u000a\"",
                                            "\"\\u001F\"",  "\"\\u0000\"",  "\"\\u00a0\"",
                                            "\"\\u009B\"",  "\"\\u20ac\"",  "\"\\ud83d\\ude00\"",
                                            "\"\\x\"",      "\"\\u00\"",    "\"\\\"",
                                            "\"",           "\"\t\"",       "\"\x7f\"",
                                            "\"\xff\"",     "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
                                            "\"\xe2\x82\"", "null",         "'a'",
                                            " \"a\""};
    static const char *const good_numbers[] = {"0",
                                               "-0",
                                               "5",
                                               "-1.5",
                                               "0.1",
                                               "0.10000000000000001", /* as it was written once */
                                               "1e+22",
                                               "4.9406564584124654e-324",
                                               "\"NaN\"",
                                               "\"Infinity\"",
                                               "\"-Infinity\""};
    static const char *const bad_numbers[] = {"0.10", "5.0",   "+5",      "05",   "1e22", "1E+22", "nan",
                                              "inf",  "1e999", "\"nan\"", "0x10", "",     "1 ",    "null"};
    for (size_t i = 0; i < ARRAY_LEN(good_texts) + ARRAY_LEN(bad_texts); i++) {
        bool good = i < ARRAY_LEN(good_texts);
        autobuf struct buf line = {0};
        buf_addf(&line, LOGGED "%s", good ? good_texts[i] : bad_texts[i - ARRAY_LEN(good_texts)]);
        if (decodes(buf_str(&line)) != good)
            fail_msg("%s", buf_str(&line));
    }
    for (size_t i = 0; i < ARRAY_LEN(good_numbers) + ARRAY_LEN(bad_numbers); i++) {
        bool good = i < ARRAY_LEN(good_numbers);
        autobuf struct buf line = {0};
        buf_addf(&line, MEASURED, good ? good_numbers[i] : bad_numbers[i - ARRAY_LEN(good_numbers)]);
        if (decodes(buf_str(&line)) != good)
            fail_msg("%s", buf_str(&line));
    }
}

static void integers_of_64_bits_and_no_more(void **state)
{
    (void)state;
    static const char *const good[] = {"0", "-1", "9223372036854775807", "-9223372036854775808"};
    static const char *const bad[] = {"",
                                      "-",
                                      "-0",
                                      "00",
                                      "01",
                                      "+1",
                                      "1e3",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999",
                                      "0x1",
                                      "true"};
    for (size_t i = 0; i < ARRAY_LEN(good) + ARRAY_LEN(bad); i++) {
        autobuf struct buf line = {0};
        const char *number = i < ARRAY_LEN(good) ? good[i] : bad[i - ARRAY_LEN(good)];
        buf_addf(&line, STARTED "\"case\":\"a\",\"attempt\":1,\"slot\":%s", number);
        if (decodes(buf_str(&line)) != (i < ARRAY_LEN(good)))
            fail_msg("%s", number);
    }
}

static void fields_of_later_runners_may_be_missing(void **state)
{
    (void)state;
    static const char line[] = "\"type\":\"attempt.ended\",\"t\":0,\"case\":\"a\",\"attempt\":1,\"verdict\":\"passed\","
                               "\"reason\":\"\",\"file\":\"\",\"line\":0,\"duration_ns\":1,\"checks\":0,"
                               "\"failed_checks\":0,\"stdout_bytes\":0,\"stderr_bytes\":0,\"output_cut\":false,"
                               "\"cpu_user_us\":1,\"cpu_system_us\":1,\"max_rss_kb\":7,\"will_retry\":false";
    struct arena arena = {0};
    struct event got;
    assert_int_equal(event_decode(line, strlen(line), &arena, &got, NULL), 0);
    assert_int_equal(got.attempt_ended.max_rss_kb, 7);
    assert_int_equal(got.attempt_ended.written_bytes, 0);

    /* Strings are "" then, never NULL; lists are empty. */
    static const char start[] = "\"type\":\"run.started\",\"t\":0,\"run_id\":\"r\",\"muster_version\":\"0.1.0\","
                                "\"host\":\"h\",\"started_at\":\"s\",\"containment\":\"c\",\"command\":[],"
                                "\"jobs\":1,\"seed\":2,\"rerun_of\":\"\"";
    assert_int_equal(event_decode(start, strlen(start), &arena, &got, NULL), 0);
    assert_string_equal(got.run_started.shard_by, "");
    assert_string_equal(got.run_started.split, "");
    assert_int_equal(got.run_started.shards, 0);
    assert_int_equal(got.run_started.merged.n, 0);
    static const char planned[] =
        "\"type\":\"case.planned\",\"t\":0,\"case\":\"a\",\"plugin\":\"p\",\"scenario\":\"s\","
        "\"summary\":\"\",\"file\":\"\",\"line\":0,\"markers\":[\"m\"]";
    assert_int_equal(event_decode(planned, strlen(planned), &arena, &got, NULL), 0);
    assert_int_equal(got.case_planned.markers.n, 1);
    assert_int_equal(got.case_planned.params.n, 0);
    arena_free(&arena);
}

static void verdicts_have_words(void **state)
{
    (void)state;
    for (int v = 0; v < VERDICT_N; v++) {
        enum verdict back;
        assert_int_equal(verdict_parse(verdict_name((enum verdict)v), &back), 0);
        assert_int_equal(back, v);
    }
    enum verdict untouched = VERDICT_FLAKY;
    assert_int_equal(verdict_parse("PASSED", &untouched), -EINVAL);
    assert_int_equal(untouched, VERDICT_FLAKY);
    assert_true(verdict_is_bad(VERDICT_CRASHED));
    assert_false(verdict_is_bad(VERDICT_FLAKY));
    assert_false(verdict_is_bad(VERDICT_SKIPPED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_round_trips),
        cmocka_unit_test(numbers_without_a_json_form_survive),
        cmocka_unit_test(an_empty_list_stays_empty),
        cmocka_unit_test(a_line_is_as_documented),
        cmocka_unit_test(bad_lines_are_refused_by_name),
        cmocka_unit_test(another_spelling_is_refused),
        cmocka_unit_test(integers_of_64_bits_and_no_more),
        cmocka_unit_test(fields_of_later_runners_may_be_missing),
        cmocka_unit_test(verdicts_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
