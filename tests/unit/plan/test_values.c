/* SPDX-License-Identifier: Apache-2.0 */
/* Which texts are values of which types, and which values. */
#include "sample.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/values.h"

static union value parsed(enum value_type type, const char *text)
{
    union value v = {0};
    autoerr struct err err = {0};
    if (value_parse(type, text, &v, &err) < 0)
        fail_msg("%s", err_text(&err));
    return v;
}

static void takes_values_to_their_ends(void **state)
{
    (void)state;
    assert_int_equal(parsed(TYPE_I32, "-2147483648").i32, INT32_MIN);
    assert_int_equal(parsed(TYPE_I32, "2147483647").i32, INT32_MAX);
    assert_int_equal(parsed(TYPE_I32, "007").i32, 7);
    assert_true(parsed(TYPE_I64, "-9223372036854775808").i64 == INT64_MIN);
    assert_true(parsed(TYPE_I64, "9223372036854775807").i64 == INT64_MAX);
    assert_true(parsed(TYPE_U64, "18446744073709551615").u64 == UINT64_MAX);
    assert_true(parsed(TYPE_U64, "0xFFFFffffFFFFffff").u64 == UINT64_MAX);
    assert_true(parsed(TYPE_U64, "0").u64 == 0);
    assert_true(parsed(TYPE_F64, "1.5").f64 == 1.5);
    assert_true(parsed(TYPE_F64, "-1e308").f64 == -1e308);
    assert_true(parsed(TYPE_F64, ".5").f64 == .5);
    assert_true(parsed(TYPE_F64, "5e-324").f64 == 5e-324);
    assert_true(parsed(TYPE_F64, "1e-400").f64 == 0);
    assert_true(signbit(parsed(TYPE_F64, "-0").f64));
    assert_true(parsed(TYPE_F64, "0x1p-2").f64 == .25);
    assert_int_equal(parsed(TYPE_BOOL, "true").i32, 1);
    assert_int_equal(parsed(TYPE_BOOL, "false").i32, 0);
    assert_string_equal(parsed(TYPE_STR, "").text, "");
    assert_string_equal(parsed(TYPE_STR, "é\n").text, "é\n");
    assert_string_equal(parsed(TYPE_JSON, "{}").text, "{}");
}

static void says_what_was_expected(void **state)
{
    (void)state;
    static const struct {
        enum value_type type;
        const char *text, *message;
    } rows[] = {
        {TYPE_I32, "ten", "'ten' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {TYPE_I32, "", "'' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {TYPE_I32, "2147483648", "'2147483648' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {TYPE_I32, "1.0", "'1.0' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {TYPE_I32, " 1", "' 1' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {TYPE_I64, "9223372036854775808", NULL},
        {TYPE_I64, "+1", NULL},
        {TYPE_I64, "-", NULL},
        {TYPE_I64, "--1", NULL},
        {TYPE_U64, "-1", "'-1' is not a u64: a decimal number from 0 to 18446744073709551615, or hexadecimal with 0x"},
        {TYPE_U64, "18446744073709551616", NULL},
        {TYPE_U64, "0x", NULL},
        {TYPE_U64, "0x0x1", NULL},
        {TYPE_U64, "0x1FFFFFFFFFFFFFFFF", NULL},
        {TYPE_F64, "1,5", "'1,5' is not an f64: a finite number such as 1.5, -2 or 1e9"},
        {TYPE_F64, "inf", NULL},
        {TYPE_F64, "-inf", NULL},
        {TYPE_F64, "nan", NULL},
        {TYPE_F64, "-nan", NULL},
        {TYPE_F64, "1e309", NULL},
        {TYPE_F64, "", NULL},
        {TYPE_F64, " 1", NULL},
        {TYPE_F64, "1 ", NULL},
        {TYPE_BOOL, "yes", "'yes' is not a bool: true or false"},
        {TYPE_BOOL, "1", NULL},
        {TYPE_BOOL, "True", NULL},
        {TYPE_STR, "a\xff", "'a\xff' is not a str: a text in UTF-8"},
        {TYPE_JSON, "", "'' is not a json: a JSON text"},
        {TYPE_NONE, "x", "'x' is not a none: nothing"},
        {TYPE_I32, "a\nb\tc", "'a\\nb\\tc' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {TYPE_BOOL, "ééééééééééééééééééééééééééééééééééééééé",
         "'éééééééééééééééééééééééééééééé...' is not a bool: true or false"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        union value v = {.u64 = 99};
        autoerr struct err err = {0};
        if (value_parse(rows[i].type, rows[i].text, &v, &err) != -EINVAL)
            fail_msg("%s: taken", rows[i].text);
        assert_true(v.u64 == 99);
        if (rows[i].message)
            assert_err(&err, -EINVAL, rows[i].message);
    }
    union value v;
    assert_int_equal(value_parse((enum value_type)8, "x", &v, NULL), -EINVAL);
}

static void bounds_what_crosses_the_interface(void **state)
{
    (void)state;
    char *text = malloc(VALUE_MAX + 1);
    assert_non_null(text);
    memset(text, 'a', VALUE_MAX);
    text[VALUE_MAX] = '\0';
    autoerr struct err err = {0};
    assert_int_equal(value_check(TYPE_STR, text, &err), -EINVAL);
    assert_err(&err, -EINVAL, "it is longer than 16383 bytes");
    text[VALUE_MAX - 1] = '\0';
    assert_int_equal(value_check(TYPE_STR, text, NULL), 0);
    free(text);
}

static void names_types(void **state)
{
    (void)state;
    static const char *const names[TYPE_N] = {"none", "i32", "i64", "u64", "f64", "bool", "str", "json"};
    for (unsigned t = 0; t < TYPE_N; t++)
        assert_string_equal(value_type_name((enum value_type)t), names[t]);
    assert_string_equal(value_type_name(TYPE_N), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_values_to_their_ends),
        cmocka_unit_test(says_what_was_expected),
        cmocka_unit_test(bounds_what_crosses_the_interface),
        cmocka_unit_test(names_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
