/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: each layer prefixes, the newest replaces, and a caller may want the number alone. */
#include "testing.h"

#include "base/err.h"

#include <errno.h>

static void layers_prefix(void **state)
{
    (void)state;
    autoerr struct err err = {0};
    assert_string_equal(err_text(&err), "no error");
    assert_int_equal(err_set(&err, -ENOEXEC, "symbol %s not found", "x"), -ENOEXEC);
    assert_int_equal(err_prefix(&err, "loading"), -ENOEXEC);
    assert_int_equal(err_prefix(&err, "%s.so", "pay"), -ENOEXEC);
    assert_string_equal(err_text(&err), "pay.so: loading: symbol x not found");
    assert_int_equal(err.code, -ENOEXEC);
}

static void the_newest_replaces(void **state)
{
    (void)state;
    autoerr struct err err = {0};
    err_set(&err, -EIO, "first");
    assert_int_equal(err_errno(&err, -ENOENT, "opening %s", "/x"), -ENOENT);
    assert_string_equal(err_text(&err), "opening /x: No such file or directory");
    assert_int_equal(err.code, -ENOENT);
}

static void may_quote_itself(void **state)
{
    (void)state;
    autoerr struct err err = {0};
    err_set(&err, -EIO, "inner");
    err_set(&err, -EPERM, "outer (%s)", err_text(&err));
    assert_string_equal(err_text(&err), "outer (inner)");
}

static void the_number_alone(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, -EIO, "nobody reads this"), -EIO);
    assert_int_equal(err_errno(NULL, -EPERM, "nor this"), -EPERM);
    assert_true(err_prefix(NULL, "nor this") < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_prefix),
        cmocka_unit_test(the_newest_replaces),
        cmocka_unit_test(may_quote_itself),
        cmocka_unit_test(the_number_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
