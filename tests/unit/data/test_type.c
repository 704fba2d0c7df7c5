/* SPDX-License-Identifier: Apache-2.0 */
/* Values and the texts that stand for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "data/type.h"

#include <exact.h>
#include <muster/plugin.h>
#include <stdlib.h>

/* NULL: the value is none of the type. */
static void text(const char *json, uint32_t type, bool lenient, const char *wanted)
{
    json_t *value = exact_loads(json, JSON_DECODE_ANY, NULL);
    char *got = type_text(value, type, lenient);
    if (wanted && got)
        assert_string_equal(got, wanted);
    else
        assert_true(!wanted && !got);
    free(got);
    json_decref(value);
}

static void values_become_texts_of_their_type(void **state)
{
    (void)state;
    text("5", MUSTER_TYPE_I32, false, "5");
    text("2147483648", MUSTER_TYPE_I32, false, NULL);
    text("-2147483648", MUSTER_TYPE_I32, false, "-2147483648");
    text("2147483648", MUSTER_TYPE_I64, false, "2147483648");
    text("-1", MUSTER_TYPE_U64, false, NULL);
    text("5.0", MUSTER_TYPE_I64, false, NULL);
    text("5", MUSTER_TYPE_F64, false, "5");
    text("0.1", MUSTER_TYPE_F64, false, "0.1");
    text("19.990", MUSTER_TYPE_F64, false, "19.990");
    text("18446744073709551615", MUSTER_TYPE_U64, false, "18446744073709551615");
    text("18446744073709551615", MUSTER_TYPE_I64, false, NULL);
    text("18446744073709551615", MUSTER_TYPE_STR, true, "18446744073709551615");
    text("true", MUSTER_TYPE_BOOL, false, "true");
    text("1", MUSTER_TYPE_BOOL, false, NULL);
    text("\"a b\"", MUSTER_TYPE_STR, false, "a b");
    text("5", MUSTER_TYPE_STR, false, NULL);
    text("5", MUSTER_TYPE_STR, true, "5");
    text("[1]", MUSTER_TYPE_STR, true, NULL);
    text("{\"a\":[1,null]}", MUSTER_TYPE_JSON, false, "{\"a\":[1,null]}");
    text("\"x\"", MUSTER_TYPE_JSON, false, "\"x\"");
}

static void texts_from_outside_may_be_numbers(void **state)
{
    (void)state;
    text("\"8080\"", MUSTER_TYPE_I32, false, NULL);
    text("\"8080\"", MUSTER_TYPE_I32, true, "8080");
    text("\"8080x\"", MUSTER_TYPE_I32, true, NULL);
    text("\" 8080\"", MUSTER_TYPE_I32, true, NULL);
    text("\"\"", MUSTER_TYPE_I64, true, NULL);
    text("\"99999999999999999999\"", MUSTER_TYPE_I64, true, NULL);
    text("\"18446744073709551615\"", MUSTER_TYPE_U64, true, "18446744073709551615");
    text("\"0xff\"", MUSTER_TYPE_U64, true, "0xff");
    text("\"-1\"", MUSTER_TYPE_U64, true, NULL);
    text("\"1e3\"", MUSTER_TYPE_F64, true, "1e3");
    text("\"inf\"", MUSTER_TYPE_F64, true, NULL);
    text("\"true\"", MUSTER_TYPE_BOOL, true, "true");
    text("\"yes\"", MUSTER_TYPE_BOOL, true, NULL);
}

static void texts_become_values(void **state)
{
    (void)state;
    json_t *v = type_value("-5", MUSTER_TYPE_I32);
    assert_int_equal(json_integer_value(v), -5);
    json_decref(v);
    v = type_value("18446744073709551615", MUSTER_TYPE_U64);
    assert_true(exact_is_integer(v) && !exact_is_string(v));
    autofree char *most = json_dumped(v, false);
    assert_string_equal(most, "18446744073709551615");
    json_decref(v);
    v = type_value("{\"a\":1}", MUSTER_TYPE_JSON);
    assert_int_equal(json_integer_value(json_object_get(v, "a")), 1);
    json_decref(v);
    assert_null(type_value("{", MUSTER_TYPE_JSON));
    assert_null(type_value("{\"a\":1,\"a\":2}", MUSTER_TYPE_JSON));
    assert_null(type_value("x", MUSTER_TYPE_I64));
    assert_null(type_value("maybe", MUSTER_TYPE_BOOL));
}

static void types_are_found_and_joined(void **state)
{
    (void)state;
    uint32_t type = 99;
    assert_true(type_find("u64", &type));
    assert_int_equal(type, MUSTER_TYPE_U64);
    assert_false(type_find("none", &type));
    assert_false(type_find("int", &type));
    assert_int_equal(type_join(MUSTER_TYPE_I64, MUSTER_TYPE_F64), MUSTER_TYPE_F64);
    assert_int_equal(type_join(MUSTER_TYPE_I64, MUSTER_TYPE_U64), MUSTER_TYPE_JSON);
    assert_int_equal(type_join(MUSTER_TYPE_STR, MUSTER_TYPE_I64), MUSTER_TYPE_JSON);
    assert_int_equal(type_join(MUSTER_TYPE_NONE, MUSTER_TYPE_BOOL), MUSTER_TYPE_BOOL);
    assert_true(type_may_become(MUSTER_TYPE_STR, MUSTER_TYPE_I32));
    assert_true(type_may_become(MUSTER_TYPE_I64, MUSTER_TYPE_F64));
    assert_false(type_may_become(MUSTER_TYPE_F64, MUSTER_TYPE_I64));
    assert_false(type_may_become(MUSTER_TYPE_BOOL, MUSTER_TYPE_I64));
    assert_false(type_may_become(MUSTER_TYPE_NONE, MUSTER_TYPE_JSON));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_texts_of_their_type),
        cmocka_unit_test(texts_from_outside_may_be_numbers),
        cmocka_unit_test(texts_become_values),
        cmocka_unit_test(types_are_found_and_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
