/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's json: pointers, reading, packing, and CHECK_JSON with both values in its failures. */
#include "fake_host.h"

#include <math.h>
#include <muster/kit/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The examples of RFC 6901, section 5. */
static const char rfc[] = "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,"
                          "\"k\\\"l\":6,\" \":7,\"m~n\":8}";

static void pointers_of_the_rfc(void **state)
{
    struct m_json *d = m_json_try_parse(rfc);
    (void)state;
    assert_non_null(d);
    assert_int_equal(m_json_count(d, ""), 10);
    assert_int_equal(m_json_count(d, "/foo"), 2);
    assert_string_equal(m_json_str(d, "/foo/0"), "bar");
    assert_int_equal(m_json_int(d, "/"), 0);
    assert_int_equal(m_json_int(d, "/a~1b"), 1);
    assert_int_equal(m_json_int(d, "/c%d"), 2);
    assert_int_equal(m_json_int(d, "/e^f"), 3);
    assert_int_equal(m_json_int(d, "/g|h"), 4);
    assert_int_equal(m_json_int(d, "/i\\j"), 5);
    assert_int_equal(m_json_int(d, "/k\"l"), 6);
    assert_int_equal(m_json_int(d, "/ "), 7);
    assert_int_equal(m_json_int(d, "/m~0n"), 8);
    m_json_free(d);
}

static void pointers_to_nothing(void **state)
{
    static const char *const wrong[] = {"foo",  "/foo/2", "/foo/-", "/foo/00", "/foo/+1", "/foo/0/x",
                                        "/m~n", "/m~",    "/none",  "/foo/",   "//",      "/foo/18446744073709551616"};
    struct m_json *d = m_json_try_parse(rfc);
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_null(m_json_at(d, wrong[i]));
    m_json_free(d);
}

static void types_are_told_apart(void **state)
{
    struct m_json *d = m_json_try_parse("{\"i\":9223372036854775807,\"d\":1.5,\"t\":true,\"n\":null,\"s\":\"1\"}");
    (void)state;
    assert_true(m_json_int(d, "/i") == INT64_MAX);
    assert_true(m_json_int(d, "/d") == M_JSON_NO_INT);
    assert_true(m_json_int(d, "/s") == M_JSON_NO_INT);
    assert_true(m_json_double(d, "/d") == 1.5);
    assert_true(isnan(m_json_double(d, "/t")));
    assert_int_equal(m_json_bool(d, "/t"), 1);
    assert_int_equal(m_json_bool(d, "/i"), -1);
    assert_true(m_json_is_null(d, "/n"));
    assert_false(m_json_is_null(d, "/none"));
    assert_null(m_json_str(d, "/i"));
    assert_int_equal(m_json_count(d, "/s"), -1);
    assert_null(m_json_str(NULL, "/i"));
    m_json_free(d);
}

static void what_is_no_json(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    assert_null(m_json_try_parse("{\"a\":1,\"a\":2}"));
    assert_null(m_json_try_parse("{} x"));
    assert_null(m_json_try_parse(""));
    RUN(&h, m_json_parse(&h.ctx, "{\n  \"a\": oops}"));
    assert_int_equal(h.stopped, MUSTER_STOP_FAIL);
    assert_non_null(strstr(h.reason, "line 2"));
    RUN(&h, m_json_parse(&h.ctx, NULL));
    assert_int_equal(h.stopped, MUSTER_STOP_FAIL);
}

static void packing_escapes(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    const char *text = m_json_pack(&h.ctx, "{s:s, s:I, s:[b,n]}", "a\"b", "x\n\"y\"", "i", INT64_MIN, "l", 1);
    struct m_json *d = m_json_try_parse(text);
    assert_string_equal(m_json_str(d, "/a\"b"), "x\n\"y\"");
    assert_string_equal(m_json_text(&h.ctx, d, "/l"), "[true,null]");
    assert_null(m_json_text(&h.ctx, d, "/none"));
    m_json_free(d);
    RUN(&h, m_json_pack(&h.ctx, "{s:q}", "a", 1));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
}

static void checks_compare_values(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    fake_host_init(&h);
    assert_true(CHECK_JSON("{\"a\":{\"x\":1,\"y\":[2]}}", "/a", "{\"y\":[2],\"x\":1}"));
    assert_true(CHECK_JSON("\"text\"", "", "\"text\""));
    assert_int_equal(h.failed, 0);
    assert_false(CHECK_JSON("{\"a\":1}", "/a", "1.0"));
    assert_string_equal(h.actual, "1");
    assert_string_equal(h.expected, "1.0");
    assert_false(CHECK_JSON("{\"a\":1}", "/b", "1"));
    assert_string_equal(h.actual, "{\"a\":1}");
    assert_non_null(strstr(h.message, "\"/b\""));
    assert_false(CHECK_JSON("<html>", "/b", "1"));
    assert_non_null(strstr(h.message, "the text is not JSON"));
    assert_false(CHECK_JSON("{}", "/b", "nonsense"));
    assert_non_null(strstr(h.message, "the expected value is not JSON"));
    assert_false(CHECK_JSON((const char *)NULL, "/b", "1"));
    assert_int_equal(h.failed, 5);
    RUN(&h, REQUIRE_JSON("[]", "/0", "1"));
    assert_int_equal(h.stopped, -1);
}

