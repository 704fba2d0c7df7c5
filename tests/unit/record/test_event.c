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
    autobuf struct buf line = {0};
    buf_addc(&line, '{');
    event_encode(e, &line);
    buf_addc(&line, '}');
    assert_null(memchr(line.data, '\n', line.len));
    return event_decode(line.data, line.len, arena, ret, err);
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

static void bad_lines_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int code;
        const char *says;
    } rows[] = {
        {"", -EINVAL, "not JSON"},
        {"[1]", -EINVAL, "not a JSON object"},
        {"{\"type\":\"attempt.started\",\"type\":\"x\"}", -EINVAL, "duplicate"},
        {"{}", -EINVAL, "\"type\""},
        {"{\"type\":7,\"t\":0}", -EINVAL, "\"type\""},
        {"{\"type\":\"attempt.flew\",\"t\":0}", -EPROTO, "attempt.flew"},
        {"{\"type\":\"attempt.started\"}", -EINVAL, "\"t\""},
        {"{\"type\":\"attempt.started\",\"t\":0,\"attempt\":1,\"slot\":0}", -EINVAL,
         "\"case\" of attempt.started is missing"},
        {"{\"type\":\"attempt.started\",\"t\":0,\"case\":1,\"attempt\":1,\"slot\":0}", -EINVAL, "string wanted"},
        {"{\"type\":\"attempt.started\",\"t\":0,\"case\":\"a\",\"attempt\":1.5,\"slot\":0}", -EINVAL, "integer wanted"},
        {"{\"type\":\"case.ended\",\"t\":0,\"case\":\"a\",\"verdict\":\"fine\",\"attempts\":1,\"duration_ns\":1,"
         "\"reason\":\"\"}",
         -EINVAL, "\"verdict\""},
        {"{\"type\":\"attempt.leaked\",\"t\":0,\"case\":\"a\",\"attempt\":1,\"kind\":\"process\",\"what\":[1]}",
         -EINVAL, "\"what\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct event got;
        autoerr struct err err = {0};
        int r = event_decode(rows[i].line, strlen(rows[i].line), &arena, &got, &err);
        if (r != rows[i].code || !strstr(err_text(&err), rows[i].says))
            fail_msg("%s: %d, %s", rows[i].line, r, err_text(&err));
        arena_free(&arena);
    }
}

static void fields_of_later_runners_may_be_missing(void **state)
{
    (void)state;
    static const char line[] =
        "{\"type\":\"attempt.ended\",\"t\":0,\"case\":\"a\",\"attempt\":1,\"verdict\":\"passed\","
        "\"reason\":\"\",\"file\":\"\",\"line\":0,\"duration_ns\":1,\"checks\":0,"
        "\"failed_checks\":0,\"stdout_bytes\":0,\"stderr_bytes\":0,\"output_cut\":false,"
        "\"cpu_user_us\":1,\"cpu_system_us\":1,\"max_rss_kb\":7,\"will_retry\":false}";
    struct arena arena = {0};
    struct event got;
    assert_int_equal(event_decode(line, strlen(line), &arena, &got, NULL), 0);
    assert_int_equal(got.attempt_ended.max_rss_kb, 7);
    assert_int_equal(got.attempt_ended.written_bytes, 0);

    /* Strings are "" then, never NULL; lists are empty. */
    static const char start[] = "{\"type\":\"run.started\",\"t\":0,\"run_id\":\"r\",\"muster_version\":\"0.1.0\","
                                "\"host\":\"h\",\"started_at\":\"s\",\"containment\":\"c\",\"command\":[],"
                                "\"jobs\":1,\"seed\":2,\"rerun_of\":\"\"}";
    assert_int_equal(event_decode(start, strlen(start), &arena, &got, NULL), 0);
    assert_string_equal(got.run_started.shard_by, "");
    assert_string_equal(got.run_started.split, "");
    assert_int_equal(got.run_started.shards, 0);
    assert_int_equal(got.run_started.merged.n, 0);
    static const char planned[] =
        "{\"type\":\"case.planned\",\"t\":0,\"case\":\"a\",\"plugin\":\"p\",\"scenario\":\"s\","
        "\"summary\":\"\",\"file\":\"\",\"line\":0,\"markers\":[\"m\"]}";
    assert_int_equal(event_decode(planned, strlen(planned), &arena, &got, NULL), 0);
    assert_int_equal(got.case_planned.markers.n, 1);
    assert_int_equal(got.case_planned.params.n, 0);
    arena_free(&arena);
}

static void unknown_fields_are_ignored(void **state)
{
    (void)state;
    static const char line[] =
        "{\"type\":\"attempt.started\",\"t\":0,\"case\":\"a\",\"attempt\":1,\"slot\":2,\"new\":{}}";
    struct arena arena = {0};
    struct event got;
    assert_int_equal(event_decode(line, sizeof line - 1, &arena, &got, NULL), 0);
    assert_int_equal(got.attempt_started.slot, 2);
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
        cmocka_unit_test(unknown_fields_are_ignored),
        cmocka_unit_test(fields_of_later_runners_may_be_missing),
        cmocka_unit_test(verdicts_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
