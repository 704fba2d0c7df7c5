/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing values: every operator, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/match.h"

#include <exact.h>

static json_t *json(const char *text)
{
    json_t *value = exact_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

static bool holds(const char *op, const char *actual, const char *expected)
{
    json_t *a = actual ? json(actual) : NULL, *e = json(expected);
    enum match_op which = match_find(op);
    assert_int_not_equal(which, MATCH_N);
    assert_null(match_fault(which, e));
    bool result = match(which, a, e, NULL);
    json_decref(a);
    json_decref(e);
    return result;
}

#define YES(...) assert_true(holds(__VA_ARGS__))
#define NO(...)  assert_false(holds(__VA_ARGS__))

static void equality_is_by_value(void **state)
{
    (void)state;
    YES("eq", "5", "5.0");
    NO("eq", "5", "\"5\"");
    NO("eq", "1", "true");
    NO("eq", "null", "false");
    YES("eq", "{\"a\":[1,{\"b\":2.0}]}", "{\"a\":[1.0,{\"b\":2}]}");
    NO("eq", "{\"a\":1,\"b\":2}", "{\"a\":1}");
    NO("eq", "{\"a\":1}", "{\"a\":1,\"b\":2}");
    NO("eq", "{\"a\":1}", "{\"b\":1}");
    NO("eq", "[1,2]", "[2,1]");
    NO("eq", "[1]", "[1,1]");
    YES("ne", "[1]", "[1,1]");
    NO("ne", "\"a\"", "\"a\"");
    NO("ne", NULL, "1"); /* what is not there equals nothing, and differs from nothing */
    NO("eq", NULL, "null");
    YES("eq", "9007199254740993", "9007199254740993");
    NO("eq", "9007199254740993", "9007199254740992");
}

static void order_is_of_numbers_and_of_texts(void **state)
{
    (void)state;
    YES("lt", "1", "1.5");
    NO("lt", "2", "2");
    YES("le", "2", "2");
    YES("gt", "\"b\"", "\"a\"");
    YES("ge", "-1", "-1.0");
    NO("gt", "\"b\"", "1");
    NO("lt", "\"b\"", "1");
    NO("lt", "[1]", "2");
    NO("lt", NULL, "2");
}

static void integers_are_never_equal_by_way_of_a_double(void **state)
{
    (void)state;
    YES("eq", "18446744073709551615", "18446744073709551615");
    NO("eq", "18446744073709551615", "18446744073709551000");
    NO("eq", "18446744073709551615", "18446744073709551616.0");
    NO("eq", "18446744073709551615", "1.8446744073709552e19");
    NO("eq", "9007199254740993", "9007199254740992.0");
    NO("eq", "9007199254740993", "9007199254740992");
    YES("gt", "18446744073709551615", "18446744073709551614");
    YES("gt", "18446744073709551615", "9223372036854775807");
    YES("lt", "-9223372036854775808", "18446744073709551615");
    YES("lt", "-9223372036854775808", "-9223372036854775807.5");
    YES("lt", "0", "0.05");
    YES("gt", "0", "-0.05");
    YES("eq", "0", "-0.0");
    YES("eq", "100", "1.00e2");
    YES("gt", "100", "0.0999e3");
    YES("eq", "1.50", "1.5");
    YES("eq", "0.1", "0.10000000000000001");
    YES("type", "18446744073709551615", "\"integer\"");
    YES("type", "18446744073709551615", "\"number\"");
    NO("type", "18446744073709551615", "\"string\"");
    YES("type", "1.50", "\"number\"");
    NO("type", "1.50", "\"integer\"");
    NO("eq", "18446744073709551615", "\"18446744073709551615\"");
    YES("in", "18446744073709551615", "[1,18446744073709551615]");
    NO("in", "18446744073709551615", "[18446744073709551614,\"18446744073709551615\"]");
    YES("eq", "{\"b\":[18446744073709551615]}", "{\"b\":[18446744073709551615]}");
    NO("contains", "18446744073709551615", "\"184\"");
}

static void texts_are_searched(void **state)
{
    (void)state;
    YES("matches", "\"w-17\"", "\"^w-[0-9]+$\"");
    NO("matches", "\"w-\"", "\"^w-[0-9]+$\"");
    NO("matches", "17", "\"17\"");
    YES("contains", "\"hello\"", "\"ell\"");
    NO("contains", "\"hello\"", "\"elk\"");
    NO("contains", "5", "5");
    YES("lacks", "\"hello\"", "\"elk\"");
    NO("lacks", "\"hello\"", "\"ell\"");
    NO("lacks", "\"5\"", "5");
    NO("lacks", "5", "5");
    YES("lacks", "[1]", "2");
    NO("lacks", "[1,2]", "2");
    YES("lacks", "{\"a\":1}", "{\"a\":2}");
    NO("lacks", "{\"a\":1}", "\"a\"");
    YES("contains", "[1,{\"a\":2}]", "{\"a\":2}");
    NO("contains", "[1]", "2");
    YES("contains", "{\"a\":{\"b\":1,\"c\":2},\"d\":3}", "{\"a\":{\"b\":1}}");
    NO("contains", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2}}");
}

static void kinds_and_sizes_are_known(void **state)
{
    (void)state;
    YES("type", "5", "\"integer\"");
    YES("type", "5", "\"number\"");
    NO("type", "5.5", "\"integer\"");
    YES("type", "{}", "\"object\"");
    YES("type", "[]", "\"array\"");
    YES("type", "\"\"", "\"string\"");
    YES("type", "true", "\"boolean\"");
    YES("type", "null", "\"null\"");
    YES("length", "\"\xc3\xa4\xc3\xb6\"", "2");
    YES("length", "[1,2,3]", "3");
    YES("length", "{\"a\":1}", "1");
    NO("length", "5", "1");
    YES("exists", "null", "true");
    YES("exists", NULL, "false");
    NO("exists", NULL, "true");
    NO("exists", "1", "false");
    YES("in", "2", "[1,2.0]");
    NO("in", "3", "[1,2]");
    NO("in", NULL, "[1]");
}

static void bad_right_sides_are_found(void **state)
{
    (void)state;
    const struct {
        const char *op, *expected;
    } bad[] = {{"lt", "true"},       {"gt", "[1]"},    {"matches", "\"[\""}, {"matches", "5"}, {"exists", "\"yes\""},
               {"type", "\"text\""}, {"length", "-1"}, {"length", "\"5\""},  {"in", "5"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_t *e = json(bad[i].expected);
        assert_non_null(match_fault(match_find(bad[i].op), e));
        json_decref(e);
    }
    assert_int_equal(match_find("equals"), MATCH_N);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_is_by_value),
        cmocka_unit_test(order_is_of_numbers_and_of_texts),
        cmocka_unit_test(integers_are_never_equal_by_way_of_a_double),
        cmocka_unit_test(texts_are_searched),
        cmocka_unit_test(kinds_and_sizes_are_known),
        cmocka_unit_test(bad_right_sides_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