static void numbers_stay_what_is_written(void **state)
{
    static const char text[] =
        "{\"a\": {\"big\": 18446744073709551615, \"b\": [19.990, 3.11, \"18446744073709551615\"]},\n"
        " \"18446744073709551615\": -9223372036854775808, \"n\": 5, \"e\": 1e2}";
    struct m_json *d = m_json_try_parse(text);
    uint64_t n = 7;
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    fake_host_init(&h);
    (void)state;
    assert_non_null(d);
    assert_int_equal(m_json_u64(d, "/a/big", &n), 1);
    assert_true(n == UINT64_MAX);
    assert_int_equal(m_json_u64(d, "/n", &n), 1);
    assert_int_equal(n, 5);
    assert_int_equal(m_json_u64(d, "/a/b/0", &n), 0);
    assert_int_equal(m_json_u64(d, "/18446744073709551615", &n), 0);
    assert_int_equal(n, 5);
    assert_true(m_json_int(d, "/a/big") == M_JSON_NO_INT);
    assert_true(m_json_double(d, "/a/b/0") == 19.99);
    assert_null(m_json_str(d, "/a/big"));
    assert_string_equal(m_json_str(d, "/a/b/2"), "18446744073709551615");
    assert_string_equal(
        m_json_text(t, d, ""),
        "{\"18446744073709551615\":-9223372036854775808,\"a\":{\"b\":[19.990,3.11,\"18446744073709551615\"],"
        "\"big\":18446744073709551615},\"e\":1e2,\"n\":5}");
    m_json_free(d);
    static const char forms[] =
        "[0,-1,999999999999999,1234567890123456,0.5,-0.5,0.0,0.00012,0.00001,0.10,100.25,123456789012345.5,"
        "12345678901234.5,1e5,1E+2,-0.0,5.0,1.7976931348623157e308,0.1234567890123456789]";
    d = m_json_try_parse(forms);
    assert_string_equal(m_json_text(t, d, ""), forms);
    m_json_free(d);
    assert_true(CHECK_JSON(text, "/n", "5"));
    assert_true(CHECK_JSON(text, "/a/big", "18446744073709551615"));
    assert_true(CHECK_JSON(text, "/a/b/0", "19.99"));
    assert_false(CHECK_JSON(text, "/a/big", "18446744073709551614"));
    assert_string_equal(h.actual, "18446744073709551615");
    assert_false(CHECK_JSON(text, "/a/big", "\"18446744073709551615\""));
    assert_false(CHECK_JSON(text, "/a/b/1", "3.1100000000000003"));
    assert_string_equal(h.actual, "3.11");
    assert_false(CHECK_JSON("{\"a\": 1,\n \"b\": 18446744073709551616}", "/a", "1"));
    assert_string_equal(h.message, "the text is not JSON: 18446744073709551616 is beyond 64 bits: integers go from "
                                   "-9223372036854775808 to 18446744073709551615 at line 2, column 7");
}

static void members_are_known_by_their_names(void **state)
{
    struct m_json *d = m_json_try_parse("{\"z\":1,\"a/b\":2,\"\":{\"k\":3}}"), *list = m_json_try_parse("[1]");
    (void)state;
    assert_string_equal(m_json_key(d, 0), "z"); /* as they were written */
    assert_string_equal(m_json_key(d, 1), "a/b");
    assert_string_equal(m_json_key(d, 2), "");
    assert_null(m_json_key(d, 3));
    assert_null(m_json_key(list, 0));
    assert_null(m_json_key(NULL, 0));
    assert_int_equal(m_json_int(m_json_member(d, "a/b"), ""), 2);
    assert_int_equal(m_json_int(m_json_member(d, ""), "/k"), 3);
    assert_null(m_json_member(d, "b"));
    assert_null(m_json_member(list, "0"));
    assert_null(m_json_member(NULL, "a"));
    m_json_free(d);
    m_json_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointers_of_the_rfc),
        cmocka_unit_test(pointers_to_nothing),
        cmocka_unit_test(numbers_stay_what_is_written),
        cmocka_unit_test(types_are_told_apart),
        cmocka_unit_test(what_is_no_json),
        cmocka_unit_test(members_are_known_by_their_names),
        cmocka_unit_test(packing_escapes),
        cmocka_unit_test(checks_compare_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
