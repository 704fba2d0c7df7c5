/* SPDX-License-Identifier: Apache-2.0 */
/* Doubles as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/number.h"

#include <float.h>
#include <math.h>

static void is_written(double value, const char *wanted)
{
    autobuf struct buf out = {0};
    double back;
    number_add(&out, value);
    assert_string_equal(buf_str(&out), wanted);
    assert_true(number_parse(buf_str(&out), &back) && back == value);
}

static void the_shortest_form_reads_back(void **state)
{
    (void)state;
    is_written(3.11, "3.11");
    is_written(19.99, "19.99");
    is_written(0.1 + 0.2, "0.30000000000000004");
    is_written(-5, "-5");
    is_written(1e22, "1e+22");
    is_written(DBL_MAX, "1.7976931348623157e+308");
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"", " 1", "1 ", "inf", "nan", "-inf", "1e999", "1,5", "x"};
    double value = 7;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(number_parse(texts[i], &value));
    assert_true(value == 7);
    autobuf struct buf out = {0};
    number_add(&out, (double)INFINITY);
    assert_string_equal(buf_str(&out), "inf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shortest_form_reads_back),
        cmocka_unit_test(what_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
